#include "model/patches.h"

#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/files.h"
#include "model/job.h"
#include "os/fs.h"

#define BOXES_MAX ((size_t)256 << 20) /* of all mails of a step: they are held in memory */

struct giving {
	struct job *job;
	struct arena *a;
	struct patch_given *v;
	size_t n, cap;
	size_t held;              /* bytes of mails */
	const struct source *src; /* being looked at */
	size_t nth;
	struct err *err;
};

static void
put(struct giving *g, const struct patch_given *one)
{
	GROW(g->v, g->n, g->cap);
	g->v[g->n] = *one;
	g->v[g->n++].nth = g->nth;
}

/* NULL with a mistake. */
static const char *
keep(struct giving *g, const struct str *text)
{
	g->held += text->len;
	if (g->held <= BOXES_MAX)
		return arena_memdup(g->a, str_text(text), text->len + 1);
	err_set(g->err, "E0511", "the mails of one step hold more than 256 MB");
	err_at(g->err, g->src->at);
	return NULL;
}

static int
put_box(struct giving *g, const struct patch_given *box, int fd)
{
	struct str cleanup_str text = {0};
	struct mail_slice *mails;
	const char *kept;
	size_t n;

	if (fs_read(fd, &text, BOXES_MAX))
		return err_sys(g->err, "E0511", "cannot read the mailbox `%s`", box->name);
	kept = keep(g, &text);
	if (!kept)
		return -1;
	if (mail_split(box->shown, kept, text.len, g->a, &mails, &n, g->err))
		return err_at(g->err, g->src->at);
	for (size_t i = 0; i < n; i++) {
		struct patch_given one = *box;

		one.name = arena_printf(g->a, "%s#%zu", box->name, i + 1);
		one.number = (unsigned)i + 1;
		one.mail = mails[i];
		put(g, &one);
	}
	return 0;
}

static struct patch_given
as_file(struct giving *g, const struct source *src)
{
	const char *name = job_source_name(g->job, src);

	return (struct patch_given){.src = *src, .name = name, .shown = src->kind == SRC_FILE ? src->file.shown : name};
}

static int
put_file(struct giving *g, const struct source *src)
{
	struct patch_given one = as_file(g, src);
	cleanup_fd int fd = -1;

	if (!mail_is_box(one.name)) {
		put(g, &one);
		return 0;
	}
	fd = job_open(g->job, src, g->err);
	return fd < 0 ? err_at(g->err, src->at) : put_box(g, &one, fd);
}

/* Maildirs */

static bool
is_folder(const struct tree *t, const char *dir, const char *name)
{
	cleanup_free char *path = xasprintf("%s%s%s", dir, *dir ? "/" : "", name);
	const struct entry *e = tree_find(t, path);

	return e && S_ISDIR(e->mode);
}

static bool
is_maildir(const struct tree *t, const char *dir)
{
	return is_folder(t, dir, "cur") || is_folder(t, dir, "new");
}

static int
by_order(const void *a, const void *b)
{
	const char *p = *(const char *const *)a, *q = *(const char *const *)b;
	int r = mail_order(p, q);

	return r ? r : strcmp(p, q);
}

/* The mails of a maildir, by their paths in the tree. */
static size_t
mails_of(const struct tree *t, const char *dir, const char **paths)
{
	size_t n, first = tree_range(t, dir, &n), found = 0, skip = *dir ? strlen(dir) + 1 : 0;

	for (size_t i = first; i < first + n; i++) {
		const char *path = t->v[i].path, *in = path + skip;

		if (S_ISDIR(t->v[i].mode) || (!str_starts(in, "cur/") && !str_starts(in, "new/")) || in[4] == '.' ||
		    strchr(in + 4, '/'))
			continue;
		paths[found++] = path;
	}
	qsort(paths, found, sizeof *paths, by_order);
	return found;
}

static int
put_mail(struct giving *g, const struct tree *t, const char *path, unsigned number)
{
	const struct file_ref *f = &g->src->file;
	struct str cleanup_str text = {0};
	struct patch_given one = {.src = *g->src, .name = path_base(path), .shown = path, .number = number};

	if (g->src->kind == SRC_FILE)
		one.shown = arena_printf(g->a, "%s/%s", f->shown, path);
	if (tree_read(t, path, &text, BOXES_MAX, g->err))
		return err_at(g->err, g->src->at);
	one.mail = (struct mail_slice){keep(g, &text), text.len, 1};
	if (!one.mail.s)
		return -1;
	put(g, &one);
	return 0;
}

static int
put_maildir(struct giving *g, const struct tree *t, const char *dir)
{
	size_t all, n;
	const char **paths;

	tree_range(t, dir, &all);
	paths = arena_array(g->a, const char *, all + 1);
	n = mails_of(t, dir, paths);
	for (size_t i = 0; i < n; i++)
		if (put_mail(g, t, paths[i], (unsigned)i + 1))
			return -1;
	if (n)
		return 0;
	err_set(g->err, "E0511", "the maildir `%s` holds no mail", job_source_name(g->job, g->src));
	err_at(g->err, g->src->at);
	return err_help(g->err, "mails lie in its folders `cur` and `new`");
}

/* Folders */

static int
put_folder(struct giving *g, const struct tree *t, const char *dir)
{
	size_t n, first = tree_range(t, dir, &n), before = g->n;

	for (size_t i = first; i < first + n; i++) {
		const char *path = t->v[i].path;
		struct source src = *g->src;

		if (S_ISDIR(t->v[i].mode) || (!str_ends(path, ".patch") && !mail_is_box(path)) ||
		    strchr(path + strlen(dir) + 1, '/'))
			continue;
		src.ref.path = path;
		if (put_file(g, &src))
			return -1;
	}
	if (g->n > before)
		return 0;
	err_set(g->err, "E0303", "the folder `%s` holds no file that ends in `.patch` or `.mbox`", g->src->ref.path);
	return err_at(g->err, g->src->at);
}

static int
put_result(struct giving *g)
{
	const char *path = g->src->ref.path;
	const struct tree *t = job_tree(g->job, g->src, g->err);
	const struct entry *e = t && *path ? tree_resolve(t, path) : NULL;

	if (!t)
		return -1;
	if (e && S_ISDIR(e->mode))
		return is_maildir(t, e->path) ? put_maildir(g, t, e->path) : put_folder(g, t, e->path);
	return !*path && is_maildir(t, "") ? put_maildir(g, t, "") : put_file(g, g->src);
}

static int
put_project(struct giving *g)
{
	struct err quiet = {0}; /* job_open says it */
	cleanup_fd int fd = files_open(&g->src->file, &quiet);
	const struct tree *t;
	const char *sub;
	struct stat st;

	err_free(&quiet);
	if (fd < 0 || fstat(fd, &st) || !S_ISDIR(st.st_mode))
		return put_file(g, g->src);
	t = job_folder(g->job, g->src, &sub, g->err);
	if (!t)
		return -1;
	if (is_maildir(t, sub))
		return put_maildir(g, t, sub);
	err_set(g->err, "E0509", "the folder `%s` is no maildir: it has no folder `cur` or `new`", g->src->file.shown);
	err_at(g->err, g->src->at);
	return err_help(g->err, "name the patches in it: \"%s/*.patch\"", g->src->file.shown);
}

int
patches_given(struct job *job, const struct sources *srcs, size_t listed, struct patch_given **out, size_t *n,
	      struct err *err)
{
	struct giving g = {.job = job, .a = job_arena(job), .err = err};
	int rc = 0;

	for (size_t i = 0; i < srcs->n && !rc; i++) {
		struct patch_given one;

		g.src = &srcs->v[i];
		g.nth = i;
		if (i < listed) {
			rc = g.src->kind == SRC_REF ? put_result(&g) : put_project(&g);
			continue;
		}
		one = as_file(&g, g.src);
		put(&g, &one);
	}
	*out = arena_memdup(g.a, g.v, g.n * sizeof *g.v);
	*n = g.n;
	free(g.v);
	return rc;
}
