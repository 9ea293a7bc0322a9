/* depot_file: a folder with ac/ and cas/ in it, on this machine or on a file system that machines share. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "os/fs.h"
#include "store/depot_own.h"

struct folder {
	char *path;
	int fd; /* -1: not there, when it was last asked */
};

static void *
open_folder(const char *address, const struct depot_options *opt, struct err *err)
{
	const char *path = address + strlen("file://");
	struct folder *f;

	(void)opt;
	if (*path != '/') {
		err_set(err, "E0815", "`%s` is no address of a shared cache", address);
		err_help(err, "behind file:// stands an absolute path");
		return NULL;
	}
	f = xcalloc(1, sizeof *f);
	f->path = xstrdup(path);
	f->fd = -1;
	return f;
}

static void
close_folder(void *state)
{
	struct folder *f = state;

	cleanup_fdp(&f->fd);
	free(f->path);
	free(f);
}

static int
fault(const struct folder *f, const char *verb, struct err *err)
{
	return err_sys(err, "E0812", "cannot %s the shared cache `file://%s`", verb, f->path);
}

/* 1 it is open, 0 it is not there. */
static int
ready(struct folder *f, struct err *err)
{
	if (f->fd < 0)
		f->fd = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return f->fd >= 0 ? 1 : errno == ENOENT ? 0 : fault(f, "open", err);
}

static int
has(void *state, const char *name, struct err *err)
{
	struct folder *f = state;
	struct stat sb;
	int r = ready(f, err);

	if (r <= 0)
		return r;
	if (!fs_stat(f->fd, name, &sb))
		return S_ISREG(sb.st_mode);
	return errno == ENOENT || errno == ENOTDIR ? 0 : fault(f, "read", err);
}

static int
get(void *state, const char *name, int fd, uint64_t max, struct err *err)
{
	struct folder *f = state;
	cleanup_fd int from = -1;
	struct stat sb;
	int r = ready(f, err);

	if (r <= 0)
		return r;
	from = fs_open_nofollow(f->fd, name, O_RDONLY | O_NONBLOCK);
	if (from < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : fault(f, "read", err);
	if (fstat(from, &sb) || !S_ISREG(sb.st_mode) || (uint64_t)sb.st_size > max)
		return err_set(err, "E0813", "`%s` of the shared cache `file://%s` is not what it must be", name,
			       f->path);
	if (!fs_copy(from, fd))
		return 1;
	/* reading never lacks room: the file that is written does */
	if (errno == ENOSPC || errno == EDQUOT)
		return err_sys(err, "E0816", "cannot write what the shared cache `file://%s` sends", f->path);
	return fault(f, "read", err);
}

/* A new folder, the ones above it included. */
static int
make(struct folder *f, struct err *err)
{
	if (ready(f, err) < 0)
		return -1;
	if (f->fd < 0) {
		cleanup_fd int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (root < 0 || fs_mkdirs(root, f->path + strspn(f->path, "/")))
			return fault(f, "make", err);
		return ready(f, err) > 0 ? 0 : fault(f, "open", err);
	}
	return 0;
}

/* Whole, and then under its name, unless something has that. Not synced: after a power cut who reads it sees that it is
 * torn, and to sync each small file takes longer than to send a result. */
static int
put(void *state, const char *name, int fd, uint64_t size, struct err *err)
{
	struct folder *f = state;
	char temp[64], up[8];
	cleanup_fd int to = -1;
	int r;

	(void)size;
	if (make(f, err))
		return -1;
	snprintf(up, sizeof up, "%.*s", (int)strcspn(name, "/"), name);
	fs_random_name(".new-", temp);
	if (fs_mkdirs(f->fd, up) || lseek(fd, 0, SEEK_SET) < 0)
		return fault(f, "write to", err);
	to = openat(f->fd, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (to < 0)
		return fault(f, "write to", err);
	if (fs_copy(fd, to))
		r = fault(f, "write to", err);
	else if (!linkat(f->fd, temp, f->fd, name, 0))
		r = 1;
	else
		r = errno == EEXIST ? 0 : fault(f, "write to", err);
	unlinkat(f->fd, temp, 0);
	return r;
}

const struct depot_transport depot_file = {
	.scheme = "file:",
	.open = open_folder,
	.close = close_folder,
	.get = get,
	.has = has,
	.put = put,
};
