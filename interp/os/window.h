/* window: files mapped one behind the other, and unmapped all at once. Where a process has threads, each unmapping
 * makes all processors wait; thousands of small files cost more by that than by being read. */
#pragma once
#include <stddef.h>

struct window {
	char *base;
	size_t size, used;
};

/* The first `n` bytes of a regular file, to be read; they are there until the next call at least. NULL with errno; n is
 * not 0. */
const void *window_map(struct window *w, int fd, size_t n);
void window_free(struct window *w);
