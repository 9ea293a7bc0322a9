#include "model/matrix.h"

#include <inttypes.h>
#include <string.h>

#include "model/capabilities.h"

struct joining {
	struct recipe *r;
	struct member *m; /* whose turn it is */
	struct map texts; /* what a step is → its number plus 1 */
	size_t *by;       /* by step, the member that had it last, plus 1 */
};

/* -- values ------------------------------------------------------------------------------------------- */
struct copying {
	struct value **v; /* whose tables are still those of the original */
	size_t n, cap;
	struct arena *a;
	const uint32_t *number;
};

static void
copy_one(struct copying *c, struct value *to)
{
	if (to->type == V_REF || to->type == V_TEXT) {
		to->ref.step = c->number[to->ref.step];
	} else if (to->type == V_TABLE) {
		GROW(c->v, c->n, c->cap);
		c->v[c->n++] = to;
	}
}

/* `v` with the numbers of steps that they have in the whole. Values nest, so a stack of our own bounds the C stack. */
static struct value
renumber(const struct value *v, const uint32_t *number, struct arena *a)
{
	struct copying c = {.a = a, .number = number};
	struct value out = *v;

	copy_one(&c, &out);
	while (c.n) {
		struct value *t = c.v[--c.n];

		t->table.items = arena_memdup(a, t->table.items, t->table.nitems * sizeof *t->table.items);
		t->table.fields = arena_memdup(a, t->table.fields, t->table.nfields * sizeof *t->table.fields);
		for (size_t i = 0; i < t->table.nitems; i++)
			copy_one(&c, &t->table.items[i]);
		for (size_t i = 0; i < t->table.nfields; i++)
			copy_one(&c, &t->table.fields[i].value);
	}
	free(c.v);
	return out;
}

static void
add_word(struct str *b, const char *s)
{
	str_addc(b, ' ');
	str_add_quoted(b, s, strlen(s));
}

/* The fields of a table follow their names, so that no two values have one text. */
static int
add_value(void *ctx, const struct value *v)
{
	struct str *b = ctx;

	str_addf(b, "\n%d", (int)v->type);
	switch (v->type) {
	case V_NIL: break;
	case V_BOOL: str_addf(b, " %d", v->b); break;
	case V_INT: str_addf(b, " %" PRId64, v->i); break;
	case V_TRI: str_addf(b, " %c", v->tri); break;
	case V_STRING:
		str_addc(b, ' ');
		str_add_quoted(b, v->str.s, v->str.len);
		break;
	case V_TABLE:
		str_addf(b, " %zu", v->table.nitems);
		for (size_t i = 0; i < v->table.nfields; i++)
			add_word(b, v->table.fields[i].key);
		break;
	case V_FILE:
		add_word(b, v->file.root);
		add_word(b, v->file.rel);
		break;
	case V_REF:
	case V_TEXT:
		str_addf(b, " %" PRIu32, v->ref.step);
		add_word(b, v->ref.path);
		break;
	}
	return 0;
}

/* -- steps -------------------------------------------------------------------------------------------- */
static void
step_text(const struct step *s, struct str *b)
{
	str_add(b, s->prim->name);
	for (size_t i = 0; i < ARRAY_LEN(s->may) && s->may[i]; i++) {
		str_add(b, " may");
		for (size_t k = 0; k < s->may[i]->paths.n; k++)
			add_word(b, s->may[i]->paths.v[k]);
	}
	if (s->skipped)
		add_word(b, s->skipped);
	value_walk(&s->params, add_value, b);
}

/* The equal step that another member has, or a new one. */
static uint32_t
take(struct joining *j, const struct step *own)
{
	struct recipe *r = j->r;
	const size_t turn = (size_t)(j->m - r->members) + 1;
	cleanup_str struct str text = {0};
	struct step s = *own;
	size_t known;

	s.params = renumber(&own->params, j->m->number, &r->arena);
	step_text(&s, &text);
	/* equal steps of one recipe stay as many as they are: each has its name */
	while ((known = (size_t)map_get(&j->texts, str_text(&text))) && j->by[known - 1] == turn)
		str_add(&text, "\nagain");
	if (known && !(s.prim->flags & PRIM_LINEAGE)) {
		j->by[known - 1] = turn;
		r->steps[known - 1].sharers++;
		return (uint32_t)(known - 1);
	}
	s.of = j->m;
	s.sharers = 1;
	s.bound = NULL;
	s.inputs = NULL;
	s.ninputs = 0;
	j->by[r->nsteps] = turn;
	r->steps[r->nsteps] = s;
	map_set(&j->texts, arena_strdup(&r->arena, str_text(&text)), (void *)(r->nsteps + 1));
	return (uint32_t)r->nsteps++;
}

static void
join_one(struct joining *j, size_t all)
{
	struct arena *a = &j->r->arena;
	struct member *m = j->m;
	const struct recipe *own = m->recipe;

	m->number = arena_array(a, uint32_t, own->nsteps + 1);
	m->has = arena_array(a, bool, all + 1);
	for (size_t i = 0; i < own->nsteps; i++) {
		m->number[i] = take(j, &own->steps[i]);
		m->has[m->number[i]] = true;
	}
	m->result = renumber(&own->result, m->number, a);
	m->exports = arena_array(a, uint32_t, own->nexports + 1);
	for (; m->nexports < own->nexports; m->nexports++)
		m->exports[m->nexports] = m->number[own->exports[m->nexports]];
}

/* -- names -------------------------------------------------------------------------------------------- */
static void
name_steps(struct recipe *r)
{
	struct map taken = {0};

	for (size_t i = 0; i < r->nsteps; i++) {
		struct step *s = &r->steps[i];

		if (s->sharers > 1)
			continue;
		s->name = arena_printf(&r->arena, "%s/%s", s->of->name, s->name);
		map_set(&taken, s->name, s);
	}
	for (size_t i = 0; i < r->nsteps; i++) {
		struct step *s = &r->steps[i];

		if (s->sharers > 1 && map_has(&taken, s->name))
			s->name = arena_printf(&r->arena, "%s+%zu/%s", s->of->name, s->sharers - 1, s->name);
		map_set(&taken, s->name, s);
	}
	map_free(&taken);
}

static void
export_all(struct recipe *r, size_t all)
{
	cleanup_free bool *seen = xcalloc(all + 1, sizeof *seen);

	r->exports = arena_array(&r->arena, uint32_t, all + 1);
	for (size_t i = 0; i < r->nmembers; i++)
		for (size_t k = 0; k < r->members[i].nexports; k++) {
			const uint32_t step = r->members[i].exports[k];

			if (!seen[step])
				r->exports[r->nexports++] = step;
			seen[step] = true;
		}
}

void
matrix_join(struct recipe *r, struct member *v, size_t n)
{
	struct joining j = {.r = r};
	size_t all = 0;

	for (size_t i = 0; i < n; i++)
		all += v[i].recipe->nsteps;
	r->members = v;
	r->nmembers = n;
	r->steps = arena_array(&r->arena, struct step, all + 1);
	j.by = arena_array(&r->arena, size_t, all + 1);
	for (j.m = v; j.m < v + n; j.m++)
		join_one(&j, all);
	map_free(&j.texts);
	name_steps(r);
	export_all(r, all);
}

/* -- questions ---------------------------------------------------------------------------------------- */
bool
member_is(const struct member *m, const char *name)
{
	return !strcmp(m->name, name) || str_eq(m->group, name);
}

bool
matrix_has(const struct recipe *r, const char *name)
{
	for (size_t i = 0; i < r->nmembers; i++)
		if (member_is(&r->members[i], name))
			return true;
	return false;
}

const struct recipe *
recipe_own(const struct recipe *r, const struct step *s)
{
	return s->of ? s->of->recipe : r;
}

uint32_t
recipe_number(const struct step *s, size_t own)
{
	return s->of ? s->of->number[own] : (uint32_t)own;
}
