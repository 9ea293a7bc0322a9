/* places: finds where a field stands in the text of a recipe. Works on text alone. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Completes `at` (line of the name call and key path such as "config.PREEMPT_RT" or "2") from the
 * source text: the key in the written constructor; else the one line that assigns the key; else the
 * name call itself. Returns 1 found at the field, 2 by the assignment, 0 only the call. */
int place_find(const char *text, struct place *at);

/* How many items are written in the table at `key` ("" is the call's own) of the call `verb "name"`
 * (`name` NULL: not named) that starts in the text `from`; -1 when it is not written there. `open`
 * says that the last one may be several or none (a call, `...`). */
int place_items(const char *from, const char *verb, const char *name, const char *key, bool *open);
/* Sets the column of a word in at->line. */
void place_token(const char *text, struct place *at, const char *word, size_t n);
/* The line at whose end a comma is missing before the token at `at`, or 0. */
unsigned place_missing_comma(const char *text, const struct place *at);
