#include "cli/with.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "cli/checkout.h"
#include "cli/session.h"
#include "model/job.h"

/* The verb of a step whose place a folder took. It stands in no recipe. Its result is the folder that it stands `on`,
 * so that of a large one only what differs is taken up. */
struct edited_params {
	int64_t epoch;
};

static const struct param edited_table[] = {
	PARAM(edited_params, epoch, P_INT, 0, "The date of the tree that was checked out, -1: none."),
	{0},
};

static int
edited_run(struct job *job, const void *arg, struct err *err)
{
	const struct edited_params *p = arg;

	(void)err;
	if (p->epoch >= 0)
		job_record(job, "epoch", arena_printf(job_arena(job), "%lld", (long long)p->epoch));
	return 0;
}

static const struct prim prim_edited = {
	.name = "edited",
	.doc = "A folder in the place of a step's result.",
	.params = edited_table,
	.size = sizeof(struct edited_params),
	.version = 1,
	.flags = PRIM_ON,
	.run = edited_run,
};

/* The last one of a group, when nothing else of it stands behind. */
static int64_t
last_of(struct session *s, const uint32_t *v, size_t n)
{
	const struct step *last = &s->recipe->steps[v[n - 1]];
	cleanup_free bool *before = xcalloc(s->recipe->nsteps + 1, sizeof *before);

	for (size_t i = 0; i < last->ninputs; i++)
		before[last->inputs[i]] = true;
	for (size_t i = s->recipe->nsteps; i-- > 0;)
		for (size_t k = 0; before[i] && k < s->recipe->steps[i].ninputs; k++)
			before[s->recipe->steps[i].inputs[k]] = true;
	for (size_t i = 0; i + 1 < n; i++)
		if (!before[v[i]])
			return -1;
	return v[n - 1];
}

/* The trees that a program's step reads, as what can be edited instead. */
static void
help_sources(struct session *s, const struct step *step, struct err *err)
{
	for (size_t i = 0; i < step->ninputs; i++) {
		const struct step *in = &s->recipe->steps[step->inputs[i]];

		if (in->prim->flags & PRIM_ON && !(in->prim->flags & (PRIM_CONTAINER | PRIM_CHECK)))
			err_help(err, "it takes in `%s`, which can be edited", in->name);
	}
}

int64_t
with_step(struct session *s, const char *name, struct err *err)
{
	uint32_t *v = arena_array(&s->arena, uint32_t, s->recipe->nsteps + 1);
	size_t n = session_find(s, name, v, err);
	const struct step *step;
	int64_t found = n ? last_of(s, v, n) : -1;

	if (!n)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!strcmp(s->recipe->steps[v[i]].name, name))
			found = v[i];
	if (found < 0) {
		err_set(err, "E1009", "`%s` stands for %zu steps of recipe `%s`, and not for one tree", name, n,
			s->recipe->name);
		for (size_t i = 0; i < n; i++)
			err_help(err, "`%s`", s->recipe->steps[v[i]].name);
		return -1;
	}
	step = &s->recipe->steps[found];
	if (!(step->prim->flags & (PRIM_CONTAINER | PRIM_CHECK)))
		return found;
	err_set(err, "E1019", "the result of step `%s` is no tree that a person edits: `%s` makes it", step->name,
		step->prim->name);
	help_sources(s, step, err);
	return err_at(err, step->at);
}

/* Whether a name still stands for the step: numbers in names of steps of a tree change when one is put in between. */
static bool
is_named(struct session *s, const char *name, const struct step *step)
{
	struct err none = {0};
	int64_t i = with_step(s, name, &none);

	err_free(&none);
	return i >= 0 && &s->recipe->steps[i] == step;
}

/* DIR as an absolute path; it must be there, and be what it is said to be. */
static const char *
find_folder(struct session *s, const struct step *step, const char *dir, struct checkout *c, struct err *err)
{
	cleanup_free char *real = xrealpath(dir);
	struct stat st;
	int known;

	if (!real || stat(real, &st) || !S_ISDIR(st.st_mode)) {
		if (real)
			errno = ENOTDIR;
		err_sys(err, "E1019", "cannot take the folder `%s` for step `%s`", dir, step->name);
		err_help(err, "`jkr edit %s %s DIR` lays a checkout of it", s->cli->argv[0], step->name);
		return NULL;
	}
	known = checkout_read(real, &s->arena, c, err);
	if (known < 0)
		return NULL;
	if (known && !is_named(s, c->step, step)) {
		err_set(err, "E1019", "`%s` is a checkout of step `%s`, not of `%s`", dir, c->step, step->name);
		err_help(err, "--with %s=%s", c->step, dir);
		return NULL;
	}
	return arena_strdup(&s->arena, real);
}

static void
replace(struct session *s, struct step *step, const char *real, const char *shown, int64_t epoch)
{
	struct edited_params *bound = arena_new(&s->recipe->arena, struct edited_params);
	struct place at = step->params.at;

	bound->epoch = epoch;
	step->prim = &prim_edited;
	step->bound = bound;
	step->params = (struct value){.type = V_TABLE, .at = at};
	step->common = (struct step_common){0};
	step->common.on = (struct source){
		.kind = SRC_FILE,
		.file = {.root = arena_strdup(&s->recipe->arena, real),
			 .rel = "",
			 .shown = arena_strdup(&s->recipe->arena, shown),
			 .checkout = true},
		.at = step->at,
	};
	step->ninputs = 0;
	step->skipped = NULL;
	step->edited = step->common.on.file.shown;
}

static int
apply_one(struct session *s, const char *text, struct err *err)
{
	const char *eq = strchr(text, '='), *real, *name;
	struct checkout c = {.epoch = -1};
	struct step *step;
	int64_t i;

	if (!eq || eq == text || !eq[1])
		return err_set(err, "E1003", "`--with` takes STEP=DIR, not `%s`", text);
	name = arena_strndup(&s->arena, text, (size_t)(eq - text));
	i = with_step(s, name, err);
	if (i < 0)
		return -1;
	step = &s->recipe->steps[i];
	if (step->edited)
		return err_set(err, "E1003", "`--with` names step `%s` twice", step->name);
	real = find_folder(s, step, eq + 1, &c, err);
	if (!real)
		return -1;
	replace(s, step, real, eq + 1, c.epoch);
	return 0;
}

int
with_apply(struct session *s, struct err *err)
{
	for (size_t i = 0; i < s->cli->with.n; i++)
		if (apply_one(s, s->cli->with.v[i], err))
			return -1;
	return 0;
}
