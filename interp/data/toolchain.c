#include "data/toolchain.h"

#include <inttypes.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/yaml.h"

#define CODE "E0918"

/* Only for the table: nothing is bound to it. */
struct toolchain_file {
	const char *name, *summary, *target, *arch, *prefix;
	struct pairs env;
	const struct value *flags, *image;
};

const struct param toolchain_params[] = {
	PARAM(toolchain_file, name, P_STRING, P_PLAIN, "The toolchain's name; the file's when left out."),
	PARAM(toolchain_file, summary, P_STRING, P_PLAIN, "One line for lists."),
	PARAM(toolchain_file, target, P_STRING, P_PLAIN,
	      "What the compiler makes code for, such as \"aarch64-linux-gnu\"."),
	PARAM(toolchain_file, arch, P_STRING, P_PLAIN, "Kbuild's name of the architecture (ARCH), such as \"arm64\"."),
	PARAM(toolchain_file, prefix, P_STRING, P_PLAIN, "What stands before the tools' names (CROSS_COMPILE)."),
	PARAM(toolchain_file, env, P_MAP, 0, "Environment of every step that uses the toolchain."),
	PARAM(toolchain_file, flags, P_ANY, 0,
	      "Variables for every make that uses the toolchain, by name: each a text, or a list that is joined by blanks."),
	PARAM(toolchain_file, image, P_ANY, P_REQUIRED, "The image that holds the tools: the parameters of `image`."),
	{0},
};

static struct value
text_value(struct arena *a, const char *s, struct place at)
{
	return (struct value){.type = V_STRING, .at = at, .str = {arena_strdup(a, s), strlen(s)}};
}

/* A scalar as text; false for lists, tables and nothing. */
static bool
add_scalar(const struct value *v, struct str *out)
{
	if (v->type == V_STRING)
		str_add(out, v->str.s);
	else if (v->type == V_INT)
		str_addf(out, "%" PRId64, v->i);
	else if (v->type == V_BOOL)
		str_add(out, v->b ? "true" : "false");
	else
		return false;
	return true;
}

static bool
add_joined(const struct value *v, struct str *out)
{
	if (v->type != V_TABLE || v->table.nfields)
		return add_scalar(v, out);
	for (size_t i = 0; i < v->table.nitems; i++) {
		if (i)
			str_addc(out, ' ');
		if (!add_scalar(&v->table.items[i], out))
			return false;
	}
	return true;
}

static bool
is_variable(const char *s)
{
	return *s && !strchr("0123456789", *s) &&
	       !s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")];
}

/* A table of texts from a table of scalars, for flags also of lists. */
static int
normalise(const struct value *from, const char *what, bool lists, struct arena *a, struct value *out, struct err *err)
{
	int failed = 0;

	*out = (struct value){.type = V_TABLE};
	if (!from || from->type == V_NIL)
		return 0;
	out->at = from->at;
	if (from->type != V_TABLE || from->table.nitems) {
		err_set(err, CODE, "`%s` is a table of names and texts", what);
		return err_at(err, from->at);
	}
	out->table.fields = arena_array(a, struct field, from->table.nfields + 1);
	for (size_t i = 0; i < from->table.nfields; i++) {
		const struct field *f = &from->table.fields[i];
		cleanup_str struct str text = {0};

		if (!is_variable(f->key) || !(lists ? add_joined(&f->value, &text) : add_scalar(&f->value, &text))) {
			err_set(err, CODE,
				is_variable(f->key) ? "`%s` in `%s` is not a text"
						    : "`%s` in `%s` is not the name of a variable",
				f->key, what);
			failed = err_at(err, f->value.at);
			continue;
		}
		out->table.fields[out->table.nfields++] =
			(struct field){f->key, text_value(a, str_text(&text), f->value.at)};
	}
	return failed;
}

/* "toolchains/debian-arm64.yaml" is called debian-arm64. */
static const char *
name_of_file(const char *shown, struct arena *a)
{
	const char *base = path_base(shown);
	size_t n = strlen(base) - (str_ends(base, ".yaml") ? strlen(".yaml") : 0);

	return arena_strndup(a, base, n);
}

static int
check_image(const struct value *v, struct err *err)
{
	if (v->type == V_TABLE && !v->table.nitems && v->table.nfields)
		return 0;
	err_set(err, CODE, "`image` is a table that says how the root file system is made");
	err_help(err, "image: { suite: bookworm, packages: [gcc, make] }");
	return err_at(err, v->at);
}

int
toolchain_parse(const char *text, size_t len, const char *shown, struct arena *a, struct value *out, struct err *err)
{
	/* sorted by name, as fields of a table are */
	static const char *const names[] = {"arch", "env", "flags", "image", "name", "prefix", "summary", "target"};
	struct field *f = arena_array(a, struct field, ARRAY_LEN(names));
	const char *what = arena_printf(a, "toolchain \"%s\"", name_of_file(shown, a));
	struct value v;
	int failed;

	if (yaml_parse(text, len, shown, a, &v, err) < 0)
		return -1;
	if (v.type != V_TABLE || v.table.nitems) {
		err_set(err, CODE, "`%s` is not a toolchain: it holds no table", shown);
		return err_at(err, v.at);
	}
	if (schema_check(toolchain_params, NULL, &v, what, err) < 0)
		return -1;
	*out = (struct value){.type = V_TABLE, .at = v.at, .table = {.fields = f, .nfields = ARRAY_LEN(names)}};
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct value *given = value_field(&v, names[i]);

		f[i].key = names[i];
		f[i].value = given && given->type != V_NIL ? *given : text_value(a, "", v.at);
	}
	if (!value_field(&v, "name"))
		f[4].value = text_value(a, name_of_file(shown, a), v.at);
	failed = check_image(&f[3].value, err);
	failed |= normalise(value_field(&v, "env"), "env", false, a, &f[1].value, err);
	failed |= normalise(value_field(&v, "flags"), "flags", true, a, &f[2].value, err);
	return failed ? -1 : 0;
}
