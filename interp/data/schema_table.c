/* schema: tables of names: maps, mounts, Kconfig symbols. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/schema_take.h"

/* A value of a map as text, or NULL. */
static const char *
scalar_text(struct taking *t, const struct value *v)
{
	switch (v->type) {
	case V_STRING: return arena_strndup(t->a, v->str.s, v->str.len);
	case V_INT: return arena_printf(t->a, "%" PRId64, v->i);
	case V_BOOL: return v->b ? "1" : "0";
	case V_TRI: return arena_printf(t->a, "%c", v->tri);
	case V_TEXT: return TEXT_LATER;
	default: return NULL;
	}
}

static int
by_key(const void *a, const void *b)
{
	return strcmp(((const struct pair *)a)->key, ((const struct pair *)b)->key);
}

static int
no_items(struct taking *t, const struct param *p, const struct value *v)
{
	char buf[64];

	for (size_t i = 0; i < v->table.nitems; i++) {
		if (v->table.items[i].type == V_NIL)
			continue;
		err_set(t->err, "E0106", "`%s` in %s has an item without a key", p->name, t->what);
		err_at(t->err, place_of(t, p->name, &v->table.items[i]));
		err_label(t->err, "needs a key");
		return err_help(t->err, "`%s` is a %s, written `key = value`", p->name, param_type_text(p, buf));
	}
	return 0;
}

/* Items that are their own names (P_SELF): { "driver.o" } is { ["driver.o"] = "driver.o" }. */
static int
self_items(struct taking *t, const struct param *p, const struct value *v, struct pairs *m)
{
	int r = 0;

	for (size_t i = 0; i < v->table.nitems; i++) {
		const struct value *item = &v->table.items[i];
		const char *text = item->type == V_STRING ? scalar_text(t, item) : NULL;

		if (item->type == V_NIL)
			continue;
		if (text)
			m->v[m->n++] = (struct pair){text, text, place_of(t, p->name, item)};
		else
			r = bad_type(t, p, item, "a string");
	}
	return r;
}

/* Of two with one name only one could be had. */
static int
check_twice(struct taking *t, const struct param *p, const struct pairs *m)
{
	int r = 0;

	for (size_t i = 1; i < m->n; i++) {
		if (strcmp(m->v[i - 1].key, m->v[i].key))
			continue;
		r = err_set(t->err, "E0106", "`%s` stands twice in `%s` of %s", m->v[i].key, p->name, t->what);
		err_at(t->err, m->v[i].at);
		err_label(t->err, "a second time");
	}
	return r;
}

int
take_map(struct taking *t, const struct param *p, const struct value *v, void *out)
{
	struct pairs *m = out;
	int r;

	if (v->type != V_TABLE)
		return bad_type(t, p, v, NULL);
	m->v = arena_array(t->a, struct pair, v->table.nfields + v->table.nitems);
	r = p->flags & P_SELF ? self_items(t, p, v, m) : no_items(t, p, v);
	for (size_t i = 0; i < v->table.nfields; i++) {
		const struct field *f = &v->table.fields[i];
		struct pair *pair = &m->v[m->n];

		if (f->value.type == V_NIL)
			continue;
		pair->key = f->key;
		pair->value = scalar_text(t, &f->value);
		pair->at = place_of(t, f->key, &f->value);
		if (pair->value)
			m->n++;
		else
			r = bad_type(t, p, &f->value, "a string, a number or true or false");
	}
	if (m->n)
		qsort(m->v, m->n, sizeof *m->v, by_key);
	return check_twice(t, p, m) ? -1 : r;
}

/* A place in a sandbox: "/opt/x", or relative to its working folder. */
static int
mount_path(struct taking *t, const struct param *p, const struct field *f, const char **out)
{
	bool absolute = *f->key == '/';
	char *path = arena_printf(t->a, "/%s", f->key + strspn(f->key, "/"));

	if (path_clean(path + 1) || !path[1])
		return bad_path(t, p, &f->value, f->key + strspn(f->key, "/"));
	*out = absolute ? path : path + 1;
	return 0;
}

int
take_mounts(struct taking *t, const struct param *p, const struct value *v, void *out)
{
	static const struct param source = {.type = P_SOURCE};
	struct mounts *m = out;
	struct param one = source;
	int r;

	if (v->type != V_TABLE)
		return bad_type(t, p, v, NULL);
	one.name = p->name;
	r = no_items(t, p, v);
	m->v = arena_array(t->a, struct mount_param, v->table.nfields);
	for (size_t i = 0; i < v->table.nfields; i++) {
		const struct field *f = &v->table.fields[i];
		struct mount_param *mount = &m->v[m->n];

		if (f->value.type == V_NIL)
			continue;
		if (mount_path(t, p, f, &mount->at_path) || take_source(t, &one, &f->value, &mount->source))
			r = -1;
		else
			m->n++;
	}
	return r;
}

static int
bad_symbol(struct taking *t, const struct field *f)
{
	bool prefix = str_starts(f->key, "CONFIG_") && f->key[7];

	err_set(t->err, "E0109", "`%s` in %s is not the name of a Kconfig symbol", f->key, t->what);
	err_at(t->err, place_of(t, f->key, &f->value));
	err_label(t->err, prefix ? "written with its prefix" : "letters, digits and `_` only");
	return prefix ? err_help(t->err, "leave CONFIG_ out: `%s`", f->key + 7) : -1;
}

static int
bad_symbol_value(struct taking *t, const struct field *f)
{
	const struct value *v = &f->value;

	err_set(t->err, "E0110", "symbol `%s` in %s cannot be %s", f->key, t->what, value_type_name(v));
	err_at(t->err, place_of(t, f->key, v));
	err_label(t->err, "expected y, m, n, a number or a string");
	if (v->type == V_FILE)
		return err_help(t->err, "a fragment is an item without a key");
	if (v->type == V_NIL)
		return err_help(t->err, "for the value n write `%s = n`", f->key);
	return err_help(t->err,
			"a local variable called y, m or n hides the value of that name: if `%s` was "
			"given one, rename the variable",
			f->key);
}

static bool
is_hex(const char *s)
{
	return str_starts(s, "0x") && s[2] && !s[2 + strspn(s + 2, "0123456789abcdefABCDEF")];
}

/* A string as .config has it: in quotes, with quotes and backslashes escaped. */
static const char *
quoted(struct arena *a, const char *s)
{
	char *out = arena_alloc(a, 2 * strlen(s) + 3), *o = out;

	*o++ = '"';
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			*o++ = '\\';
		*o++ = *s;
	}
	*o = '"';
	return out;
}

static int
symbol_value(struct taking *t, const struct field *f, const char **out)
{
	const struct value *v = &f->value;

	if (v->type == V_STRING && strpbrk(v->str.s, "\r\n")) {
		err_set(t->err, "E0118", "symbol `%s` in %s holds a line break", f->key, t->what);
		err_at(t->err, place_of(t, f->key, v));
		return err_label(t->err, "a .config holds one line a symbol");
	}
	if (v->type == V_STRING)
		*out = is_hex(v->str.s) ? arena_strdup(t->a, v->str.s) : quoted(t->a, v->str.s);
	else if (v->type == V_TEXT)
		*out = quoted(t->a, TEXT_LATER);
	else if (v->type == V_BOOL)
		*out = v->b ? "y" : "n";
	else
		*out = scalar_text(t, v);
	return *out ? 0 : bad_symbol_value(t, f);
}

static int
take_symbol(struct taking *t, const struct field *f, struct symbols *out)
{
	struct symbol s = {.name = f->key, .at = place_of(t, f->key, &f->value)};
	size_t len = strlen(f->key);

	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)f->key[i]) && f->key[i] != '_')
			return bad_symbol(t, f);
	if (!len || (str_starts(f->key, "CONFIG_") && f->key[7]))
		return bad_symbol(t, f);
	if (symbol_value(t, f, &s.value))
		return -1;
	out->v = take_more(t->a, out->v, out->n, sizeof *out->v);
	out->v[out->n++] = s;
	return 0;
}

static int
symbols_item(struct taking *t, const struct param *p, const struct value *v, struct symbols *out)
{
	struct param fragment = {.name = p->name, .type = P_SOURCE};
	int r = 0;

	switch (v->type) {
	case V_NIL: return 0;
	case V_FILE:
	case V_REF: return take_sources(t, &fragment, v, &out->fragments);
	case V_TABLE: break;
	case V_STRING:
		bad_type(t, p, v, "a fragment or a table of symbols");
		return err_help(t->err, "write `fragment \"%s\"`", v->str.s);
	default: return bad_type(t, p, v, "a fragment or a table of symbols");
	}
	if (t->depth == SCHEMA_DEPTH) {
		err_set(t->err, "E0119", "`%s` in %s is nested too deeply", p->name, t->what);
		return err_at(t->err, place_of(t, p->name, v));
	}
	t->depth++;
	for (size_t i = 0; i < v->table.nitems; i++)
		r |= symbols_item(t, p, &v->table.items[i], out);
	for (size_t i = 0; i < v->table.nfields; i++)
		r |= take_symbol(t, &v->table.fields[i], out);
	t->depth--;
	return r;
}

int
take_symbols(struct taking *t, const struct param *p, const struct value *v, void *out)
{
	return symbols_item(t, p, v, out);
}
