/* schema: files, results, and patterns of files. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/near.h"
#include "base/str.h"
#include "data/glob.h"
#include "data/schema_take.h"
#include "os/fs.h"

/* Whether a path that comes with a value is clean: it may come from elsewhere than the loader. */
static bool
is_clean(const char *path)
{
	cleanup_free char *copy = xstrdup(path);

	return !path_clean(copy) && !strcmp(copy, path);
}

int
take_source(struct taking *t, const struct param *p, const struct value *v, void *out)
{
	struct source *s = out;
	bool file = p->type != P_STEP, ref = p->type != P_FILE;

	s->at = place_of(t, p->name, v);
	if (v->type == V_STRING && file && !t->binding) {
		s->kind = SRC_FILE; /* the loader resolves it */
		return v->str.len ? 0 : bad_path(t, p, v, "");
	}
	if (v->type == V_FILE && file) {
		s->kind = SRC_FILE;
		s->file = v->file;
		return is_clean(v->file.rel) ? 0 : bad_path(t, p, v, v->file.rel);
	}
	if (v->type == V_REF && ref) {
		s->kind = SRC_REF;
		s->ref = v->ref;
		return is_clean(v->ref.path) ? 0 : bad_path(t, p, v, v->ref.path);
	}
	return bad_type(t, p, v, NULL);
}

static void
add_source(struct taking *t, struct sources *list, const struct source *s)
{
	list->v = take_more(t->a, list->v, list->n, sizeof *list->v);
	list->v[list->n++] = *s;
}

/* "patches/a.patch" beside "patches/…": the folder of `path` with another name. */
static const char *
sibling(struct arena *a, const char *path, const char *name)
{
	return arena_printf(a, "%.*s%s", (int)(path_base(path) - path), path, name);
}

static int
no_match(struct taking *t, const struct param *p, const struct value *v, char **names, size_t n)
{
	const char *near = near_name(path_base(v->file.rel), (const char *const *)names, n);

	err_set(t->err, "E0111", "no file matches `%s` for `%s` in %s", v->file.shown, p->name, t->what);
	err_at(t->err, place_of(t, p->name, v));
	err_label(t->err, "matches nothing");
	if (near)
		return err_help(t->err, "the nearest name in that folder is `%s`", near);
	return err_help(t->err, n ? "the folder holds %zu files, such as `%s`" : "the folder is empty", n,
			n ? names[0] : "");
}

/* The names in the folder of a pattern. */
static int
folder_names(struct taking *t, const struct param *p, const struct value *v, char ***names, size_t *n)
{
	cleanup_free char *dir = xstrndup(v->file.rel, (size_t)(path_base(v->file.rel) - v->file.rel));
	cleanup_fd int root = open(v->file.root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	cleanup_fd int fd = -1;

	if (*dir)
		dir[strlen(dir) - 1] = '\0';
	if (root >= 0)
		fd = fs_open(root, dir, O_RDONLY | O_DIRECTORY);
	if (fd >= 0 && !fs_names(fd, names, n))
		return 0;
	err_sys(t->err, "E0111", "cannot look for `%s`, which is asked for by `%s` in %s", v->file.shown, p->name,
		t->what);
	err_at(t->err, place_of(t, p->name, v));
	return err_label(t->err, "the folder cannot be read");
}

static int
expand(struct taking *t, const struct param *p, const struct value *v, struct sources *out)
{
	const char *pattern = path_base(v->file.rel);
	struct source s = {.kind = SRC_FILE, .at = place_of(t, p->name, v)};
	size_t n = 0, before = out->n;
	char **names = NULL;
	int r = 0;

	if (folder_names(t, p, v, &names, &n))
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!glob_match(pattern, names[i]))
			continue;
		s.file.root = v->file.root;
		s.file.rel = sibling(t->a, v->file.rel, names[i]);
		s.file.shown = sibling(t->a, v->file.shown, names[i]);
		add_source(t, out, &s);
	}
	if (out->n == before)
		r = no_match(t, p, v, names, n);
	fs_names_free(names, n);
	return r;
}

int
take_sources(struct taking *t, const struct param *p, const struct value *v, struct sources *out)
{
	struct source s = {0};

	if (take_source(t, p, v, &s))
		return -1;
	if (t->binding && s.kind == SRC_FILE && (p->flags & P_GLOB) && glob_is(path_base(s.file.rel)))
		return expand(t, p, v, out);
	add_source(t, out, &s);
	return 0;
}

static int
each_of(const struct param *p, const struct sources *list, source_fn fn, void *ctx)
{
	int r = 0;

	for (size_t i = 0; i < list->n && !r; i++)
		r = fn(ctx, p, &list->v[i]);
	return r;
}

static int
each_in(const struct param *p, void *field, source_fn fn, void *ctx)
{
	struct source *s = field;
	struct mounts *m = field;
	int r = 0;

	switch (p->type) {
	case P_FILE:
	case P_SOURCE:
	case P_STEP:
		if (p->flags & P_LIST)
			return each_of(p, field, fn, ctx);
		return s->kind == SRC_NONE ? 0 : fn(ctx, p, s);
	case P_SYMBOLS: return each_of(p, &((struct symbols *)field)->fragments, fn, ctx);
	case P_MOUNTS:
		for (size_t i = 0; i < m->n && !r; i++)
			r = fn(ctx, p, &m->v[i].source);
		return r;
	default: return 0;
	}
}

int
schema_sources(const struct param *params, void *bound, source_fn fn, void *ctx)
{
	int r = 0;

	for (const struct param *p = params; p && p->name && !r; p++)
		r = each_in(p, (char *)bound + p->offset, fn, ctx);
	return r;
}
