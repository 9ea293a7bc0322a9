#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "os/fs.h"
#include "store/store_own.h"

#define FORMAT_NEW ".format"

static const char *const folders[] = {"layers", "trees", "results", "keys", "steps",      "seen",    "warm",
				      "logs",   "tmp",   "trash",   "lock", "quarantine", "partial", "mirrors"};

static char *
default_path(void)
{
	const char *own = getenv("JKR_STORE"), *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (own && *own)
		return xstrdup(own);
	if (cache && *cache == '/')
		return xasprintf("%s/jkr", cache);
	return home && *home ? xasprintf("%s/.cache/jkr", home) : NULL;
}

static char *
absolute(char *path)
{
	cleanup_free char *cwd = NULL, *old = path;

	if (*path == '/')
		return steal_pointer(&old);
	cwd = xgetcwd();
	/* where this folder is gone, what is named in it cannot be made either: opening says so */
	return cwd ? xasprintf("%s/%s", cwd, path) : steal_pointer(&old);
}

/* Every path of the user's is his own word: no RESOLVE_BENEATH here. */
static int
make_folders(const char *path)
{
	cleanup_free char *copy = xstrdup(path);

	for (char *s = strchr(copy + 1, '/');; s = strchr(s + 1, '/')) {
		if (s)
			*s = '\0';
		if (mkdir(copy, 0755) && errno != EEXIST)
			return -1;
		if (!s)
			return 0;
		*s = '/';
	}
}

/* Seconds that a file server's clock may be behind. */
enum { CLOCKS_APART = 60 };

/* Any number will do where the kernel does not tell: then no other process trusts what is not synced. */
static long
boot_mark(void)
{
	cleanup_fd int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	unsigned char id[64] = {0};
	ssize_t n = fd < 0 ? -1 : read(fd, id, sizeof id);
	struct hash h;
	uint32_t x;

	if (n <= 0 && getrandom(id, sizeof id, 0) < 0)
		id[0] = 1;
	h = hash_of(id, sizeof id);
	memcpy(&x, h.b, sizeof x);
	return 1 + (long)(x % 999999998u);
}

/* The number in `format`: -1 when there is none, -2 when it is not one of ours. */
static long
read_format(const struct store *st)
{
	cleanup_str struct str s = {0};
	char *end;
	long n;

	if (fs_read_file(st->fd, "format", &s, 4096))
		return errno == ENOENT ? -1 : -2;
	if (!str_starts(str_text(&s), "jkr store "))
		return -2;
	n = strtol(s.s + 10, &end, 10);
	return n > 0 && !strcmp(end, "\n") ? n : -2;
}

static bool
is_empty(const struct store *st)
{
	char **names;
	size_t n, others = 0;

	if (fs_names(st->fd, &names, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		others += !!strcmp(names[i], FORMAT_NEW);
	fs_names_free(names, n);
	return !others;
}

/* A store whose `format` was lost: all its folders are there, and nothing else. What they hold is hashed
 * before it counts, whatever made it. */
static bool
is_ours(const struct store *st)
{
	char **names;
	size_t n, ours = 0, others = 0;

	if (fs_names(st->fd, &names, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		bool own = false;

		for (size_t k = 0; k < ARRAY_LEN(folders); k++)
			own |= !strcmp(names[i], folders[k]);
		ours += own;
		others += !own && strcmp(names[i], "format") && strcmp(names[i], FORMAT_NEW);
	}
	fs_names_free(names, n);
	return ours == ARRAY_LEN(folders) && !others;
}

/* All who begin a store write the same bytes to one name, so that a killed one leaves nothing that the next
 * does not take: the file is nowhere cut, and whole before the first of them moves it. */
static int
write_format(struct store *st, struct err *err)
{
	cleanup_fd int fd = -1;
	char text[32];
	struct stat sb;
	int n = snprintf(text, sizeof text, "jkr store %d\n", STORE_FORMAT);

	if (!st->writable)
		return 0;
	if (!fs_stat(st->fd, "format", &sb) && S_ISDIR(sb.st_mode) && object_trash(st, "format"))
		return store_fault("format", err);
	fd = openat(st->fd, FORMAT_NEW, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0 || fs_write(fd, text, (size_t)n) || fsync(fd))
		return store_fault("format", err);
	if (renameat(st->fd, FORMAT_NEW, st->fd, "format") && (errno != ENOENT || !fs_exists(st->fd, "format")))
		return store_fault("format", err);
	return 0;
}

static int
check_format(struct store *st, struct err *err)
{
	long n = read_format(st);
	bool empty = n == -1 && is_empty(st); /* asked once: another process may begin it any moment */

	/* It may just have begun it: its `format` comes first. */
	if (n == -1 && !empty)
		n = read_format(st);
	if (empty || (n < 0 && is_ours(st)))
		return write_format(st, err);
	if (n == STORE_FORMAT)
		return 0;
	if (n < 0) {
		err_set(err, "E0807", "`%s` is no store of jkr and not empty", st->path);
		return err_help(err, "name an empty or new folder in `JKR_STORE`");
	}
	err_set(err, "E0807", "the store `%s` has format %ld, and this jkr knows format %d", st->path, n, STORE_FORMAT);
	return err_help(err, "use the jkr that made it, or name another folder in `JKR_STORE`");
}

static int
make_own_folders(struct store *st, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		if (fs_mkdirs(st->fd, folders[i]))
			return store_fault(folders[i], err);
	return 0;
}

static int
open_folder(struct store *st, bool create, struct err *err)
{
	struct stat sb;

	if (create && make_folders(st->path))
		return err_sys(err, "E0807", "cannot make the store `%s`", st->path),
		       err_help(err, "name another folder in `JKR_STORE`");
	st->fd = open(st->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (st->fd < 0 && errno == ENOENT && !create)
		return 0;
	if (st->fd < 0 || fstat(st->fd, &sb))
		return err_sys(err, "E0807", "cannot open the store `%s`", st->path);
	if (sb.st_uid != geteuid()) {
		err_set(err, "E0807", "the store `%s` belongs to uid %u, and this is uid %u", st->path,
			(unsigned)sb.st_uid, (unsigned)geteuid());
		return err_help(err, "a store has one owner: name another folder in `JKR_STORE`");
	}
	if (check_format(st, err))
		return -1;
	return create ? make_own_folders(st, err) : 0;
}

int
store_open_more(struct store *st, struct err *err)
{
	st->writable = true;
	return check_format(st, err) ? -1 : make_own_folders(st, err);
}

struct store *
store_open(const char *path, bool create, struct err *err)
{
	struct store *st;
	char *p = path ? xstrdup(path) : default_path();

	if (!p || !*p) {
		free(p);
		err_set(err, "E0807",
			"there is no place for the store: JKR_STORE, XDG_CACHE_HOME and HOME are not set");
		return NULL;
	}
	st = xcalloc(1, sizeof *st);
	st->path = absolute(p);
	st->fd = -1;
	st->writable = create;
	st->boot = boot_mark();
	st->opened = time(NULL) - CLOCKS_APART;
	if (!open_folder(st, create, err))
		return st;
	store_close(st);
	return NULL;
}

void
store_close(struct store *st)
{
	if (!st)
		return;
	for (size_t i = 0; i < st->tmp.n; i++) {
		intptr_t fd = (intptr_t)st->tmp.v[i].value;

		if (fd)
			close((int)fd - 1);
		free((char *)st->tmp.v[i].key);
	}
	map_free(&st->tmp);
	store_acquit(st);
	if (st->fd >= 0)
		close(st->fd);
	lists_drop(st);
	map_free(&st->stacks);
	arena_free(&st->known);
	str_free(&st->aside);
	free(st->path);
	free(st);
}

const char *
store_path(const struct store *st)
{
	return st->path;
}

int
store_fd(const struct store *st)
{
	return st->fd;
}

const char *
store_set_aside(const struct store *st)
{
	return st->aside.len ? st->aside.s : NULL;
}
