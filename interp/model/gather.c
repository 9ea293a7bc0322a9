#include "model/gather.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "data/glob.h"
#include "model/files.h"
#include "model/job.h"

struct gathering {
	struct job *job;
	struct arena *a;
	const struct gather_opts *opts;
	bool *out, *in;     /* which of the patterns matched: of `exclude`, of `only` */
	const char *chosen; /* the folder of this source that `only` has by itself */
	struct piece *v;
	size_t n, cap;
	struct map by_path; /* path → index into v plus 1 */
	struct err *err;
};

const char *
source_shown(struct job *job, const struct source *src)
{
	struct arena *a = job_arena(job);
	const char *item = src->at.key, *end;

	if (src->kind == SRC_FILE)
		return arena_printf(a, "`%s`", *src->file.shown ? src->file.shown : src->file.root);
	if (*src->ref.path)
		return arena_printf(a, "`%s` in a result", src->ref.path);
	/* a result has no name here, but it stands somewhere: "2" or "sources.2" */
	end = item ? strrchr(item, '.') : NULL;
	item = end ? end + 1 : item;
	if (item && *item && !item[strspn(item, "0123456789")])
		return arena_printf(a, "the result in item %s", item);
	return arena_printf(a, "a result that holds %s", job_source_name(job, src));
}

/* Whether a path matches one of the patterns; each that does is marked in `hit`. */
static bool
any_match(const struct strings *patterns, bool *hit, const char *path)
{
	bool found = false;

	for (size_t i = 0; patterns && i < patterns->n; i++)
		if (glob_path(patterns->v[i], path))
			hit[i] = found = true;
	return found;
}

/* A pattern that has a slash is one of the whole path. Of a tree's names nearly all begin otherwise than a pattern. */
static bool
matches(const char *pattern, const char *path, const char *base)
{
	if (strchr(pattern, '/'))
		return glob_path(pattern, path);
	return (*pattern == *base || *pattern == '*' || *pattern == '?') && glob_match(pattern, base);
}

/* Whether `only` has a path. What stands above it was asked before: so its last part is enough, and below a folder that
 * matched all come. */
static bool
is_chosen(struct gathering *g, const char *path, const struct entry *e)
{
	const struct strings *only = g->opts->only;
	bool chosen = g->chosen && path_within(path, g->chosen), below = chosen;
	const char *base = path_base(path);

	for (size_t i = 0; i < only->n; i++)
		if (!(below && g->in[i]) && matches(only->v[i], path, base))
			g->in[i] = chosen = true;
	if (chosen && !below && S_ISDIR(e->mode))
		g->chosen = path;
	return chosen;
}

static bool
is_wanted(struct gathering *g, const char *path, const struct entry *e, bool *waits)
{
	const struct strings *only = g->opts->only;

	*waits = false;
	if (any_match(g->opts->exclude, g->out, path))
		return false;
	if (!only || !only->n || is_chosen(g, path, e))
		return true;
	*waits = S_ISDIR(e->mode);
	return *waits;
}

static bool
same_thing(const struct entry *a, const struct entry *b)
{
	if (S_ISDIR(a->mode) && S_ISDIR(b->mode))
		return true;
	if (a->mode != b->mode || a->uid != b->uid || a->gid != b->gid || a->rdev != b->rdev)
		return false;
	return a->size == b->size && !hash_cmp(&a->digest, &b->digest) && str_eq(a->target, b->target) &&
	       str_eq(a->xattrs, b->xattrs);
}

static int
add(struct gathering *g, const char *path, const struct entry *e, const struct tree *t, const struct source *src)
{
	bool waits;
	size_t at;

	if (!is_wanted(g, path, e, &waits))
		return 0;
	at = (size_t)(uintptr_t)map_get(&g->by_path, path);
	if (at && !same_thing(g->v[at - 1].entry, e)) {
		err_set(g->err, "E0121", "two sources give `%s` with different content", path);
		err_at(g->err, src->at);
		err_label(g->err, "from %s", source_shown(g->job, src));
		return err_help(g->err, "it also comes from %s", source_shown(g->job, g->v[at - 1].src));
	}
	if (at) {
		g->v[at - 1].waits &= waits;
		return 0;
	}
	GROW(g->v, g->n, g->cap);
	g->v[g->n++] = (struct piece){path, e, t, src, waits};
	map_set(&g->by_path, path, (void *)(uintptr_t)g->n);
	return 0;
}

static int
add_folder(struct gathering *g, const struct tree *t, const char *dir, const struct source *src)
{
	size_t n, first = tree_range(t, dir, &n), skip = *dir ? strlen(dir) + 1 : 0;
	int r = 0;

	if (g->opts->as) {
		err_set(g->err, "E0120", "`as` names one file, and %s is a folder", source_shown(g->job, src));
		return err_at(g->err, src->at);
	}
	g->chosen = NULL;
	for (size_t i = first; i < first + n && !r; i++)
		r = add(g, t->v[i].path + skip, &t->v[i], t, src);
	return r;
}

static int
no_path(struct gathering *g, const struct tree *t, const struct source *src)
{
	const char *near = tree_near(t, src->ref.path);

	err_set(g->err, "E0305", "there is no `%s` in the result", src->ref.path);
	err_at(g->err, src->at);
	err_label(g->err, "not in the result");
	return near ? err_help(g->err, "did you mean `%s`?", near) : -1;
}

static int
add_result(struct gathering *g, const struct source *src)
{
	const struct tree *t = job_tree(g->job, src, g->err);
	const struct entry *e;

	if (!t)
		return -1;
	if (!*src->ref.path)
		return add_folder(g, t, "", src);
	e = tree_resolve(t, src->ref.path);
	if (!e)
		return no_path(g, t, src);
	if (S_ISDIR(e->mode))
		return add_folder(g, t, e->path, src);
	return add(g, g->opts->as ? g->opts->as : path_base(src->ref.path), e, t, src);
}

static int
add_project_file(struct gathering *g, const struct source *src, mode_t mode)
{
	struct entry *e = arena_new(g->a, struct entry);
	cleanup_fd int fd = job_open(g->job, src, g->err);
	unsigned long long size = 0;

	if (fd < 0)
		return -1;
	if (hash_fd(fd, &e->digest, &size) < 0)
		return err_sys(g->err, "E0112", "cannot read `%s`", src->file.shown);
	e->path = path_base(src->file.rel);
	e->mode = S_IFREG | (mode & 0111 ? 0755 : 0644);
	e->size = size;
	return add(g, g->opts->as ? g->opts->as : e->path, e, NULL, src);
}

static int
add_project(struct gathering *g, const struct source *src)
{
	cleanup_fd int fd = files_open(&src->file, g->err);
	const struct tree *t;
	const char *sub;
	struct stat st;

	if (fd < 0)
		return err_at(g->err, src->at);
	if (fstat(fd, &st))
		return err_sys(g->err, "E0112", "cannot look at `%s`", src->file.shown);
	if (!S_ISDIR(st.st_mode))
		return add_project_file(g, src, st.st_mode);
	t = job_folder(g->job, src, &sub, g->err);
	return t ? add_folder(g, t, sub, src) : -1;
}

static int
check_hits(const struct gathering *g, const char *name, const struct strings *patterns, const bool *hit)
{
	for (size_t i = 0; patterns && i < patterns->n; i++) {
		if (hit[i])
			continue;
		err_set(g->err, "E0123", "`%s` = `%s` matches nothing", name, patterns->v[i]);
		err_at(g->err, patterns->at[i]);
		err_label(g->err, "no file is called so");
		return err_help(g->err, "leave it out, or correct it");
	}
	return 0;
}

static int
check_patterns(const struct gathering *g)
{
	const struct strings *ex = g->opts->exclude;

	if (check_hits(g, "exclude", ex, g->out) || check_hits(g, "only", g->opts->only, g->in))
		return -1;
	if (g->n)
		return 0;
	err_set(g->err, "E0124", "the sources hold no file");
	return err_help(g->err, ex && ex->n ? "`exclude` may take all of them away"
					    : "does the step that makes them put them there?");
}

static int
by_path(const void *a, const void *b)
{
	return path_cmp(((const struct piece *)a)->path, ((const struct piece *)b)->path);
}

/* A folder that waits comes along where something in it does: from the end, for that stands behind it. */
static void
drop_waiting(struct gathering *g)
{
	size_t to = g->n;

	for (size_t i = g->n; i-- > 0;) {
		const struct piece *p = &g->v[i];

		if (p->waits && (to == g->n || !path_within(g->v[to].path, p->path)))
			continue;
		g->v[--to] = *p;
	}
	memmove(g->v, g->v + to, (g->n - to) * sizeof *g->v);
	g->n -= to;
}

/* A file of one source cannot stand where another has a folder. */
static int
check_folders(const struct gathering *g)
{
	for (size_t i = 1; i < g->n; i++) {
		const struct piece *above = &g->v[i - 1];

		if (S_ISDIR(above->entry->mode) || !path_within(g->v[i].path, above->path))
			continue;
		err_set(g->err, "E0121", "`%s` is a file of one source and a folder of another", above->path);
		err_at(g->err, above->src->at);
		err_label(g->err, "a file of %s", source_shown(g->job, above->src));
		return err_help(g->err, "it is a folder of %s", source_shown(g->job, g->v[i].src));
	}
	return 0;
}

int
gather(struct job *job, const struct sources *srcs, const struct gather_opts *opts, struct pieces *out, struct err *err)
{
	struct gathering g = {.job = job, .a = job_arena(job), .opts = opts, .err = err};
	int r = 0;

	g.out = arena_array(g.a, bool, opts->exclude ? opts->exclude->n + 1 : 1);
	g.in = arena_array(g.a, bool, opts->only ? opts->only->n + 1 : 1);
	for (size_t i = 0; i < srcs->n && !r; i++)
		r = (srcs->v[i].kind == SRC_FILE ? add_project : add_result)(&g, &srcs->v[i]);
	if (!r && g.n) {
		qsort(g.v, g.n, sizeof *g.v, by_path);
		drop_waiting(&g);
	}
	if (!r)
		r = check_patterns(&g);
	if (!r)
		r = check_folders(&g);
	out->n = g.n;
	out->v = g.n ? arena_memdup(g.a, g.v, g.n * sizeof *g.v) : NULL;
	free(g.v);
	map_free(&g.by_path);
	return r;
}

int
piece_open(struct job *job, const struct piece *p, struct err *err)
{
	return p->tree ? tree_open(p->tree, p->entry->path, err) : job_open(job, p->src, err);
}

/* Where `path` leads when folders on its way are links in the tree that is written onto: of a root file system
 * lib is often a link to usr/lib, and a folder of that name would take its place. */
static const char *
led(struct job *job, const char *path, struct err *err)
{
	struct arena *a = job_arena(job);
	size_t from = 0;

	for (int links = 0; links < 40;) {
		size_t n = from + strcspn(path + from, "/");
		const struct entry *e = path[n] ? layer_find(job_layer(job), arena_strndup(a, path, n)) : NULL;
		char *to;

		if (!path[n])
			return path;
		from = n + 1;
		if (!e || !S_ISLNK(e->mode))
			continue;
		to = *e->target == '/'
			     ? arena_strdup(a, "..")
			     : arena_printf(a, "%.*s%s", (int)(path_base(e->path) - e->path), e->path, e->target);
		if (path_clean(to)) {
			err_set(err, "E0121",
				"`%s` would be written through the link `%s`, which leaves the tree: `%s`", path,
				e->path, e->target);
			return NULL;
		}
		path = arena_printf(a, "%s%s", to, path + n);
		from = 0;
		links++;
	}
	err_set(err, "E0121", "`%s` would be written through links that lead round in a circle", path);
	return NULL;
}

int
piece_put(struct job *job, const struct piece *p, const char *path, int mode, struct err *err)
{
	struct layer *l = job_layer(job);
	struct entry e = *p->entry;
	cleanup_fd int fd = -1;

	e.path = led(job, path, err);
	if (!e.path)
		return err_at(err, p->src->at);
	if (S_ISDIR(e.mode)) {
		const struct entry *there = layer_find(l, e.path);

		if (there && S_ISLNK(there->mode) && job_below(job)) /* what comes in it is led on */
			there = tree_resolve(job_below(job), e.path);
		return there && S_ISDIR(there->mode) ? 0 : layer_mkdir(l, &e, err);
	}
	if (mode >= 0 && S_ISREG(e.mode))
		e.mode = S_IFREG | (mode_t)mode;
	else if (p->tree)
		return layer_copy_tree(l, p->tree, p->entry->path, e.path, err);
	fd = piece_open(job, p, err);
	return fd < 0 ? -1 : layer_put_fd(l, &e, fd, err);
}
