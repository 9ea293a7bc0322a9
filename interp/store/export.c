/* export: a tree, or a part of it, as ordinary files of the user. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "model/statcache.h"
#include "os/fs.h"
#include "os/scan.h"
#include "store/exported.h"
#include "store/store_own.h"

struct exporting {
	const struct tree *t;
	struct exported *x; /* what is known of the files that are there, or NULL */
	int dir;
};

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

/* `to` stays open: what lstat says of a file is known when it has its name. */
static int
make_temp(const struct exporting *x, const struct entry *e, int at, const char *temp, const char *path, int *to,
	  struct err *err)
{
	if (unlinkat(at, temp, 0) && errno != ENOENT)
		return fault(path, err);
	if (S_ISLNK(e->mode))
		return symlinkat(e->target, at, temp) ? fault(path, err) : 0;
	*to = openat(at, temp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (*to < 0)
		return fault(path, err);
	if (fill(x->t, e, *to, path, err))
		return -1;
	return x->x && exported_settle(*to) ? fault(path, err) : 0;
}

/* Also the file system's late word on what was written. */
static int
close_named(const struct exporting *x, const struct entry *e, int *to, const char *path, struct err *err)
{
	struct scan_mark mark;
	struct stat st;

	if (*to < 0)
		return 0;
	if (x->x && !fstat(*to, &st) && (mark = scan_mark_of(&st), exported_settled(&mark)))
		exported_note(x->x, path, &mark, &e->digest);
	return close(steal_fd(to)) ? fault(path, err) : 0;
}

static int
export_file(const struct exporting *x, const struct entry *e, const char *path, struct err *err)
{
	static const char temp[] = STORE_EXPORT_TEMP;
	char up[4096];
	const char *base;
	cleanup_fd int at = -1, to = -1;

	snprintf(up, sizeof up, "%.*s", (int)(path_base(path) - path), path);
	at = fs_mkdirs(x->dir, up) ? -1 : fs_parent(x->dir, path, &base);
	if (at < 0)
		return fault(path, err);
	if (make_temp(x, e, at, temp, path, &to, err)) {
		unlinkat(at, temp, 0);
		return -1;
	}
	if (!renameat(at, temp, at, base))
		return close_named(x, e, &to, path, err);
	fault(path, err);
	unlinkat(at, temp, 0);
	return -1;
}

static int
export_folder(const struct exporting *x, const struct entry *e, const char *path, struct err *err)
{
	struct stat st;

	if (fs_mkdirs(x->dir, path))
		return fault(path, err);
	if (!fs_stat(x->dir, path, &st) && (st.st_mode & 0777) != ((e->mode | 0700) & 0777)) {
		cleanup_fd int fd = fs_open_nofollow(x->dir, path, O_RDONLY | O_DIRECTORY);

		if (fd < 0 || fchmod(fd, (e->mode | 0700) & 0777))
			return fault(path, err);
	}
	return 0;
}

/* What is there holds what it must, and is the user's own: a file with several names may be another's, too. */
static bool
holds(const struct exporting *x, const struct entry *e, const char *path)
{
	cleanup_fd int fd = fs_open_nofollow(x->dir, path, O_RDONLY | O_NONBLOCK);
	struct scan_mark before, after;
	struct stat st;
	struct hash h;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_nlink != 1 || st.st_uid != geteuid())
		return false;
	before = scan_mark_of(&st);
	if (hash_fd(fd, &h, NULL) || hash_cmp(&h, &e->digest) || fstat(fd, &st))
		return false;
	after = scan_mark_of(&st);
	if (statcache_settled(&before, &after, statcache_now()))
		exported_note(x->x, path, &after, &h);
	return true;
}

static bool
file_is_there(const struct exporting *x, const struct entry *e, const char *path, const struct scan_mark *mark)
{
	if (mark->mode != (S_IFREG | (e->mode & 0777)) || mark->size != e->size)
		return false;
	switch (exported_ask(x->x, path, mark, &e->digest)) {
	case EXPORTED_SAME: return true;
	case EXPORTED_OTHER: return false;
	default: return x->x && holds(x, e, path);
	}
}

static bool
link_is_there(const struct exporting *x, const struct entry *e, const char *path)
{
	const char *base;
	cleanup_fd int at = fs_parent(x->dir, path, &base);
	char target[4096];
	ssize_t n = at < 0 ? -1 : readlinkat(at, base, target, sizeof target);

	return n == (ssize_t)strlen(e->target) && !memcmp(target, e->target, (size_t)n);
}

/* `mark` is what lstat said of what is there: NULL, nothing, or nobody looked. */
static int
export_entry(const struct exporting *x, const struct entry *e, const char *path, const struct scan_mark *mark,
	     struct err *err)
{
	if (S_ISDIR(e->mode))
		return mark && mark->mode == (S_IFDIR | ((e->mode | 0700) & 0777)) ? 0 : export_folder(x, e, path, err);
	if (S_ISREG(e->mode))
		return mark && file_is_there(x, e, path, mark) ? 0 : export_file(x, e, path, err);
	if (S_ISLNK(e->mode))
		return mark && S_ISLNK(mark->mode) && link_is_there(x, e, path) ? 0 : export_file(x, e, path, err);
	return 0;
}

int
store_export(struct store *st, const struct tree *t, const char *sub, int dir, struct err *err)
{
	const struct entry *e = tree_find(t, sub ? sub : "");
	size_t n, i = tree_range(t, sub ? sub : "", &n), skip = sub && *sub ? strlen(sub) + 1 : 0;
	const struct exporting x = {.t = t, .dir = dir};

	(void)st;
	if (!e)
		return err_set(err, "E0305", "`%s` is not in the result", sub);
	if (!S_ISDIR(e->mode))
		return export_entry(&x, e, path_base(e->path), NULL, err);
	for (n += i; i < n; i++)
		if (export_entry(&x, &t->v[i], t->v[i].path + skip, NULL, err))
			return -1;
	return 0;
}

/* What a tree's folder has no room for: another name, a folder in the place of a file, or the other way round.
 * Returns whether it went. */
static int
give_way(const struct exporting *x, const struct entry *e, const struct scan_file *f, struct err *err)
{
	if (e && S_ISDIR(e->mode) == S_ISDIR(f->mark.mode) &&
	    (S_ISDIR(e->mode) || S_ISREG(e->mode) || S_ISLNK(e->mode)))
		return 0;
	return fs_remove(x->dir, f->path) ? fault(f->path, err) : 1;
}

/* Both lists are in the order of paths. */
static int
export_range(const struct exporting *x, size_t i, size_t end, size_t skip, const struct scan *there, struct err *err)
{
	const struct scan_file *f = there->v, *last = there->v + there->n;
	const char *gone = NULL;

	while (i < end || f < last) {
		const struct entry *e = i < end ? &x->t->v[i] : NULL;
		int order = !e ? 1 : f == last ? -1 : path_cmp(e->path + skip, f->path);
		int r = 0;

		if (order >= 0 && !(gone && path_within(f->path, gone)))
			r = give_way(x, order ? NULL : e, f, err);
		if (r < 0)
			return -1;
		if (r > 0)
			gone = f->path;
		if (order <= 0) {
			bool stands = !order && !(gone && path_within(f->path, gone));

			if (export_entry(x, e, e->path + skip, stands ? &f->mark : NULL, err))
				return -1;
			i++;
		}
		f += order >= 0;
	}
	return 0;
}

static int
export_over_folder(const struct exporting *x, const struct entry *e, struct err *err)
{
	size_t n, i = tree_range(x->t, e->path, &n);
	struct scan there;
	int r;

	if (scan_folder(x->dir, NULL, NULL, &there))
		return fault(".", err);
	r = export_range(x, i, i + n, *e->path ? strlen(e->path) + 1 : 0, &there, err);
	scan_free(&there);
	return r;
}

int
store_export_over(const struct tree *t, const struct entry *e, int dir, struct exported *known, struct err *err)
{
	const struct exporting x = {.t = t, .x = known, .dir = dir};
	struct scan_mark mark;
	struct stat st;

	if (S_ISDIR(e->mode))
		return export_over_folder(&x, e, err);
	if (fs_stat(dir, path_base(e->path), &st))
		return export_entry(&x, e, path_base(e->path), NULL, err);
	mark = scan_mark_of(&st);
	return export_entry(&x, e, path_base(e->path), &mark, err);
}
