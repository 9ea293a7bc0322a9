#include "data/value.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

const struct value *
value_field(const struct value *table, const char *key)
{
	size_t lo = 0, hi;

	if (!table || table->type != V_TABLE)
		return NULL;
	for (hi = table->table.nfields; lo < hi;) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(key, table->table.fields[mid].key);

		if (!c)
			return &table->table.fields[mid].value;
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

static const char *
table_name(const struct value *v)
{
	if (v->table.nfields)
		return "a table";
	return v->table.nitems ? "a list" : "an empty table";
}

static const char *
tri_name(char c)
{
	return c == 'y' ? "the value y" : c == 'm' ? "the value m" : "the value n";
}

const char *
value_type_name(const struct value *v)
{
	switch (v->type) {
	case V_NIL: return "nil";
	case V_BOOL: return v->b ? "true" : "false";
	case V_INT: return "a number";
	case V_TRI: return tri_name(v->tri);
	case V_STRING: return "a string";
	case V_TABLE: return table_name(v);
	case V_FILE: return "a file";
	case V_REF: return *v->ref.path ? "a path in a result" : "a step";
	case V_TEXT: return "a text of a result";
	}
	return "a value";
}

/* What is still to be looked at; values nest, so a stack of our own bounds the C stack. */
struct walk {
	const struct value **v;
	size_t n, cap;
};

static void
walk_push(struct walk *w, const struct value *v)
{
	GROW(w->v, w->n, w->cap);
	w->v[w->n++] = v;
}

int
value_walk(const struct value *v, value_fn fn, void *ctx)
{
	struct walk w = {0};
	int r = 0;

	walk_push(&w, v);
	while (w.n && !r) {
		v = w.v[--w.n];
		r = fn(ctx, v);
		if (v->type != V_TABLE)
			continue;
		for (size_t i = v->table.nfields; i--;)
			walk_push(&w, &v->table.fields[i].value);
		for (size_t i = v->table.nitems; i--;)
			walk_push(&w, &v->table.items[i]);
	}
	free(w.v);
	return r;
}

static int
is_text(void *ctx, const struct value *v)
{
	(void)ctx;
	return v->type == V_TEXT;
}

bool
value_has_text(const struct value *v)
{
	return value_walk(v, is_text, NULL);
}

struct fill {
	struct value **v;
	size_t n, cap;
	struct arena *a;
	value_text_fn text;
	void *ctx;
};

static void
fill_push(struct fill *f, struct value *v)
{
	GROW(f->v, f->n, f->cap);
	f->v[f->n++] = v;
}

static int
fill_text(struct fill *f, struct value *v, struct err *err)
{
	cleanup_str struct str s = {0};

	if (f->text(f->ctx, &v->ref, &s, err))
		return err_at(err, v->at);
	v->type = V_STRING;
	v->str.s = arena_strndup(f->a, str_text(&s), s.len);
	v->str.len = s.len;
	return 0;
}

/* Gives a table arrays of its own, so that the original stays as it was written. */
static void
fill_table(struct fill *f, struct value *v)
{
	v->table.items = arena_memdup(f->a, v->table.items, v->table.nitems * sizeof *v->table.items);
	v->table.fields = arena_memdup(f->a, v->table.fields, v->table.nfields * sizeof *v->table.fields);
	for (size_t i = 0; i < v->table.nitems; i++)
		fill_push(f, &v->table.items[i]);
	for (size_t i = 0; i < v->table.nfields; i++)
		fill_push(f, &v->table.fields[i].value);
}

int
value_fill(const struct value *v, value_text_fn text, void *ctx, struct arena *a, struct value *out, struct err *err)
{
	struct fill f = {.a = a, .text = text, .ctx = ctx};
	int r = 0;

	*out = *v;
	fill_push(&f, out);
	while (f.n && !r) {
		struct value *w = f.v[--f.n];

		if (w->type == V_TEXT)
			r = fill_text(&f, w, err);
		else if (w->type == V_TABLE)
			fill_table(&f, w);
	}
	free(f.v);
	return r;
}
