#include "cli/matrix.h"

#include <string.h>

#include "base/mem.h"
#include "base/near.h"
#include "base/str.h"
#include "data/form.h"
#include "data/yaml.h"

#define CODE "E1050"

enum { ROWS_MAX = 1000, AXES_MAX = 16 };

struct reading {
	struct matrix *m;
	struct arena *a;
	const struct value *boards, *axes, *without; /* NULL: none */
	size_t cap;
	struct err *err;
};

static const char *
plain_text(struct arena *a, const struct value *v)
{
	switch (v->type) {
	case V_BOOL: return v->b ? "true" : "false";
	case V_INT: return arena_printf(a, "%lld", (long long)v->i);
	case V_STRING: return v->str.s;
	default: return NULL;
	}
}

static struct place
place_of(const struct value *v)
{
	struct place at = v->at;

	at.key = NULL;
	return at;
}

/* A row's name is the name of a folder, and a word of a command line. */
static bool
is_word(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	return *s && *s != '.' && *s != '-' && strlen(s) <= 64 && !s[strspn(s, letters)];
}

/* -- one board ---------------------------------------------------------------------------------------- */
static int
add_option(struct reading *rd, struct matrix_row *row, const char *name, const struct value *v)
{
	const char *text = plain_text(rd->a, v);

	if (!text) {
		err_set(rd->err, CODE, "option `%s` of a matrix is %s, not a plain value", name, value_type_name(v));
		return err_at(rd->err, place_of(v));
	}
	row->options[row->noptions++] = (struct load_option){name, text, place_of(v)};
	return 0;
}

/* Paths start at the folder of the file. */
static const char *
from_folder(struct reading *rd, const char *path)
{
	return *path == '/' || !*rd->m->folder ? path : arena_printf(rd->a, "%s/%s", rd->m->folder, path);
}

static int
take_plugins(struct reading *rd, struct matrix_row *row, const struct value *list)
{
	const char **v = arena_array(rd->a, const char *, list->table.nitems + 1);

	for (size_t i = 0; i < list->table.nitems; i++) {
		const struct value *item = &list->table.items[i];

		if (item->type != V_STRING) {
			err_set(rd->err, CODE, "a plugin of board `%s` is %s, not the path of a folder", row->board,
				value_type_name(item));
			return err_at(rd->err, place_of(item));
		}
		v[i] = from_folder(rd, item->str.s);
	}
	row->plugins = v;
	return 0;
}

static int
take_board(struct reading *rd, const struct field *f, struct matrix_row *row)
{
	const struct value *v = &f->value, *recipe = v, *options = NULL, *list;

	*row = (struct matrix_row){.board = f->key, .at = place_of(v)};
	if (v->type == V_TABLE) {
		if (form_check(board_form, v, "a board", rd->err))
			return -1;
		recipe = value_field(v, "recipe");
		options = value_field(v, "options");
	}
	if (!recipe || recipe->type != V_STRING || !is_word(f->key)) {
		if (is_word(f->key))
			err_set(rd->err, CODE, "board `%s` names no recipe", f->key);
		else
			err_set(rd->err, CODE, "`%s` cannot be the name of a board", f->key);
		err_at(rd->err, row->at);
		return err_help(rd->err,
				is_word(f->key) ? "write `%s: RECIPE`, or `%s: {recipe: RECIPE, …}`"
						: "it is a folder's name: up to 64 letters, digits and . _ -",
				f->key, f->key);
	}
	row->recipe = recipe->str.s;
	row->profile =
		v->type == V_TABLE && value_field(v, "profile") ? plain_text(rd->a, value_field(v, "profile")) : NULL;
	row->options = arena_array(rd->a, struct load_option, (options ? options->table.nfields : 0) + AXES_MAX);
	for (size_t i = 0; options && i < options->table.nfields; i++)
		if (add_option(rd, row, options->table.fields[i].key, &options->table.fields[i].value))
			return -1;
	list = v->type == V_TABLE ? value_field(v, "plugins") : NULL;
	return list ? take_plugins(rd, row, list) : 0;
}

/* -- combinations ------------------------------------------------------------------------------------- */
static bool
is_meant(struct reading *rd, const struct value *rule, const struct matrix_row *row)
{
	for (size_t i = 0; i < rule->table.nfields; i++) {
		const struct field *f = &rule->table.fields[i];
		const char *text = plain_text(rd->a, &f->value), *has = NULL;

		if (!strcmp(f->key, "board"))
			has = row->board;
		for (size_t k = 0; !has && k < row->noptions; k++)
			if (!strcmp(row->options[k].name, f->key))
				has = row->options[k].value;
		if (!str_eq(text, has))
			return false;
	}
	return true;
}

static bool
is_left_out(struct reading *rd, const struct matrix_row *row)
{
	for (size_t i = 0; rd->without && i < rd->without->table.nitems; i++)
		if (is_meant(rd, &rd->without->table.items[i], row))
			return true;
	return false;
}

static int
add_row(struct reading *rd, const struct matrix_row *row)
{
	struct matrix *m = rd->m;

	if (is_left_out(rd, row))
		return 0;
	if (m->n == ROWS_MAX)
		return err_set(rd->err, CODE, "`%s` stands for more than %d rows", m->shown, ROWS_MAX);
	GROW(m->v, m->n, rd->cap);
	m->v[m->n++] = *row;
	return 0;
}

/* The row with each value of the axes from `axis` on; there are few axes, so the C stack holds them. */
static int
multiply(struct reading *rd, const struct matrix_row *row, size_t axis)
{
	const struct field *f = rd->axes ? &rd->axes->table.fields[axis] : NULL;

	if (!f || axis == rd->axes->table.nfields)
		return add_row(rd, row);
	for (size_t i = 0; i < f->value.table.nitems; i++) {
		const struct value *v = &f->value.table.items[i];
		struct matrix_row one = *row;

		one.options = arena_array(rd->a, struct load_option, row->noptions + AXES_MAX);
		memcpy(one.options, row->options, row->noptions * sizeof *row->options);
		if (add_option(rd, &one, f->key, v))
			return -1;
		one.name = arena_printf(rd->a, "%s,%s=%s", row->name, f->key, plain_text(rd->a, v));
		if (multiply(rd, &one, axis + 1))
			return -1;
	}
	return 0;
}

/* -- the file ----------------------------------------------------------------------------------------- */
static int
bad_axis(struct reading *rd, const struct value *v, const char *name, const char *why)
{
	err_set(rd->err, CODE, "option `%s` of a matrix %s", name, why);
	return err_at(rd->err, place_of(v));
}

static int
check_axis(struct reading *rd, const struct field *f)
{
	const struct value *v = &f->value;

	if (v->type != V_TABLE || v->table.nfields || !v->table.nitems) {
		bad_axis(rd, v, f->key, "is no list of values");
		return err_help(rd->err, "a board's own options are said once: `boards: {NAME: {options: …}}`");
	}
	if (!strcmp(f->key, "board"))
		return bad_axis(rd, v, f->key, "has the name by which `without` calls boards");
	for (size_t i = 0; i < v->table.nitems; i++) {
		const char *text = plain_text(rd->a, &v->table.items[i]);

		if (text && !is_word(text))
			return bad_axis(rd, &v->table.items[i], f->key,
					"has a value that cannot be part of a row's name");
		for (size_t k = 0; text && k < i; k++)
			if (str_eq(text, plain_text(rd->a, &v->table.items[k])))
				return bad_axis(rd, &v->table.items[i], f->key, "has a value twice");
	}
	return 0;
}

/* A word that nothing is called leaves nothing out, and nobody would see it. */
static int
check_rule(struct reading *rd, const struct value *rule)
{
	if (rule->type != V_TABLE || rule->table.nitems || !rule->table.nfields) {
		err_set(rd->err, CODE, "an item of `without` is %s, not a table such as {board: NAME}",
			value_type_name(rule));
		return err_at(rd->err, place_of(rule));
	}
	for (size_t i = 0; i < rule->table.nfields; i++) {
		const struct field *f = &rule->table.fields[i];
		const char *text = plain_text(rd->a, &f->value);
		const struct value *axis = rd->axes ? value_field(rd->axes, f->key) : NULL;
		bool known = !strcmp(f->key, "board") && text && value_field(rd->boards, text);

		for (size_t k = 0; axis && k < axis->table.nitems; k++)
			known |= text && str_eq(text, plain_text(rd->a, &axis->table.items[k]));
		if (known)
			continue;
		err_set(rd->err, CODE, "`without` names `%s: %s`, which no row has", f->key, text ? text : "…");
		return err_at(rd->err, place_of(&f->value));
	}
	return 0;
}

static int
check_parts(struct reading *rd)
{
	if (!rd->boards || !rd->boards->table.nfields) {
		err_set(rd->err, CODE, "`%s` names no boards", rd->m->shown);
		err_at(rd->err, (struct place){.file = rd->m->shown, .line = 1});
		return err_help(rd->err, "write `boards: {NAME: RECIPE}`");
	}
	if (rd->axes && rd->axes->table.nfields > AXES_MAX)
		return err_set(rd->err, CODE, "`%s` has more than %d options", rd->m->shown, AXES_MAX);
	for (size_t i = 0; rd->axes && i < rd->axes->table.nfields; i++)
		if (check_axis(rd, &rd->axes->table.fields[i]))
			return -1;
	for (size_t i = 0; rd->without && i < rd->without->table.nitems; i++)
		if (check_rule(rd, &rd->without->table.items[i]))
			return -1;
	return 0;
}

static int
read_rows(struct reading *rd)
{
	for (size_t i = 0; i < rd->boards->table.nfields; i++) {
		const struct field *f = &rd->boards->table.fields[i];
		struct matrix_row row;

		if (take_board(rd, f, &row))
			return -1;
		row.name = row.board;
		if (multiply(rd, &row, 0))
			return -1;
	}
	if (rd->m->n)
		return 0;
	err_set(rd->err, CODE, "`without` leaves out every row of `%s`", rd->m->shown);
	return err_at(rd->err, place_of(rd->without));
}

int
matrix_read(const char *text, size_t len, struct arena *a, struct matrix *m, struct err *err)
{
	struct reading rd = {.m = m, .a = a, .err = err};
	struct value *top = arena_new(a, struct value);
	struct matrix_row *rows;
	int r;

	if (yaml_parse(text, len, m->shown, a, top, err))
		return -1;
	if (top->type != V_TABLE || top->table.nitems) {
		err_set(err, CODE, "`%s` is no table with `boards`", m->shown);
		return err_at(err, (struct place){.file = m->shown, .line = 1});
	}
	if (form_check(matrix_form, top, "a matrix", err))
		return -1;
	rd.boards = value_field(top, "boards");
	rd.axes = value_field(top, "options");
	rd.without = value_field(top, "without");
	r = check_parts(&rd) || read_rows(&rd) ? -1 : 0;
	rows = m->v;
	m->v = arena_memdup(a, rows, m->n * sizeof *rows);
	free(rows);
	return r;
}
