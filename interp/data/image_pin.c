#include "data/image_pin.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"

#define BYTES "bytes:"
#define SUM "sha256:"

static bool
is_sum(const char *hex)
{
	struct hash h;

	return !hash_parse(&h, hex) && !hex[strcspn(hex, "ABCDEF")];
}

static int
take_word(char *word, size_t number, struct image_pin *p)
{
	char *version = strchr(word, '='), *end;

	if (number == 0) {
		p->arch = word;
		return 0;
	}
	if (number == 1) {
		if (!str_starts(word, BYTES) || !isdigit((unsigned char)word[strlen(BYTES)]))
			return -1;
		p->bytes = strtoull(word + strlen(BYTES), &end, 10);
		return *end ? -1 : 0;
	}
	if (number == 2 && str_starts(word, SUM)) {
		p->sha256 = word + strlen(SUM);
		return is_sum(p->sha256) ? 0 : -1;
	}
	if (!version)
		return -1;
	*version++ = 0;
	map_set(&p->versions, word, version);
	return 0;
}

int
image_pin_parse(const char *text, struct arena *a, struct image_pin *out)
{
	char *save = NULL, *copy = arena_strdup(a, text);
	size_t n = 0;

	memset(out, 0, sizeof *out);
	if (*text == ' ' || strstr(text, "  "))
		return -1;
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		if (take_word(word, n++, out))
			return -1;
	return out->versions.n ? 0 : -1;
}

void
image_pin_format(const char *text, const char *sha256, struct str *out)
{
	const char *p = strchr(text, ' '), *end = p ? p + 1 + strcspn(p + 1, " ") : text + strlen(text);

	str_addn(out, text, (size_t)(end - text));
	if (sha256)
		str_addf(out, " " SUM "%s", sha256);
	if (str_starts(end, " " SUM))
		end += 1 + strcspn(end + 1, " ");
	str_add(out, end);
}
