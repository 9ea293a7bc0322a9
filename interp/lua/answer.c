/* The answers to what a load asks for: files as units, YAML as values, names where there is none. */
#include <string.h>

#include "data/form.h"
#include "data/toolchain.h"
#include "data/yaml.h"
#include "lua/held.h"
#include "lua/parent.h"

enum { ASK_MAX = 2000 };

/* What plugin.yaml says is for people; a key that nobody knows would be a wish that nobody fulfils. */
static int
check_plugin_keys(struct parent *p, const struct unit *u, const struct value *v, const char *shown, struct err *err)
{
	if (v->type == V_TABLE && v->table.nfields && !v->table.nitems)
		return form_check(plugin_form, v, "plugin.yaml", err) ? -1 : held_plugin(p, u, v, err);
	err_set(err, "E0018", "`%s` is no table with a `name`", shown);
	return err_at(err, (struct place){.file = shown, .line = 1});
}

/* plugin.yaml belongs to a plugin: it must be there and be a table. */
static int
check_plugin(struct parent *p, uint32_t unit, struct err *err)
{
	const struct unit *u = &p->unit[unit];
	uint32_t yaml;
	bool known;
	struct value v;
	int r = files_load(p, UNIT_DATA, u->root, arena_printf(p->a, "%s/plugin.yaml", u->dir), &yaml, &known, err);

	if (!r)
		return err_set(err, "E0018", "the plugin in `%s` has no plugin.yaml", u->dir);
	if (r < 0 || known)
		return r < 0 ? -1 : 0;
	if (yaml_parse(p->unit[yaml].text, p->unit[yaml].len, p->unit[yaml].shown, p->a, &v, err))
		return -1;
	return check_plugin_keys(p, u, &v, p->unit[yaml].shown, err);
}

/* Both sides number files alike: what was read since the last answer goes first. */
static void
put_units(struct parent *p, struct str *out)
{
	wire_u32(out, (uint32_t)p->units.n);
	wire_u32(out, (uint32_t)(p->units.n - p->told));
	for (; p->told < p->units.n; p->told++) {
		const struct unit *u = &p->unit[p->told];

		wire_u32(out, u->kind);
		wire_str(out, u->root);
		wire_str(out, u->dir);
		wire_str(out, u->shown);
		wire_str(out, u->prefix);
		wire_str(out, u->cut);
		wire_strn(out, u->text, u->kind == UNIT_DATA ? 0 : u->len);
	}
}

static int
put_toolchain(struct parent *p, uint32_t unit, const char *name, struct str *out, struct err *err)
{
	const struct unit *u = &p->unit[unit];
	struct value *image;
	struct value v;

	if (toolchain_parse(u->text, u->len, u->shown, p->a, &v, err))
		return -1;
	image = (struct value *)value_field(&v, "image");
	if (!image)
		return err_set(err, "E0018", "toolchain `%s` describes no image", u->shown);
	if (profile_toolchain(p, name, image, err))
		return -1;
	wire_u8(out, ANSWER_VALUE);
	wire_value(out, &v, &p->units);
	wire_value(out, image, &p->units);
	return 0;
}

static int
put_pins(struct parent *p, uint32_t unit, struct str *out, struct err *err)
{
	const struct unit *u = &p->unit[unit];
	struct value v;

	if (yaml_parse(u->text, u->len, u->shown, p->a, &v, err))
		return -1;
	if (v.type != V_TABLE || v.table.nitems) {
		err_set(err, "E0018", "`%s` is no table of pins", u->shown);
		return err_at(err, (struct place){.file = u->shown, .line = 1});
	}
	if (profile_pins(p, &v, err))
		return -1;
	wire_u8(out, ANSWER_VALUE);
	wire_value(out, &v, &p->units);
	return 0;
}

static void
put_absent(struct parent *p, uint32_t kind, struct str *out)
{
	size_t n;
	const char **v = files_hints(p, kind, &n);

	p->r->hinted = true;
	wire_u8(out, ANSWER_ABSENT);
	wire_u32(out, (uint32_t)n);
	for (size_t i = 0; v && i < n; i++)
		wire_str(out, v[i]);
}

void
files_answer(struct parent *p, const struct wire_head *h, const char *name, struct str *out)
{
	struct err err = {0};
	uint32_t unit = 0;
	bool known = false;
	size_t told = p->told;
	int r;

	if (++p->asked > ASK_MAX)
		r = err_set(&err, "E0006", "the recipe asks for more than %d files", ASK_MAX);
	else
		r = files_find(p, h, name, &unit, &known, &err);
	if (r > 0 && (h->kind == ASK_PLUGIN || h->kind == ASK_PLUGIN_DIR) && check_plugin(p, unit, &err))
		r = -1;
	if (r >= 0)
		put_units(p, out);
	if (r > 0 && h->kind == ASK_TOOLCHAIN) {
		r = put_toolchain(p, unit, name, out, &err) ? -1 : 1;
	} else if (r > 0 && h->kind == ASK_PINS) {
		r = put_pins(p, unit, out, &err) ? -1 : 1;
	} else if (r > 0) {
		wire_u8(out, known ? ANSWER_KNOWN : ANSWER_UNIT);
		wire_u32(out, unit);
	} else if (!r) {
		put_absent(p, h->kind, out);
	}
	if (r < 0) {
		p->r->hinted = true;
		p->told = told;
		str_reset(out);
		put_units(p, out);
		wire_u8(out, ANSWER_ERROR);
		wire_errors(out, &err, &p->units);
	}
	err_free(&err);
}
