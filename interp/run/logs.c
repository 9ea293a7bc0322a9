#include "run/logs.h"

#include <fcntl.h>
#include <limits.h>
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
last_name(const char *recipe, const char *step)
{
	char *name = xasprintf("logs/last/%s@%s.log", recipe ? recipe : "", step);

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
point_last(int store, const char *name, const char *recipe, const char *step)
{
	cleanup_free char *last = last_name(recipe, step), *to = xasprintf("../%s", name);
	cleanup_free char *tmp = xasprintf("logs/last/.%s", name);

	if (!fs_mkdirs(store, "logs/last") && !symlinkat(to, store, tmp))
		renameat(store, tmp, store, last);
}

int
log_create(struct store *st, const char *name, const char *recipe, const char *step)
{
	cleanup_free char *path = xasprintf("logs/%s", name);
	int fd;

	fs_mkdirs(store_fd(st), "logs");
	fd = openat(store_fd(st), path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd >= 0)
		point_last(store_fd(st), name, recipe, step);
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

const char *
log_last(struct store *st, const char *recipe, const char *step, struct arena *a)
{
	cleanup_free char *last = last_name(recipe, step);
	char to[NAME_MAX + 8];
	ssize_t n = readlinkat(store_fd(st), last, to, sizeof to);

	return n > 3 && n < (ssize_t)sizeof to && !memcmp(to, "../", 3) ? arena_strndup(a, to + 3, (size_t)n - 3)
									: NULL;
}
