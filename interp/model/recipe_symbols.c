/* Kconfig symbols that a step takes from what kconfig_append steps write: they are known before anything runs, so they
 * are taken from the steps themselves. Messages then name the line that asks, in a plugin or in the recipe. */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "model/recipe.h"
#include "model/recipe_graph.h"

enum { CHAIN_MAX = 256 };

static void *
field(const struct step *s, enum param_type type)
{
	for (const struct param *p = s->prim->params; p->name && s->bound; p++)
		if (p->type == type && !(p->flags & P_LIST))
			return (char *)s->bound + p->offset;
	return NULL;
}

/* The steps that write the file which `src` names, last first; 0 where others than kconfig_append have a hand in it. */
static size_t
chain_of(const struct recipe *r, const struct source *src, const struct step *v[CHAIN_MAX])
{
	const struct step *s = &r->steps[src->ref.step];
	size_t n = 0;

	for (;;) {
		const char **path = s->bound ? field(s, P_PATH) : NULL;

		if (n == CHAIN_MAX || strcmp(s->prim->name, "kconfig_append") || !path || !str_eq(*path, src->ref.path))
			return 0;
		v[n++] = s;
		if (s->common.on.kind == SRC_NONE)
			return n;
		s = &r->steps[s->common.on.ref.step];
	}
}

/* A fragment behind a table would win in the file, and lose where fragments come first: such a chain stays a file. */
static bool
in_order(const struct step *const *v, size_t n)
{
	bool table = false;

	for (size_t i = n; i--;) {
		const struct symbols *s = field(v[i], P_SYMBOLS);

		if (table && s->fragments.n)
			return false;
		table |= s->n > 0;
	}
	return true;
}

static void
add(struct symbols *out, const struct symbols *more)
{
	if (more->fragments.n)
		memcpy(out->fragments.v + out->fragments.n, more->fragments.v,
		       more->fragments.n * sizeof *more->fragments.v);
	if (more->n)
		memcpy(out->v + out->n, more->v, more->n * sizeof *more->v);
	out->fragments.n += more->fragments.n;
	out->n += more->n;
}

static struct symbols
room(struct arena *a, const struct symbols *s, const struct step *const *v, size_t n)
{
	size_t symbols = s->n, fragments = s->fragments.n;

	for (size_t i = 0; i < n; i++) {
		const struct symbols *c = field(v[i], P_SYMBOLS);

		symbols += c->n;
		fragments += c->fragments.n;
	}
	return (struct symbols){.v = arena_array(a, struct symbol, symbols + 1),
				.fragments.v = arena_array(a, struct source, fragments + 1)};
}

void
recipe_symbols(const struct recipe *r, struct step *step, struct arena *a)
{
	struct symbols *s = field(step, P_SYMBOLS), out;
	const struct step *v[CHAIN_MAX];
	size_t n;

	if (!s || !s->fragments.n || s->fragments.v[0].kind != SRC_REF || s->fragments.v[0].ref.step >= step - r->steps)
		return;
	n = chain_of(r, &s->fragments.v[0], v);
	if (!n || !in_order(v, n))
		return;
	out = room(a, s, v, n);
	for (size_t i = n; i--;)
		add(&out, field(v[i], P_SYMBOLS));
	s->fragments.v++;
	s->fragments.n--;
	add(&out, s);
	*s = out;
}
