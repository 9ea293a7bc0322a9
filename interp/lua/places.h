/* places: finds where a field stands in the text of a recipe. Works on text alone. */
#pragma once
#include "base/err.h"

/* Completes `at` (line of the name call and key path such as "config.PREEMPT_RT" or "2") from the
 * source text: the key in the written constructor; else the one line that assigns the key; else the
 * name call itself. Returns 1 found at the field, 2 by the assignment, 0 only the call. */
int place_find(const char *text, struct place *at);
