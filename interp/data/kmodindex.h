/* kmodindex: modules.dep.bin and its like, the tries in which modprobe looks names up, as depmod of kmod writes them.
 */
#pragma once
#include <stddef.h>

struct err;

/* Calls `fn` for each name with its value, in order. -1: it is damaged, or of a version that no kmod up to now reads.
 */
typedef void (*kmodindex_fn)(void *ctx, const char *name, const char *value);
int kmodindex_read(const void *p, size_t n, const char *shown, kmodindex_fn fn, void *ctx, struct err *err);
