/* window: files mapped one behind the other, and unmapped all at once. Where a process has threads, each unmapping
 * makes all processors wait; thousands of small files cost more by that than by being read. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct window {
	char *base;
	size_t size, used;
	int guard; /* os/guard.h; of a window without `base` nothing */
};

/* The first `n` bytes of a regular file, to be read; they are there until the next call at least. NULL with errno; n is
 * not 0. */
const void *window_map(struct window *w, int fd, size_t n);
/* Whether, since this was last asked, a file was read behind its end, because another program cut it short: what is
 * missing are zeros. */
bool window_torn(const struct window *w);
void window_free(struct window *w);
