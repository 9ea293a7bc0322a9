#include "data/patch_table.h"

#include "base/str.h"
#include "data/patch_set.h"

enum { COLUMNS = 5 };

void
patch_table_moves(const struct patch_moves *m, struct str *out)
{
	if (!m->moved && !m->fuzz)
		str_addc(out, '-');
	if (m->moved)
		str_addf(out, "%+ld", m->least);
	if (m->moved && m->least != m->most)
		str_addf(out, "…%+ld", m->most);
	if (m->fuzz)
		str_addf(out, "%sfuzz %u", m->moved ? ", " : "", m->fuzz);
}

static void
cells_of(const struct patch_row *r, const char *cell[COLUMNS])
{
	cell[0] = r->name;
	cell[1] = r->files ? r->files : "-";
	cell[2] = r->offset ? r->offset : "-";
	cell[3] = r->author ? r->author : "-";
	cell[4] = r->subject ? r->subject : "";
}

static void
add_row(const struct patch_row *r, const size_t wide[COLUMNS], struct str *out)
{
	const char *cell[COLUMNS];

	cells_of(r, cell);
	for (size_t c = 0; c < COLUMNS; c++) {
		str_add(out, cell[c]);
		for (size_t n = str_width(cell[c]); n < wide[c] + 2 && c + 1 < COLUMNS; n++)
			str_addc(out, ' ');
	}
	while (out->s[out->len - 1] == ' ')
		out->s[--out->len] = '\0';
	str_addc(out, '\n');
}

void
patch_table(const struct patch_row *rows, size_t n, struct str *out)
{
	static const struct patch_row head = {"patch", "files", "offset", "author", "subject"};
	size_t wide[COLUMNS] = {0};

	for (size_t i = 0; i <= n; i++) {
		const char *cell[COLUMNS];

		cells_of(i < n ? &rows[i] : &head, cell);
		for (size_t c = 0; c < COLUMNS; c++)
			wide[c] = str_width(cell[c]) > wide[c] ? str_width(cell[c]) : wide[c];
	}
	add_row(&head, wide, out);
	for (size_t i = 0; i < n; i++)
		add_row(&rows[i], wide, out);
}
