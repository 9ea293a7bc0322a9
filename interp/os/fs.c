#include "os/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

/* of a file that is about to take the place of another */
#define TEMP ".tmp-jkr."

enum { CHUNK = 1 << 17, TRIES = 128 };

#define BENEATH (RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS)

/* With BENEATH the kernel gives EAGAIN when a rename races with ".."; that passes. */
static int
resolve(int dir, const char *path, int flags, mode_t mode, unsigned long long how)
{
	struct open_how h = {
		.flags = (unsigned long long)(unsigned)flags | O_CLOEXEC,
		.mode = mode,
		.resolve = how,
	};
	long fd = -1;

	for (int i = 0; i < TRIES; i++) {
		fd = syscall(SYS_openat2, dir, *path ? path : ".", &h, sizeof h);
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return (int)fd;
}

int
fs_open(int dir, const char *path, int flags)
{
	return resolve(dir, path, flags & ~(O_CREAT | O_EXCL), 0, BENEATH);
}

int
fs_open_nofollow(int dir, const char *path, int flags)
{
	return resolve(dir, path, (flags & ~(O_CREAT | O_EXCL)) | O_NOFOLLOW, 0, BENEATH | RESOLVE_NO_SYMLINKS);
}

static int
open_folder(int dir, const char *path)
{
	return resolve(dir, path, O_PATH | O_DIRECTORY, 0, BENEATH | RESOLVE_NO_SYMLINKS);
}

/* Opens `n` bytes of `path` as a folder; with `make`, component by component, making what lacks. */
static int
folder_at(int dir, const char *path, size_t n, bool make)
{
	cleanup_free char *copy = xstrndup(path, n);
	cleanup_fd int at = -1;
	char *part, *rest = copy;
	int fd = open_folder(dir, copy);

	if (fd >= 0 || errno != ENOENT || !make)
		return fd;
	at = open_folder(dir, "");
	while (at >= 0 && (part = strsep(&rest, "/"))) {
		if (!*part || !strcmp(part, "."))
			continue;
		fd = open_folder(at, part);
		if (fd < 0 && errno == ENOENT) {
			if (mkdirat(at, part, 0755) && errno != EEXIST)
				return -1;
			fd = open_folder(at, part);
		}
		if (fd < 0)
			return -1;
		close(at);
		at = fd;
	}
	return steal_fd(&at);
}

static int
parent_at(int dir, const char *path, const char **base, bool make)
{
	const char *slash = strrchr(path, '/');

	*base = slash ? slash + 1 : path;
	if (!**base || !strcmp(*base, ".") || !strcmp(*base, "..") || *path == '/') {
		errno = *path == '/' ? EXDEV : EINVAL;
		return -1;
	}
	return folder_at(dir, path, slash ? (size_t)(slash - path) : 0, make);
}

int
fs_parent(int dir, const char *path, const char **base)
{
	return parent_at(dir, path, base, false);
}

int
fs_create(int dir, const char *path, mode_t mode)
{
	const char *base;
	cleanup_fd int at = parent_at(dir, path, &base, true);

	if (at < 0)
		return -1;
	return resolve(at, base, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode & 07777, BENEATH | RESOLVE_NO_SYMLINKS);
}

int
fs_mkdirs(int dir, const char *path)
{
	cleanup_fd int fd = folder_at(dir, path, strlen(path), true);

	return fd < 0 ? -1 : 0;
}

int
fs_stat(int dir, const char *path, struct stat *st)
{
	cleanup_fd int fd = resolve(dir, path, O_PATH | O_NOFOLLOW, 0, BENEATH);

	return fd < 0 ? -1 : fstat(fd, st);
}

bool
fs_exists(int dir, const char *path)
{
	struct stat st;

	return !fs_stat(dir, path, &st);
}

int
fs_write(int fd, const void *p, size_t n)
{
	const char *s = p;

	while (n) {
		ssize_t k = write(fd, s, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0) {
			if (!k)
				errno = ENOSPC;
			return -1;
		}
		s += k;
		n -= (size_t)k;
	}
	return 0;
}

int
fs_read(int fd, struct str *out, size_t max)
{
	struct stat st;
	size_t total = 0, room = CHUNK;
	ssize_t k;

	/* one more byte than the file has, so that the second read finds its end */
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && (size_t)st.st_size < max)
		room = (size_t)st.st_size + 1;
	for (;;) {
		k = read(fd, str_room(out, room), room);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			break;
		if ((size_t)k > max - total) {
			errno = EFBIG;
			k = -1;
			break;
		}
		out->len += (size_t)k;
		total += (size_t)k;
		room = room == (size_t)k ? CHUNK : room - (size_t)k;
	}
	out->s[out->len] = '\0';
	return k < 0 ? -1 : 0;
}

int
fs_read_file(int dir, const char *path, struct str *out, size_t max)
{
	/* O_NONBLOCK: a fifo that took the place of a file must not hang the run. */
	cleanup_fd int fd = fs_open(dir, path, O_RDONLY | O_NOCTTY | O_NONBLOCK);

	struct stat st;

	/* what a fifo holds is not the file's content, and would be gone for the next reader */
	if (fd >= 0 && !fstat(fd, &st) && S_ISFIFO(st.st_mode)) {
		errno = EINVAL;
		return -1;
	}
	return fd < 0 ? -1 : fs_read(fd, out, max);
}

void
fs_random_name(const char *prefix, char name[64])
{
	static const char digit[] = "abcdefghijklmnopqrstuvwxyz234567";
	unsigned char r[FS_RANDOM] = {0};
	size_t n;

	if (getrandom(r, sizeof r, 0) < 0)
		memset(r, getpid() & 255, sizeof r);
	n = (size_t)snprintf(name, 64 - sizeof r, "%s", prefix);
	n = n < 64 - sizeof r ? n : 63 - sizeof r;
	for (size_t i = 0; i < sizeof r; i++)
		name[n++] = digit[r[i] & 31];
	name[n] = '\0';
}

static int
fill(int fd, const void *p, size_t n, bool durable)
{
	return fs_write(fd, p, n) || (durable && fsync(fd)) ? -1 : 0;
}

/* Who replaces a file holds a lock on the new one before that has a name, so a name whose lock is free is what a killed
 * one left. */
static void
drop_dead(int at)
{
	char **names;
	size_t n;

	if (fs_names(at, &names, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		cleanup_fd int fd = -1;
		struct stat st;

		if (!str_starts(names[i], TEMP) || strlen(names[i]) != strlen(TEMP) + 8)
			continue;
		fd = openat(at, names[i], O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && !flock(fd, LOCK_EX | LOCK_NB))
			unlinkat(at, names[i], 0);
	}
	fs_names_free(names, n);
}

/* Takes a name away again; errno stays. */
static int
undo(int at, const char *name)
{
	int saved = errno;

	unlinkat(at, name, 0);
	errno = saved;
	return -1;
}

/* A whole file that has no name gets one, and from there takes the place of `base`. */
static int
name_it(int fd, int at, const char *base)
{
	char from[64], name[64];

	snprintf(from, sizeof from, "/proc/self/fd/%d", fd);
	fs_random_name(TEMP, name);
	if (linkat(AT_FDCWD, from, at, name, AT_SYMLINK_FOLLOW))
		return -1;
	return renameat(at, name, at, base) ? undo(at, name) : 0;
}

/* On file systems where every file has a name (FAT, NFS, some FUSE): a killed one leaves it. */
static int
replace_named(int at, const char *base, const void *p, size_t n, mode_t mode, bool durable)
{
	char name[64];
	cleanup_fd int fd = -1;

	fs_random_name(TEMP, name);
	fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return -1;
	return fill(fd, p, n, durable) || close(steal_fd(&fd)) || renameat(at, name, at, base) ? undo(at, name) : 0;
}

static int
replace(int dir, const char *path, const void *p, size_t n, mode_t mode, bool durable)
{
	const char *base;
	cleanup_fd int at = parent_at(dir, path, &base, true), sync = -1, fd = -1;

	if (at < 0)
		return -1;
	sync = durable ? openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (durable && sync < 0)
		return -1;
	fd = openat(at, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, mode);
	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT || errno == EINVAL)) {
		if (replace_named(at, base, p, n, mode, durable))
			return -1;
	} else if (fd < 0) {
		return -1;
	} else {
		flock(fd, LOCK_EX | LOCK_NB);
		if (fill(fd, p, n, durable))
			return -1;
		drop_dead(at);
		if (name_it(fd, at, base))
			return -1;
	}
	return durable ? fsync(sync) : 0;
}

int
fs_replace(int dir, const char *path, const void *p, size_t n, mode_t mode)
{
	return replace(dir, path, p, n, mode, true);
}

int
fs_replace_soon(int dir, const char *path, const void *p, size_t n, mode_t mode)
{
	return replace(dir, path, p, n, mode, false);
}

static int
copy_stream(int from, int to)
{
	cleanup_free char *buf = xmalloc(CHUNK);
	ssize_t k;

	for (;;) {
		k = read(from, buf, CHUNK);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return k < 0 ? -1 : 0;
		if (fs_write(to, buf, (size_t)k))
			return -1;
	}
}

int
fs_copy(int from, int to)
{
	ssize_t k;

	if (lseek(from, 0, SEEK_SET) < 0)
		return errno == ESPIPE ? copy_stream(from, to) : -1;
	if (!ioctl(to, FICLONE, from))
		return 0;
	do {
		k = copy_file_range(from, NULL, to, NULL, 1 << 30, 0);
	} while (k > 0 || (k < 0 && errno == EINTR));
	if (k < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EIO || errno == EFBIG))
		return -1;
	/* Where it does not work, or ends early as for files of /proc, reading goes on from there. */
	return copy_stream(from, to);
}

int
fs_pin_time(int at, const char *name)
{
	static const struct timespec ts[2] = {{.tv_sec = FS_MTIME}, {.tv_sec = FS_MTIME}};

	return utimensat(at, name ? name : "", ts, name ? AT_SYMLINK_NOFOLLOW : AT_EMPTY_PATH);
}

int
fs_mkdtemp(int dir, const char *prefix, char name[64])
{
	for (int i = 0; i < TRIES; i++) {
		fs_random_name(prefix, name);
		if (!mkdirat(dir, name, 0755))
			return 0;
		if (errno != EEXIST)
			return -1;
	}
	return -1;
}
