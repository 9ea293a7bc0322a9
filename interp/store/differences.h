/* differences: what two trees hold that is not the same, told from the layers that only one of them has: two trees of
 * 90,000 files that share the layer of nearly all of them are compared in the time that the others' few lines take. */
#pragma once
#include <stddef.h>

struct arena;
struct entry;
struct hash;
struct store;

struct difference {
	const char *path;
	const struct entry *was, *now; /* NULL: it is not there */
};

/* Lists those of all but folders in the order of path_cmp, all in the arena or in the store's memory. 1: the layers do
 * not tell (none is shared, one of them hides or replaces a folder, or its list cannot be read): the trees have to be
 * compared. */
int store_differences(struct store *st, const struct hash *was, const struct hash *now, struct arena *a,
		      struct difference **v, size_t *n);
