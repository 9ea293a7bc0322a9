// SPDX-License-Identifier: GPL-2.0
/* put: an answer in JSON */
#include "put.h"

#include <stdlib.h>
#include <string.h>

FILE *put_to;

void
put_string(const char *s)
{
	putc('"', put_to);
	for (; *s; s++) {
		unsigned char c = *s;

		if (c == '"' || c == '\\')
			fprintf(put_to, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			fprintf(put_to, "\\u%04x", c);
		else if (c > 0x7f)
			putc('?', put_to);
		else
			putc(c, put_to);
	}
	putc('"', put_to);
}

void
put_field(const char *key, const char *value)
{
	fprintf(put_to, ",\"%s\":", key);
	put_string(value ? value : "");
}

void
put_wants(const char *key, const struct want *v, int n, int blamed)
{
	int k = 0;

	fprintf(put_to, ",\"%s\":[", key);
	for (int i = 0; i < n; i++) {
		size_t size = strlen(v[i].sym->name) + strlen(v[i].value) + 2;
		char *text = malloc(size);

		if (!text)
			abort();
		if (!blamed || v[i].blamed) {
			snprintf(text, size, "%s=%s", v[i].sym->name, v[i].value);
			fputs(k++ ? "," : "", put_to);
			put_string(text);
		}
		free(text);
	}
	putc(']', put_to);
}
