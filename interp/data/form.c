#include "data/form.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/near.h"
#include "base/str.h"

#define CODE "E0018"
#define KEYS_MAX 16

#define KEY(name, type, flags, doc)                         \
	{                                                   \
		name, type, flags, 0, doc, NULL, NULL, 0, 0 \
	}

const struct param plugin_form[] = {
	KEY("name", P_STRING, P_REQUIRED, "The plugin's name, as its folder is called."),
	KEY("version", P_STRING, 0, "Its version, for people."),
	KEY("summary", P_STRING, 0, "What it adds to a board, in one line."),
	KEY("license", P_STRING, 0, "The SPDX name of its licence."),
	KEY("capabilities", P_ANY, 0, "What its steps do; what it does not state is refused."),
	{0},
};

const struct param profile_form[] = {
	KEY("summary", P_STRING, 0, "One line for lists."),
	KEY("options", P_MAP, 0, "Options of the recipe, as `-D` sets them."),
	KEY("pins", P_ANY, 0, "Pins in place of those that the recipe's files of pins hold, by their names."),
	KEY("toolchains", P_ANY, 0, "Tarballs in place of those of toolchains, by the toolchains' names."),
	KEY("fragments", P_MAP, 0,
	    "Fragments in place of others: the path of one below the project's root, and the file that replaces it."),
	{0},
};

const struct param matrix_form[] = {
	KEY("summary", P_STRING, 0, "One line for lists."),
	KEY("boards", P_ANY, P_REQUIRED, "By name, the recipe of each board, or a table of it."),
	KEY("options", P_ANY, 0, "Lists of values: each board is built with each of them, and with each of each two."),
	KEY("without", P_ANY, P_LIST,
	    "What is left out: a list of tables that name a `board`, values of `options`, or both."),
	{0},
};

const struct param board_form[] = {
	KEY("recipe", P_STRING, P_REQUIRED,
	    "The recipe: a path from the folder of this file, or a name as `jkr run` takes it."),
	KEY("profile", P_STRING, 0, "Its profile, in place of that of the command line."),
	KEY("options", P_MAP, 0, "Options of the recipe, as `-D` sets them."),
	KEY("plugins", P_ANY, P_LIST, "Folders of plugins that are added to the recipe's set."),
	{0},
};

const char *const profile_tarball[] = {"file", "sha256", "url", NULL};

static int
unknown_key(const struct param *form, const struct field *f, const char *what, struct err *err)
{
	const char *names[KEYS_MAX], *near;
	cleanup_str struct str all = {0};
	size_t n = 0;

	for (; form[n].name && n < KEYS_MAX; n++)
		names[n] = form[n].name;
	for (size_t i = 0; i < n; i++)
		str_addf(&all, "%s`%s`", !i ? "" : i + 1 < n ? ", " : " and ", names[i]);
	err_set(err, CODE, "`%s` is not a key of %s", f->key, what);
	err_at(err, f->value.at);
	near = near_name(f->key, names, n);
	return near ? err_help(err, "did you mean `%s`?", near) : err_help(err, "it takes %s", str_text(&all));
}

static int
check_field(const struct param *p, const struct field *f, const char *what, struct err *err)
{
	bool table = f->value.type == V_TABLE, list = p->flags & P_LIST;
	const char *wanted = NULL;

	if (f->value.type == V_NIL && p->type == P_STRING)
		return 0;
	if (p->type == P_STRING && table)
		wanted = "plain value";
	else if (list && (!table || f->value.table.nfields))
		wanted = "list";
	else if (!list && p->type != P_STRING && (!table || f->value.table.nitems))
		wanted = "table";
	if (!wanted)
		return 0;
	err_set(err, CODE, "`%s` of %s is %s, not a %s", f->key, what, value_type_name(&f->value), wanted);
	return err_at(err, f->value.at);
}

int
form_check(const struct param *form, const struct value *v, const char *what, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < v->table.nfields; i++) {
		const struct field *f = &v->table.fields[i];
		const struct param *p = schema_find(form, f->key);

		r |= p ? check_field(p, f, what, err) : unknown_key(form, f, what, err);
	}
	return r;
}
