/* A profile's options: `options:` of profiles/NAME.yaml, applied like -D; the command line wins. */
#include <stdio.h>
#include <string.h>

#include "base/near.h"
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

int
files_profile(struct parent *p, const char *name, struct load_option **v, size_t *n, struct err *err)
{
	char *rel = arena_printf(p->a, "profiles/%s.yaml", name);
	const struct value *options;
	struct value yaml;
	uint32_t unit = 0;
	bool known;
	int r = strchr(name, '/') ? 0 : files_load(p, UNIT_DATA, p->r->root, rel, &unit, &known, err);

	for (size_t i = 0; !r && !strchr(name, '/') && p->rq->search && p->rq->search[i]; i++)
		r = files_load(p, UNIT_DATA, p->rq->search[i], rel, &unit, &known, err);
	if (!r)
		return no_profile(p, name, err);
	if (r < 0 || yaml_parse(p->unit[unit].text, p->unit[unit].len, p->unit[unit].shown, p->a, &yaml, err))
		return -1;
	options = value_field(&yaml, "options");
	if (yaml.type != V_TABLE || yaml.table.nitems || (options && options->type != V_TABLE)) {
		err_set(err, "E0018", "`%s` is not a profile: it holds no `options`", p->unit[unit].shown);
		return err_at(err, (struct place){.file = p->unit[unit].shown});
	}
	*v = arena_array(p->a, struct load_option, (options ? options->table.nfields : 0) + p->rq->noptions + 1);
	*n = 0;
	r = options ? take_options(p, options, *v, n, err) : 0;
	for (size_t i = 0; i < p->rq->noptions; i++)
		(*v)[(*n)++] = p->rq->options[i];
	return r < 0 ? -1 : 0;
}
