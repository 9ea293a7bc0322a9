#include "data/decompress.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/decoder.h"

static const struct {
	enum packing kind;
	const char *name;
	const char *magic;
	size_t n;
} kinds[] = {
	{PACK_GZIP, "gzip", "\x1f\x8b\x08", 3},
	{PACK_XZ, "xz",
	 "\xfd"
	 "7zXZ\0",
	 6},
	{PACK_ZSTD, "zstd", "\x28\xb5\x2f\xfd", 4},
};

enum packing
packing_of(const void *p, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (n >= kinds[i].n && !memcmp(p, kinds[i].magic, kinds[i].n))
			return kinds[i].kind;
	return PACK_NONE;
}

const char *
packing_name(enum packing k)
{
	return k == PACK_NONE ? "not compressed" : kinds[k - 1].name;
}

struct memory {
	const char *p;
	size_t left;
};

static ssize_t
pull(void *ctx, void *buf, size_t n, struct err *err)
{
	struct memory *m = ctx;

	(void)err;
	if (n > m->left)
		n = m->left;
	memcpy(buf, m->p, n);
	m->p += n;
	m->left -= n;
	return (ssize_t)n;
}

int
decompress(const void *p, size_t n, const char *label, size_t max, struct str *out, struct err *err)
{
	struct memory m = {p, n};
	const struct decoder_source src = {.pull = pull, .ctx = &m, .fd = -1, .label = label, .threads = 1};
	struct decoder *d = decoder_open(&src, err);
	const void *block;
	size_t total = 0;
	ssize_t got;

	if (!d)
		return -1;
	while ((got = decoder_block(d, &block, err)) > 0) {
		if ((size_t)got > max - total) {
			got = err_set(err, "E0702", "`%s`: unpacks to more than the %zu bytes allowed", label, max);
			break;
		}
		str_addn(out, block, (size_t)got);
		total += (size_t)got;
	}
	decoder_close(d);
	return got < 0 ? -1 : 0;
}
