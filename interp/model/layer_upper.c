/* layer_upper: what a container wrote into an overlayfs upper, read back as a layer. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "model/layer_own.h"
#include "os/fs.h"

#define OVERLAY_XATTR "user.overlay."

enum { XATTR_MAX = 1 << 16 };

struct upper {
	struct layer *l;
	struct err *err;
};

/* One found file: where it is, and what the view below has under its path. */
struct found {
	int at;
	const char *name, *path;
	const struct stat *st;
	const struct entry *below;
};

static int
fault(struct upper *u, const struct found *f)
{
	return layer_fault(f->path, u->err);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
name_ok(const char *name)
{
	for (const char *s = name; *s; s++)
		if ((unsigned char)*s <= ' ' || *s == '=' || *s == 0x7f)
			return false;
	return str_starts(name, "user.") && !str_starts(name, OVERLAY_XATTR);
}

/* Takes the user's xattrs into `out` and all xattrs of users and overlays off the disk. */
static int
take_xattrs(struct upper *u, const struct found *f, int fd, struct str *out, bool *opaque)
{
	cleanup_free char *names = xmalloc(XATTR_MAX), *value = xmalloc(XATTR_MAX);
	ssize_t len = flistxattr(fd, names, XATTR_MAX), k;
	const char *sorted[256];
	size_t n = 0;

	if (len < 0)
		return errno == ENOTSUP ? 0 : fault(u, f);
	for (const char *s = names; s < names + len && n < ARRAY_LEN(sorted); s += strlen(s) + 1)
		if (str_starts(s, "user."))
			sorted[n++] = s;
	qsort(sorted, n, sizeof *sorted, by_name);
	for (size_t i = 0; i < n; i++) {
		k = fgetxattr(fd, sorted[i], value, XATTR_MAX);
		if (k < 0)
			return fault(u, f);
		if (!strcmp(sorted[i], OVERLAY_OPAQUE)) {
			*opaque = k == 1 && *value == 'y';
			continue;
		}
		if (name_ok(sorted[i])) {
			str_addf(out, "%s%s=", out->len ? " " : "", sorted[i]);
			for (ssize_t j = 0; j < k; j++)
				str_addf(out, "%02x", (unsigned char)value[j]);
		}
		if (fremovexattr(fd, sorted[i]))
			return fault(u, f);
	}
	return 0;
}

/* The mode that `b` has on disk, as the container saw it. */
static mode_t
shown_mode(const struct entry *b)
{
	return S_ISDIR(b->mode) || b->mode & 0111 ? 0755 : 0644;
}

/* Owner, mode and xattrs: those of the list below where the program left them as it found them. */
static void
set_meta(const struct found *f, struct entry *e, const struct str *xattrs)
{
	const struct entry *b = f->below;

	e->mode = (f->st->st_mode & S_IFMT) | (f->st->st_mode & 0777);
	e->xattrs = xattrs->len ? xattrs->s : NULL;
	if (!b || (b->mode & S_IFMT) != (e->mode & S_IFMT) || shown_mode(b) != (f->st->st_mode & 07777))
		return;
	e->mode = b->mode;
	e->uid = b->uid;
	e->gid = b->gid;
	if (!e->xattrs)
		e->xattrs = b->xattrs;
}

static int
found_folder(struct upper *u, const struct found *f)
{
	struct entry e = {.path = f->path};
	cleanup_str struct str xattrs = {0};
	cleanup_fd int fd = -1;
	bool opaque = false;

	if ((f->st->st_mode & 0700) != 0700 && fchmodat(f->at, f->name, 0755, 0))
		return fault(u, f);
	fd = openat(f->at, f->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return fault(u, f);
	if (take_xattrs(u, f, fd, &xattrs, &opaque))
		return -1;
	if (fchmod(fd, 0755))
		return fault(u, f);
	set_meta(f, &e, &xattrs);
	/* overlayfs marks every new folder; the mark means something only where a folder lies below. */
	e.opaque = opaque && f->below && S_ISDIR(f->below->mode);
	if (opaque && !e.opaque && fremovexattr(fd, OVERLAY_OPAQUE))
		return fault(u, f);
	map_set(&u->l->dirs, layer_own_add(u->l, &e)->path, u->l);
	return 0;
}

static int
found_file(struct upper *u, const struct found *f)
{
	struct entry e = {.path = f->path};
	cleanup_str struct str xattrs = {0};
	cleanup_fd int fd = -1;
	bool opaque = false;
	unsigned long long size;

	if ((f->st->st_mode & 0600) != 0600 && fchmodat(f->at, f->name, 0644, 0))
		return fault(u, f);
	fd = openat(f->at, f->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return fault(u, f);
	if (take_xattrs(u, f, fd, &xattrs, &opaque))
		return -1;
	set_meta(f, &e, &xattrs);
	if (hash_fd(fd, &e.digest, &size))
		return fault(u, f);
	e.size = size;
	if (fchmod(fd, shown_mode(&e)) || fs_pin_time(fd, NULL))
		return fault(u, f);
	layer_own_add(u->l, &e);
	return 0;
}

static int
found_link(struct upper *u, const struct found *f)
{
	char target[4096];
	ssize_t n = readlinkat(f->at, f->name, target, sizeof target - 1);
	struct entry e = {.path = f->path, .mode = S_IFLNK | 0777, .target = target};
	const struct entry *b = f->below;

	if (n <= 0)
		return fault(u, f);
	target[n] = '\0';
	if (b && S_ISLNK(b->mode)) {
		e.uid = b->uid;
		e.gid = b->gid;
		e.xattrs = b->xattrs;
	}
	if (fs_pin_time(f->at, f->name))
		return fault(u, f);
	layer_own_add(u->l, &e);
	return 0;
}

/* A whiteout that hides nothing goes. */
static int
found_whiteout(struct upper *u, const struct found *f)
{
	struct entry e = {.path = f->path, .whiteout = true};

	if (f->below)
		layer_own_add(u->l, &e);
	else if (unlinkat(f->at, f->name, 0))
		return fault(u, f);
	return 0;
}

static int
found_special(struct upper *u, const struct found *f)
{
	struct entry e = {.path = f->path, .whiteout = true};
	struct str *d = &u->l->dropped;
	const char *kind = S_ISSOCK(f->st->st_mode) ? "socket" : S_ISFIFO(f->st->st_mode) ? "fifo" : "device";

	str_addf(d, "%s%s `%s`", d->len ? ", " : "", kind, f->path);
	if (unlinkat(f->at, f->name, 0))
		return fault(u, f);
	if (!f->below)
		return 0;
	if (mknodat(f->at, f->name, S_IFCHR, 0))
		return fault(u, f);
	layer_own_add(u->l, &e);
	return 0;
}

static int
found(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	struct upper *u = ctx;
	struct found f = {at, name, path, st, layer_below_at(u->l, path)};

	if (!entry_path_ok(path))
		return err_set(u->err, "E0805", "`%s` is too long a path for a result", path);
	if (S_ISDIR(st->st_mode))
		return found_folder(u, &f);
	if (S_ISREG(st->st_mode))
		return found_file(u, &f);
	if (S_ISLNK(st->st_mode))
		return found_link(u, &f);
	if (S_ISCHR(st->st_mode) && !st->st_rdev)
		return found_whiteout(u, &f);
	return found_special(u, &f);
}

struct layer *
layer_from_upper(int dir, const struct tree *below, struct err *err)
{
	struct layer *l = layer_new(dir, below);
	struct upper u = {l, err};

	/* A program may have given the top itself another mode. */
	if (fchmodat(dir, ".", 0755, 0)) {
		layer_fault(".", err);
	} else if (!fs_walk(dir, found, &u)) {
		return l;
	} else if (!err_any(err)) {
		err_sys(err, "E0804", "cannot read back what the step wrote");
	}
	layer_free(l);
	return NULL;
}
