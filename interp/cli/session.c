#include "cli/session.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/near.h"
#include "base/str.h"
#include "cli/where.h"
#include "lua/load.h"
#include "lua/places.h"
#include "model/files.h"
#include "model/key.h"
#include "os/fs.h"

/* What planning asks */

static int
env_lookup(void *ctx, const struct hash *key, struct result *out, struct err *err)
{
	struct session *s = ctx;

	return store_lookup(s->store, key, out, err);
}

const struct tree *
session_tree(struct session *s, const struct hash *id, struct err *err)
{
	char hex[HASH_HEX];
	struct tree *t = map_get(&s->trees, hash_hex(id, hex));
	int r;

	if (t)
		return t;
	t = arena_new(&s->arena, struct tree);
	r = store_tree(s->store, id, t, err);
	if (r) {
		if (r > 0)
			s->env.lost++,
				err_set(err, "E0809", "the result %.12s is damaged or no longer in the store", hex),
				err_help(err, "run again: it is built anew");
		return NULL;
	}
	map_set(&s->trees, arena_strdup(&s->arena, hex), t);
	return t;
}

static int
env_text(void *ctx, const struct hash *id, const char *path, struct str *out, struct err *err)
{
	const struct tree *t = session_tree(ctx, id, err);

	if (!t || tree_read(t, path, out, 1 << 20, err) < 0)
		return -1;
	while (out->len && strchr(" \t\r\n", out->s[out->len - 1]))
		out->s[--out->len] = '\0';
	return 0;
}

static int
no_such_path(const struct tree *t, const char *path, struct err *err)
{
	const char *near = tree_near(t, path);

	err_set(err, "E0305", "the result has no `%s`", path);
	return near ? err_help(err, "the nearest name in it is `%s`", near) : -1;
}

static int
env_part(void *ctx, const struct hash *id, const char *path, struct hash *out, struct err *err)
{
	const struct tree *t;
	const struct entry *e;

	*out = *id;
	if (!*path)
		return 0;
	t = session_tree(ctx, id, err);
	if (!t)
		return -1;
	e = tree_resolve(t, path);
	if (!e)
		return no_such_path(t, path, err);
	/* a plain file is its bytes; of any other the mode and the owner count, too */
	if (e->mode == (S_IFREG | 0644) && !e->uid && !e->gid && !e->xattrs)
		*out = e->digest;
	else
		*out = tree_identity(t, e->path);
	return 0;
}

static const char *
env_locked(void *ctx, const char *name)
{
	return lock_get(&((struct session *)ctx)->lock, name);
}

static const char *
env_reason(void *ctx, const struct step *step, const char *text, struct arena *a)
{
	struct session *s = ctx;
	cleanup_free char *before = NULL;
	struct record r;
	struct hash key;

	if (s->cli->fresh)
		return "--fresh was given";
	if (!store_last(s->store, s->recipe->name, step->name, &key, NULL))
		return NULL;
	before = store_key_text(s->store, &key);
	if (!before)
		return "its stored result is gone";
	if (strcmp(before, text))
		return key_reason(before, text, s->recipe, step, a);
	/* a record that is there names what is not */
	return store_record(s->store, &key, a, &r, NULL) ? "its stored result is damaged" : "its stored result is gone";
}

static double
env_history(void *ctx, const char *step)
{
	struct session *s = ctx;
	struct hash key;
	double seconds;

	return store_last(s->store, s->recipe->name, step, &key, &seconds) ? seconds : -1;
}

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
definitions(struct session *s, struct load_request *rq, struct err *err)
{
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

int
session_load(struct session *s, struct cli *cli, const char *name, struct err *err)
{
	struct load_request rq = {.profile = cli->profile, .plugins = cli->plugins.v};

	memset(s, 0, sizeof *s);
	s->cli = cli;
	s->project = s->in_use = -1;
	s->recipe = cli->recipe = xcalloc(1, sizeof *cli->recipe);
	rq.search = where_search(&s->arena);
	rq.path = where_recipe(&s->arena, rq.search, name, err);
	if (!rq.path || take_epoch(s, err) < 0 || definitions(s, &rq, err) < 0)
		return -1;
	if (load_recipe(&rq, s->recipe, err) < 0)
		return -1;
	if (s->recipe->nsteps)
		return 0;
	err_set(err, "E0020", "the recipe has no step");
	err_at(err, (struct place){.file = arena_strdup(&s->arena, rq.path), .line = 1});
	return err_help(err, "a call of a verb or a constructor makes one; `jkr doc` lists them");
}

/* Plan */

/* The pins lie in the project; those of an installed recipe, which nobody may change, where jkr runs. */
int
session_open_project(struct session *s, struct err *err)
{
	const char *folder = where_is_installed(&s->arena, s->recipe->root) ? "." : s->recipe->root;

	s->project = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->project < 0)
		return err_sys(err, "E1011", "cannot read the project's folder `%s`", s->recipe->root);
	return lock_read(&s->lock, s->project, "jkr.lock", "jkr.lock", err);
}

static int
unknown_step(const struct session *s, const char *name, struct err *err)
{
	cleanup_free const char **names = xcalloc(s->recipe->nsteps, sizeof *names);
	const char *near;

	for (size_t i = 0; i < s->recipe->nsteps; i++)
		names[i] = s->recipe->steps[i].name;
	near = near_name(name, names, s->recipe->nsteps);
	err_set(err, "E1009", "recipe `%s` has no step `%s`", s->recipe->name, name);
	if (near)
		err_help(err, "did you mean `%s`?", near);
	return err_help(err, "`jkr plan` lists the steps");
}

size_t
session_find(const struct session *s, const char *name, uint32_t *out, struct err *err)
{
	size_t n = 0, len = strlen(name);

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
	uint32_t *steps;
	size_t nsteps;

	s->env = (struct plan_env){
		.ctx = s,
		.lookup = env_lookup,
		.text = env_text,
		.part = env_part,
		.file = session_file,
		.folder = session_folder,
		.locked = env_locked,
		.reason = env_reason,
		.history = env_history,
		.offline = s->cli->offline,
		.locked_only = s->cli->locked,
		.fresh = s->cli->fresh,
		.epoch = s->env.epoch,
		.host = s->cli->backend && !strcmp(s->cli->backend, "none"),
	};
	s->store = store_open(s->cli->store, write, err);
	if (s->store && write)
		s->in_use = store_lock(s->store, false, !s->cli->no_wait, err);
	if (!s->store || err_any(err) || session_open_project(s, err) < 0 ||
	    wanted(s, names, n, &steps, &nsteps, err) < 0)
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
