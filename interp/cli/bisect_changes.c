/* bisect_changes: what differs between two recipes, as changes. */
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "cli/bisect.h"

enum { TEXT_MAX = 400, DEPTH = 16 };

long
bisect_add(struct bisect *b, const struct bisect_change *c, unsigned chain)
{
	for (size_t i = 0; i < b->n && !chain; i++)
		if (!strcmp(b->v[i].kind, c->kind) && !strcmp(b->v[i].name, c->name) && str_eq(b->v[i].a, c->a) &&
		    str_eq(b->v[i].b, c->b))
			return (long)i;
	GROW(b->v, b->n, b->cap);
	GROW(b->chain, b->n, b->capchain);
	b->chain[b->n] = chain;
	b->v[b->n] = *c;
	return (long)b->n++;
}

struct mix *
bisect_mix(struct bisect *b, enum mix_kind kind, const char *step, const char *field)
{
	GROW(b->mixes, b->nmixes, b->capmixes);
	b->mixes[b->nmixes] = (struct mix){.kind = kind, .step = step, .field = field};
	return &b->mixes[b->nmixes++];
}

void
bisect_item(struct mix *m, const struct mix_item *item)
{
	GROW(m->v, m->n, m->cap);
	m->v[m->n++] = *item;
}

/* Values as text: equal texts are equal values, also of two recipes. A file is what it holds. */

static void value_text(struct bisect_side *s, const struct value *v, int depth, struct str *out);

static void
file_text(struct bisect_side *s, const struct file_ref *f, struct str *out)
{
	struct file_content content;
	struct err quiet = {0};
	char hex[HASH_HEX];

	str_addf(out, "file %s", path_base(f->shown));
	if (!session_file(&s->s, f, &content, &quiet))
		str_addf(out, " (%.12s%s)", hash_hex(&content.hash, hex), content.executable ? ", executable" : "");
	err_free(&quiet);
}

static void
table_text(struct bisect_side *s, const struct value *v, int depth, struct str *out)
{
	const char *between = "";

	str_add(out, "{ ");
	for (size_t i = 0; i < v->table.nitems; i++, between = ", ") {
		str_add(out, between);
		value_text(s, &v->table.items[i], depth + 1, out);
	}
	for (size_t i = 0; i < v->table.nfields; i++, between = ", ") {
		str_addf(out, "%s%s = ", between, v->table.fields[i].key);
		value_text(s, &v->table.fields[i].value, depth + 1, out);
	}
	str_add(out, " }");
}

static void
value_text(struct bisect_side *s, const struct value *v, int depth, struct str *out)
{
	switch (depth < DEPTH ? v->type : V_NIL) {
	case V_NIL: str_add(out, "nil"); break;
	case V_BOOL: str_add(out, v->b ? "true" : "false"); break;
	case V_INT: str_addf(out, "%" PRId64, v->i); break;
	case V_TRI: str_addc(out, v->tri); break;
	case V_STRING:
		str_addc(out, '"');
		str_add_quoted(out, v->str.s, v->str.len);
		str_addc(out, '"');
		break;
	case V_TABLE: table_text(s, v, depth, out); break;
	case V_FILE: file_text(s, &v->file, out); break;
	case V_REF:
	case V_TEXT:
		str_addf(out, "%s%s%s", s->recipe->steps[v->ref.step].name, *v->ref.path ? " / " : "", v->ref.path);
		break;
	}
}

/* What a parameter takes in, as it is bound: what a pattern matches, and the patches of a series. */
struct taken {
	struct bisect_side *s;
	const char *param;
	struct str *out;
};

static int
add_source(void *ctx, const struct param *q, struct source *src)
{
	struct taken *t = ctx;

	if (strcmp(q->name, t->param) != 0 && (strcmp(t->param, "series") != 0 || strcmp(q->name, "patches") != 0))
		return 0;
	if (src->kind != SRC_NONE && t->out->len)
		str_add(t->out, ", ");
	if (src->kind == SRC_FILE)
		file_text(t->s, &src->file, t->out);
	else if (src->kind == SRC_REF)
		str_addf(t->out, "%s%s%s", t->s->recipe->steps[src->ref.step].name, *src->ref.path ? " / " : "",
			 src->ref.path);
	return 0;
}

/* A parameter as text, NULL where it is not written. */
static const char *
param_text(struct bisect *b, int which, const struct step *step, const struct param *p, const struct value *v)
{
	bool sources = p && (p->type == P_FILE || p->type == P_SOURCE || p->type == P_STEP);
	cleanup_str struct str out = {0};
	struct taken t = {&b->side[which], p ? p->name : "", &out};

	if (!v)
		return NULL;
	if (!sources)
		value_text(&b->side[which], v, 0, &out);
	if (p)
		schema_sources(step->prim->params, step->bound, add_source, &t);
	return arena_strdup(b->a, str_text(&out));
}

/* Steps */

struct foreign {
	const struct recipe *from, *to;
};

static int
is_foreign(void *ctx, const struct value *v)
{
	const struct foreign *f = ctx;

	return (v->type == V_REF || v->type == V_TEXT) && !recipe_step(f->to, f->from->steps[v->ref.step].name);
}

/* Whether a value names a step that the other recipe does not have. */
static bool
names_foreign(struct bisect *b, int which, const struct value *v)
{
	struct foreign f = {b->side[which].recipe, b->side[!which].recipe};

	return v && value_walk(v, is_foreign, &f);
}

static const struct value *
items_of(struct bisect *b, const struct step *s)
{
	struct value *v = arena_new(b->a, struct value);

	*v = s->params;
	v->table.nfields = 0;
	return v->table.nitems ? v : NULL;
}

/* Positional items (`field` "") or a field. */
static const struct value *
written(struct bisect *b, const struct step *s, const char *field)
{
	return *field ? value_field(&s->params, field) : items_of(b, s);
}

static void
compare_field(struct bisect *b, const struct step *x, const struct step *y, const char *field)
{
	const struct param *operand = schema_operand(x->prim->params);
	const struct value *v = written(b, x, field), *w = written(b, y, field);
	const struct param *p = *field ? schema_find(x->prim->params, field) : operand;
	const char *a = param_text(b, 0, x, p, v), *c = param_text(b, 1, y, p, w);
	const char *name = *field ? field : operand ? operand->name : "items";
	struct mix *m;
	long change;

	if (str_eq(a, c))
		return;
	if (names_foreign(b, 0, v) || names_foreign(b, 1, w))
		return; /* it goes with the recipe's steps */
	change = bisect_add(b, &(struct bisect_change){"parameter", name, x->name, a, c}, 0);
	m = bisect_mix(b, MIX_VALUE, x->name, field);
	bisect_item(m, &(struct mix_item){field, v, w, change});
}

/* Whether a field, or the positional items, was already taken apart. */
static bool
is_mixed(const struct bisect *b, const char *step, const struct step *x, const char *field)
{
	const struct param *operand = schema_operand(x->prim->params);
	const char *name = *field ? field : operand ? operand->name : "";

	for (size_t i = 0; i < b->nmixes; i++) {
		const struct mix *m = &b->mixes[i];

		if (m->kind == MIX_PIN || strcmp(m->step, step) != 0)
			continue;
		if (!strcmp(m->field, name) || (m->kind == MIX_PATCHES && !strcmp(field, "series")))
			return true;
	}
	return false;
}

static void
compare_values(struct bisect *b, const struct step *x, const struct step *y)
{
	const struct step *both[] = {x, y};

	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < both[k]->params.table.nfields; i++) {
			const char *field = both[k]->params.table.fields[i].key;
			const struct param *p = schema_find(x->prim->params, field);

			if ((k && value_field(&x->params, field)) || is_mixed(b, x->name, x, field) ||
			    (p && p->flags & P_NOKEY))
				continue;
			compare_field(b, x, y, field);
		}
	if (!is_mixed(b, x->name, x, ""))
		compare_field(b, x, y, "");
}

static void
compare_symbols(struct bisect *b, const struct step *x, const struct step *y)
{
	for (const struct param *p = x->prim->params; p->name; p++)
		if (p->type == P_SYMBOLS && !(p->flags & P_LIST))
			bisect_symbols(b, x, y, p);
}

static void
compare_patches(struct bisect *b, const struct step *x, const struct step *y)
{
	if (!strcmp(x->prim->name, "patch"))
		bisect_patches(b, x, y);
}

static void
compare_commits(struct bisect *b, const struct step *x, const struct step *y)
{
	if (!strcmp(x->prim->name, "git_checkout"))
		bisect_commits(b, x, y);
}

/* The lines of both lock files; the same file where both recipes are of one project. */
static void
compare_pins(struct bisect *b)
{
	const struct map *pins[2] = {&b->side[0].s.lock.pins, &b->side[1].s.lock.pins};

	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < pins[k]->n; i++) {
			const char *name = pins[k]->v[i].key, *x = map_get(pins[0], name), *y = map_get(pins[1], name);
			long change;

			/* what only one needs and has is no difference of the other */
			if (k || !x || !y || !strcmp(x, y))
				continue;
			change = bisect_add(b, &(struct bisect_change){"pin", name, NULL, x, y}, 0);
			bisect_item(bisect_mix(b, MIX_PIN, "", name), &(struct mix_item){name, NULL, NULL, change});
		}
}

/* Steps that only one recipe has, or that another verb does there. */
static void
compare_steps(struct bisect *b)
{
	struct str only[2] = {{0}, {0}};

	b->recipe = -1;
	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < b->side[k].recipe->nsteps; i++) {
			const struct step *s = &b->side[k].recipe->steps[i];
			const struct step *other = recipe_step(b->side[!k].recipe, s->name);

			if ((!other || other->prim != s->prim) && only[k].len < TEXT_MAX)
				str_addf(&only[k], "%s%s", only[k].len ? ", " : "", s->name);
		}
	if (only[0].len || only[1].len)
		b->recipe = bisect_add(b,
				       &(struct bisect_change){"steps", "that only one recipe has", NULL,
							       only[0].len ? arena_strdup(b->a, only[0].s) : NULL,
							       only[1].len ? arena_strdup(b->a, only[1].s) : NULL},
				       0);
	str_free(&only[0]);
	str_free(&only[1]);
}

static void
each_step(struct bisect *b, void (*fn)(struct bisect *, const struct step *, const struct step *))
{
	const struct recipe *r = b->side[0].recipe;

	for (size_t i = 0; i < r->nsteps; i++) {
		const struct step *y = recipe_step(b->side[1].recipe, r->steps[i].name);

		if (y && y->prim == r->steps[i].prim && r->steps[i].params.type == V_TABLE && y->params.type == V_TABLE)
			fn(b, &r->steps[i], y);
	}
}

/* Symbols are taken apart before parameters are compared, and put behind them. */
static void
put_symbols_last(struct bisect *b)
{
	long *to = arena_array(b->a, long, b->n + 1);
	struct bisect_change *v = arena_array(b->a, struct bisect_change, b->n + 1);
	unsigned *chain = arena_array(b->a, unsigned, b->n + 1);
	size_t at = 0;

	for (int last = 0; last < 2; last++)
		for (size_t i = 0; i < b->n; i++)
			if (last == !strcmp(b->v[i].kind, "symbol")) {
				v[at] = b->v[i];
				chain[at] = b->chain[i];
				to[i] = (long)at++;
			}
	for (size_t i = 0; i < b->nmixes; i++)
		for (size_t k = 0; k < b->mixes[i].n; k++)
			if (b->mixes[i].v[k].change >= 0)
				b->mixes[i].v[k].change = to[b->mixes[i].v[k].change];
	if (b->n) {
		memcpy(b->v, v, b->n * sizeof *v);
		memcpy(b->chain, chain, b->n * sizeof *chain);
	}
}

int
bisect_changes(struct bisect *b, struct err *err)
{
	compare_steps(b);
	compare_pins(b);
	each_step(b, compare_commits);
	each_step(b, compare_patches);
	each_step(b, compare_symbols);
	each_step(b, compare_values);
	put_symbols_last(b);
	if (b->n)
		return 0;
	err_set(err, "E1042", "nothing differs between `%s` and `%s`", b->side[0].shown, b->side[1].shown);
	return err_help(err, "options of one side stand in its word: 'board.lua -D rt=false'");
}
