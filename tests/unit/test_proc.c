#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/str.h"
#include "os/proc.h"

static int
capture(const char *const *argv, const char *const *env, struct str *out, struct err *err)
{
	struct proc_spec s = {.argv = argv, .env = env, .dir = -1, .in = -1, .out = -1, .errfd = -1};

	return proc_capture(&s, out, 1000, err);
}

static void
gives_output_and_status(void **state)
{
	const char *const argv[] = {"sh", "-c", "echo hello; exit 3", NULL};
	struct err err = {0};
	struct str out = {0};

	(void)state;
	assert_int_equal(capture(argv, NULL, &out, &err), 3);
	assert_string_equal(str_text(&out), "hello\n");
	assert_false(err_any(&err));
	str_free(&out);
}

static void
tells_the_signal(void **state)
{
	const char *const argv[] = {"sh", "-c", "kill -SEGV $$", NULL};
	struct err err = {0};
	struct str out = {0};
	char buf[64];
	int r = capture(argv, NULL, &out, &err);

	(void)state;
	assert_int_equal(r, 128 + SIGSEGV);
	assert_string_equal(proc_status_text(r, buf), "was killed by SIGSEGV");
	assert_string_equal(proc_status_text(2, buf), "exited with 2");
	str_free(&out);
}

static void
misses_a_program(void **state)
{
	const char *const argv[] = {"jkr-no-such-program", NULL};
	struct err err = {0};
	struct str out = {0};

	(void)state;
	assert_int_equal(capture(argv, NULL, &out, &err), -1);
	assert_non_null(strstr(err.head->msg, "`jkr-no-such-program`"));
	assert_int_equal(err_status(&err), ST_MACHINE);
	err_free(&err);
}

static void
refuses_endless_output(void **state)
{
	const char *const argv[] = {"yes", NULL};
	struct err err = {0};
	struct str out = {0};

	(void)state;
	assert_int_equal(capture(argv, NULL, &out, &err), -1);
	assert_true(err_any(&err));
	err_free(&err);
	str_free(&out);
}

static void
passes_only_the_environment_given(void **state)
{
	const char *const argv[] = {"/usr/bin/env", NULL};
	const char *const env[] = {"A=1", "B=two words", NULL};
	struct err err = {0};
	struct str out = {0};

	(void)state;
	setenv("JKR_LEAK", "1", 1);
	assert_int_equal(capture(argv, env, &out, &err), 0);
	assert_string_equal(str_text(&out), "A=1\nB=two words\n");
	str_free(&out);
}

static void
closes_other_descriptors(void **state)
{
	const char *const argv[] = {"test", "-e", "/proc/self/fd/77", NULL};
	int leak = dup2(1, 77); /* without close-on-exec, and far from what a program opens itself */
	int keep[] = {leak, -1};
	struct proc_spec s = {.argv = argv, .dir = -1, .in = -1, .out = -1, .errfd = -1};
	struct err err = {0};
	struct str out = {0};

	(void)state;
	assert_int_equal(proc_capture(&s, &out, 1000, &err), 1);
	s.keep = keep;
	assert_int_equal(proc_capture(&s, &out, 1000, &err), 0);
	close(leak);
	str_free(&out);
}

static void
dies_with_its_parent(void **state)
{
	const char *const argv[] = {"sleep", "60", NULL};
	struct proc_spec s = {.argv = argv, .dir = -1, .in = -1, .out = -1, .errfd = -1, .die_with_parent = true};
	int p[2];
	pid_t child;
	char c;

	(void)state;
	assert_int_equal(pipe(p), 0);
	child = fork();
	if (!child) {
		int keep[] = {p[1], -1};
		struct err err = {0};
		struct proc proc;

		close(p[0]);
		s.keep = keep;
		_exit(proc_start(&s, &proc, &err) ? 1 : 0);
	}
	close(p[1]);
	alarm(10);
	/* the pipe ends when the sleeper is gone */
	assert_int_equal(read(p[0], &c, 1), 0);
	alarm(0);
	close(p[0]);
}

static void
add_line(void *ctx, const char *line, char end)
{
	str_addf(ctx, "[%s%s]", line, end == '\r' ? "~" : "");
}

static void
watches_lines(void **state)
{
	static const char *const argv[] = {"sh", "-c", "printf 'a\\rb\\n\\nlast' >&2; echo out; exit 3", NULL};
	static const char *const much[] = {"sh", "-c", "yes", NULL};
	struct proc_spec s = {.argv = argv, .dir = -1, .in = -1, .out = -1, .errfd = -1, .die_with_parent = true};
	struct str out = {0}, said = {0};
	struct err err = {0};

	(void)state;
	assert_int_equal(proc_watch(&s, &out, 1000, add_line, &said, &err), 3);
	assert_string_equal(str_text(&out), "out\n");
	assert_string_equal(str_text(&said), "[a~][b][last]");
	s.argv = much;
	assert_int_equal(proc_watch(&s, &out, 1000, add_line, &said, &err), -1);
	assert_string_equal(err.head->code, "E0313");
	err_free(&err);
	str_free(&out);
	str_free(&said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_output_and_status),
		cmocka_unit_test(tells_the_signal),
		cmocka_unit_test(watches_lines),
		cmocka_unit_test(misses_a_program),
		cmocka_unit_test(refuses_endless_output),
		cmocka_unit_test(passes_only_the_environment_given),
		cmocka_unit_test(closes_other_descriptors),
		cmocka_unit_test(dies_with_its_parent),
	};

	return cmocka_run_group_tests_name("proc", tests, NULL, NULL);
}
