/* layers: reading a layer's list, and proving that its folder is what the list says. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "os/fs.h"
#include "store/store_own.h"

enum layer_state
layer_state(const struct store *st, const struct stat *folder)
{
	if (!S_ISDIR(folder->st_mode))
		return LAYER_ABSENT;
	if (folder->st_mtim.tv_sec != FS_MTIME)
		return LAYER_UNPROVEN;
	if (!folder->st_mtim.tv_nsec)
		return LAYER_DURABLE;
	return folder->st_mtim.tv_nsec == st->boot ? LAYER_THIS_BOOT : LAYER_UNPROVEN;
}

enum layer_state
layer_state_of(const struct store *st, const struct hash *id)
{
	char path[STORE_PATH];
	struct stat sb;

	object_path(path, "layers", id, "");
	return fstatat(st->fd, path, &sb, AT_SYMLINK_NOFOLLOW) ? LAYER_ABSENT : layer_state(st, &sb);
}

int
layer_mark(const struct store *st, const char *path, long ns)
{
	const struct timespec ts[2] = {{FS_MTIME, ns}, {FS_MTIME, ns}};

	return utimensat(st->fd, path, ts, AT_SYMLINK_NOFOLLOW);
}

void
layer_doubt(const struct store *st, const char *path)
{
	static const struct timespec none[2];

	utimensat(st->fd, path, none, AT_SYMLINK_NOFOLLOW);
}

/* A walk over the folder beside a walk over the list: both are in the order of path_cmp. */
struct check {
	const struct entry *v;
	size_t n, i;
	const char *layer;
	store_report_fn report;
	void *ctx;
	long bad;
};

static void
tell(struct check *c, const char *path, const char *what)
{
	char object[STORE_PATH + 4200];

	c->bad++;
	if (!c->report)
		return;
	snprintf(object, sizeof object, "%s/%s", c->layer, path);
	c->report(c->ctx, object, what);
}

static bool
on_disk(const struct entry *e)
{
	return e->whiteout || S_ISREG(e->mode) || S_ISDIR(e->mode) || S_ISLNK(e->mode);
}

/* Devices and fifos are in the list only, though a whiteout may stand for them. */
static void
missing_before(struct check *c, const char *path)
{
	for (; c->i < c->n && (!path || path_cmp(c->v[c->i].path, path) < 0); c->i++)
		if (on_disk(&c->v[c->i]))
			tell(c, c->v[c->i].path, "is missing");
}

static const char *
check_file(const struct entry *e, int at, const char *name, const struct stat *st)
{
	cleanup_fd int fd = -1;
	struct hash h;

	if ((uint64_t)st->st_size != e->size)
		return "has another size";
	if ((st->st_mode & 07777) != (e->mode & 0111 ? 0755 : 0644))
		return "has another mode";
	fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || hash_fd(fd, &h, NULL))
		return "cannot be read";
	return hash_cmp(&h, &e->digest) ? "has another content" : NULL;
}

static bool
is_opaque(int at, const char *name)
{
	cleanup_fd int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	char c = 0;

	return fd >= 0 && fgetxattr(fd, "user.overlay.opaque", &c, 1) == 1 && c == 'y';
}

static const char *
check_entry(const struct entry *e, int at, const char *name, const struct stat *st)
{
	char target[4096];
	ssize_t n;

	if (e->whiteout || !on_disk(e))
		return S_ISCHR(st->st_mode) && !st->st_rdev ? NULL : "is no whiteout";
	if ((st->st_mode & S_IFMT) != (e->mode & S_IFMT))
		return "is of another type";
	/* programs see the times, and make goes by them */
	if (st->st_mtim.tv_sec != FS_MTIME || st->st_mtim.tv_nsec)
		return "has another time";
	if (S_ISREG(e->mode))
		return check_file(e, at, name, st);
	if (S_ISDIR(e->mode))
		return is_opaque(at, name) == e->opaque ? NULL : "hides other things than it should";
	n = readlinkat(at, name, target, sizeof target);
	if (n < 0 || (size_t)n != strlen(e->target) || memcmp(target, e->target, (size_t)n))
		return "points elsewhere";
	return NULL;
}

static int
check_found(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	struct check *c = ctx;
	const struct entry *e;
	const char *what;

	missing_before(c, path);
	e = c->i < c->n ? &c->v[c->i] : NULL;
	if (e && !strcmp(e->path, path)) {
		c->i++;
		what = check_entry(e, at, name, st);
	} else if (S_ISDIR(st->st_mode) && e && path_within(e->path, path)) {
		/* a folder on the way to an entry, as it is below */
		what = is_opaque(at, name) ? "hides what is below" : NULL;
	} else {
		what = "does not belong there";
	}
	if (what)
		tell(c, path, what);
	return 0;
}

long
layer_check(struct store *st, const struct hash *id, const struct entry *v, size_t n, store_report_fn report, void *ctx)
{
	char path[STORE_PATH];
	struct check c = {.v = v, .n = n, .layer = object_path(path, "layers", id, ""), .report = report, .ctx = ctx};
	cleanup_fd int dir = fs_open_nofollow(st->fd, path, O_RDONLY | O_DIRECTORY);

	if (dir < 0) {
		tell(&c, "", "is missing or no folder");
		return c.bad;
	}
	if (fs_walk(dir, check_found, &c))
		tell(&c, "", "cannot be read as a whole");
	missing_before(&c, NULL);
	return c.bad;
}

bool
layer_usable(struct store *st, const struct hash *id)
{
	cleanup_arena struct arena a = {0};
	struct entry *v = NULL;
	char path[STORE_PATH], list[STORE_PATH];
	const char *why;
	struct stat sb;
	size_t n = 0;
	long bad;

	object_path(path, "layers", id, "");
	object_path(list, "layers", id, ".list");
	switch (layer_state_of(st, id)) {
	case LAYER_DURABLE:
	case LAYER_THIS_BOOT: return !fstatat(st->fd, list, &sb, AT_SYMLINK_NOFOLLOW) && !map_get(&st->condemned, list);
	case LAYER_ABSENT: return false;
	case LAYER_UNPROVEN: break;
	}
	if (!layer_read_list(st, id, &a, &v, &n, &why)) {
		object_set_aside(st, list, why);
		return false;
	}
	bad = layer_check(st, id, v, n, NULL, NULL);
	if (!bad) {
		marks_write(st, id);
		return !st->writable || !layer_mark(st, path, st->boot);
	}
	object_set_aside(st, path, "files were lost or changed after a power cut or by hand");
	return false;
}
