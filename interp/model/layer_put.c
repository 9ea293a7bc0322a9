/* layer_put: files that come into a layer: from memory, a descriptor, another folder, a tree. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "model/layer_own.h"
#include "os/fs.h"

static mode_t
disk_mode(const struct entry *e)
{
	return e->mode & 0111 ? 0755 : 0644;
}

int
layer_new_file(struct layer *l, const struct entry *e, struct err *err)
{
	const char *base;
	struct stat st;
	bool was;
	int at = layer_clear(l, e, &base, &was, err);
	cleanup_fd int fd = -1;

	if (at < 0)
		return -1;
	fd = openat(at, base, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, disk_mode(e));
	if (fd < 0 || fstat(fd, &st))
		return layer_fault(e->path, err);
	/* The umask took bits away, which no result may depend on. */
	if ((st.st_mode & 07777) != disk_mode(e) && fchmod(fd, disk_mode(e)))
		return layer_fault(e->path, err);
	return steal_fd(&fd);
}

/* Pins the time, closes, and takes the file into the list. */
static int
seal(struct layer *l, const struct entry *e, int fd, const struct hash *digest, uint64_t size, struct err *err)
{
	struct entry mine = *e;

	if (fs_pin_time(fd, NULL)) {
		layer_fault(e->path, err);
		close(fd);
		return -1;
	}
	if (close(fd))
		return layer_fault(e->path, err);
	mine.mode = S_IFREG | (e->mode & 07777);
	mine.whiteout = mine.opaque = false;
	mine.size = size;
	mine.digest = *digest;
	layer_own_add(l, &mine);
	return 0;
}

int
layer_put(struct layer *l, const struct entry *e, const void *data, size_t n, struct err *err)
{
	cleanup_fd int fd = layer_new_file(l, e, err);
	struct hash digest;

	if (fd < 0)
		return -1;
	if (fs_write(fd, data, n))
		return layer_fault(e->path, err);
	hasher_add(l->hasher, data, n);
	digest = hasher_end(l->hasher);
	return seal(l, e, steal_fd(&fd), &digest, n, err);
}

/* What is in the file now, read back. */
static int
measure(const struct entry *e, int fd, struct hash *digest, uint64_t *size, struct err *err)
{
	unsigned long long n;

	if (lseek(fd, 0, SEEK_SET) < 0 || hash_fd(fd, digest, &n))
		return err_sys(err, "E0804", "cannot read `%s` back", e->path);
	*size = n;
	return 0;
}

int
layer_put_fd(struct layer *l, const struct entry *e, int from, struct err *err)
{
	cleanup_fd int fd = layer_new_file(l, e, err);
	struct hash digest;
	uint64_t size;

	if (fd < 0)
		return -1;
	if (fs_copy(from, fd))
		return layer_fault(e->path, err);
	if (measure(e, fd, &digest, &size, err))
		return -1;
	return seal(l, e, steal_fd(&fd), &digest, size, err);
}

int
layer_open_file(struct layer *l, const struct entry *e, struct err *err)
{
	return layer_new_file(l, e, err);
}

int
layer_close_file(struct layer *l, const struct entry *e, int fd, const struct hash *digest, uint64_t size,
		 struct err *err)
{
	cleanup_fd int own = fd;
	struct hash read_back;
	uint64_t n;
	struct stat st;

	if (!digest) {
		if (measure(e, fd, &read_back, &n, err))
			return -1;
		digest = &read_back;
		size = n;
	}
	if (fstat(fd, &st))
		return layer_fault(e->path, err);
	if ((uint64_t)st.st_size != size)
		return err_set(err, "E0804", "`%s` has %llu bytes on disk, not %llu", e->path,
			       (unsigned long long)st.st_size, (unsigned long long)size);
	return seal(l, e, steal_fd(&own), digest, size, err);
}

int
layer_adopt(struct layer *l, const struct entry *e, int fromdir, const char *name, struct err *err)
{
	cleanup_fd int fd = fs_open_nofollow(fromdir, name, O_RDONLY | O_NONBLOCK), in = -1;
	const char *base, *from_base;
	struct hash digest;
	struct stat st;
	uint64_t size;
	bool was;
	int at;

	if (fd < 0 || fstat(fd, &st))
		return err_sys(err, "E0804", "cannot open `%s` to take it up", name);
	if (!S_ISREG(st.st_mode))
		return err_set(err, "E0805", "`%s` is not a file that can be taken up", name);
	/* A file with a second name could still be written by it. */
	if (st.st_nlink != 1)
		return layer_put_fd(l, e, fd, err);
	at = layer_clear(l, e, &base, &was, err);
	in = at < 0 ? -1 : fs_parent(fromdir, name, &from_base);
	if (at < 0)
		return -1;
	if (in < 0 || renameat(in, from_base, at, base))
		return errno == EXDEV ? layer_put_fd(l, e, fd, err) : layer_fault(e->path, err);
	if (fchmod(fd, disk_mode(e)))
		return layer_fault(e->path, err);
	if (measure(e, fd, &digest, &size, err))
		return -1;
	return seal(l, e, steal_fd(&fd), &digest, size, err);
}

static int
copy_entry(struct layer *l, const struct tree *from, const struct entry *e, const char *path, struct err *err)
{
	cleanup_fd int fd = -1;
	struct entry mine = *e;
	const struct entry *got;

	mine.path = path;
	if (S_ISDIR(e->mode))
		return layer_mkdir(l, &mine, err);
	if (S_ISLNK(e->mode))
		return layer_symlink(l, &mine, err);
	if (!S_ISREG(e->mode))
		return layer_special(l, &mine, err);
	fd = tree_open_entry(from, e, err);
	if (fd < 0)
		return -1;
	if (layer_put_fd(l, &mine, fd, err))
		return -1;
	got = map_get(&l->own, path);
	if (got->size == e->size && !hash_cmp(&got->digest, &e->digest))
		return 0;
	return tree_damaged(from, e, err);
}

int
layer_hardlink(struct layer *l, const char *path, const char *existing, struct err *err)
{
	const struct entry *e = layer_find(l, existing);
	cleanup_fd int from = -1;
	struct entry mine;
	const char *base, *old;
	bool was;
	int at;

	if (!e || S_ISDIR(e->mode))
		return err_set(err, "E0805", "`%s` cannot be another name of `%s`: that is %s", path, existing,
			       e ? "a folder" : "not there");
	if (!strcmp(path, existing))
		return 0;
	if (path_within(existing, path))
		return err_set(err, "E0805", "`%s` cannot take the place of a folder that holds `%s`", path, existing);
	if (!map_get(&l->own, existing) || !S_ISREG(e->mode))
		return copy_entry(l, l->below, e, path, err);
	mine = *e;
	mine.path = path;
	at = layer_clear(l, &mine, &base, &was, err);
	from = at < 0 ? -1 : fs_parent(l->dir, existing, &old);
	if (at < 0)
		return -1;
	if (from < 0 || linkat(from, old, at, base, 0)) {
		cleanup_fd int fd = fs_open_nofollow(l->dir, existing, O_RDONLY);

		return fd < 0 ? layer_fault(path, err) : layer_put_fd(l, &mine, fd, err);
	}
	layer_own_add(l, &mine);
	return 0;
}

int
layer_copy_tree(struct layer *l, const struct tree *from, const char *sub, const char *into, struct err *err)
{
	const struct entry *e = tree_find(from, sub ? sub : "");
	size_t n, skip = sub && *sub ? strlen(sub) + 1 : 0, i = tree_range(from, sub ? sub : "", &n);

	if (!e)
		return err_set(err, "E0305", "`%s` is not in the result", sub);
	if (!S_ISDIR(e->mode))
		return copy_entry(l, from, e, *into ? into : path_base(e->path), err);
	if (*into && layer_folder(l, into, err))
		return -1;
	for (n += i; i < n; i++) {
		cleanup_free char *path = xasprintf("%s%s%s", into, *into ? "/" : "", from->v[i].path + skip);

		if (copy_entry(l, from, &from->v[i], path, err))
			return -1;
	}
	return 0;
}
