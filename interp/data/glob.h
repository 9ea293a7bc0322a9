/* glob: names with `*` and `?`. */
#pragma once
#include <stdbool.h>

/* Whether there is a wildcard in `pattern`. */
bool glob_is(const char *pattern);
/* Matches one component: `*` is any run of characters, `?` any one; neither matches a leading dot. */
bool glob_match(const char *pattern, const char *name);
/* The pattern against a path: without a `/` against every part of it, with one against the path from its start, or a
 * folder above it. */
bool glob_path(const char *pattern, const char *path);
