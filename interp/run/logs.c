#include "run/logs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fs.h"
#include "store/store.h"

/* Step names have slashes and colons; a file's name has neither. */
static void
flatten(char *s)
{
	for (; *s; s++)
		if (*s == '/' || *s == ':' || (unsigned char)*s < 0x21)
			*s = '-';
}

static char *
last_name(const char *step)
{
	char *name = xasprintf("logs/last/%s.log", step);

	flatten(name + strlen("logs/last/"));
	return name;
}

const char *
log_name(const char *step, struct arena *a)
{
	char stamp[32], *name;
	time_t t = time(NULL);
	struct tm tm;

	strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", localtime_r(&t, &tm));
	name = arena_printf(a, "%s-%s-%d.log", step, stamp, (int)getpid());
	flatten(name);
	return name;
}

/* A link under another name first: the newest log is always there, whole. */
static void
point_last(int store, const char *name, const char *step)
{
	cleanup_free char *last = last_name(step), *to = xasprintf("../%s", name);
	cleanup_free char *tmp = xasprintf("logs/last/.%s", name);

	if (!fs_mkdirs(store, "logs/last") && !symlinkat(to, store, tmp))
		renameat(store, tmp, store, last);
}

int
log_create(struct store *st, const char *name, const char *step)
{
	cleanup_free char *path = xasprintf("logs/%s", name);
	int fd;

	fs_mkdirs(store_fd(st), "logs");
	fd = openat(store_fd(st), path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd >= 0)
		point_last(store_fd(st), name, step);
	return fd;
}

bool
log_there(struct store *st, const char *name)
{
	cleanup_free char *path = xasprintf("logs/%s", name);

	return fs_exists(store_fd(st), path);
}

int
log_open(struct store *st, const char *name)
{
	cleanup_free char *path = xasprintf("logs/%s", name);

	return fs_open(store_fd(st), path, O_RDONLY | O_NONBLOCK);
}

int
log_open_last(struct store *st, const char *step)
{
	cleanup_free char *name = last_name(step);

	return fs_open(store_fd(st), name, O_RDONLY);
}

char *
log_path_last(struct store *st, const char *step)
{
	cleanup_free char *name = last_name(step);

	return fs_exists(store_fd(st), name) ? xasprintf("%s/%s", store_path(st), name) : NULL;
}
