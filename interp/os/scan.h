/* scan: all names below a folder with what lstat says of each, read by several threads at once.
 *
 * Symlinks are not followed, neither as names nor on the way. What goes away meanwhile is left out. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/mem.h"

/* What changes whenever a file is written, replaced or chmodded: the kernel sets the ctime, and nobody
 * can set it back. Times in nanoseconds. Compared as bytes, so it has no gaps. */
struct scan_mark {
	uint64_t dev, ino, size;
	int64_t mtime, ctime;
	uint64_t mode; /* S_IFMT and 07777 */
};

struct scan_file {
	const char *path; /* relative to the folder */
	struct scan_mark mark;
	/* of a folder */
	bool known; /* its names were known, and not read */
	bool stood; /* it bore that mark before its names were read, and after */
};

struct scan {
	struct scan_file *v; /* in the order of path_cmp: a folder stands before what is in it */
	size_t n;
	struct scan_file top; /* the folder itself, path "" */
	struct arena *arenas; /* of the threads */
	size_t narenas;
};

/* Where the names of a known folder go on. */
struct scan_names {
	size_t next, end;
};

/* What folders held, less what was left out, when they bore a mark: asked instead of reading a folder, whose
 * blocks may have to come from the disk. Several threads ask at once. */
struct scan_known {
	const void *ctx;
	bool (*folder)(const void *ctx, const char *path, const struct scan_mark *mark, struct scan_names *at);
	/* The next name, in the order of strcmp; NULL behind the last. */
	const char *(*name)(const void *ctx, struct scan_names *at);
};

struct scan_mark scan_mark_of(const struct stat *st);
/* Names for which `leave_out` (may be NULL) is true are neither listed nor entered; `known` may be NULL. -1 with
 * errno: more than FS_DEPTH folders or paths of more than 4095 bytes are ENAMETOOLONG. */
int scan_folder(int dir, bool (*leave_out)(const char *name), const struct scan_known *known, struct scan *out);
void scan_free(struct scan *s);

/* How many threads may work at once: the processors that this process may run on, at most 16. */
int scan_threads(void);
/* Runs `fn` with each of the `n` arguments at `args`, `size` bytes apart: the last one by the caller,
 * the others in threads, which signals do not reach. Returns when all have ended. */
void scan_parallel(void *(*fn)(void *), void *args, size_t size, int n);
