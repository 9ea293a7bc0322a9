/* The table of a define becomes the struct param table that checks its calls and documents it. */
#include "lua/define_spec.h"

#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "lua/child.h"

static const struct {
	const char *name;
	enum param_type type;
} types[] = {
	{"any", P_ANY},       {"bool", P_BOOL},     {"choice", P_CHOICE}, {"file", P_FILE},       {"int", P_INT},
	{"map", P_MAP},       {"mounts", P_MOUNTS}, {"path", P_PATH},     {"sha256", P_SHA256},   {"size", P_SIZE},
	{"source", P_SOURCE}, {"step", P_STEP},     {"string", P_STRING}, {"symbols", P_SYMBOLS},
};

static const struct {
	const char *name;
	unsigned flag;
} flags[] = {
	{"glob", P_GLOB}, {"list", P_LIST}, {"operand", P_OPERAND}, {"plain", P_PLAIN}, {"required", P_REQUIRED},
};

static const char *
text_field(const struct value *t, const char *key)
{
	const struct value *v = value_field(t, key);

	return v && v->type == V_STRING ? v->str.s : NULL;
}

static int
find_type(const struct value *v, const char *name, struct param *p, struct err *err)
{
	const char *names[ARRAY_LEN(types)], *near;
	const char *word = v->type == V_TABLE && v->table.nitems && v->table.items[0].type == V_STRING
				   ? v->table.items[0].str.s
				   : "";

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		names[i] = types[i].name;
		if (!strcmp(word, types[i].name)) {
			p->type = types[i].type;
			return 0;
		}
	}
	near = near_name(word, names, ARRAY_LEN(types));
	err_set(err, "E0015", "parameter `%s` has no known type: `%s`", name, word);
	err_at(err, v->at);
	if (near)
		err_help(err, "did you mean `%s`?", near);
	return err_help(err, "types: any, bool, choice, file, int, map, mounts, path, sha256, size, source, step, "
			     "string, symbols");
}

static int
read_choices(const struct value *v, struct arena *a, struct param *p, struct err *err)
{
	const struct value *list = v->table.nitems > 1 ? &v->table.items[1] : NULL;
	const char **names;

	if (p->type != P_CHOICE)
		return 0;
	if (!list || list->type != V_TABLE || !list->table.nitems) {
		err_set(err, "E0015", "parameter `%s` is a choice without a list of choices", p->name);
		return err_at(err, v->at);
	}
	names = arena_array(a, const char *, list->table.nitems + 1);
	for (size_t i = 0; i < list->table.nitems; i++)
		names[i] = list->table.items[i].type == V_STRING ? list->table.items[i].str.s : "?";
	p->choices = names;
	return 0;
}

static const char *
scalar_text(const struct value *v, struct arena *a)
{
	switch (v->type) {
	case V_BOOL: return v->b ? "true" : "false";
	case V_INT: return arena_printf(a, "%lld", (long long)v->i);
	case V_TRI: return arena_printf(a, "%c", v->tri);
	case V_STRING: return v->str.s;
	default: return NULL;
	}
}

static void
read_bounds(const struct value *v, struct param *p)
{
	const struct value *min = value_field(v, "min"), *max = value_field(v, "max");

	if (min && min->type == V_INT)
		p->min = min->i;
	if (max && max->type == V_INT)
		p->max = max->i;
	if (min && !max)
		p->max = INT64_MAX;
	if (max && !min)
		p->min = INT64_MIN;
}

static int
read_param(const struct field *f, struct arena *a, struct param *p, struct err *err)
{
	static const char *const known[] = {"default", "doc", "max", "min"};
	const struct value *v = &f->value;

	p->name = f->key;
	p->doc = text_field(v, "doc");
	if (!p->doc)
		p->doc = "";
	if (find_type(v, f->key, p, err) || read_choices(v, a, p, err))
		return -1;
	read_bounds(v, p);
	for (size_t i = 0; i < v->table.nfields; i++) {
		const struct field *g = &v->table.fields[i];
		bool found = false;

		for (size_t k = 0; k < ARRAY_LEN(flags); k++)
			if (!strcmp(g->key, flags[k].name)) {
				found = true;
				if (g->value.type == V_BOOL && g->value.b)
					p->flags |= flags[k].flag;
			}
		for (size_t k = 0; k < ARRAY_LEN(known); k++)
			found |= !strcmp(g->key, known[k]);
		if (!found) {
			err_set(err, "E0015", "parameter `%s` has an unknown property `%s`", f->key, g->key);
			return err_at(err, g->value.at);
		}
	}
	if (value_field(v, "default"))
		p->def = scalar_text(value_field(v, "default"), a);
	return 0;
}

/* Required ones first, then by name. */
static int
read_params(const struct value *t, struct arena *a, struct define_spec *out, struct err *err)
{
	size_t n = t && t->type == V_TABLE ? t->table.nfields : 0, at = 0;
	struct param *all = arena_array(a, struct param, n + 1);
	struct param *v = arena_array(a, struct param, n + 1);
	int r = 0;

	for (size_t i = 0; i < n; i++)
		r |= read_param(&t->table.fields[i], a, &all[i], err);
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < n; i++)
			if (((all[i].flags & P_REQUIRED) ? 0 : 1) == pass)
				v[at++] = all[i];
	out->params = v;
	return r;
}

static void
read_outputs(const struct value *t, struct arena *a, struct define_spec *out)
{
	size_t n = t && t->type == V_TABLE ? t->table.nfields : 0;
	const char **names = arena_array(a, const char *, n + 1);
	const char **docs = arena_array(a, const char *, n + 1);

	for (size_t i = 0; i < n; i++) {
		const struct field *f = &t->table.fields[i];

		names[i] = f->key;
		docs[i] = arena_printf(a, "%s: %s", f->key, f->value.type == V_STRING ? f->value.str.s : "");
	}
	out->outputs = names;
	out->output_docs = docs;
}

int
define_spec_read(const struct value *table, struct arena *a, struct define_spec *out, struct err *err)
{
	static const char *const known[] = {"build", "doc", "example", "outputs", "params"};

	for (size_t i = 0; table->type == V_TABLE && i < table->table.nfields; i++) {
		bool found = false;

		for (size_t k = 0; k < ARRAY_LEN(known); k++)
			found |= !strcmp(table->table.fields[i].key, known[k]);
		if (!found) {
			err_set(err, "E0015", "define has no field `%s`", table->table.fields[i].key);
			return err_at(err, table->table.fields[i].value.at);
		}
	}
	out->doc = text_field(table, "doc");
	out->example = text_field(table, "example");
	read_outputs(value_field(table, "outputs"), a, out);
	return read_params(value_field(table, "params"), a, out, err);
}
