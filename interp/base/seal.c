#include "base/seal.h"

#include <string.h>

#include "base/str.h"

void
seal_begin(struct str *b, const char *line)
{
	static const struct hash none;

	str_addn(b, line, SEAL_LINE);
	str_addn(b, &none, HASH_SIZE);
}

void
seal_close(struct str *b)
{
	struct hash h = hash_of(b->s + SEAL_HEAD, b->len - SEAL_HEAD);

	memcpy(b->s + SEAL_LINE, h.b, HASH_SIZE);
}

bool
seal_whole(const char *bytes, size_t len, const char *line)
{
	struct hash h;

	if (len < SEAL_HEAD || memcmp(bytes, line, SEAL_LINE) != 0)
		return false;
	h = hash_of(bytes + SEAL_HEAD, len - SEAL_HEAD);
	return !memcmp(bytes + SEAL_LINE, h.b, HASH_SIZE);
}
