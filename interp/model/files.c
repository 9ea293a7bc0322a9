#include "model/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/str.h"
#include "os/fs.h"

int
files_open(const struct file_ref *file, struct err *err)
{
	cleanup_fd int root = open(file->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = root < 0 ? -1 : fs_open(root, *file->rel ? file->rel : ".", O_RDONLY | O_NONBLOCK);

	if (fd >= 0)
		return fd;
	if (errno == EXDEV)
		return err_set(err, "E1011", "`%s` leaves its project by a symlink", file->shown),
		       err_help(err, "copy the file into the project, so that others have it too");
	return err_sys(err, "E1011", "cannot read `%s`", file->shown);
}

struct listing {
	struct tree *tree;
	size_t cap;
	const char *shown;
	struct err *err;
};

static int
hash_at(int at, const char *name, struct entry *e)
{
	cleanup_fd int fd = fs_open_nofollow(at, name, O_RDONLY | O_NONBLOCK);
	unsigned long long size;

	if (fd < 0 || hash_fd(fd, &e->digest, &size) < 0)
		return -1;
	e->size = size;
	return 0;
}

static int
link_at(int at, const char *name, struct entry *e, struct arena *a)
{
	char target[4096];
	ssize_t n = readlinkat(at, name, target, sizeof target);

	if (n < 0 || n == sizeof target)
		return -1;
	e->target = arena_strndup(a, target, (size_t)n);
	return 0;
}

/* -1: could not be read, 1: a kind of file that a source cannot hold */
static int
describe(struct listing *l, int at, const char *name, const struct stat *st, struct entry *e)
{
	if (S_ISDIR(st->st_mode)) {
		e->mode = S_IFDIR | 0755;
		return 0;
	}
	if (S_ISLNK(st->st_mode)) {
		e->mode = S_IFLNK | 0777;
		return link_at(at, name, e, &l->tree->arena);
	}
	if (!S_ISREG(st->st_mode))
		return 1;
	e->mode = S_IFREG | (st->st_mode & 0100 ? 0755 : 0644);
	return hash_at(at, name, e);
}

static bool
is_git(const char *path)
{
	return !strcmp(path, ".git") || str_starts(path, ".git/") || strstr(path, "/.git/") || str_ends(path, "/.git");
}

static int
list_one(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	struct listing *l = ctx;
	struct tree *t = l->tree;
	struct entry *e;
	int r;

	if (is_git(path))
		return 0;
	GROW(t->v, t->n, l->cap);
	e = &t->v[t->n];
	memset(e, 0, sizeof *e);
	r = describe(l, at, name, st, e);
	if (r < 0)
		return err_sys(l->err, "E1011", "cannot read `%s/%s`", l->shown, path);
	if (r)
		return err_set(l->err, "E1011", "`%s/%s` is neither a file nor a folder nor a symlink", l->shown, path);
	e->path = arena_strdup(&t->arena, path);
	t->n++;
	return 0;
}

static int
by_path(const void *a, const void *b)
{
	return path_cmp(((const struct entry *)a)->path, ((const struct entry *)b)->path);
}

static int
list_folder(int fd, const char *shown, struct tree *out, struct err *err)
{
	struct listing l = {out, 0, shown, err};
	struct entry *heap;
	int r;

	memset(out, 0, sizeof *out);
	r = fs_walk(fd, list_one, &l);
	heap = out->v;
	if (out->n)
		qsort(heap, out->n, sizeof *heap, by_path);
	out->v = arena_memdup(&out->arena, heap, sizeof *heap * out->n);
	free(heap);
	if (r < 0 && !err_any(err))
		err_sys(err, "E1011", "cannot read the folder `%s`", shown);
	if (r < 0) {
		tree_free(out);
		return -1;
	}
	out->id = tree_identity(out, "");
	return 0;
}

int
files_tree(const struct file_ref *folder, struct tree *out, struct err *err)
{
	cleanup_fd int fd = files_open(folder, err);

	return fd < 0 ? -1 : list_folder(fd, folder->shown, out, err);
}

bool
files_executable(const struct file_ref *file)
{
	struct err ignored = {0};
	cleanup_fd int fd = files_open(file, &ignored);
	struct stat st;

	err_free(&ignored);
	return fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_mode & 0111;
}

int
files_hash(const struct file_ref *file, struct hash *out, struct err *err)
{
	cleanup_fd int fd = files_open(file, err);
	struct stat st;
	struct tree t;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0)
		return err_sys(err, "E1011", "cannot read `%s`", file->shown);
	if (S_ISDIR(st.st_mode)) {
		if (list_folder(fd, file->shown, &t, err) < 0)
			return -1;
		*out = t.id;
		tree_free(&t);
		return 0;
	}
	if (!S_ISREG(st.st_mode))
		return err_set(err, "E1011", "`%s` is neither a file nor a folder", file->shown);
	if (hash_fd(fd, out, NULL) < 0)
		return err_sys(err, "E1011", "cannot read `%s`", file->shown);
	return 0;
}
