/* userfile: files that the user named on the command line: the path may be absolute, climb, and go through links, for
 * it is the user's own. Functions return 0, and -1 with errno set. */
#pragma once
#include <stddef.h>
#include <sys/types.h>

struct str;

/* Reads to the end, at most `max` bytes (EFBIG). */
int userfile_read(const char *path, struct str *out, size_t max);
/* Replaces a file at once, as fs_replace. */
int userfile_replace(const char *path, const void *p, size_t n, mode_t mode);
