#include "cli/wrap.h"

#include "base/str.h"

#include <stddef.h>
#include <string.h>

#define WIDTH 100

/* Columns on the screen: UTF-8 continuation bytes take none. */
static int
columns(const char *s, int bytes)
{
	int n = 0;

	for (int i = 0; i < bytes; i++)
		n += ((unsigned char)s[i] & 0xc0) != 0x80;
	return n;
}

void
wrap_text(FILE *out, const char *text, int indent)
{
	int col = 0;

	while (*text) {
		int n = (int)strcspn(text, " \n"), wide = columns(text, n);

		if (col && col + 1 + wide > WIDTH - indent) {
			putc('\n', out);
			col = 0;
		}
		if (n)
			fprintf(out, "%*s%.*s", col ? 1 : indent, "", n, text);
		col += n ? wide + (col ? 1 : 0) : 0;
		text += n;
		if (*text == '\n') {
			putc('\n', out);
			col = 0;
		}
		text += *text ? 1 : 0;
	}
	if (col)
		putc('\n', out);
}

int
first_sentence(const char *doc)
{
	const char *end = strstr(doc, ". ");
	size_t n = end ? (size_t)(end - doc) : strlen(doc);

	return (int)(!end && str_ends(doc, ".") ? n - 1 : n); /* a dot inside a word, extlinux.conf, ends nothing */
}
