#include "cli/table.h"

#include <string.h>

#include "base/str.h"

/* Columns on the screen: UTF-8 continuation bytes take none. */
static size_t
width(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

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

void
table_print(const struct table *t, FILE *out, int indent)
{
	size_t w[TABLE_COLUMNS] = {0};

	for (size_t r = 0; r < t->n; r++)
		for (unsigned i = 0; i < t->columns; i++)
			if (width(t->rows[r][i]) > w[i])
				w[i] = width(t->rows[r][i]);
	for (size_t r = 0; r < t->n; r++) {
		unsigned last = t->columns;

		while (last && !*t->rows[r][last - 1])
			last--;
		fprintf(out, "%*s", indent, "");
		for (unsigned i = 0; i < last; i++) {
			size_t pad = i + 1 < last ? w[i] - width(t->rows[r][i]) + 2 : 0;

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
