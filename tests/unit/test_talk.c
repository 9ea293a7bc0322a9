/* What a step says and what is shown of it, where it goes on for long or nobody listens any more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <signal.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "model/recipe.h"
#include "run/job_impl.h"
#include "run/report.h"
#include "run/wire.h"
#include "pipe_case.h"

static void
a_log_that_is_full_says_so_once(void **state)
{
	cleanup_str struct str said = {0};
	struct job *job = xcalloc(1, sizeof *job);
	int p[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	job->log = p[1];
	job->log_size = LOG_MAX - 3;
	job_log_write(job, "abc", 3);
	for (int i = 0; i < 10; i++)
		job_log_write(job, "more", 4);
	close(p[1]);
	read_all(p[0], &said);
	assert_string_equal(said.s, "abc\n[jkr: the log is cut here: it reached 256 MB]\n");
	free(job);
}

static void
a_long_step_gives_a_sign_of_life(void **state)
{
	cleanup_str struct str said = {0};
	struct step steps[2] = {{.name = "one"}, {.name = "two"}};
	struct plan_step planned[2] = {{.step = &steps[0]}, {.step = &steps[1]}};
	struct reporter *r;
	int p[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	r = reporter_plain(p[1], 0);
	r->tick(r, report_now() + 100); /* nothing runs: nothing is said */
	for (int i = 0; i < 2; i++)
		r->event(r, &(struct event){.kind = EV_STEP_BEGIN, .step = &planned[i], .text = "new"});
	r->tick(r, report_now() + 1);
	r->tick(r, report_now() + 31);
	r->free(r);
	close(p[1]);
	read_all(p[0], &said);
	assert_null(strstr(said.s, "still running: two"));
	assert_non_null(strstr(said.s, "still running: one for "));
	assert_non_null(strstr(said.s, ", two for "));
	assert_ptr_equal(strstr(said.s, "still running"), strstr(strstr(said.s, "two: begins"), "still running"));
}

static void
a_wire_that_nobody_reads_is_ignored(void **state)
{
	cleanup_free char *huge = xcalloc(1, (16u << 20) + 1);
	cleanup_str struct str b = {0};
	int p[2];

	(void)state;
	wire_frame(&b, WIRE_NOTE, huge, (16u << 20) + 1); /* larger than any frame may be */
	assert_int_equal(b.len, 0);
	assert_int_equal(pipe(p), 0);
	close(p[0]);
	signal(SIGPIPE, SIG_IGN);
	wire_send(p[1], WIRE_NOTE, "x", 2);
	wire_send(-1, WIRE_NOTE, "x", 2);
	close(p[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_log_that_is_full_says_so_once),
		cmocka_unit_test(a_long_step_gives_a_sign_of_life),
		cmocka_unit_test(a_wire_that_nobody_reads_is_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
