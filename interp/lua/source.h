/* source: what the text of a recipe must be before Lua sees it. */
#pragma once
#include <stddef.h>

struct err;

/* Refuses what is no text, or shows other code to a reader than to Lua; takes off a mark of byte order and a line for
 * the shell. */
int source_check(const char *shown, char **text, size_t *len, struct err *err);
