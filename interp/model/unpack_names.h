/* unpack_names: what a member may be called, and which members are wanted. Private to unpack. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "data/schema.h"

struct err;

/* The name without ".", "//" and a '/' at its end, or NULL with the reason it is refused. The
 * root of the archive is "". */
char *name_clean(struct arena *a, const char *raw, const char **why);
/* What is left without the first `n` components, or NULL when nothing is. */
const char *name_strip(const char *name, int64_t n);

/* The patterns of one parameter. */
struct patterns {
	const struct strings *from;
	const char **v;
	size_t *hits;
	size_t n;
};

void patterns_init(struct patterns *p, const struct strings *from, struct arena *a);
/* Whether any matches; every one that does is counted. */
bool patterns_match(struct patterns *p, const char *name);
/* A mistake for each pattern that never matched; `seen` are all names. `what` is the parameter. */
int patterns_check(const struct patterns *p, const char *what, const char *const *seen, size_t nseen, struct err *err);
