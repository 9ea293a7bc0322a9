#include "run/logs.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "os/fs.h"
#include "store/store.h"

/* Step names have slashes and colons; a file's name has neither. */
static char *
last_name(const char *step)
{
	char *name = xasprintf("logs/last/%s.log", step);

	for (char *s = name + strlen("logs/last/"); *s; s++)
		if (*s == '/' || *s == ':' || (unsigned char)*s < 0x21)
			*s = '-';
	return name;
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
