/* table: rows of text in columns as wide as they need. */
#pragma once
#include <stdio.h>

#include "base/mem.h"

#define TABLE_COLUMNS 8

struct table {
	struct arena arena;
	unsigned columns;
	const char *(*rows)[TABLE_COLUMNS];
	size_t n, cap;
};

/* Adds a row; its cells are copied, a NULL cell is empty. As many as `columns`. */
void table_row(struct table *t, const char *const *cells);
#define TABLE_ROW(t, ...) table_row((t), (const char *const[TABLE_COLUMNS]){__VA_ARGS__})
/* Prints with `indent` blanks in front; the last cell of a row is not padded, and makes no column wide. Control bytes
 * are quoted. */
void table_print(const struct table *t, FILE *out, int indent);
void table_free(struct table *t);
