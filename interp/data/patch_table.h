/* patch_table: patches that are in, for people. */
#pragma once
#include <stddef.h>

struct patch_moves;
struct str;

/* What is known of one, ready to be shown; the rest is NULL. */
struct patch_row {
	const char *name, *files, *offset, *author, *subject;
};

/* "-", "+3", "-2…+14, fuzz 1". */
void patch_table_moves(const struct patch_moves *m, struct str *out);
/* A line each, below one that names the columns. */
void patch_table(const struct patch_row *rows, size_t n, struct str *out);
