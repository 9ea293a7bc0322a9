/* lock: who works on a key, who uses the store, whose temp folder it is. Locks are flocks: they end
 * with their process, and no file is judged by its age or by a pid. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "os/fs.h"
#include "store/store_own.h"

/* What no process can have locked gives way: a folder or a link in the place of the file; a file that lost
 * its mode gets it back. True when it is worth another try. */
static bool
clear_lock(struct store *st, const char *path, int at, const char *base)
{
	struct stat sb;
	int saved = errno;
	bool again;

	if (fstatat(at, base, &sb, AT_SYMLINK_NOFOLLOW))
		again = false;
	else if (S_ISREG(sb.st_mode))
		again = saved == EACCES && !fchmodat(at, base, 0644, 0);
	else
		again = !object_trash(st, path);
	errno = saved;
	return again;
}

/* Opens a lock file, made when it lacks. */
static int
open_lock(struct store *st, const char *path)
{
	const char *base;
	cleanup_fd int at = -1;
	char up[STORE_PATH];

	snprintf(up, sizeof up, "%.*s", (int)(path_base(path) - path), path);
	if (fs_mkdirs(st->fd, up))
		return -1;
	at = fs_parent(st->fd, path, &base);
	if (at < 0)
		return -1;
	for (int i = 0; i < 2; i++) {
		int fd = openat(at, base, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0644);

		if (fd >= 0 || i || !clear_lock(st, path, at, base))
			return fd;
	}
	return -1;
}

/* For the reader: who holds it. For who tidies up: in which boot. */
static void
sign(const struct store *st, int fd)
{
	char text[64];
	int n = snprintf(text, sizeof text, "pid %ld boot %ld\n", (long)getpid(), st->boot);

	if (!ftruncate(fd, 0) && pwrite(fd, text, (size_t)n, 0) < 0)
		return;
}

static bool
is_of_this_boot(const struct store *st, int fd)
{
	char text[64] = "";
	long pid, boot;

	return pread(fd, text, sizeof text - 1, 0) > 0 && sscanf(text, "pid %ld boot %ld", &pid, &boot) == 2 &&
	       boot == st->boot;
}

int
store_lock_key(struct store *st, const struct hash *key, bool wait, int *fd, struct err *err)
{
	char path[STORE_PATH];
	cleanup_fd int lock = -1;

	*fd = -1;
	if (store_must_write(st, err))
		return -1;
	lock = open_lock(st, object_path(path, "lock", key, ""));
	if (lock < 0)
		return store_fault(path, err);
	if (flock(lock, LOCK_EX | (wait ? 0 : LOCK_NB))) {
		if (errno == EWOULDBLOCK)
			return 1;
		return err_sys(err, "E0804", "cannot lock `%s` of the store", path);
	}
	sign(st, lock);
	*fd = steal_fd(&lock);
	return 0;
}

int
store_lock(struct store *st, bool exclusive, bool wait, struct err *err)
{
	cleanup_fd int lock = -1;

	if (store_must_write(st, err))
		return -1;
	lock = open_lock(st, "lock/store");
	if (lock < 0)
		return store_fault("lock/store", err);
	if (!flock(lock, (exclusive ? LOCK_EX : LOCK_SH) | (wait ? 0 : LOCK_NB)))
		return steal_fd(&lock);
	if (errno != EWOULDBLOCK)
		return err_sys(err, "E0804", "cannot lock the store `%s`", st->path);
	err_set(err, "E0808", exclusive ? "another jkr uses the store `%s`" : "a gc holds the store `%s`", st->path);
	return err_help(err, "wait until it is done, or leave `--no-wait` out");
}

/* The lock comes before the folder: a folder without one belongs to nobody. Who tidies up may take a lock
 * away before it is locked: then another name. */
static int
temp_lock(struct store *st, char name[64], struct err *err)
{
	char lock[STORE_PATH];
	struct stat sb;
	int fd;

	for (int i = 0; i < 100; i++) {
		fs_random_name("job-", name);
		snprintf(lock, sizeof lock, "tmp/%.63s.lock", name);
		fd = open_lock(st, lock);
		if (fd < 0)
			return store_fault(lock, err);
		if (!flock(fd, LOCK_EX | LOCK_NB) && !fstat(fd, &sb) && sb.st_nlink && fs_exists(st->fd, lock))
			return fd;
		close(fd);
	}
	return err_set(err, "E0804", "cannot make a temporary folder in the store");
}

int
store_tmp(struct store *st, char name[64], struct err *err)
{
	char path[STORE_PATH];
	int lock, fd;

	if (store_must_write(st, err) || (lock = temp_lock(st, name, err)) < 0)
		return -1;
	sign(st, lock);
	map_set(&st->tmp, xstrdup(name), (void *)(intptr_t)(lock + 1));
	snprintf(path, sizeof path, "tmp/%.63s", name);
	if (fs_mkdirs(st->fd, path))
		return store_fault(path, err);
	fd = fs_open_nofollow(st->fd, path, O_RDONLY | O_DIRECTORY);
	if (fd >= 0 && !*st->own)
		snprintf(st->own, sizeof st->own, "%s", name);
	return fd < 0 ? store_fault(path, err) : fd;
}

void
store_discard(struct store *st, const char *name)
{
	intptr_t lock = (intptr_t)map_get(&st->tmp, name);
	char path[STORE_PATH];

	if (!entry_path_ok(name) || strchr(name, '/') || strlen(name) > 63 || st->fd < 0)
		return;
	if (!strcmp(name, st->own))
		*st->own = '\0';
	snprintf(path, sizeof path, "tmp/%.63s", name);
	/* While the folder is there its lock stays: who tidies up finds it by that. An empty one needs no trash. */
	if (!unlinkat(st->fd, path, AT_REMOVEDIR) || !object_trash(st, path)) {
		snprintf(path, sizeof path, "tmp/%.63s.lock", name);
		unlinkat(st->fd, path, 0);
	}
	if (!lock)
		return;
	map_set(&st->tmp, name, NULL);
	close((int)lock - 1);
}

/* Whether it belonged to a run of an earlier boot that did not come to its end, and so to its sync. */
static bool
tidy_one(struct store *st, int dir, const char *lock)
{
	cleanup_fd int fd = openat(dir, lock, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	char name[64];
	bool lost;

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB))
		return false;
	lost = !is_of_this_boot(st, fd);
	snprintf(name, sizeof name, "%.*s", (int)(strlen(lock) - 5), lock);
	store_discard(st, name);
	return lost;
}

/* Folders without a lock: it was deleted by hand, or just now by who tidies up as well. */
enum { ORPHAN_SECONDS = 3600 };

static bool
is_orphan(int dir, const char *name)
{
	cleanup_free char *lock = xasprintf("%s.lock", name);
	struct stat sb;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return faccessat(dir, lock, F_OK, AT_SYMLINK_NOFOLLOW) && !fstatat(dir, name, &sb, AT_SYMLINK_NOFOLLOW) &&
	       sb.st_ctime < now.tv_sec - ORPHAN_SECONDS;
}

static double
seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Until when, by seconds_now; negative: without an end. */
static bool
time_left(void *ctx)
{
	const double *end = ctx;

	return *end < 0 || seconds_now() < *end;
}

/* Who empties the trash does it alone; the others leave it to him. */
static int
empty_trash(struct store *st, double seconds, struct err *err)
{
	cleanup_fd int trash = fs_open_nofollow(st->fd, "trash", O_RDONLY | O_DIRECTORY);
	cleanup_fd int lock = open_lock(st, "lock/trash");
	double end = seconds < 0 ? -1 : seconds_now() + seconds;
	char **names;
	size_t n;
	int failed = 0;

	if (trash < 0 || lock < 0)
		return store_fault("trash", err);
	if (flock(lock, LOCK_EX | LOCK_NB))
		return 0;
	if (fs_names(trash, &names, &n))
		return store_fault("trash", err);
	for (size_t i = 0; i < n && !failed && time_left(&end); i++)
		failed = fs_remove_while(trash, names[i], time_left, &end) && errno != ECANCELED;
	fs_names_free(names, n);
	return failed ? store_fault("trash", err) : 0;
}

void
store_empty_trash(struct store *st, double seconds)
{
	struct err unsaid = {0};

	empty_trash(st, seconds, &unsaid);
	err_free(&unsaid);
}

int
store_tidy(struct store *st, double seconds, struct err *err)
{
	cleanup_fd int tmp = -1;
	char **names, path[STORE_PATH * 2];
	bool lost = false;
	size_t n;

	if (store_must_write(st, err))
		return -1;
	tmp = fs_open_nofollow(st->fd, "tmp", O_RDONLY | O_DIRECTORY);
	if (tmp < 0 || fs_names(tmp, &names, &n))
		return store_fault("tmp", err);
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof path, "tmp/%s", names[i]);
		if (str_ends(names[i], ".lock") && strlen(names[i]) < 64)
			lost = tidy_one(st, tmp, names[i]) || lost;
		else if (is_orphan(tmp, names[i]))
			object_trash(st, path);
	}
	fs_names_free(names, n);
	if (lost)
		verify_unproven(st);
	return empty_trash(st, seconds, err);
}
