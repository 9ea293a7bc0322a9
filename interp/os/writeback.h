/* writeback: a thread that has the disk write while more is being made, so that a sync at the end finds little.
 *
 * It promises nothing: whoever needs what was written on the disk syncs by itself, and hears of faults there. */
#pragma once
#include <stddef.h>

struct writeback;

/* For the file system of `fd`, which is borrowed. NULL where no thread can be had; the others take it. */
struct writeback *writeback_new(int fd);
/* So many bytes were written more. */
void writeback_add(struct writeback *w, size_t n);
void writeback_free(struct writeback *w);
