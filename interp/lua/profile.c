/* profiles/NAME.yaml: options, applied like -D; pins, tarballs of toolchains and fragments in place of others. */
#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "data/form.h"
#include "data/yaml.h"
#include "lua/parent.h"

static const char *
option_text(struct arena *a, const struct value *v)
{
	switch (v->type) {
	case V_BOOL: return v->b ? "true" : "false";
	case V_INT: return arena_printf(a, "%lld", (long long)v->i);
	case V_STRING: return v->str.s;
	default: return NULL;
	}
}

static int
take_options(struct parent *p, const struct value *t, struct load_option *v, size_t *n, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < t->table.nfields; i++) {
		const struct field *f = &t->table.fields[i];
		const char *text = option_text(p->a, &f->value);

		if (!text) {
			err_set(err, "E0018", "option `%s` of a profile is %s, not a plain value", f->key,
				value_type_name(&f->value));
			r = err_at(err, f->value.at);
			continue;
		}
		v[*n] = (struct load_option){f->key, text, f->value.at};
		v[*n].at.key = NULL;
		++*n;
	}
	return r;
}

static int
no_profile(struct parent *p, const char *name, struct err *err)
{
	size_t n = 0;
	const char **v = files_names(p, "profiles", ".yaml", &n);
	const char *near = near_name(name, v, n);

	err_set(err, "E0008", "there is no profile `%s`", name);
	if (near)
		err_help(err, "did you mean `%s`?", near);
	return err_help(err, "looked for profiles/%s.yaml in the project and the search path", name);
}

/* "recipes/board/core.config: //tests/core.config": by their paths below the roots of their projects. */
static int
take_fragments(struct parent *p, const struct value *t, struct err *err)
{
	int r = 0;

	p->profile.fragments = arena_array(p->a, struct load_fragment, t->table.nfields + 1);
	for (size_t i = 0; i < t->table.nfields; i++) {
		const struct field *f = &t->table.fields[i];
		char *rel = arena_strdup(p->a, f->key);
		struct file_ref other;

		if (f->value.type != V_STRING || path_clean(rel) ||
		    unit_file(p->a, &p->unit[p->profile.unit], f->value.str.s, &other)) {
			err_set(err, "E0018", "a profile replaces a fragment by a file of its project: `%s`", f->key);
			r = err_at(err, f->value.at);
			continue;
		}
		p->profile.fragments[p->profile.nfragments++] =
			(struct load_fragment){rel, f->value.str.s, f->value.at};
	}
	return r;
}

/* The sections of a profile, each a table. */
static int
take_sections(struct parent *p, const struct value *yaml, const struct value **options, struct err *err)
{
	const struct value *fragments = value_field(yaml, "fragments");

	if (form_check(profile_form, yaml, "a profile", err))
		return -1;
	*options = value_field(yaml, "options");
	p->profile.pins = value_field(yaml, "pins");
	p->profile.toolchains = value_field(yaml, "toolchains");
	return fragments ? take_fragments(p, fragments, err) : 0;
}

int
files_profile(struct parent *p, const char *name, struct load_option **v, size_t *n, struct err *err)
{
	char *rel = arena_printf(p->a, "profiles/%s.yaml", name);
	struct value *yaml = arena_new(p->a, struct value);
	const struct value *options = NULL;
	uint32_t unit = 0;
	bool known;
	int r = strchr(name, '/') ? 0 : files_load(p, UNIT_DATA, p->r->root, rel, &unit, &known, err);

	for (size_t i = 0; !r && !strchr(name, '/') && p->rq->search && p->rq->search[i]; i++)
		r = files_load(p, UNIT_DATA, p->rq->search[i], rel, &unit, &known, err);
	if (!r)
		return no_profile(p, name, err);
	if (r < 0 || yaml_parse(p->unit[unit].text, p->unit[unit].len, p->unit[unit].shown, p->a, yaml, err))
		return -1;
	p->profile.unit = unit;
	if (yaml->type != V_TABLE || yaml->table.nitems) {
		err_set(err, "E0018", "`%s` is not a profile: it is no table with `options`", p->unit[unit].shown);
		return err_at(err, (struct place){.file = p->unit[unit].shown});
	}
	r = take_sections(p, yaml, &options, err);
	*v = arena_array(p->a, struct load_option, (options ? options->table.nfields : 0) + p->rq->noptions + 1);
	*n = 0;
	if (options)
		r |= take_options(p, options, *v, n, err);
	for (size_t i = 0; i < p->rq->noptions; i++)
		(*v)[(*n)++] = p->rq->options[i];
	return r < 0 ? -1 : 0;
}

/* -- in place of what a file of pins or a toolchain says -------------------------------------------------- */
static struct value *
field_of(struct value *table, const char *key)
{
	for (size_t i = 0; i < table->table.nfields; i++)
		if (!strcmp(table->table.fields[i].key, key))
			return &table->table.fields[i].value;
	return NULL;
}

static int
no_field(const char *what, const char *name, const struct field *f, const struct value *own, struct err *err)
{
	const char *names[64], *near;
	size_t n = 0;

	for (size_t i = 0; i < own->table.nfields && n < ARRAY_LEN(names); i++)
		names[n++] = own->table.fields[i].key;
	near = near_name(f->key, names, n);
	err_set(err, "E0013", "%s `%s` has no `%s`", what, name, f->key);
	err_at(err, f->value.at);
	return near ? err_help(err, "did you mean `%s`?", near) : -1;
}

static int
replace(const char *what, const char *name, struct value *own, const struct value *by, struct err *err)
{
	bool named = own->type == V_TABLE && !own->table.nitems && own->table.nfields;
	int r = 0;

	if (!named && (by->type != V_TABLE || by->table.nitems)) {
		*own = *by;
		return 0;
	}
	if (!named || by->type != V_TABLE || by->table.nitems) {
		err_set(err, "E0018", "%s `%s` is %s, and the profile gives %s", what, name, value_type_name(own),
			value_type_name(by));
		return err_at(err, by->at);
	}
	for (size_t i = 0; i < by->table.nfields; i++) {
		const struct field *f = &by->table.fields[i];
		struct value *to = field_of(own, f->key);

		r |= to ? replace(what, name, to, &f->value, err) : no_field(what, name, f, own, err);
	}
	return r;
}

int
profile_pins(struct parent *p, struct value *pins, struct err *err)
{
	const struct value *by = p->profile.pins;
	int r = 0;

	for (size_t i = 0; by && i < by->table.nfields; i++) {
		const struct field *f = &by->table.fields[i];
		struct value *own = field_of(pins, f->key);

		if (!own)
			continue; /* perhaps of another file; else profile_unused says so */
		map_set(&p->profile.used, arena_printf(p->a, "pins.%s", f->key), (void *)f);
		r |= replace("pin", f->key, own, &f->value, err);
	}
	return r;
}

static int
by_key(const void *a, const void *b)
{
	return strcmp(((const struct field *)a)->key, ((const struct field *)b)->key);
}

int
profile_toolchain(struct parent *p, const char *name, struct value *image, struct err *err)
{
	const char *const *keys = profile_tarball;
	size_t nkeys = 0;
	const struct value *by = p->profile.toolchains ? value_field(p->profile.toolchains, name) : NULL;
	struct field *v;

	if (!by)
		return 0;
	map_set(&p->profile.used, arena_printf(p->a, "toolchains.%s", name), (void *)by);
	while (keys[nkeys])
		nkeys++;
	v = arena_array(p->a, struct field, image->table.nfields + nkeys);
	if (image->table.nfields)
		memcpy(v, image->table.fields, image->table.nfields * sizeof *v);
	image->table.fields = v;
	for (size_t i = 0; i < nkeys; i++) /* what may be replaced can be said where it was not */
		if (!field_of(image, keys[i]) && by->type == V_TABLE && value_field(by, keys[i]))
			v[image->table.nfields++] = (struct field){keys[i], {.type = V_NIL, .at = by->at}};
	qsort(v, image->table.nfields, sizeof *v, by_key);
	for (size_t i = 0; by->type == V_TABLE && i < by->table.nfields; i++) {
		const struct field *f = &by->table.fields[i];

		size_t k = 0;

		while (k < nkeys && strcmp(keys[k], f->key))
			k++;
		if (k == nkeys) {
			err_set(err, "E0018", "a profile replaces the tarball of a toolchain, not its `%s`", f->key);
			return err_at(err, f->value.at);
		}
	}
	return replace("toolchain", name, image, by, err);
}

static int
unused(struct parent *p, const struct value *t, const char *section, const char *what, struct err *err)
{
	int r = 0;

	for (size_t i = 0; t && i < t->table.nfields; i++) {
		const struct field *f = &t->table.fields[i];

		if (map_has(&p->profile.used, arena_printf(p->a, "%s.%s", section, f->key)))
			continue;
		err_set(err, "E0013", "the recipe has no %s `%s`, which the profile sets", what, f->key);
		r = err_at(err, f->value.at);
	}
	return r;
}

int
profile_unused(struct parent *p, struct err *err)
{
	int r = unused(p, p->profile.pins, "pins", "pin", err);

	r |= unused(p, p->profile.toolchains, "toolchains", "toolchain", err);
	return r ? -1 : 0;
}
