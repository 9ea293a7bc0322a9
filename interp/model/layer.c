#include "model/layer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "model/layer_own.h"
#include "os/fs.h"

static char present; /* the value of a map that is a set */

struct layer *
layer_new(int dir, const struct tree *below)
{
	struct layer *l = xcalloc(1, sizeof *l);

	l->dir = dir;
	l->below = below;
	l->hasher = hasher_new();
	return l;
}

void
layer_close_folders(struct layer *l)
{
	for (size_t i = 0; i < LAYER_FDS; i++) {
		if (!l->fds[i].path)
			continue;
		close(l->fds[i].fd);
		free(l->fds[i].path);
		l->fds[i].path = NULL;
	}
}

void
layer_free(struct layer *l)
{
	if (!l)
		return;
	layer_close_folders(l);
	map_free(&l->own);
	map_free(&l->dirs);
	arena_free(&l->arena);
	hasher_free(l->hasher);
	free(l->list);
	str_free(&l->dropped);
	free(l);
}

const struct tree *
layer_below(const struct layer *l)
{
	return l->below;
}

int
layer_dir(const struct layer *l)
{
	return l->dir;
}

const char *
layer_dropped(const struct layer *l)
{
	return l->dropped.len ? l->dropped.s : NULL;
}

int
layer_fault(const char *path, struct err *err)
{
	int saved = errno;

	err_sys(err, "E0804", "cannot write `%s` into the store", path);
	if (saved == ENOSPC || saved == EDQUOT)
		err_help(err, "free space on the file system of the store, or run `jkr cache gc`");
	return -1;
}

const struct entry *
layer_below_at(const struct layer *l, const char *path)
{
	cleanup_free char *up = NULL;
	const struct entry *e;
	char *slash;

	if (!l->below)
		return NULL;
	e = tree_find(l->below, path);
	if (!e || !l->own.n)
		return e;
	up = xstrdup(path);
	while ((slash = strrchr(up, '/'))) {
		const struct entry *o;

		*slash = '\0';
		o = map_get(&l->own, up);
		if (o && (o->whiteout || o->opaque || !S_ISDIR(o->mode)))
			return NULL;
	}
	return e;
}

const struct entry *
layer_find(const struct layer *l, const char *path)
{
	const struct entry *o = map_get(&l->own, path);

	if (o)
		return o->whiteout ? NULL : o;
	return layer_below_at(l, path);
}

struct entry *
layer_own_add(struct layer *l, const struct entry *e)
{
	struct entry *o = arena_memdup(&l->arena, e, sizeof *e);

	o->path = arena_strdup(&l->arena, e->path);
	o->target = S_ISLNK(e->mode) ? arena_strdup(&l->arena, e->target) : NULL;
	o->xattrs = e->xattrs && *e->xattrs ? arena_strdup(&l->arena, e->xattrs) : NULL;
	o->mode &= S_IFMT | 07777;
	if (S_ISLNK(o->mode))
		o->mode = S_IFLNK | 0777;
	o->layer = 0;
	map_set(&l->own, o->path, o);
	l->listed = false;
	return o;
}

int
layer_make_folder(struct layer *l, const char *path, struct err *err)
{
	const char *base;
	int at = layer_parent(l, path, &base, err);

	if (at < 0)
		return -1;
	/* Twice, since mkdir minds the umask and chmod does not. */
	if (mkdirat(at, base, 0755) || fchmodat(at, base, 0755, 0))
		return layer_fault(path, err);
	map_set(&l->dirs, arena_strdup(&l->arena, path), &present);
	return 0;
}

static int
folder_one(struct layer *l, const char *path, struct err *err)
{
	const struct entry *e;
	struct entry fresh = {.path = path, .mode = S_IFDIR | 0755};

	if (map_get(&l->dirs, path))
		return 0;
	e = layer_find(l, path);
	if (!e)
		return layer_mkdir(l, &fresh, err);
	if (S_ISLNK(e->mode)) {
		err_set(err, "E0805", "`%s` is a link, so nothing can be put below it", path);
		return err_help(err, "it leads to `%s`: name the folder itself, where that is in the result",
				e->target);
	}
	if (!S_ISDIR(e->mode))
		return err_set(err, "E0805", "`%s` is no folder, so nothing can be put below it", path);
	return layer_make_folder(l, path, err);
}

/* From the top down, so that a long path needs no deep stack. */
int
layer_folder(struct layer *l, const char *path, struct err *err)
{
	cleanup_free char *copy = NULL;

	if (!*path || map_get(&l->dirs, path))
		return 0;
	copy = xstrdup(path);
	for (char *slash = strchr(copy, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (folder_one(l, copy, err))
			return -1;
		*slash = '/';
	}
	return folder_one(l, path, err);
}

/* Opens a folder that is on disk, by way of the cache. */
static int
open_folder(struct layer *l, const char *path)
{
	struct layer_dir *slot;
	size_t h = 5381;

	if (!*path)
		return l->dir;
	for (const char *s = path; *s; s++)
		h = h * 33 ^ (unsigned char)*s;
	slot = &l->fds[h % LAYER_FDS];
	if (slot->path && !strcmp(slot->path, path))
		return slot->fd;
	if (slot->path) {
		close(slot->fd);
		free(slot->path);
		slot->path = NULL;
	}
	slot->fd = fs_open_nofollow(l->dir, path, O_PATH | O_DIRECTORY);
	if (slot->fd >= 0)
		slot->path = xstrdup(path);
	return slot->fd;
}

int
layer_parent(struct layer *l, const char *path, const char **base, struct err *err)
{
	const char *slash = strrchr(path, '/');
	char up[4096];
	int fd;

	*base = slash ? slash + 1 : path;
	if (!slash)
		return l->dir;
	snprintf(up, sizeof up, "%.*s", (int)(slash - path), path);
	if (layer_folder(l, up, err))
		return -1;
	fd = open_folder(l, up);
	return fd < 0 ? layer_fault(up, err) : fd;
}

static void
forget_below(struct map *m, const char *path)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->v[i].value && path_within(m->v[i].key, path))
			m->v[i].value = NULL;
}

int
layer_take_back(struct layer *l, const char *path, struct err *err)
{
	const struct entry *o = map_get(&l->own, path);
	bool folder = map_get(&l->dirs, path);

	if (!o && !folder)
		return 0;
	l->listed = false;
	if (!folder) {
		cleanup_fd int at = -1;
		const char *base;

		map_set(&l->own, path, NULL);
		at = fs_parent(l->dir, path, &base);
		if (at < 0 || (unlinkat(at, base, 0) && errno != ENOENT))
			return layer_fault(path, err);
		return 0;
	}
	layer_close_folders(l);
	forget_below(&l->own, path);
	forget_below(&l->dirs, path);
	return fs_remove(l->dir, path) ? layer_fault(path, err) : 0;
}

int
layer_clear(struct layer *l, const struct entry *e, const char **base, bool *was, struct err *err)
{
	const struct entry *o;

	if (!entry_path_ok(e->path))
		return err_set(err, "E0805", "`%s` is not a path that can lie in a result", e->path);
	o = map_get(&l->own, e->path);
	*was = o && (o->whiteout || !S_ISDIR(o->mode));
	if (layer_take_back(l, e->path, err))
		return -1;
	return layer_parent(l, e->path, base, err);
}

int
layer_mkdir(struct layer *l, const struct entry *e, struct err *err)
{
	const struct entry *o = map_get(&l->own, e->path), *b;
	struct entry mine = *e;
	const char *base;
	bool was;

	mine.mode = S_IFDIR | (e->mode & 07777);
	mine.whiteout = mine.opaque = false;
	if (map_get(&l->dirs, e->path)) {
		mine.opaque = o && o->opaque;
		layer_own_add(l, &mine);
		return 0;
	}
	if (layer_clear(l, e, &base, &was, err) < 0 || layer_make_folder(l, e->path, err))
		return -1;
	b = was ? layer_below_at(l, e->path) : NULL;
	mine.opaque = b && S_ISDIR(b->mode);
	layer_own_add(l, &mine);
	if (!mine.opaque)
		return 0;
	cleanup_fd int fd = fs_open_nofollow(l->dir, e->path, O_RDONLY | O_DIRECTORY);
	if (fd < 0 || fsetxattr(fd, OVERLAY_OPAQUE, "y", 1, 0))
		return layer_fault(e->path, err);
	return 0;
}

int
layer_symlink(struct layer *l, const struct entry *e, struct err *err)
{
	struct entry mine = *e;
	const char *base;
	bool was;
	int at;

	if (!e->target || !*e->target || strlen(e->target) > 4095)
		return err_set(err, "E0805", "link `%s` has no target, or one that is too long", e->path);
	at = layer_clear(l, e, &base, &was, err);
	if (at < 0)
		return -1;
	if (symlinkat(e->target, at, base) || fs_pin_time(at, base))
		return layer_fault(e->path, err);
	mine.mode = S_IFLNK | 0777;
	mine.whiteout = mine.opaque = false;
	layer_own_add(l, &mine);
	return 0;
}

int
layer_whiteout(struct layer *l, const char *path, struct err *err)
{
	const char *base;
	int at = layer_parent(l, path, &base, err);

	if (at < 0)
		return -1;
	if (mknodat(at, base, S_IFCHR, makedev(0, 0)))
		return layer_fault(path, err);
	return 0;
}

int
layer_special(struct layer *l, const struct entry *e, struct err *err)
{
	struct entry mine = *e;
	const char *base;
	bool was;

	if (!S_ISCHR(e->mode) && !S_ISBLK(e->mode) && !S_ISFIFO(e->mode))
		return err_set(err, "E0805", "`%s` is no device and no fifo", e->path);
	if (layer_clear(l, e, &base, &was, err) < 0)
		return -1;
	if (layer_below_at(l, e->path) && layer_whiteout(l, e->path, err))
		return -1;
	mine.whiteout = mine.opaque = false;
	layer_own_add(l, &mine);
	return 0;
}

int
layer_remove(struct layer *l, const char *path, struct err *err)
{
	struct entry gone = {.path = path, .whiteout = true};

	if (!*path || !layer_find(l, path))
		return err_set(err, "E0806", "`%s` cannot be taken away: there is no such file or folder", path);
	if (layer_take_back(l, path, err))
		return -1;
	if (!layer_below_at(l, path))
		return 0;
	if (layer_whiteout(l, path, err))
		return -1;
	layer_own_add(l, &gone);
	return 0;
}
