/* What a child handed up becomes a recipe; every number in it is checked. */
#include <stdio.h>
#include <string.h>

#include "lua/held.h"
#include "lua/parent.h"
#include "lua/symbols.h"

static void
insert_on(struct arena *a, struct value *t, const struct value *on)
{
	size_t n = t->table.nfields, i = 0;
	struct field *v = arena_array(a, struct field, n + 1);

	for (; i < n && strcmp(t->table.fields[i].key, "on") < 0; i++)
		v[i] = t->table.fields[i];
	v[i] = (struct field){"on", *on};
	for (; i < n; i++)
		v[i + 1] = t->table.fields[i];
	t->table.fields = v;
	t->table.nfields = n + 1;
}

static void
read_step(struct reader *rd, struct step *s)
{
	const char *prim, *path;
	struct place fields = {0};
	struct value on = {.type = V_REF};
	uint32_t unit, n;

	s->name = read_str(rd, NULL);
	prim = read_str(rd, NULL);
	s->at = read_place(rd);
	s->by[0] = read_u32(rd);
	s->by[1] = read_u32(rd);
	unit = read_u32(rd);
	fields.line = read_u32(rd);
	fields.key = read_str(rd, NULL);
	n = read_u32(rd);
	path = read_str(rd, NULL);
	if (unit < rd->units->n)
		fields.file = rd->units->v[unit].shown;
	read_value(rd, fields, &s->params);
	s->prim = prim ? prim_find(prim) : NULL;
	if (!s->name || !s->prim || s->params.type != V_TABLE)
		rd->bad = true;
	if (n == WIRE_NONE || rd->bad)
		return;
	if (n >= rd->nsteps || rd->steps[n] == WIRE_NONE) {
		rd->bad = true;
		return;
	}
	on.at = s->at;
	on.ref.step = rd->steps[n];
	on.ref.path = path ? path : "";
	insert_on(rd->a, &s->params, &on);
}

static void
read_steps(struct recipe *r, struct reader *rd)
{
	uint32_t n = read_u32(rd);
	uint32_t *map;

	if (n > WIRE_STEPS || rd->bad) {
		rd->bad = true;
		return;
	}
	map = arena_array(rd->a, uint32_t, n + 1);
	rd->steps = map;
	r->steps = arena_array(rd->a, struct step, n + 1);
	for (uint32_t i = 0; i < n && !rd->bad; i++) {
		map[i] = WIRE_NONE;
		rd->nsteps = i; /* a step refers to those before it */
		if (!read_u8(rd))
			continue;
		read_step(rd, &r->steps[r->nsteps]);
		map[i] = (uint32_t)r->nsteps++;
	}
	rd->nsteps = n;
}

static void
read_options(struct recipe *r, struct reader *rd)
{
	uint32_t n = read_u32(rd);

	if (n > WIRE_OPTIONS || rd->bad) {
		rd->bad = true;
		return;
	}
	r->options = arena_array(rd->a, struct option, n + 1);
	for (; r->noptions < n && !rd->bad; r->noptions++) {
		struct option *o = &r->options[r->noptions];

		o->name = read_str(rd, NULL);
		o->type = read_str(rd, NULL);
		o->doc = read_str(rd, NULL);
		o->given = read_u8(rd);
		o->at = read_place(rd);
		read_value(rd, o->at, &o->value);
		read_value(rd, o->at, &o->def);
		if (!o->name || !o->type || !o->doc)
			rd->bad = true;
	}
}

struct exports {
	struct recipe *r;
	bool *seen;
};

static int
add_export(void *ctx, const struct value *v)
{
	struct exports *e = ctx;

	if ((v->type != V_REF && v->type != V_TEXT) || v->ref.step >= e->r->nsteps || e->seen[v->ref.step])
		return 0;
	e->seen[v->ref.step] = true;
	e->r->exports[e->r->nexports++] = v->ref.step;
	return 0;
}

static int
mark_used(void *ctx, const struct value *v)
{
	struct exports *e = ctx;

	if ((v->type == V_REF || v->type == V_TEXT) && v->ref.step < e->r->nsteps)
		e->seen[v->ref.step] = true;
	return 0;
}

/* What the file returned is exported; of a file that returns nothing, the steps no other one takes. */
static void
find_exports(struct recipe *r, bool returned)
{
	struct exports e = {r, arena_array(&r->arena, bool, r->nsteps + 1)};

	r->exports = arena_array(&r->arena, uint32_t, r->nsteps + 1);
	if (returned) {
		value_walk(&r->result, add_export, &e);
		return;
	}
	for (size_t i = 0; i < r->nsteps; i++)
		value_walk(&r->steps[i].params, mark_used, &e);
	for (size_t i = 0; i < r->nsteps; i++)
		if (!e.seen[i])
			r->exports[r->nexports++] = (uint32_t)i;
}

static void
read_recipe(struct recipe *r, struct reader *rd)
{
	bool returned;

	r->name = read_str(rd, NULL);
	r->version = read_str(rd, NULL);
	r->license = read_str(rd, NULL);
	r->summary = read_str(rd, NULL);
	read_steps(r, rd);
	if (rd->bad)
		return;
	read_options(r, rd);
	returned = read_u8(rd);
	if (returned)
		read_value(rd, (struct place){.file = rd->units->v[0].shown}, &r->result);
	if (rd->p != rd->end)
		rd->bad = true;
	if (!rd->bad)
		find_exports(r, returned);
}

int
recipe_damaged(const struct parent *p, struct err *err)
{
	err_set(err, "E0019", "what the load handed up is damaged");
	return err_at(err, (struct place){.file = p->unit[0].shown});
}

int
recipe_take(struct parent *p, const char *bytes, size_t len, struct err *err)
{
	struct recipe *r = p->r;
	struct reader rd = {.p = (const unsigned char *)bytes,
			    .end = (const unsigned char *)bytes + len,
			    .a = p->a,
			    .units = &p->units};
	bool bad;

	read_errors(&rd, err);
	bad = err_any(err);
	if (!read_u8(&rd) || rd.bad)
		return bad && !rd.bad ? -1 : recipe_damaged(p, err);
	read_recipe(r, &rd);
	if (rd.bad) {
		r->nsteps = r->noptions = r->nexports = 0;
		return recipe_damaged(p, err);
	}
	if (!r->name) {
		const char *base = path_base(r->path);

		r->name = arena_strndup(p->a, base, str_ends(base, ".lua") ? strlen(base) - 4 : strlen(base));
	}
	if (recipe_resolve(r, err) || bad || held_check(p, err))
		return -1;
	return symbols_check(r, p->unit[0].shown, err);
}
