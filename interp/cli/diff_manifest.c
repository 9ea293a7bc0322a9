/* diff_manifest: what two builds were made of, as their manifests have it: BUILD_MANIFEST.json of a bundle, or what
 * `jkr manifest` printed. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cli/diff.h"
#include "data/json.h"

enum { MANIFEST_MAX = 16 << 20, DEPTH = 16 };

static const char *const ends[] = {"BUILD_MANIFEST.json", "jetson-av-build.json", NULL};
static const char *const single_ends[] = {".json", NULL};

bool
diff_has_manifest(const struct diff_side *s)
{
	size_t from = 0;

	return diff_side_file(s, s->single ? single_ends : ends, &from) != NULL;
}

struct comparing {
	struct diffing *d;
	struct diff_rows *out;
	struct err *err;
};

/* A value has no fractions: a number that has one becomes its text, so that 6.1 and 6.6 are not one. */
static void
quote_fractions(const struct str *text, struct str *out)
{
	for (const char *s = str_text(text), *end = s + text->len; s < end;) {
		size_t n = strspn(s, "+-.0123456789Ee");
		bool fraction = n && (isdigit((unsigned char)*s) || *s == '-') && strcspn(s, ".Ee") < n;

		if (*s == '"') {
			for (n = 1; s[n] && s[n] != '"'; n++)
				n += s[n] == '\\' && s[n + 1];
			n += s[n] == '"';
		}
		n = n ? n : 1;
		str_add(out, fraction ? "\"" : "");
		str_addn(out, s, n);
		str_add(out, fraction ? "\"" : "");
		s += n;
	}
}

static int
read_manifest(struct comparing *c, int which, const struct diff_file *f, struct value *out)
{
	cleanup_str struct str text = {0}, plain = {0};

	if (diff_side_read(&c->d->side[which], f->f, MANIFEST_MAX, &text, c->err))
		return -1;
	quote_fractions(&text, &plain);
	return json_parse(str_text(&plain), plain.len, (size_t)2 * MANIFEST_MAX, f->f->path, c->d->a, out, c->err);
}

static const char *
scalar(struct arena *a, const struct value *v)
{
	switch (v ? v->type : V_NIL) {
	case V_BOOL: return v->b ? "true" : "false";
	case V_INT: return arena_printf(a, "%" PRId64, v->i);
	case V_STRING: return v->str.s;
	case V_TABLE:
		return v->table.nitems ? arena_printf(a, "%zu entries", v->table.nitems)
				       : arena_printf(a, "%zu fields", v->table.nfields);
	default: return NULL;
	}
}

/* What is another in each build, or is told of by what it is made of. */
static bool
follows(const char *key)
{
	static const char *const names[] = {"key",       "result",     "seconds", "when", "build_time_iso8601",
					    "host_user", "host_uname", "sha256",  "size", "run",
					    "written"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strcmp(names[i], key))
			return true;
	return false;
}

static void compare_values(struct comparing *c, const char *path, const struct value *x, const struct value *y,
			   bool follows, int depth);

static void
compare_fields(struct comparing *c, const char *path, const struct value *x, const struct value *y, bool follow,
	       int depth)
{
	const struct value *both[] = {x, y};

	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < both[k]->table.nfields; i++) {
			const char *key = both[k]->table.fields[i].key;

			if (!k || !value_field(x, key))
				compare_values(c, *path ? arena_printf(c->d->a, "%s.%s", path, key) : key,
					       value_field(x, key), value_field(y, key), follow || follows(key),
					       depth + 1);
		}
}

static const char *
name_of(const struct value *v)
{
	const struct value *name = value_field(v, "name");

	return name && name->type == V_STRING ? name->str.s : NULL;
}

/* The items with names; of two with one name the first. */
static void
read_names(const struct value *list, struct map *out)
{
	for (size_t i = 0; i < list->table.nitems; i++) {
		const char *name = name_of(&list->table.items[i]);

		if (name && !map_has(out, name))
			map_set(out, name, &list->table.items[i]);
	}
}

/* Things with names are the same under their names, others at their places. */
static void
compare_items(struct comparing *c, const char *path, const struct value *x, const struct value *y, bool follow,
	      int depth)
{
	const struct value *both[] = {x, y};
	struct map names[2] = {0};

	for (int k = 0; k < 2; k++)
		read_names(both[k], &names[k]);
	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < both[k]->table.nitems; i++) {
			const char *name = name_of(&both[k]->table.items[i]);
			const struct value *o = name                         ? map_get(&names[!k], name)
						: i < both[!k]->table.nitems ? &both[!k]->table.items[i]
									     : NULL;
			const char *at = name ? arena_printf(c->d->a, "%s %s", path, name)
					      : arena_printf(c->d->a, "%s %zu", path, i + 1);

			if (!k)
				compare_values(c, at, &x->table.items[i], o, follow, depth + 1);
			else if (!o)
				compare_values(c, at, NULL, &y->table.items[i], follow, depth + 1);
		}
	map_free(&names[0]);
	map_free(&names[1]);
}

static void
compare_values(struct comparing *c, const char *path, const struct value *x, const struct value *y, bool follow,
	       int depth)
{
	const char *a, *b;

	if (x && y && x->type == V_TABLE && y->type == V_TABLE && depth < DEPTH) {
		compare_fields(c, path, x, y, follow, depth);
		compare_items(c, path, x, y, follow, depth);
		return;
	}
	a = scalar(c->d->a, x);
	b = scalar(c->d->a, y);
	if (!str_eq(a, b) || (!x && y) || (x && !y))
		diff_add(c->out, &(struct diff_row){.name = path, .a = a, .b = b, .follows = follow});
}

static int
compare(void *ctx, const struct diff_file *x, const struct diff_file *y)
{
	struct comparing *c = ctx;
	struct value v[2] = {{0}, {0}};

	if (!x || !y) {
		diff_add(c->out, &(struct diff_row){.name = (x ? x : y)->name,
						    .a = x ? "a manifest" : NULL,
						    .b = y ? "a manifest" : NULL});
		return 0;
	}
	if (read_manifest(c, 0, x, &v[0]) || read_manifest(c, 1, y, &v[1]))
		return -1;
	compare_values(c, "", &v[0], &v[1], false, 0);
	return 0;
}

/* A single file whatever it is called; of a folder the bundle's own before those of others. */
static const struct diff_file *
manifest_of(const struct diff_side *s)
{
	const struct diff_file *f = s->single ? &s->files[0] : NULL;

	for (const char *const *end = ends; *end && !f; end++) {
		size_t from = 0;

		f = diff_side_file(s, (const char *const[]){*end, NULL}, &from);
	}
	return f;
}

int
diff_manifest(struct diffing *d, struct diff_rows *out, struct err *err)
{
	struct comparing c = {d, out, err};

	out->one = "entry";
	out->many = "entries";
	if (d->side[0].single || d->side[1].single)
		return compare(&c, manifest_of(&d->side[0]), manifest_of(&d->side[1]));
	return diff_pairs(d, ends, compare, &c);
}
