#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/str.h"
#include "os/fs.h"
#include "os/proc.h"
#include "run/jobserver.h"
#include "scratch.h"

struct folder {
	int dir;
	char path[SCRATCH];
};

static int
setup(void **state)
{
	static struct folder p;

	p.dir = open(scratch_new(p.path), O_RDONLY | O_DIRECTORY);
	*state = &p;
	return p.dir < 0;
}

static int
teardown(void **state)
{
	struct folder *p = *state;

	close(p->dir);
	return scratch_drop(p->path);
}

static void
hands_out_its_tokens(void **state)
{
	struct folder *p = *state;
	struct jobserver js;
	struct err err = {0};

	assert_int_equal(jobserver_open(&js, p->dir, 2, &err), 0);
	assert_true(jobserver_take(&js));
	assert_true(jobserver_take(&js));
	assert_false(jobserver_take(&js));
	jobserver_give(&js);
	assert_int_equal(jobserver_count(&js), 1);
	jobserver_close(&js);
}

static void
refills_what_was_lost(void **state)
{
	struct folder *p = *state;
	struct jobserver js;
	struct err err = {0};
	char c[4];

	assert_int_equal(jobserver_open(&js, p->dir, 4, &err), 0);
	assert_true(jobserver_take(&js));
	assert_int_equal(read(js.fd, c, 2), 2); /* a make that was killed */
	jobserver_refill(&js);
	assert_int_equal(jobserver_count(&js), 3);
	assert_int_equal(write(js.fd, "++", 2), 2); /* given twice */
	jobserver_refill(&js);
	assert_int_equal(jobserver_count(&js), 3);
	jobserver_close(&js);
}

/* Two real makes of 6 jobs each share 3 tokens, two of which are theirs as implicit slots. */
static void
bounds_two_makes(void **state)
{
	static const char makefile[] = "all: 1 2 3 4 5 6\n1 2 3 4 5 6:\n\t@echo s >> log; sleep 0.1; echo e >> log\n";
	static const char script[] =
		"for i in 1 2; do (exec 7<>jobserver; MAKEFLAGS='-j --jobserver-auth=7,7' exec make -s) & done; wait;"
		"awk '/s/{n++; if (n > m) m = n} /e/{n--} END{print m}' log";
	const char *const argv[] = {"sh", "-c", script, NULL};
	struct folder *p = *state;
	struct proc_spec s = {.argv = argv, .dir = p->dir, .in = -1, .out = -1, .errfd = -1};
	struct jobserver js;
	struct err err = {0};
	struct str out = {0};

	assert_int_equal(jobserver_open(&js, p->dir, 3, &err), 0);
	assert_true(jobserver_take(&js));
	assert_true(jobserver_take(&js));
	assert_int_equal(fs_replace(p->dir, "Makefile", makefile, sizeof makefile - 1, 0644), 0);
	assert_int_equal(proc_capture(&s, &out, 100, &err), 0);
	assert_string_equal(str_text(&out), "3\n");
	assert_int_equal(jobserver_count(&js), 1);
	jobserver_close(&js);
	str_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(hands_out_its_tokens, setup, teardown),
		cmocka_unit_test_setup_teardown(refills_what_was_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(bounds_two_makes, setup, teardown),
	};

	return cmocka_run_group_tests_name("jobserver", tests, NULL, NULL);
}
