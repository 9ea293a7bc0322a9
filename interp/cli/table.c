#include "cli/table.h"

#include <string.h>

#include "base/str.h"

void
table_row(struct table *t, const char *const *cells)
{
	GROW(t->rows, t->n, t->cap);
	for (unsigned i = 0; i < t->columns; i++) {
		struct str b = {0};

		if (cells[i])
			str_add_safe(&b, cells[i], strlen(cells[i]));
		t->rows[t->n][i] = arena_strdup(&t->arena, str_text(&b));
		str_free(&b);
	}
	t->n++;
}

/* The cells of a row up to the last one with a text: that one ends the row, and makes no column wide. */
static unsigned
filled(const struct table *t, size_t r)
{
	unsigned n = t->columns;

	while (n && !*t->rows[r][n - 1])
		n--;
	return n;
}

void
table_print(const struct table *t, FILE *out, int indent)
{
	size_t w[TABLE_COLUMNS] = {0};

	for (size_t r = 0; r < t->n; r++)
		for (unsigned i = 0; i + 1 < filled(t, r); i++)
			if (str_width(t->rows[r][i]) > w[i])
				w[i] = str_width(t->rows[r][i]);
	for (size_t r = 0; r < t->n; r++) {
		unsigned last = filled(t, r);

		fprintf(out, "%*s", indent, "");
		for (unsigned i = 0; i < last; i++) {
			size_t pad = i + 1 < last ? w[i] - str_width(t->rows[r][i]) + 2 : 0;

			fprintf(out, "%s%*s", t->rows[r][i], (int)pad, "");
		}
		putc('\n', out);
	}
}

void
table_free(struct table *t)
{
	free(t->rows);
	arena_free(&t->arena);
}
