/* diff_recipe: a recipe, a step of one or an earlier build of it as a side of a comparison. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "cli/diff.h"
#include "cli/runwords.h"

enum { KEY_LEAST = 6 };

/* Where a file of the view lies in the results. */
struct origin {
	const struct tree *t;
	const struct entry *e;
};

static int
open_origin(const struct view *v, const struct view_file *f, struct err *err)
{
	const struct origin *o = map_get(v->ctx, f->path);

	return tree_open(o->t, o->e->path, err);
}

/* The entries below `e` (NULL: all), under their names in the bundle. */
static void
add_entries(struct diff_side *s, const struct tree *t, const struct entry *e)
{
	struct arena *a = &s->s->arena;
	size_t n, first = tree_range(t, e ? e->path : "", &n);
	size_t skip = e ? (size_t)(path_base(e->path) - e->path) : 0;

	if (e) { /* itself, too */
		first = (size_t)(e - t->v);
		n++;
	}
	for (size_t i = first; i < first + n && i < t->n; i++) {
		const struct entry *x = &t->v[i];
		struct origin *o = arena_new(a, struct origin);

		*o = (struct origin){t, x};
		if (map_set(s->view.ctx, x->path + skip, o))
			continue; /* two artifacts with one file: the last */
		view_add(&s->view, &(struct view_file){.path = x->path + skip,
						       .target = x->target,
						       .digest = S_ISREG(x->mode) ? &x->digest : NULL,
						       .size = x->size,
						       .mode = x->mode});
	}
}

struct collecting {
	struct diff_side *s;
	struct err *err;
};

static int
add_result(struct diff_side *s, const struct hash *id, const char *path, struct err *err)
{
	const struct tree *t = session_tree(s->s, id, err);
	const struct entry *e = t && *path ? tree_resolve(t, path) : NULL;

	if (!t)
		return -1;
	if (*path && !e)
		return err_set(err, "E0305", "the result has no `%s`", path);
	add_entries(s, t, e);
	return 0;
}

static int
collect(void *ctx, const struct value *v)
{
	struct collecting *c = ctx;
	const struct plan_step *ps = v->type == V_REF ? &c->s->s->plan.v[v->ref.step] : NULL;

	if (!ps || !ps->step || ps->state == PLAN_SKIPPED)
		return 0;
	if (ps->state == PLAN_CACHED)
		return add_result(c->s, &ps->result.tree, v->ref.path, c->err);
	c->s->partial = true;
	return 0;
}

/* What the recipe returns, or of the steps that were named the last. */
static int
collect_results(struct diff_side *s, const char *step, struct err *err)
{
	struct collecting c = {s, err};
	uint32_t *v = arena_array(&s->s->arena, uint32_t, s->s->recipe->nsteps + 1);
	size_t n;

	if (!step)
		return value_walk(&s->s->recipe->result, collect, &c) ? -1 : 0;
	n = session_find(s->s, step, v, err);
	if (!n)
		return -1;
	if (s->s->plan.v[v[n - 1]].state == PLAN_CACHED)
		return add_result(s, &s->s->plan.v[v[n - 1]].result.tree, "", err);
	s->partial = true;
	return 0;
}

static int
collect_configs(struct diff_side *s, struct err *err)
{
	struct plan *p = &s->s->plan;

	s->configs = arena_array(&s->s->arena, struct diff_config, p->n + 1);
	for (size_t i = 0; i < p->n; i++) {
		const struct plan_step *ps = &p->v[p->order[i]];

		if (strcmp(ps->step->prim->name, CONFIGURED_CHECK) != 0 || ps->state == PLAN_SKIPPED)
			continue;
		if (ps->state != PLAN_CACHED) {
			s->partial = true;
			continue;
		}
		s->configs[s->nconfigs].name = ps->step->name;
		if (configured_check(s->s, ps, &s->configs[s->nconfigs++].c, err))
			return -1;
	}
	return 0;
}

/* A build of a step, by the first digits of its key. */
struct searching {
	struct session *s;
	const char *step, *digits;
	struct hash tree;
	size_t found;
};

static int
look_at_build(void *ctx, const struct hash *key)
{
	struct searching *b = ctx;
	struct err quiet = {0};
	struct record rec;
	char hex[HASH_HEX];

	if (str_starts(hash_hex(key, hex), b->digits) &&
	    store_record(b->s->store, key, &b->s->arena, &rec, &quiet) == 1 && rec.step && !strcmp(rec.step, b->step)) {
		b->tree = rec.result.tree;
		b->found++;
	}
	err_free(&quiet);
	return 0;
}

static int
collect_build(struct diff_side *s, const char *step, const char *digits, struct err *err)
{
	struct searching b = {.s = s->s, .step = step, .digits = digits};

	if (strlen(digits) >= KEY_LEAST)
		store_results(s->s->store, look_at_build, &b);
	if (b.found == 1)
		return add_result(s, &b.tree, "", err);
	err_set(err, "E1040",
		b.found ? "several builds of step `%s` have keys that begin with `%s`"
			: "no build of step `%s` has a key that begins with `%s`",
		step, digits);
	return err_help(err, "`jkr ls builds %s %s` lists them; at least %d digits are needed", s->cli->argv[0], step,
			KEY_LEAST);
}

static int
by_path(const void *a, const void *b)
{
	return path_cmp(((const struct view_file *)a)->path, ((const struct view_file *)b)->path);
}

int
diff_side_recipe(struct diff_side *s, struct cli *main, const char *word, struct err *err)
{
	char *name, *colon, *at;
	int r = runwords(main, word, &s->cli, err);

	if (r)
		return -1;
	s->s = xcalloc(1, sizeof *s->s);
	name = arena_strdup(&main->arena, s->cli->argv[0]);
	s->cli->argv[0] = name;
	colon = strchr(name, ':');
	at = colon ? strchr(colon, '@') : NULL;
	if (at)
		*at++ = '\0';
	if (colon)
		*colon++ = '\0';
	r = session_load(s->s, s->cli, s->cli->argv[0], err);
	s->recipe = main->recipe = s->cli->recipe; /* whose lines errors show */
	s->view = (struct view){.open = open_origin, .ctx = xcalloc(1, sizeof(struct map)), .dir = -1};
	if (!r)
		r = session_plan(s->s, (const char *[]){colon}, colon ? 1 : 0, false, err);
	if (!r)
		r = at ? collect_build(s, colon, at, err) : collect_results(s, colon, err);
	if (!r && !at)
		r = collect_configs(s, err);
	if (s->partial) /* half of a result compares as if the rest were gone */
		s->view.n = 0;
	if (s->view.n)
		qsort(s->view.v, s->view.n, sizeof *s->view.v, by_path);
	return r;
}
