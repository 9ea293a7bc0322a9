/* diff_config: configurations of kernels, by what was asked for and what only follows. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cli/diff.h"

bool
diff_has_config(const struct diff_side *s)
{
	return s->nconfigs;
}

static int
by_intent(const void *a, const void *b)
{
	const struct diff_row *x = a, *y = b;

	return x->follows != y->follows ? x->follows - y->follows : strcmp(x->name, y->name);
}

static const char *
place(struct arena *a, const struct config_line *l)
{
	if (!l)
		return NULL;
	return l->at.file && *l->at.file && l->at.line ? arena_printf(a, "%s:%u", l->at.file, l->at.line) : "asked for";
}

static void
take(struct diffing *d, const struct configured *const side[2], const char *name, struct diff_rows *out)
{
	bool known = side[0]->recipe || side[1]->recipe;
	const struct config_line *asked[2];
	const char *value[2];

	for (int s = 0; s < 2; s++) {
		value[s] = kconfig_get(&side[s]->config, name);
		asked[s] = map_get(&side[s]->asked.last, name);
	}
	if (kconfig_equal(value[0], value[1]))
		return;
	diff_add(out, &(struct diff_row){.name = name,
					 .a = value[0] ? value[0] : "n",
					 .b = value[1] ? value[1] : "n",
					 .at_a = place(d->a, asked[0]),
					 .at_b = place(d->a, asked[1]),
					 .follows = known && !asked[0] && !asked[1]});
}

/* What both began with, where two recipes say it: the first of what is asked for. */
static void
take_base(struct diffing *d, const struct diff_config *x, const struct diff_config *y, bool several,
	  struct diff_rows *out)
{
	if (!x->c.base || !y->c.base || !strcmp(x->c.base, y->c.base))
		return;
	out->one = "thing asked for";
	out->many = "things asked for";
	diff_add(out, &(struct diff_row){.name = several ? arena_printf(d->a, "%s: base", x->name) : "base",
					 .a = x->c.base,
					 .b = y->c.base});
}

static void
compare(struct diffing *d, const struct diff_config *x, const struct diff_config *y, struct diff_rows *out)
{
	const struct configured *const side[2] = {&x->c, &y->c};
	const struct map *all[] = {&x->c.config.last, &y->c.config.last};
	bool several = d->side[0].nconfigs > 1 && d->side[1].nconfigs > 1;
	size_t from;

	take_base(d, x, y, several, out);
	from = out->n;
	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < all[k]->n; i++)
			if (!k || !map_has(all[0], all[k]->v[i].key))
				take(d, side, all[k]->v[i].key, out);
	if (out->n > from)
		qsort(out->v + from, out->n - from, sizeof *out->v, by_intent);
	for (size_t i = from; i < out->n && several; i++)
		out->v[i].name = arena_printf(d->a, "%s: %s", x->name, out->v[i].name);
}

static const struct diff_config *
find(const struct diff_side *s, const char *name)
{
	for (size_t i = 0; i < s->nconfigs; i++)
		if (!strcmp(s->configs[i].name, name))
			return &s->configs[i];
	return NULL;
}

/* One of a side and several of the other: which is meant is for the user to say. */
static int
not_one(const struct diff_side *s, struct err *err)
{
	err_set(err, "E1017", "`%s` has %zu configurations of kernels", s->shown, s->nconfigs);
	for (size_t i = 0; i < s->nconfigs && i < DIAG_HELPS; i++)
		err_help(err, "name one: %.*s%s%s", (int)(s->s ? strcspn(s->shown, ": ") : strlen(s->shown)), s->shown,
			 s->s ? ":" : "/", s->configs[i].name);
	return -1;
}

static void
only_in(struct diffing *d, int which, const struct diff_config *c, struct diff_rows *out)
{
	const char *text = arena_printf(d->a, "%zu symbols", c->c.config.last.n);

	diff_add(out, &(struct diff_row){.name = c->name, .a = which ? NULL : text, .b = which ? text : NULL});
}

int
diff_config(struct diffing *d, struct diff_rows *out, struct err *err)
{
	const struct diff_side *a = &d->side[0], *b = &d->side[1];
	size_t paired = 0;
	bool known;

	known = (a->nconfigs && a->configs[0].c.recipe) || (b->nconfigs && b->configs[0].c.recipe);
	out->one = known ? "symbol asked for" : "symbol";
	out->many = known ? "symbols asked for" : "symbols";
	if (a->nconfigs == 1 && b->nconfigs == 1) {
		compare(d, &a->configs[0], &b->configs[0], out);
		return 0;
	}
	for (size_t i = 0; i < a->nconfigs; i++) {
		const struct diff_config *y = find(b, a->configs[i].name);

		if (y)
			compare(d, &a->configs[i], y, out);
		paired += y != NULL;
	}
	if (!paired && a->nconfigs && b->nconfigs)
		return not_one(a->nconfigs > 1 ? a : b, err);
	for (size_t i = 0; i < a->nconfigs; i++)
		if (!find(b, a->configs[i].name))
			only_in(d, 0, &a->configs[i], out);
	for (size_t i = 0; i < b->nconfigs; i++)
		if (!find(a, b->configs[i].name))
			only_in(d, 1, &b->configs[i], out);
	return 0;
}
