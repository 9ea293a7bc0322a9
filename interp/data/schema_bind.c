/* schema: one written value to one bound field. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/near.h"
#include "base/str.h"
#include "data/schema_take.h"

static int
take_bool(struct taking *t, const struct param *p, const struct value *v, void *out)
{
	if (v->type != V_BOOL)
		return bad_type(t, p, v, NULL);
	*(bool *)out = v->b;
	return 0;
}

static int
in_range(struct taking *t, const struct param *p, const struct value *v, int64_t i)
{
	if ((!p->min && !p->max) || (i >= p->min && i <= p->max))
		return 0;
	err_set(t->err, "E0104", "`%s` in %s is %" PRId64 ", outside of %" PRId64 " to %" PRId64, p->name, t->what, i,
		p->min, p->max);
	err_at(t->err, place_of(t, p->name, v));
	return err_label(t->err, "at %s %" PRId64, i < p->min ? "least" : "most", i < p->min ? p->min : p->max);
}

static int
take_int(struct taking *t, const struct param *p, const struct value *v, void *out)
{
	if (v->type != V_INT)
		return bad_type(t, p, v, NULL);
	*(int64_t *)out = v->i;
	return in_range(t, p, v, v->i);
}

static int
take_size(struct taking *t, const struct param *p, const struct value *v, void *out)
{
	int64_t n = -1;

	if (v->type == V_INT)
		n = v->i;
	else if (v->type == V_STRING)
		n = parse_size(v->str.s);
	else
		return bad_type(t, p, v, "a size such as \"64M\"");
	if (n < 0) {
		if (v->type == V_STRING)
			err_set(t->err, "E0104", "`%s` for `%s` in %s is not a size", v->str.s, p->name, t->what);
		else
			err_set(t->err, "E0104", "`%s` in %s is negative", p->name, t->what);
		err_at(t->err, place_of(t, p->name, v));
		err_label(t->err, "not a size");
		return err_help(t->err, "sizes are written 512, \"64K\", \"512M\" or \"4G\"");
	}
	*(int64_t *)out = n;
	return in_range(t, p, v, n);
}

static int
take_string(struct taking *t, const struct param *p, const struct value *v, void *out)
{
	if (v->type == V_TEXT) {
		*(const char **)out = TEXT_LATER;
		return 0;
	}
	if (v->type != V_STRING)
		return bad_type(t, p, v, NULL);
	for (size_t i = 0; (p->flags & P_PLAIN) && i < v->str.len; i++) {
		if (!iscntrl((unsigned char)v->str.s[i]))
			continue;
		err_set(t->err, "E0118", "`%s` in %s holds a %s", p->name, t->what,
			v->str.s[i] == '\n' ? "line break" : "control character");
		err_at(t->err, place_of(t, p->name, v));
		return err_label(t->err, "one line of printable characters is asked for");
	}
	*(const char **)out = arena_strndup(t->a, v->str.s, v->str.len);
	return 0;
}

static int
take_choice(struct taking *t, const struct param *p, const struct value *v, void *out)
{
	cleanup_str struct str all = {0};
	const char *near;
	size_t n = 0;

	if (v->type != V_STRING)
		return bad_type(t, p, v, "a string");
	for (; p->choices[n]; n++) {
		str_addf(&all, "%s`%s`", n ? ", " : "", p->choices[n]);
		if (!strcmp(p->choices[n], v->str.s)) {
			*(const char **)out = p->choices[n];
			return 0;
		}
	}
	err_set(t->err, "E0105", "`%s` is not a choice for `%s` in %s", v->str.s, p->name, t->what);
	err_at(t->err, place_of(t, p->name, v));
	near = near_name(v->str.s, p->choices, n);
	if (near)
		err_label(t->err, "did you mean `%s`?", near);
	else
		err_label(t->err, "not one of the choices");
	return err_help(t->err, "the choices are %s", str_text(&all));
}

static int
take_path(struct taking *t, const struct param *p, const struct value *v, void *out)
{
	char *path;

	if (v->type != V_STRING)
		return bad_type(t, p, v, NULL);
	path = arena_strndup(t->a, v->str.s, v->str.len);
	if (path_clean(path))
		return bad_path(t, p, v, v->str.s);
	if (!*path && (p->flags & P_REQUIRED)) {
		err_set(t->err, "E0107", "`%s` in %s names nothing", p->name, t->what);
		err_at(t->err, place_of(t, p->name, v));
		return err_label(t->err, "a path inside the result is asked for");
	}
	*(const char **)out = path;
	return 0;
}

static int
take_sha256(struct taking *t, const struct param *p, const struct value *v, void *out)
{
	size_t ok = 0;
	char *hex;

	if (v->type != V_STRING)
		return bad_type(t, p, v, "a string of 64 hexadecimal digits");
	hex = arena_strndup(t->a, v->str.s, v->str.len);
	for (; isxdigit((unsigned char)hex[ok]); ok++)
		hex[ok] = (char)tolower((unsigned char)hex[ok]);
	if (ok == 64 && v->str.len == 64) {
		*(const char **)out = hex;
		return 0;
	}
	err_set(t->err, "E0108", "`%s` for `%s` in %s is not a SHA-256", v->str.s, p->name, t->what);
	err_at(t->err, place_of(t, p->name, v));
	if (ok < v->str.len)
		err_label(t->err, "character %zu is not a hexadecimal digit", ok + 1);
	else
		err_label(t->err, "%zu digits", ok);
	return err_help(t->err, "64 hexadecimal digits are asked for, as sha256sum prints them");
}

static int
take_any(struct taking *t, const struct param *p, const struct value *v, void *out)
{
	(void)p;
	*(const struct value **)out = arena_memdup(t->a, v, sizeof *v);
	return 0;
}

static int (*const takers[])(struct taking *, const struct param *, const struct value *, void *) = {
	[P_BOOL] = take_bool,     [P_INT] = take_int,     [P_SIZE] = take_size,     [P_STRING] = take_string,
	[P_CHOICE] = take_choice, [P_PATH] = take_path,   [P_SHA256] = take_sha256, [P_FILE] = take_source,
	[P_SOURCE] = take_source, [P_STEP] = take_source, [P_MAP] = take_map,       [P_SYMBOLS] = take_symbols,
	[P_MOUNTS] = take_mounts, [P_ANY] = take_any,
};

static int
take_item(struct taking *t, const struct param *p, const struct value *v, void *out)
{
	struct strings *list = out;
	struct place *at;
	const char *s = NULL;

	if (p->type >= P_FILE && p->type <= P_STEP)
		return take_sources(t, p, v, out);
	if (takers[p->type](t, p, v, &s))
		return -1;
	list->v = take_more(t->a, list->v, list->n, sizeof *list->v);
	at = take_more(t->a, (void *)list->at, list->n, sizeof *at);
	at[list->n] = place_of(t, p->name, v);
	list->at = at;
	list->v[list->n++] = s;
	return 0;
}

/* One value alone is a list of one; lists in lists are taken apart. */
static int
take_list(struct taking *t, const struct param *p, const struct value *v, void *out)
{
	struct param one = *p;
	int r = 0;

	if (v->type == V_NIL)
		return 0;
	if (v->type != V_TABLE) {
		one.flags &=
			~(unsigned)(t->depth ? P_LIST : 0); /* an item: expected "a file", else "a list of files" */
		return take_item(t, &one, v, out);
	}
	if (v->table.nfields)
		return bad_type(t, p, &v->table.fields[0].value, NULL);
	if (t->depth == SCHEMA_DEPTH) {
		err_set(t->err, "E0119", "`%s` in %s is nested too deeply", p->name, t->what);
		return err_at(t->err, place_of(t, p->name, v));
	}
	t->depth++;
	for (size_t i = 0; i < v->table.nitems; i++)
		r |= take_list(t, p, &v->table.items[i], out);
	t->depth--;
	return r;
}

int
take_value(struct taking *t, const struct param *p, const struct value *v, void *out)
{
	if (v->type == V_NIL)
		return 0;
	if (p->type == P_ANY || !(p->flags & P_LIST))
		return takers[p->type](t, p, v, out);
	return take_list(t, p, v, out);
}
