/* fs_tree: folders as a whole: their names, a walk, removal. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "os/fs.h"

#define FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int
fs_names(int dir, char ***names, size_t *n)
{
	int fd = openat(dir, ".", FOLDER);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	char **v = NULL;
	size_t count = 0, cap = 0;
	struct dirent *e;
	int failed;

	*names = NULL;
	*n = 0;
	if (!d) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while (errno = 0, (e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		GROW(v, count, cap);
		v[count++] = xstrdup(e->d_name);
	}
	failed = errno;
	closedir(d);
	if (failed) {
		fs_names_free(v, count);
		errno = failed;
		return -1;
	}
	if (count)
		qsort(v, count, sizeof *v, by_name);
	*names = v;
	*n = count;
	return 0;
}

void
fs_names_free(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

/* One folder on the way down: its names and how far the walk came. */
struct level {
	int fd;
	char **names;
	size_t n, next, path_len;
};

struct walk {
	struct level v[FS_DEPTH];
	size_t depth;
	struct str path;
};

static int
walk_enter(struct walk *w, int fd)
{
	struct level *l = &w->v[w->depth];

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? 0 : -1;
	if (fs_names(fd, &l->names, &l->n)) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	l->fd = fd;
	l->next = 0;
	l->path_len = w->path.len;
	w->depth++;
	return 0;
}

static void
walk_leave(struct walk *w)
{
	struct level *l = &w->v[--w->depth];

	close(l->fd);
	fs_names_free(l->names, l->n);
}

static int
walk_entry(struct walk *w, fs_walk_fn fn, void *ctx)
{
	struct level *l = &w->v[w->depth - 1];
	const char *name = l->names[l->next++];
	struct stat st;
	int r;

	w->path.len = l->path_len;
	if (w->path.len)
		str_addc(&w->path, '/');
	str_add(&w->path, name);
	if (fstatat(l->fd, name, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : -1;
	r = fn(ctx, l->fd, name, w->path.s, &st);
	if (r || !S_ISDIR(st.st_mode))
		return r;
	if (w->depth == FS_DEPTH) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return walk_enter(w, openat(l->fd, name, FOLDER));
}

int
fs_walk(int dir, fs_walk_fn fn, void *ctx)
{
	struct walk *w = xcalloc(1, sizeof *w);
	int r = -1, saved, top = openat(dir, ".", FOLDER);

	if (top >= 0)
		r = walk_enter(w, top);
	while (!r && w->depth) {
		if (w->v[w->depth - 1].next == w->v[w->depth - 1].n)
			walk_leave(w);
		else
			r = walk_entry(w, fn, ctx);
	}
	saved = errno;
	while (w->depth)
		walk_leave(w);
	str_free(&w->path);
	free(w);
	errno = saved;
	return r;
}

/* Folders deeper than this are moved up to the top of what is removed, so that no tree, however
 * deep, needs more descriptors. */
#define REMOVE_DEPTH 64

struct removal {
	struct level v[REMOVE_DEPTH];
	size_t depth;
	unsigned long moved;
};

static int
open_writable(int at, const char *name)
{
	int fd = openat(at, name, FOLDER);
	struct stat st;

	if (fd < 0 && errno == EACCES && !fchmodat(at, name, 0700, 0))
		fd = openat(at, name, FOLDER);
	if (fd >= 0 && !fstat(fd, &st) && (st.st_mode & 0700) != 0700)
		fchmod(fd, 0700);
	return fd;
}

static int
removal_enter(struct removal *r, int fd)
{
	struct level *l = &r->v[r->depth];

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	l->fd = fd;
	l->next = 0;
	l->names = NULL;
	l->n = 0;
	r->depth++;
	return fs_names(fd, &l->names, &l->n);
}

static void
removal_leave(struct removal *r)
{
	struct level *l = &r->v[--r->depth];

	close(l->fd);
	fs_names_free(l->names, l->n);
}

/* A new name at the top that nothing there bears. */
static int
move_up(struct removal *r, int at, const char *name)
{
	int writable = open_writable(at, name); /* a folder that moves gets a new ".." */
	char up[64];

	if (writable >= 0)
		close(writable);
	do {
		snprintf(up, sizeof up, ".deep-%lu", r->moved++);
		if (!renameat2(at, name, r->v[0].fd, up, RENAME_NOREPLACE))
			return 0;
	} while (errno == EEXIST);
	return -1;
}

/* Removes a name, or goes down into it: then it is removed on the way back. */
static int
remove_entry(struct removal *r, int at, const char *name)
{
	if (!unlinkat(at, name, 0) || errno == ENOENT)
		return 0;
	if (errno != EISDIR)
		return -1;
	if (!unlinkat(at, name, AT_REMOVEDIR) || errno == ENOENT)
		return 0;
	if (errno != ENOTEMPTY && errno != EEXIST && errno != EACCES)
		return -1;
	if (r->depth == REMOVE_DEPTH)
		return move_up(r, at, name);
	return removal_enter(r, open_writable(at, name));
}

static int
remove_step(struct removal *r, int at, const char *base)
{
	struct level *l = &r->v[r->depth - 1];
	unsigned long before = r->moved;
	struct level *up;

	if (l->next < l->n)
		return remove_entry(r, l->fd, l->names[l->next++]);
	removal_leave(r);
	if (r->depth) {
		up = &r->v[r->depth - 1];
		return unlinkat(up->fd, up->names[up->next - 1], AT_REMOVEDIR) && errno != ENOENT ? -1 : 0;
	}
	if (!unlinkat(at, base, AT_REMOVEDIR) || errno == ENOENT)
		return 0;
	/* What was moved up lies here now: once more from the top. */
	if (errno != ENOTEMPTY || !before)
		return -1;
	r->moved = 0;
	return removal_enter(r, open_writable(at, base));
}

int
fs_remove(int dir, const char *path)
{
	return fs_remove_while(dir, path, NULL, NULL);
}

int
fs_remove_while(int dir, const char *path, bool (*more)(void *ctx), void *ctx)
{
	const char *base;
	cleanup_fd int at = fs_parent(dir, path, &base);
	struct removal *r;
	int result, saved;

	if (at < 0)
		return errno == ENOENT ? 0 : -1;
	r = xcalloc(1, sizeof *r);
	result = remove_entry(r, at, base);
	while (!result && r->depth) {
		if (more && !more(ctx)) {
			errno = ECANCELED;
			result = -1;
		} else {
			result = remove_step(r, at, base);
		}
	}
	saved = errno;
	while (r->depth)
		removal_leave(r);
	free(r);
	errno = saved;
	return result;
}
