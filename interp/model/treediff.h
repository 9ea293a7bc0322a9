/* treediff: what two trees hold differently, path by path. */
#pragma once
#include "data/cause.h"
#include "model/tree.h"

struct difference {
	const char *path;
	const struct entry *a, *b; /* NULL: only in the other */
	const struct cause *cause; /* why, where the bytes tell it, else NULL */
	const char *where;         /* "offset 64 in section .text", "mode 644 and 755": a few words */
};

/* Calls `fn` for each path that is not the same in both, in order; `where` lives until it returns. Stops on nonzero
 * and gives that; -1 with a sentence when a file cannot be read. */
typedef int (*difference_fn)(void *ctx, const struct difference *d);
int treediff(const struct tree *a, const struct tree *b, difference_fn fn, void *ctx, struct err *err);
