/* pipe_case: what a test reads of what was written into a pipe. */
#pragma once

#include <unistd.h>

#include "base/str.h"

/* All that waits in a pipe whose writing end is closed; closes it. */
static inline void
read_all(int fd, struct str *out)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(fd, buf, sizeof buf)) > 0)
		str_addn(out, buf, (size_t)n);
	close(fd);
}
