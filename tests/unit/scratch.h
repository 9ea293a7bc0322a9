/* scratch: folders for tests, below $TMPDIR. run.sh gives every binary one of its own and takes that away afterwards,
 * so that what a killed test made is left nowhere. */
#pragma once
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "os/fs.h"

#define SCRATCH 256

/* Makes a folder and gives its path, which is in `path`. */
static inline char *
scratch_new(char path[SCRATCH])
{
	const char *top = getenv("TMPDIR");

	if (snprintf(path, SCRATCH, "%s/jkr-XXXXXX", top && *top ? top : "/tmp") >= SCRATCH || !mkdtemp(path)) {
		perror(path);
		abort();
	}
	return path;
}

/* Removes it with all that is in it: 0, or -1 with errno. */
static inline int
scratch_drop(const char *path)
{
	cleanup_free char *top = xstrndup(path, (size_t)(path_base(path) - path));
	cleanup_fd int dir = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return dir < 0 ? -1 : fs_remove(dir, path_base(path));
}
