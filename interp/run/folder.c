#include "run/folder.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "model/files.h"
#include "os/fs.h"
#include "run/job_impl.h"
#include "store/differences.h"

/* Where less than a twentieth differs, the differences are taken up. */
#define FEW ((size_t)20)

/* A folder on its way into the store: `base` is the tree of the last time that all of it was taken up. */
struct taking {
	struct job *job;
	const struct source *src;
	const struct tree *base;
	int from;
	struct layer *l;
	struct difference *v; /* from the base, folders too */
	size_t n, cap;
	struct err *err;
};

static int
changed(struct taking *t, const char *path)
{
	return err_sys(t->err, "E0304", "`%s/%s` changed during the run", t->src->file.shown, path);
}

static int
put(struct taking *t, const struct entry *e)
{
	cleanup_fd int fd = -1;

	if (S_ISDIR(e->mode))
		return layer_mkdir(t->l, e, t->err);
	if (S_ISLNK(e->mode))
		return layer_symlink(t->l, e, t->err);
	fd = fs_open_nofollow(t->from, e->path, O_RDONLY);
	return fd < 0 ? changed(t, e->path) : layer_put_fd(t->l, e, fd, t->err);
}

static void
add(struct taking *t, const struct entry *was, const struct entry *now)
{
	GROW(t->v, t->n, t->cap);
	t->v[t->n++] = (struct difference){now ? now->path : was->path, was, now};
}

/* What of the list is not so in the base. */
static void
find_differences(struct taking *t, const struct tree *list)
{
	const struct tree *base = t->base;
	size_t i = 0, nbase = base ? base->n : 0;

	t->n = 0;
	for (size_t k = 0; k <= list->n; k++) {
		const struct entry *e = k < list->n ? &list->v[k] : NULL;
		int order = -1;

		while (i < nbase && (!e || (order = path_cmp(base->v[i].path, e->path)) < 0))
			add(t, &base->v[i++], NULL);
		if (!e)
			break;
		if (i == nbase || order)
			add(t, NULL, e);
		else if (!entry_equal(&base->v[i++], e))
			add(t, &base->v[i - 1], e);
	}
}

static int
write_difference(struct taking *t, const struct difference *d)
{
	if (d->now)
		return put(t, d->now);
	/* perhaps it went with its folder */
	return layer_find(t->l, d->path) ? layer_remove(t->l, d->path, t->err) : 0;
}

static int
take_up(struct taking *t, const struct tree *list, struct hash *id)
{
	struct job *job = t->job;
	const char *sub = arena_printf(&job->arena, "folder%u", job->serial++);
	cleanup_fd int to = job_subdir(job, sub, t->err);
	int r = 0;

	if (to < 0)
		return -1;
	t->l = layer_new(to, t->base);
	for (size_t i = 0; i < t->n && !r; i++)
		r = write_difference(t, &t->v[i]);
	if (!r)
		r = store_publish(job->store, t->l, job->tmp, sub, t->base, list, id, t->err);
	layer_free(t->l);
	return r;
}

void
folder_keep(struct store *st, const struct source *src)
{
	struct hash id;

	if (src->kind == SRC_FILE && store_last(st, src->file.root, src->file.rel, &id, NULL))
		store_keep(st, &id);
}

/* The tree of the last time, when most of it is still so. A layer of differences lies on all of the folder, never on
 * another such layer: stacks do not grow. */
static bool
find_base(struct taking *t, const struct tree *list)
{
	struct job *job = t->job;
	const struct file_ref *f = &t->src->file;
	struct tree *base = arena_new(&job->arena, struct tree);
	struct err unread = {0};
	struct hash id;

	if (!store_last(job->store, f->root, f->rel, &id, NULL))
		return false;
	store_keep(job->store, &id);
	if (store_tree(job->store, &id, base, &unread)) {
		err_free(&unread);
		return false;
	}
	t->base = base;
	find_differences(t, list);
	if (t->n * FEW <= list->n + 10 * FEW)
		return true;
	t->base = NULL;
	return false;
}

static int
take_up_planned(struct taking *t, const struct tree *list, const struct hash *planned)
{
	const struct file_ref *f = &t->src->file;
	struct hash id;
	int r = 0;

	if (find_base(t, list))
		r = take_up(t, list, &id);
	if (!t->base) {
		find_differences(t, list);
		r = take_up(t, list, &id);
		if (!r)
			store_set_last(t->job->store, f->root, f->rel, &id, 0);
	}
	if (r || !hash_cmp(&id, planned))
		return r;
	err_set(t->err, "E0304", "`%s` changed during the run", f->shown);
	err_help(t->err, "run again");
	return err_at(t->err, t->src->at);
}

const struct tree *
folder_tree(struct job *job, const struct source *src, struct err *err)
{
	struct tree *t = arena_new(&job->arena, struct tree);
	struct taking taking = {.job = job, .src = src, .err = err};
	const struct tree *list;
	cleanup_fd int from = -1;
	struct file_content planned;
	int r;

	if (job->env->file(job->env->ctx, &src->file, &planned, err) < 0)
		return NULL;
	r = store_tree(job->store, &planned.hash, t, err);
	if (r <= 0)
		return r ? NULL : t;
	list = job->env->folder(job->env->ctx, &src->file, err);
	from = taking.from = list ? files_open(&src->file, err) : -1;
	r = from < 0 ? -1 : take_up_planned(&taking, list, &planned.hash);
	free(taking.v);
	if (r)
		return NULL;
	r = store_tree(job->store, &planned.hash, t, err);
	if (r > 0)
		err_set(err, "E0302", "what was taken up of `%s` cannot be read back", src->file.shown);
	return r ? NULL : t;
}
