/* untar_run: one run of untar in a fake job. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/schema.h"
#include "fake_job.h"
#include "model/prim.h"

struct run {
	struct job *job;
	struct source one[3];
	struct err err;
	void *bound;
};

extern const struct prim prim_untar;

static inline void *
field(struct run *r, const char *name)
{
	const struct param *p = schema_find(prim_untar.params, name);

	assert_non_null(p);
	return (char *)r->bound + p->offset;
}

static inline void
start_on(struct run *r, const struct tree *below, struct job *job)
{
	*r = (struct run){.job = job ? job : fake_job_new(below)};
	r->bound = xcalloc(1, prim_untar.size);
	*(int64_t *)field(r, "max_size") = (int64_t)1 << 30;
	*(int64_t *)field(r, "max_files") = 1000;
	*(int64_t *)field(r, "ratio") = 1000;
}

static inline void
start(struct run *r)
{
	start_on(r, NULL, NULL);
}

static inline void
give(struct run *r, const char *name, struct str *bytes)
{
	struct sources *s = field(r, "archives");

	r->one[s->n] = fake_file(r->job, name, bytes->s, bytes->len);
	s->v = r->one;
	s->n++;
}

static inline void
set_list(struct run *r, const char *name, const char **v, size_t n)
{
	*(struct strings *)field(r, name) = (struct strings){n, v, NULL};
}

static inline void
finish(struct run *r)
{
	err_free(&r->err);
	free(r->bound);
	fake_job_free(r->job);
}

static inline int
go(struct run *r)
{
	return prim_untar.run(r->job, r->bound, &r->err);
}

static inline void
go_well(struct run *r)
{
	if (go(r) < 0)
		fail_msg("%s: %s", r->err.head->code, r->err.head->msg);
}

static inline void
go_wrong(struct run *r, const char *code, const char *words)
{
	assert_int_equal(go(r), -1);
	if (!r->err.head || !r->err.head->code || strcmp(r->err.head->code, code) || !strstr(r->err.head->msg, words))
		fail_msg("wanted %s `%s`, got %s `%s`", code, words, r->err.head ? r->err.head->code : "",
			 r->err.head ? r->err.head->msg : "");
}
