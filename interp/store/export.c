/* export: a tree, or a part of it, as ordinary files of the user. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "os/fs.h"
#include "store/store_own.h"

static int
fault(const char *path, struct err *err)
{
	err_sys(err, "E0810", "cannot write `%s`", path);
	return err_help(err, "free space there, or name another folder with -o");
}

/* The copy is hashed, not the source: what leaves the store is what the list says. */
static int
fill(const struct tree *t, const struct entry *e, int to, const char *path, struct err *err)
{
	cleanup_fd int from = -1;
	unsigned long long size;
	struct hash h;

	from = tree_open_entry(t, e, err);
	if (from < 0)
		return -1;
	if (fs_copy(from, to) || lseek(to, 0, SEEK_SET) < 0 || hash_fd(to, &h, &size))
		return fault(path, err);
	if (size != e->size || hash_cmp(&h, &e->digest))
		return tree_damaged(t, e, err);
	return fchmod(to, e->mode & 0777) ? fault(path, err) : 0;
}

static int
make_temp(const struct tree *t, const struct entry *e, int at, const char *temp, const char *path, struct err *err)
{
	cleanup_fd int to = -1;

	if (unlinkat(at, temp, 0) && errno != ENOENT)
		return fault(path, err);
	if (S_ISLNK(e->mode))
		return symlinkat(e->target, at, temp) ? fault(path, err) : 0;
	to = openat(at, temp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0)
		return fault(path, err);
	if (fill(t, e, to, path, err))
		return -1;
	return close(steal_fd(&to)) ? fault(path, err) : 0;
}

static int
export_file(const struct tree *t, const struct entry *e, int dir, const char *path, struct err *err)
{
	static const char temp[] = STORE_EXPORT_TEMP;
	char up[4096];
	const char *base;
	cleanup_fd int at = -1;

	snprintf(up, sizeof up, "%.*s", (int)(path_base(path) - path), path);
	at = fs_mkdirs(dir, up) ? -1 : fs_parent(dir, path, &base);
	if (at < 0)
		return fault(path, err);
	if (make_temp(t, e, at, temp, path, err)) {
		unlinkat(at, temp, 0);
		return -1;
	}
	if (!renameat(at, temp, at, base))
		return 0;
	fault(path, err);
	unlinkat(at, temp, 0);
	return -1;
}

static int
export_entry(const struct tree *t, const struct entry *e, int dir, const char *path, struct err *err)
{
	struct stat st;

	if (S_ISREG(e->mode) || S_ISLNK(e->mode))
		return export_file(t, e, dir, path, err);
	if (!S_ISDIR(e->mode))
		return 0;
	if (fs_mkdirs(dir, path))
		return fault(path, err);
	if (!fs_stat(dir, path, &st) && (st.st_mode & 0777) != ((e->mode | 0700) & 0777)) {
		cleanup_fd int fd = fs_open_nofollow(dir, path, O_RDONLY | O_DIRECTORY);

		if (fd < 0 || fchmod(fd, (e->mode | 0700) & 0777))
			return fault(path, err);
	}
	return 0;
}

int
store_export(struct store *st, const struct tree *t, const char *sub, int dir, struct err *err)
{
	const struct entry *e = tree_find(t, sub ? sub : "");
	size_t n, i = tree_range(t, sub ? sub : "", &n), skip = sub && *sub ? strlen(sub) + 1 : 0;

	(void)st;
	if (!e)
		return err_set(err, "E0305", "`%s` is not in the result", sub);
	if (!S_ISDIR(e->mode))
		return export_entry(t, e, dir, path_base(e->path), err);
	for (n += i; i < n; i++)
		if (export_entry(t, &t->v[i], dir, t->v[i].path + skip, err))
			return -1;
	return 0;
}
