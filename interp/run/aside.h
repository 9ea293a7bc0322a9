/* aside: a step's work once more, for its own sake: no result, no record, no log of it stays. */
#pragma once
#include "run/run.h"

struct aside {
	const struct plan *plan;
	uint32_t step; /* its inputs are all there */
	struct store *store;
	struct plan_env *env;
	const struct run_options *opt;
	bool shell;                   /* a shell on this terminal in the place of the first program */
	const char *script;           /* with `shell`: run by sh, the first program's words as its arguments; or NULL */
	const char *const *take;      /* with `script`: what it leaves in /jkr/out that `record` gets, ended by NULL */
	const char *const *questions; /* what job_questions gives, ended by NULL; or NULL */
	void (*record)(void *ctx, const char *key, const char *value); /* what the step keeps; may be NULL */
	void *ctx;
};

/* Gives the status of the shell (128+n when a signal ended the work), or -1 with a sentence. */
int aside_run(const struct aside *a, int *status, struct err *err);
