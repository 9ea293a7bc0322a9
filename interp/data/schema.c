/* schema: a written table against parameter tables. */
#include "data/schema.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/near.h"
#include "base/str.h"
#include "data/schema_take.h"

/* Room for any bound field, for checking without binding. */
union slot {
	bool b;
	int64_t i;
	const char *s;
	const struct value *any;
	struct source source;
	struct strings strings;
	struct sources sources;
	struct pairs pairs;
	struct symbols symbols;
	struct mounts mounts;
};

const struct param *
schema_operand(const struct param *params)
{
	for (const struct param *p = params; p && p->name; p++)
		if (p->flags & P_OPERAND)
			return p;
	return NULL;
}

const char *
pairs_value(const struct pairs *p, const char *key)
{
	for (size_t i = 0; p && i < p->n; i++)
		if (!strcmp(p->v[i].key, key))
			return p->v[i].value;
	return NULL;
}

const struct param *
schema_find(const struct param *params, const char *name)
{
	for (const struct param *p = params; p && p->name; p++)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

/* The verb in `write "goal"`. */
static int
verb_len(const char *what)
{
	return (int)strcspn(what, " ");
}

static size_t
count(const struct param *params)
{
	size_t n = 0;

	while (params && params[n].name)
		n++;
	return n;
}

/* The parameter that was meant by an unknown `key`, or NULL. */
static const char *
meant_by(const struct taking *t, const char *key)
{
	size_t n = count(t->own), k = count(t->common);
	const char **names = xcalloc(n + k, sizeof *names);
	const char *near;

	for (size_t i = 0; i < n; i++)
		names[i] = t->own[i].name;
	for (size_t i = 0; i < k; i++)
		names[n + i] = t->common[i].name;
	near = near_name(key, names, n + k);
	free(names);
	return near;
}

static bool
is_known(const struct taking *t, const char *key)
{
	return schema_find(t->own, key) || schema_find(t->common, key);
}

static void
help_names(struct taking *t, const char *key)
{
	const char *near = meant_by(t, key);
	cleanup_str struct str all = {0};

	if (near) {
		err_help(t->err, "did you mean `%s`?", near);
		return;
	}
	for (const struct param *p = t->own; p && p->name; p++)
		str_addf(&all, "%s`%s`", p == t->own ? "" : ", ", p->name);
	if (all.len)
		err_help(t->err, "%.*s takes %s", verb_len(t->what), t->what, str_text(&all));
}

static int
check_names(struct taking *t, const struct value *table)
{
	int r = 0;

	for (size_t i = 0; i < table->table.nfields; i++) {
		const struct field *f = &table->table.fields[i];

		if (is_known(t, f->key))
			continue;
		err_set(t->err, "E0101", "unknown parameter `%s` in %s", f->key, t->what);
		err_at(t->err, place_of(t, f->key, &f->value));
		err_label(t->err, "not a parameter of %.*s", verb_len(t->what), t->what);
		help_names(t, f->key);
		r = -1;
	}
	return r;
}

/* The first item that is there, or NULL. */
static const struct value *
first_item(const struct value *table)
{
	for (size_t i = 0; i < table->table.nitems; i++)
		if (table->table.items[i].type != V_NIL)
			return &table->table.items[i];
	return NULL;
}

static int
bad_items(struct taking *t, const struct param *operand, const struct value *item, bool twice)
{
	int n = verb_len(t->what);

	if (!operand)
		err_set(t->err, "E0106", "%s has an item without a key", t->what);
	else if (twice)
		err_set(t->err, "E0106", "`%s` is given twice in %s", operand->name, t->what);
	else
		err_set(t->err, "E0106", "%s takes one item only", t->what);
	err_at(t->err, place_of(t, NULL, item));
	if (!operand)
		return err_label(t->err, "%.*s takes parameters by name", n, t->what);
	if (!twice)
		return err_label(t->err, "one too many");
	err_label(t->err, "an item without a key is `%s`", operand->name);
	return err_help(t->err, "give it as an item or by name, not both");
}

/* Items without a key go to the operand: all of them, or the only one. */
static int
take_items(struct taking *t, const struct param *p, const struct value *table, void *out)
{
	const struct value *first = first_item(table);
	struct value list = *table;

	list.table.fields = NULL;
	list.table.nfields = 0;
	if ((p->flags & P_LIST) || p->type == P_SYMBOLS)
		return take_value(t, p, &list, out);
	for (size_t i = 0; i < table->table.nitems; i++)
		if (&table->table.items[i] > first && table->table.items[i].type != V_NIL)
			return bad_items(t, p, &table->table.items[i], false);
	return take_value(t, p, first, out);
}

/* Whether an unknown parameter is this one, mistyped: then one mistake is enough. */
static bool
is_mistyped(const struct taking *t, const struct param *p, const struct value *table)
{
	for (size_t i = 0; t->own && i < table->table.nfields; i++) {
		const char *key = table->table.fields[i].key;

		if (!is_known(t, key) && str_eq(meant_by(t, key), p->name))
			return true;
	}
	return false;
}

static int
missing(struct taking *t, const struct param *p, const struct value *table)
{
	char buf[64];

	if (is_mistyped(t, p, table))
		return -1;
	err_set(t->err, "E0103", "missing parameter `%s` in %s", p->name, t->what);
	err_at(t->err, t->at);
	err_label(t->err, "needs `%s`", p->name);
	if (p->flags & P_OPERAND)
		return err_help(t->err, "give it as an item without a key, a %s", param_type_text(p, buf));
	return err_help(t->err, "add `%s = …`, a %s", p->name, param_type_text(p, buf));
}

static bool
given(const struct value *v)
{
	return v && v->type != V_NIL;
}

/* One parameter: by name, by items, by default. */
static int
take_param(struct taking *t, const struct param *p, const struct value *table, void *out)
{
	const struct value *v = value_field(table, p->name);
	const struct value *item = p->flags & P_OPERAND ? first_item(table) : NULL;
	struct value def = {.type = V_STRING};

	if (given(v) && item)
		return bad_items(t, p, item, true);
	if (given(v))
		return take_value(t, p, v, out);
	if (item)
		return take_items(t, p, table, out);
	if (p->flags & P_REQUIRED)
		return missing(t, p, table);
	if (!p->def)
		return 0;
	def.str.s = p->def;
	def.str.len = strlen(p->def);
	if (p->type == P_BOOL) {
		def.type = V_BOOL;
		def.b = !strcmp(p->def, "true");
	} else if (p->type == P_INT) {
		def.type = V_INT;
		def.i = strtoll(p->def, NULL, 0);
	}
	return take_value(t, p, &def, out);
}

static int
not_a_table(struct taking *t, const struct value *v)
{
	err_set(t->err, "E0102", "%s needs a table of parameters, got %s", t->what, value_type_name(v));
	return err_at(t->err, v->at);
}

static int
check_params(struct taking *t, const struct param *params, const struct value *table)
{
	int r = 0;

	for (const struct param *p = params; p && p->name; p++) {
		union slot slot;

		memset(&slot, 0, sizeof slot);
		r |= take_param(t, p, table, &slot);
	}
	return r;
}

int
schema_check(const struct param *own, const struct param *common, const struct value *table, const char *what,
	     struct err *err)
{
	cleanup_arena struct arena a = {0};
	struct taking t = {.what = what, .at = table->at, .own = own, .common = common, .a = &a, .err = err};
	const struct value *item;
	int r;

	if (table->type != V_TABLE)
		return not_a_table(&t, table);
	r = check_names(&t, table);
	item = first_item(table);
	if (item && !schema_operand(own))
		r = bad_items(&t, NULL, item, false);
	r |= check_params(&t, own, table);
	r |= check_params(&t, common, table);
	return r;
}

int
schema_bind(const struct param *params, const struct value *table, const char *what, void *out, struct arena *a,
	    struct err *err)
{
	struct taking t = {.what = what, .at = table->at, .a = a, .binding = true, .err = err};
	int r = 0;

	if (table->type != V_TABLE)
		return not_a_table(&t, table);
	for (const struct param *p = params; p && p->name; p++)
		r |= take_param(&t, p, table, (char *)out + p->offset);
	return r;
}
