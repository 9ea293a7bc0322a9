#include "model/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/statcache.h"
#include "os/fs.h"

#define LARGE (1 << 20) /* smaller files are read sooner than their cache */
#define FEW 1000

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

/* A folder on its way to a list: what lstat found, and the entries made of it. */
struct listing {
	int fd;
	const struct file_ref *file;
	const char *shown;
	int64_t began;
	struct scan scan;
	struct entry *v; /* one for each file of the scan */
	bool *settled;   /* what lstat says may stand for what was read */
	size_t *unread;  /* indexes of the files to be read */
	size_t nunread;
	size_t next;   /* of unread: counted up by the threads */
	size_t failed; /* index of one that could not be read, plus 1 */
	int why;       /* errno of that */
};

static bool
is_git(const char *name)
{
	return !strcmp(name, ".git");
}

/* Beside the repository: what editors and their servers make, and what is made for them. */
static bool
is_no_part(const char *name)
{
	return is_git(name) || !strcmp(name, ".cache") || !strcmp(name, "compile_commands.json");
}

static void
take_mark(struct entry *e, const struct scan_mark *m)
{
	e->mode = S_IFREG | (m->mode & 0100 ? 0755 : 0644);
	e->size = m->size;
}

/* Reads a file from its start and asks lstat on both sides of it. */
static int
read_file(int fd, struct scan_mark *mark, struct entry *e, bool *settled)
{
	int64_t now = statcache_now();
	struct stat before, after;
	struct scan_mark then;
	unsigned long long size;

	if (fd < 0 || fstat(fd, &before) || hash_fd(fd, &e->digest, &size) || fstat(fd, &after))
		return -1;
	*mark = scan_mark_of(&before);
	then = scan_mark_of(&after);
	take_mark(e, mark);
	e->size = size;
	*settled = statcache_settled(mark, &then, now) && size == mark->size;
	return 0;
}

static void *
read_some(void *arg)
{
	struct listing *l = *(struct listing **)arg;
	size_t k;

	while ((k = __atomic_fetch_add(&l->next, 1, __ATOMIC_RELAXED)) < l->nunread) {
		size_t i = l->unread[k], none = 0;
		struct scan_file *f = &l->scan.v[i];
		cleanup_fd int fd = fs_open_nofollow(l->fd, f->path, O_RDONLY | O_NONBLOCK);

		if (read_file(fd, &f->mark, &l->v[i], &l->settled[i]) == 0)
			continue;
		if (__atomic_compare_exchange_n(&l->failed, &none, i + 1, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
			l->why = errno;
	}
	return NULL;
}

static int
read_all(struct listing *l, struct err *err)
{
	struct listing *args[16];
	int n = scan_threads();

	if (l->nunread < 16)
		n = 1;
	for (int i = 0; i < n; i++)
		args[i] = l;
	scan_parallel(read_some, args, sizeof *args, n);
	if (!l->failed)
		return 0;
	errno = l->why;
	return err_sys(err, "E1011", "cannot read `%s/%s`", l->shown, l->scan.v[l->failed - 1].path);
}

static int
link_at(int dir, struct entry *e, struct arena *a)
{
	const char *base;
	cleanup_fd int at = fs_parent(dir, e->path, &base);
	char target[4096];
	ssize_t n = at < 0 ? -1 : readlinkat(at, base, target, sizeof target);

	if (n < 0 || n == sizeof target)
		return -1;
	e->target = arena_strndup(a, target, (size_t)n);
	return 0;
}

static int
describe(struct listing *l, size_t i, struct statcache *known, struct arena *a, struct err *err)
{
	const struct scan_file *f = &l->scan.v[i];
	const struct hash *h;
	struct entry *e = &l->v[i];

	e->path = f->path;
	switch (f->mark.mode & S_IFMT) {
	case S_IFDIR: e->mode = S_IFDIR | 0755; return 0;
	case S_IFLNK:
		e->mode = S_IFLNK | 0777;
		return link_at(l->fd, e, a) ? err_sys(err, "E1011", "cannot read `%s/%s`", l->shown, f->path) : 0;
	case S_IFREG: break;
	default:
		return err_set(err, "E1011", "`%s/%s` is neither a file nor a folder nor a symlink", l->shown, f->path);
	}
	take_mark(e, &f->mark);
	h = known ? statcache_find(known, f) : NULL;
	if (!h) {
		l->unread[l->nunread++] = i;
		return 0;
	}
	e->digest = *h;
	l->settled[i] = true;
	return 0;
}

/* A folder's names count as long as a file's content: its ctime, too, was old enough when they were read. */
static bool
folder_settled(const struct listing *l, const struct scan_file *f)
{
	return f->known || (f->stood && statcache_settled(&f->mark, &f->mark, l->began));
}

/* Writing the cache anew costs as much as reading a thousandth of the files, or a few that are large. */
static bool
worth_keeping(const struct listing *l)
{
	uint64_t gained = 0, bytes = 0;

	for (size_t k = 0; k < l->nunread; k++)
		if (l->settled[l->unread[k]]) {
			gained++;
			bytes += l->v[l->unread[k]].size;
		}
	for (size_t i = 0; i < l->scan.n; i++)
		gained += S_ISDIR(l->v[i].mode) && !l->scan.v[i].known && folder_settled(l, &l->scan.v[i]);
	return gained * FEW > l->scan.n || bytes >= LARGE;
}

static void
keep_all(const struct listing *l, struct statcache *known)
{
	statcache_add(known, &l->scan.top, NULL, folder_settled(l, &l->scan.top));
	for (size_t i = 0; i < l->scan.n; i++) {
		const struct scan_file *f = &l->scan.v[i];
		bool file = S_ISREG(l->v[i].mode);

		statcache_add(known, f, file ? &l->v[i].digest : NULL,
			      S_ISDIR(l->v[i].mode) ? folder_settled(l, f) : l->settled[i]);
	}
}

static int
describe_all(struct listing *l, struct statcache *known, struct tree *out, struct err *err)
{
	for (size_t i = 0; i < l->scan.n; i++)
		if (describe(l, i, known, &out->arena, err))
			return -1;
	if (read_all(l, err))
		return -1;
	if (known && worth_keeping(l))
		keep_all(l, known);
	return 0;
}

/* The list's paths are those of the scan. */
static int
list_folder(struct listing *l, struct statcache *known, struct tree *out, struct err *err)
{
	cleanup_free bool *settled = NULL;
	cleanup_free size_t *unread = NULL;

	memset(out, 0, sizeof *out);
	l->began = statcache_now();
	if (scan_folder(l->fd, l->file->checkout ? is_no_part : is_git, known ? statcache_names(known) : NULL,
			&l->scan))
		return err_sys(err, "E1011", "cannot read the folder `%s`", l->shown);
	l->v = out->v = arena_array(&out->arena, struct entry, l->scan.n + 1);
	out->n = l->scan.n;
	l->settled = settled = xcalloc(l->scan.n + 1, sizeof *settled);
	l->unread = unread = xcalloc(l->scan.n + 1, sizeof *unread);
	if (describe_all(l, known, out, err) < 0)
		return -1;
	out->id = tree_identity(out, "");
	return 0;
}

static bool
executable(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_mode & 0111;
}

bool
files_executable(const struct file_ref *file)
{
	struct err ignored = {0};
	cleanup_fd int fd = files_open(file, &ignored);
	struct stat st;

	err_free(&ignored);
	return fd >= 0 && !fstat(fd, &st) && executable(&st);
}

/* What stands for a file or folder where its cache is kept. */
static struct hash
cache_name(const struct file_ref *file)
{
	cleanup_free char *path = xasprintf("%s//%s%s", file->root, file->rel, file->checkout ? "//checkout" : "");

	return hash_of(path, strlen(path));
}

static int
hash_folder(const struct file_ref *file, int fd, struct statcache *known, struct tree *list, struct hash *out,
	    struct err *err)
{
	struct listing l = {.fd = fd, .file = file, .shown = file->shown};
	struct tree t;
	int r = list_folder(&l, known, &t, err);

	*out = t.id;
	for (size_t i = 0; !r && list && i < t.n; i++)
		t.v[i].path = arena_strdup(&t.arena, t.v[i].path);
	if (!r && list)
		*list = t;
	else
		tree_free(&t);
	scan_free(&l.scan);
	return r;
}

static int
hash_file(const struct file_ref *file, int fd, const struct stat *st, struct statcache *known, struct hash *out,
	  struct err *err)
{
	struct scan_file f = {.path = "", .mark = scan_mark_of(st)};
	const struct hash *h = known ? statcache_find(known, &f) : NULL;
	struct entry e = {0};
	bool settled = true;

	if (h)
		e.digest = *h;
	else if (read_file(fd, &f.mark, &e, &settled))
		return err_sys(err, "E1011", "cannot read `%s`", file->shown);
	if (known)
		statcache_add(known, &f, &e.digest, settled);
	*out = e.digest;
	return 0;
}

int
files_hash(const struct file_ref *file, const struct statcache_home *home, struct tree *list, struct file_content *out,
	   struct err *err)
{
	cleanup_fd int fd = files_open(file, err);
	struct statcache *known = NULL;
	struct hash name;
	struct stat st;
	int r;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0)
		return err_sys(err, "E1011", "cannot read `%s`", file->shown);
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return err_set(err, "E1011", "`%s` is neither a file nor a folder", file->shown);
	name = cache_name(file);
	if (home && (S_ISDIR(st.st_mode) || st.st_size >= LARGE))
		known = statcache_open(home, &name, fd);
	r = S_ISDIR(st.st_mode) ? hash_folder(file, fd, known, list, &out->hash, err)
				: hash_file(file, fd, &st, known, &out->hash, err);
	statcache_close(known, r == 0);
	out->executable = executable(&st);
	return r;
}
