#include "cli/schemas.h"

#include <string.h>

#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/schemas_own.h"
#include "data/form.h"
#include "data/toolchain.h"
#include "model/capabilities.h"
#include "model/prim.h"

#define DRAFT "http://json-schema.org/draft-07/schema#"
#define ONE_LINE "^[^\\u0000-\\u001f\\u007f]*$"

/* What a parameter of each type is in YAML; a list's item, too. */
static const struct {
	const char *types[4];
	const char *pattern;
} yaml[] = {
	[P_BOOL] = {{"boolean"}, NULL},
	[P_INT] = {{"integer"}, NULL},
	[P_SIZE] = {{"integer", "string"}, "^[0-9]+[KMGTkmgt]?$"},
	[P_STRING] = {{"string"}, NULL},
	[P_CHOICE] = {{"string"}, NULL},
	[P_PATH] = {{"string"}, "^([^/]|$)"},
	[P_SHA256] = {{"string"}, "^[0-9a-fA-F]{64}$"},
	[P_FILE] = {{"string"}, NULL},
	[P_SOURCE] = {{"string"}, NULL},
	[P_STEP] = {{"string"}, NULL},
	[P_MAP] = {{"object"}, NULL},
	[P_SYMBOLS] = {{"object"}, NULL},
	[P_MOUNTS] = {{"object"}, NULL},
	[P_ANY] = {{NULL}, NULL},
};

void
put_types(struct json *to, const char *const *types)
{
	struct json *list;

	if (!types[0])
		return;
	if (!types[1]) {
		json_string(to, "type", types[0]);
		return;
	}
	list = json_add_array(to, "type");
	for (; *types; types++)
		json_string(list, NULL, *types);
}

static const char *const plain[] = {"string", "integer", "number", "boolean", NULL};

static void
put_value(struct json *to, const struct param *p)
{
	const char *pattern = yaml[p->type].pattern;

	put_types(to, yaml[p->type].types);
	if (!pattern && p->type == P_STRING && (p->flags & P_PLAIN))
		pattern = ONE_LINE;
	if (pattern)
		json_string(to, "pattern", pattern);
	if (p->type == P_CHOICE && p->choices) {
		struct json *list = json_add_array(to, "enum");

		for (const char *const *c = p->choices; *c; c++)
			json_string(list, NULL, *c);
	}
	if (p->type == P_INT && (p->min || p->max)) {
		json_int(to, "minimum", p->min);
		if (p->max != INT64_MAX)
			json_int(to, "maximum", p->max);
	}
	if (p->type == P_MAP)
		put_types(json_add_object(to, "additionalProperties"), plain);
}

static void
put_param(struct json *properties, const struct param *p, const struct special *special)
{
	struct json *to = json_add_object(properties, p->name), *any;

	json_string(to, "description", p->doc);
	while (special && special->name && strcmp(special->name, p->name))
		special++;
	if (special && special->name) {
		special->fill(to);
		return;
	}
	if (!(p->flags & P_LIST)) {
		put_value(to, p);
		return;
	}
	any = json_add_array(to, "anyOf");
	put_value(json_add_object(any, NULL), p);
	to = json_add_object(any, NULL);
	json_string(to, "type", "array");
	put_value(json_add_object(to, "items"), p);
}

void
put_object(struct json *to, const struct param *params, const struct param *more, const struct special *special)
{
	struct json *properties, *required = NULL;

	properties = json_add_object(to, "properties");
	for (const struct param *p = params; p->name; p++)
		put_param(properties, p, special);
	for (const struct param *p = more; p && p->name; p++)
		put_param(properties, p, special);
	json_bool(to, "additionalProperties", false);
	for (const struct param *p = params; p->name; p++) {
		if (!(p->flags & P_REQUIRED))
			continue;
		required = required ? required : json_add_array(to, "required");
		json_string(required, NULL, p->name);
	}
}

struct json *
put_map(struct json *to)
{
	return json_add_object(to, "additionalProperties");
}

void
put_plain(struct json *to)
{
	put_types(to, plain);
}

/* -- each file ---------------------------------------------------------------------------------------- */

/* A tarball that a person stages: what a toolchain's image takes beside the parameters of `image`. */
static const struct param staged[] = {
	{.name = "file", .type = P_STRING, .doc = "The name of a tarball that a person stages, in place of `url`."},
	{.name = "get", .type = P_STRING, .doc = "How a person gets that file."},
	{0},
};

/* A flag is a plain value, or a list that is joined. */
static void
put_flags(struct json *to)
{
	struct json *any = json_add_array(put_map(to), "anyOf"), *list;

	json_string(to, "type", "object");
	put_plain(json_add_object(any, NULL));
	list = json_add_object(any, NULL);
	json_string(list, "type", "array");
	put_plain(json_add_object(list, "items"));
}

static void
put_image(struct json *to)
{
	json_string(to, "type", "object");
	put_object(to, prim_find("image")->params, staged, NULL);
	json_int(to, "minProperties", 1);
}

static void
toolchain(struct json *top)
{
	static const struct special special[] = {{"flags", put_flags}, {"image", put_image}, {0}};

	put_object(top, toolchain_params, NULL, special);
}

/* The parameters' own table, and the primitives by name. */
static void
put_primitives(struct json *to)
{
	struct json *any = json_add_array(to, "anyOf"), *one = json_add_object(any, NULL), *list;

	list = json_add_array(one, "enum");
	for (const struct prim *const *p = prims; *p; p++)
		json_string(list, NULL, (*p)->name);
	one = json_add_object(any, NULL);
	json_string(one, "type", "array");
	list = json_add_array(json_add_object(one, "items"), "enum");
	for (const struct prim *const *p = prims; *p; p++)
		json_string(list, NULL, (*p)->name);
}

static void
put_capabilities(struct json *to)
{
	static const struct special special[] = {{"primitives", put_primitives}, {0}};

	json_string(to, "type", "object");
	put_object(to, capabilities_form, NULL, special);
}

/* What is for people only may look like a number. */
static void
plugin(struct json *top)
{
	static const struct special special[] = {{"name", put_plain},
						 {"version", put_plain},
						 {"summary", put_plain},
						 {"license", put_plain},
						 {"capabilities", put_capabilities},
						 {0}};

	put_object(top, plugin_form, NULL, special);
}

/* A pin is a plain value, nothing where nobody knows it, a list or a table of such. */
static void
put_pin(struct json *top)
{
	static const char *const kinds[] = {"string", "integer", "number", "boolean", "null", "array", "object", NULL};
	struct json *pin = json_add_object(json_add_object(top, "definitions"), "pin");

	put_types(pin, kinds);
	json_string(json_add_object(pin, "items"), "$ref", "#/definitions/pin");
	json_string(json_add_object(pin, "additionalProperties"), "$ref", "#/definitions/pin");
}

static void
put_pins(struct json *to)
{
	json_string(to, "type", "object");
	json_string(put_map(to), "$ref", "#/definitions/pin");
}

static void
put_fragments(struct json *to)
{
	json_string(to, "type", "object");
	json_string(put_map(to), "type", "string");
}

static void
put_tarballs(struct json *to)
{
	struct json *tarball = put_map(to), *properties;

	json_string(to, "type", "object");
	json_string(tarball, "type", "object");
	properties = json_add_object(tarball, "properties");
	for (const char *const *k = profile_tarball; *k; k++)
		json_string(json_add_object(properties, *k), "type", "string");
	json_bool(tarball, "additionalProperties", false);
}

static void
profile(struct json *top)
{
	static const struct special special[] = {{"summary", put_plain},
						 {"pins", put_pins},
						 {"fragments", put_fragments},
						 {"toolchains", put_tarballs},
						 {0}};

	put_pin(top);
	put_object(top, profile_form, NULL, special);
}

static void
pins(struct json *top)
{
	put_pin(top);
	json_string(put_map(top), "$ref", "#/definitions/pin");
}

/* The words of "auto|tty|plain". */
static void
put_words(struct json *to, const char *words)
{
	struct json *list = json_add_array(to, "enum");

	for (const char *s = words; *s; s += *s == '|') {
		size_t n = strcspn(s, "|");
		cleanup_free char *word = xstrndup(s, n);

		json_string(list, NULL, word);
		s += n;
	}
}

static void
put_option(struct json *to, const struct option_spec *o)
{
	json_string(to, "description", o->doc);
	if (o->kind == OPT_INT)
		json_string(to, "type", "integer");
	else if (o->arg && strchr(o->arg, '|'))
		put_words(to, o->arg);
	else
		put_plain(to);
}

static void
config(struct json *top)
{
	static const struct special special[] = {{"capabilities", put_capabilities}, {0}};
	struct json *properties = json_add_object(top, "properties");

	for (const struct param *p = config_project; p->name; p++)
		put_param(properties, p, special);
	for (const struct option_spec *o = cli_options; o->name; o++)
		if (o->config)
			put_option(json_add_object(properties, o->name), o);
	json_bool(top, "additionalProperties", false);
}

static const char *const object[] = {"object", NULL}, *const object_or_null[] = {"object", "null", NULL};

static const struct {
	const char *title;
	void (*fill)(struct json *top);
	bool empty; /* may be */
} schemas[] = {
	{"jkr.yaml, $XDG_CONFIG_HOME/jkr/config.yaml, /etc/jkr/config.yaml", config, true},
	{"a matrix: what --matrix takes", schema_matrix, false},
	{"pins.yaml: what pins \"file.yaml\" reads", pins, true},
	{"plugins/NAME/plugin.yaml", plugin, false},
	{"profiles/NAME.yaml", profile, true},
	{"toolchains/NAME.yaml", toolchain, false},
};

const char *const schema_names[] = {"config.schema.json",
				    "matrix.schema.json",
				    "pins.schema.json",
				    "plugin.schema.json",
				    "profile.schema.json",
				    "toolchain.schema.json",
				    NULL};

bool
schema_print(FILE *out, const char *name)
{
	size_t i = 0;

	while (schema_names[i] && strcmp(schema_names[i], name))
		i++;
	if (schema_names[i]) {
		cleanup_json struct json *top = json_object();
		cleanup_str struct str text = {0};

		json_string(top, "$schema", DRAFT);
		json_string(top, "title", schemas[i].title);
		/* an empty file is an empty table */
		put_types(top, schemas[i].empty ? object_or_null : object);
		schemas[i].fill(top);
		json_print(top, true, &text);
		fputs(str_text(&text), out);
	}
	return schema_names[i];
}
