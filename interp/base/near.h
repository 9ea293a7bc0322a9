/* near: the nearest of some names, for "did you mean". */
#pragma once
#include <stddef.h>

/* The best of `names` for `word`, or NULL when none is near enough (edits with transposition,
 * case-blind, at most a third of the length). */
const char *near_name(const char *word, const char *const *names, size_t n);
