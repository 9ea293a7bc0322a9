#include "data/outputs.h"

#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/str.h"
#include "data/json.h"
#include "data/value.h"
#include "data/view.h"

enum { MANIFEST_MAX = 16 << 20, WRONG_MAX = 5 };

static const char *
string_of(const struct value *table, const char *key)
{
	const struct value *v = table->type == V_TABLE ? value_field(table, key) : NULL;

	return v && v->type == V_STRING ? v->str.s : NULL;
}

int
outputs_parse(const char *text, size_t len, const char *shown, struct arena *a, struct outputs *out, struct err *err)
{
	const struct value *list;
	struct value j;

	if (json_parse(text, len, MANIFEST_MAX, shown, a, &j, err))
		return -1;
	list = j.type == V_TABLE ? value_field(&j, "outputs") : NULL;
	if (!list || list->type != V_TABLE)
		return err_set(err, "E1205", "`%s` lists no outputs", shown);
	*out = (struct outputs){.v = arena_array(a, struct output, list->table.nitems + 1)};
	for (size_t i = 0; i < list->table.nitems; i++) {
		struct output *o = &out->v[out->n++];
		const char *hex = string_of(&list->table.items[i], "sha256");

		o->path = string_of(&list->table.items[i], "path");
		if (!o->path || !hex || hash_parse(&o->hash, hex))
			return err_set(err, "E1205", "an output in `%s` has no path or no sha256", shown);
	}
	return 0;
}

struct comparing {
	const struct view *v;
	const char *manifest;
	struct arena arena;
	const struct hash **hashes; /* by index into the view: what was hashed once */
	size_t wrong;
	struct err *err;
};

/* By its list, or by reading it; NULL with a sentence. */
static const struct hash *
hash_of_file(struct comparing *c, const struct view_file *f)
{
	const struct hash **known = &c->hashes[f - c->v->v];
	cleanup_fd int fd = -1;
	struct hash h;

	if (f->digest)
		return f->digest;
	if (*known)
		return *known;
	fd = view_open(c->v, f, c->err);
	if (fd < 0)
		return NULL;
	if (hash_fd(fd, &h, NULL)) {
		err_sys(c->err, "E1301", "cannot read `%s`", f->path);
		return NULL;
	}
	return *known = arena_memdup(&c->arena, &h, sizeof h);
}

/* A file of the output's own name, or, where lists know the bytes, any. 1 it is there, 0 not: `near` is the one of its
 * name; -1. */
static int
find_output(struct comparing *c, const struct output *o, const struct view_file **near)
{
	const char *name = path_base(o->path);

	*near = NULL;
	for (size_t i = 0; i < c->v->n; i++) {
		const struct view_file *f = &c->v->v[i];
		bool same_name = S_ISREG(f->mode) && !strcmp(path_base(f->path), name);
		const struct hash *h;

		if (!S_ISREG(f->mode) || (!same_name && !f->digest))
			continue;
		h = hash_of_file(c, f);
		if (!h)
			return -1;
		if (!hash_cmp(h, &o->hash))
			return 1;
		if (same_name && (!*near || str_ends(f->path, o->path)))
			*near = f;
	}
	return 0;
}

static int
check_output(struct comparing *c, const struct output *o)
{
	const struct view_file *near;
	int r = find_output(c, o, &near);

	if (r || c->wrong++ >= WRONG_MAX)
		return r;
	if (near)
		return err_set(c->err, "E1202", "`%s` was built with other bytes, `%s` says", near->path, c->manifest);
	return err_set(c->err, "E1202", "`%s` was built, `%s` says, and is not there", o->path, c->manifest);
}

static void
check_outputs(struct comparing *c, const struct outputs *all)
{
	for (size_t i = 0; i < all->n; i++)
		check_output(c, &all->v[i]);
	if (c->wrong > WRONG_MAX)
		err_set(c->err, "E1202", "%zu more files are not as `%s` says", c->wrong - WRONG_MAX, c->manifest);
}

int
outputs_check(const struct view *v, const void *path, struct str *got, struct err *err)
{
	const struct view_file *f = view_follow(v, path);
	struct comparing c = {.v = v, .manifest = path, .err = err};
	cleanup_str struct str text = {0};
	struct outputs all = {0};
	size_t before = err_count(err);

	if (!f)
		return err_set(err, "E1302", "`%s` is not there", c.manifest);
	if (!view_read(v, f, MANIFEST_MAX, &text, err) &&
	    !outputs_parse(str_text(&text), text.len, path, &c.arena, &all, err)) {
		c.hashes = arena_array(&c.arena, const struct hash *, v->n + 1);
		check_outputs(&c, &all);
		if (!all.n)
			err_set(err, "E1205", "`%s` lists no outputs", c.manifest);
	}
	arena_free(&c.arena);
	str_addf(got, "%zu file%s as built", all.n, all.n == 1 ? "" : "s");
	return err_count(err) > before ? -1 : 0;
}
