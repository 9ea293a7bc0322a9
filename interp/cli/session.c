#include "cli/session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/near.h"
#include "base/str.h"
#include "cli/executors.h"
#include "cli/imports.h"
#include "cli/inputs.h"
#include "cli/kept.h"
#include "cli/matrix.h"
#include "cli/sharing.h"
#include "cli/where.h"
#include "cli/with.h"
#include "lua/places.h"
#include "model/matrix.h"
#include "model/wanted.h"

static int
take_epoch(struct session *s, struct err *err)
{
	s->env.epoch = -1;
	for (size_t i = 0; i < s->cli->defs.n; i++) {
		const char *d = s->cli->defs.v[i];
		char *end;

		if (!str_starts(d, "epoch="))
			continue;
		errno = 0;
		s->env.epoch = strtoll(d + 6, &end, 10);
		if (errno || end == d + 6 || *end || s->env.epoch < 0)
			return err_set(err, "E1003", "`-D epoch=` takes seconds since 1970, not `%s`", d + 6);
	}
	return 0;
}

/* Load */

static int
split_definition(struct session *s, const char *text, struct load_option *out, struct err *err)
{
	const char *eq = strchr(text, '=');

	if (!eq || eq == text) {
		err_set(err, "E1003", "`-D` takes KEY=VALUE, not `%s`", text);
		return -1;
	}
	out->name = arena_strndup(&s->arena, text, (size_t)(eq - text));
	out->value = eq + 1;
	return 0;
}

static int
definitions(struct session *s, struct err *err)
{
	struct load_request *rq = &s->request;
	const struct words *defs = &s->cli->defs;
	struct load_option *v = arena_array(&s->arena, struct load_option, defs->n + 1);

	for (size_t i = 0; i < defs->n; i++) {
		if (str_starts(defs->v[i], "epoch="))
			continue;
		if (split_definition(s, defs->v[i], &v[rq->noptions], err) < 0)
			return -1;
		rq->noptions++;
	}
	rq->options = v;
	return 0;
}

static int
begin(struct session *s, struct cli *cli, const char *name, struct err *err)
{
	struct load_request *rq = &s->request;

	memset(s, 0, sizeof *s);
	s->cli = cli;
	s->project = s->in_use = -1;
	s->recipe = cli->recipe = xcalloc(1, sizeof *cli->recipe);
	*rq = (struct load_request){.profile = cli->profile, .plugins = cli->plugins.v};
	rq->search = where_search(&s->arena);
	rq->import = imports_open;
	rq->import_ctx = s;
	rq->path = cli->matrix ? cli->matrix : where_recipe(&s->arena, rq->search, name, err);
	return !rq->path || take_epoch(s, err) < 0 || definitions(s, err) < 0 ? -1 : 0;
}

static int
load(struct session *s, struct err *err)
{
	if ((s->cli->matrix ? matrix_load(s, err) : load_recipe(&s->request, s->recipe, err)) < 0)
		return -1;
	if (s->cli->locked && (session_open_project(s, err) < 0 || inputs_check(s, err) < 0))
		return -1;
	if (s->recipe->nsteps)
		return with_apply(s, err);
	err_set(err, "E0020", "the recipe has no step");
	err_at(err, (struct place){.file = arena_strdup(&s->arena, s->request.path), .line = 1});
	return err_help(err, "a call of a verb or a constructor makes one; `jkr doc` lists them");
}

int
session_load(struct session *s, struct cli *cli, const char *name, struct err *err)
{
	return begin(s, cli, name, err) < 0 ? -1 : load(s, err);
}

int
session_load_renewed(struct session *s, struct cli *cli, const char *name, struct err *err)
{
	int r = begin(s, cli, name, err);

	s->renew = true;
	return r < 0 ? -1 : load(s, err);
}

int
session_ready(struct session *s, struct cli *cli, bool write, struct err *err)
{
	if (begin(s, cli, cli->argv[0], err) < 0)
		return -1;
	/* a plan that is kept knows nothing of what is still to be sent */
	if (!cli->matrix && !cli->cache_write && kept_take(s, write))
		return 0;
	return load(s, err) < 0 ? -1 : session_plan(s, cli->argv + 1, (size_t)cli->argc - 1, write, err);
}

/* Plan */

/* The pins lie in the project; those of an installed recipe, which nobody may change, where jkr runs. */
int
session_open_project(struct session *s, struct err *err)
{
	const char *folder = where_is_installed(&s->arena, s->recipe->root) ? "." : s->recipe->root;

	if (s->project >= 0)
		return 0; /* an import asked for its pin */
	s->project = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->project < 0)
		return err_sys(err, "E1011", "cannot read the project's folder `%s`", s->recipe->root);
	return lock_read(&s->lock, s->project, "jkr.lock", "jkr.lock", err);
}

static int
unknown_step(struct session *s, const char *name, struct err *err)
{
	cleanup_free const char **names = xcalloc(2 * s->recipe->nsteps + s->recipe->nmembers + 1, sizeof *names);
	const char *near;
	size_t n = 0;

	for (size_t i = 0; i < s->recipe->nmembers; i++)
		names[n++] = s->recipe->members[i].name;
	for (size_t i = 0; i < s->recipe->nsteps; i++) {
		const char *step = s->recipe->steps[i].name, *slash = strchr(step, '/');

		names[n++] = step;
		if (slash) /* `linux` stands for `linux/build` and all others of it */
			names[n++] = arena_strndup(&s->arena, step, (size_t)(slash - step));
	}
	near = near_name(name, names, n);
	if (s->recipe->nmembers)
		err_set(err, "E1009", "matrix `%s` has no row or step `%s`", s->recipe->name, name);
	else
		err_set(err, "E1009", "recipe `%s` has no step `%s`", s->recipe->name, name);
	if (near)
		err_help(err, "did you mean `%s`?", near);
	return err_help(err, "`jkr plan` lists the steps");
}

/* What they return, and their checks. */
static size_t
find_rows(struct session *s, const char *name, uint32_t *out)
{
	const struct recipe *r = s->recipe;
	cleanup_free bool *want = xcalloc(r->nsteps + 1, sizeof *want);
	cleanup_free bool *all = xcalloc(r->nsteps + 1, sizeof *all);
	size_t n = 0;

	for (const struct member *m = r->members; m < r->members + r->nmembers; m++) {
		if (!member_is(m, name))
			continue;
		for (size_t i = 0; i < m->nexports; i++)
			want[m->exports[i]] = true;
		want_exports(r, m->exports, m->nexports, m->has, all);
		for (size_t i = 0; i < r->nsteps; i++)
			want[i] |= all[i] && m->has[i] && step_is_check(&r->steps[i]);
	}
	for (size_t i = 0; i < r->nsteps; i++)
		if (want[i])
			out[n++] = (uint32_t)i;
	return n;
}

size_t
session_find(struct session *s, const char *name, uint32_t *out, struct err *err)
{
	size_t n = 0, len = strlen(name);

	if (matrix_has(s->recipe, name))
		return find_rows(s, name, out);
	for (size_t i = 0; i < s->recipe->nsteps; i++) {
		const char *step = s->recipe->steps[i].name;

		if (!strcmp(step, name) || (!strncmp(step, name, len) && step[len] == '/'))
			out[n++] = (uint32_t)i;
	}
	if (!n)
		unknown_step(s, name, err);
	return n;
}

static int
wanted(struct session *s, const char *const *names, size_t n, uint32_t **out, size_t *nout, struct err *err)
{
	*out = arena_array(&s->arena, uint32_t, s->recipe->nsteps * n + 1);
	*nout = 0;
	for (size_t i = 0; i < n; i++) {
		size_t k = session_find(s, names[i], *out + *nout, err);

		if (!k)
			return -1;
		*nout += k;
	}
	return 0;
}

int
session_plan(struct session *s, const char *const *names, size_t n, bool write, struct err *err)
{
	session_env(s);
	if (!s->store)
		s->store = store_open(s->cli->store, write, err);
	if (s->store && write && s->in_use < 0)
		s->in_use = store_lock(s->store, false, !s->cli->no_wait, err);
	if (!s->store || err_any(err) || sharing_begin(s, err) || executors_find(s, &s->on, err) ||
	    session_open_project(s, err) < 0)
		return -1;
	return session_replan(s, names, n, err);
}

int
session_replan(struct session *s, const char *const *names, size_t n, struct err *err)
{
	uint32_t *steps;
	size_t nsteps;

	plan_free(&s->plan);
	if (wanted(s, names, n, &steps, &nsteps, err) < 0)
		return -1;
	if (plan_make(&s->plan, s->recipe, steps, nsteps, &s->env, err) < 0)
		return -1;
	s->worked = plan_count(&s->plan, PLAN_RUN) + plan_count(&s->plan, PLAN_AFTER);
	return 0;
}

int
session_keep_pins(struct session *s, const struct plan *plan, struct err *err)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct plan_step *ps = &plan->v[plan->order[i]];
		cleanup_str struct str name = {0};

		/* only what was really used: a failed fetch pins nothing */
		if (!ps->new_pin || ps->state != PLAN_CACHED)
			continue;
		if (!ps->step->prim->pin_name(ps->bound, &name))
			lock_set(&s->lock, str_text(&name), ps->pin);
	}
	return lock_write(&s->lock, s->project, "jkr.lock", err);
}

void
session_close(struct session *s)
{
	for (size_t i = 0; i < s->trees.n; i++)
		tree_free(s->trees.v[i].value);
	map_free(&s->trees);
	map_free(&s->imports);
	map_free(&s->misses);
	shared_close(s->shared);
	session_forget_files(s);
	plan_free(&s->plan);
	lock_free(&s->lock);
	if (s->store)
		store_close(s->store);
	cleanup_fdp(&s->in_use);
	cleanup_fdp(&s->project);
	arena_free(&s->arena);
}

/* Errors */

static void
complete_place(void *ctx, struct place *at)
{
	const char *text = recipe_source(ctx, at->file);

	if (text)
		place_find(text, at);
}

void
session_print_errors(const struct cli *cli, const struct err *err)
{
	struct err_style style = {.colour = cli_colour(cli, stderr)};

	if (cli->recipe) {
		style.source = recipe_source;
		style.find = complete_place;
		style.ctx = cli->recipe;
	}
	err_print(err, stderr, &style);
}

void
session_end(struct cli *cli)
{
	if (cli->recipe)
		recipe_free(cli->recipe);
	free(cli->recipe);
	cli->recipe = NULL;
}
