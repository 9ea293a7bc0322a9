/* fake_job: primitives run as a recipe would run them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "fake_job.h"
#include "model/prim.h"

int
fake_run(struct job *job, const struct prim *prim, struct value params, struct err *err)
{
	struct arena *a = job_arena(job);
	void *bound = arena_alloc(a, prim->size ? prim->size : 1);
	const char *what = arena_printf(a, "%s \"x\"", prim->name);

	if (schema_check(prim->params, step_params, &params, what, err) ||
	    schema_bind(prim->params, &params, what, bound, a, err))
		return -1;
	if (prim->expand && prim->expand(bound, a, err))
		return -1;
	if (prim->check && prim->check(bound, err))
		return -1;
	return prim->run(job, bound, err);
}

void
fake_runs(struct job *job, const struct prim *prim, struct value params)
{
	struct err err = {0};

	if (fake_run(job, prim, params, &err))
		fail_msg("%s", err.head ? err.head->msg : "without a sentence");
	err_free(&err);
}

void
fake_fails(struct job *job, const struct prim *prim, struct value params, const char *code, const char *part)
{
	struct err err = {0};

	assert_int_equal(fake_run(job, prim, params, &err), -1);
	assert_non_null(err.head);
	if ((code && !str_eq(err.head->code, code)) || !strstr(err.head->msg, part))
		fail_msg("[%s] %s", err.head->code ? err.head->code : "", err.head->msg);
	err_free(&err);
}
