/* bisect_apply: a recipe with some of the changes. */
#include <string.h>

#include "base/str.h"
#include "cli/bisect.h"

/* What an item gives in a state, with the number of the recipe that it is of. */
static const struct value *
chosen(const struct mix_item *i, const bool *on, int *which)
{
	*which = i->change >= 0 && on[i->change];
	return *which ? i->b : i->a;
}

/* A copy for another recipe: references go to the steps of the same names. */
static struct value
moved(struct arena *a, const struct value *v, const struct recipe *from, const struct recipe *to)
{
	struct value out = *v;

	if (from != to && (v->type == V_REF || v->type == V_TEXT))
		out.ref.step = (uint32_t)(recipe_step(to, from->steps[v->ref.step].name) - to->steps);
	if (from == to || v->type != V_TABLE)
		return out;
	out.table.items = arena_array(a, struct value, v->table.nitems + 1);
	out.table.fields = arena_array(a, struct field, v->table.nfields + 1);
	for (size_t i = 0; i < v->table.nitems; i++)
		out.table.items[i] = moved(a, &v->table.items[i], from, to);
	for (size_t i = 0; i < v->table.nfields; i++)
		out.table.fields[i] =
			(struct field){v->table.fields[i].key, moved(a, &v->table.fields[i].value, from, to)};
	return out;
}

/* Sets a field, or takes it away (NULL). */
static void
set_field(struct arena *a, struct value *table, const char *key, const struct value *v)
{
	struct field *f = arena_array(a, struct field, table->table.nfields + 1);
	size_t n = 0, i = 0, all = table->table.nfields;

	for (; i < all && strcmp(table->table.fields[i].key, key) < 0; i++)
		f[n++] = table->table.fields[i];
	if (i < all && !strcmp(table->table.fields[i].key, key))
		i++;
	if (v)
		f[n++] = (struct field){key, *v};
	for (; i < all; i++)
		f[n++] = table->table.fields[i];
	table->table.fields = f;
	table->table.nfields = n;
}

static void
set_items(struct value *table, const struct value *v)
{
	table->table.items = v ? v->table.items : NULL;
	table->table.nitems = v ? v->table.nitems : 0;
}

struct applying {
	struct bisect *b;
	const bool *on;
	struct bisect_side *base;
	struct step *step;
};

static void
apply_value(const struct applying *ap, const struct mix *m)
{
	struct arena *a = &ap->base->recipe->arena;
	int which;
	const struct value *v = chosen(&m->v[0], ap->on, &which);
	struct value copy;

	if (v)
		copy = moved(a, v, ap->b->side[which].recipe, ap->base->recipe);
	if (*m->field)
		set_field(a, &ap->step->params, m->field, v ? &copy : NULL);
	else
		set_items(&ap->step->params, v ? &copy : NULL);
}

static void
apply_patches(const struct applying *ap, const struct mix *m)
{
	struct arena *a = &ap->base->recipe->arena;
	struct value list = {.type = V_TABLE, .at = ap->step->params.at};
	int which;

	list.table.items = arena_array(a, struct value, m->n + 1);
	for (size_t i = 0; i < m->n; i++) {
		const struct value *v = chosen(&m->v[i], ap->on, &which);

		if (v)
			list.table.items[list.table.nitems++] = *v;
	}
	set_items(&ap->step->params, NULL);
	set_field(a, &ap->step->params, "series", NULL);
	set_field(a, &ap->step->params, m->field, &list);
}

static void
apply_symbols(const struct applying *ap, const struct mix *m)
{
	struct arena *a = &ap->base->recipe->arena;
	struct value table = {.type = V_TABLE, .at = ap->step->params.at};
	int which;

	for (size_t i = 0; i < m->n; i++) {
		const struct value *v = chosen(&m->v[i], ap->on, &which);

		if (v)
			set_field(a, &table, m->v[i].name, v);
	}
	set_field(a, &ap->step->params, m->field, &table);
}

static void
apply_commit(const struct applying *ap, const struct mix *m)
{
	const struct value *v = m->v[0].a;

	for (size_t i = 0; i < m->n && ap->on[m->v[i].change]; i++)
		v = m->v[i].b;
	set_field(&ap->base->recipe->arena, &ap->step->params, m->field, v);
}

static void
apply_pin(const struct applying *ap, const struct mix *m)
{
	const struct bisect_change *c = &ap->b->v[m->v[0].change];

	lock_set(&ap->base->s.lock, m->field, ap->on[m->v[0].change] ? c->b : c->a);
}

int
bisect_restore(struct bisect_side *s, struct err *err)
{
	for (size_t i = 0; i < s->recipe->nsteps; i++)
		s->recipe->steps[i].params = s->params[i];
	return recipe_resolve(s->recipe, err);
}

int
bisect_apply(struct bisect *b, const bool *on, struct bisect_side **out, struct err *err)
{
	static void (*const apply[])(const struct applying *, const struct mix *) = {
		[MIX_VALUE] = apply_value,   [MIX_PATCHES] = apply_patches, [MIX_SYMBOLS] = apply_symbols,
		[MIX_COMMIT] = apply_commit, [MIX_PIN] = apply_pin,
	};
	struct applying ap = {.b = b, .on = on, .base = &b->side[b->recipe >= 0 && on[b->recipe]]};
	struct recipe *r = ap.base->recipe;

	*out = ap.base;
	for (size_t i = 0; i < r->nsteps; i++)
		r->steps[i].params = ap.base->params[i];
	for (size_t i = 0; i < b->nmixes; i++) {
		if (b->mixes[i].kind != MIX_PIN)
			ap.step = (struct step *)recipe_step(r, b->mixes[i].step);
		apply[b->mixes[i].kind](&ap, &b->mixes[i]);
	}
	return recipe_resolve(r, err);
}
