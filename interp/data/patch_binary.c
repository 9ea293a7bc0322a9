#include "data/patch_binary.h"

#include <limits.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "data/inflate.h"
#include "data/patch_reader.h"

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/* Five digits to four bytes, the most significant first. */
static bool
decode_group(const char *s, unsigned char out[4])
{
	unsigned long long v = 0;

	for (int i = 0; i < 5; i++) {
		const char *at = s[i] ? strchr(digits, s[i]) : NULL;

		if (!at)
			return false;
		v = v * 85 + (unsigned)(at - digits);
	}
	if (v > UINT_MAX)
		return false;
	for (int i = 0; i < 4; i++)
		out[i] = (unsigned char)(v >> (24 - 8 * i));
	return true;
}

/* One line: a letter for the number of bytes, then groups of five digits. */
static bool
decode_line(struct patch_text t, struct str *out)
{
	size_t n;

	if (t.len < 6 || (t.len - 1) % 5)
		return false;
	if (*t.s >= 'A' && *t.s <= 'Z')
		n = (size_t)(*t.s - 'A') + 1;
	else if (*t.s >= 'a' && *t.s <= 'z')
		n = (size_t)(*t.s - 'a') + 27;
	else
		return false;
	if ((n + 3) / 4 != (t.len - 1) / 5)
		return false;
	for (size_t i = 0; i < n; i += 4) {
		unsigned char b[4];

		if (!decode_group(t.s + 1 + i / 4 * 5, b))
			return false;
		str_addn(out, b, n - i < 4 ? n - i : 4);
	}
	return true;
}

static bool
read_size(struct patch_text t, size_t skip, size_t *size)
{
	*size = 0;
	for (size_t i = skip; i < t.len; i++) {
		if (t.s[i] < '0' || t.s[i] > '9' || *size > PATCH_BLOB_MAX)
			return false;
		*size = *size * 10 + (size_t)(t.s[i] - '0');
	}
	return t.len > skip;
}

int
patch_read_blob(struct patch_reader *r, struct patch_blob *b)
{
	struct patch_text t = patch_peek(r);
	struct str cleanup_str raw = {0};
	bool literal = patch_text_starts(t, "literal ");

	if (!literal && !patch_text_starts(t, "delta "))
		return patch_fault(r, r->line, "E0501", "a binary change says neither `literal` nor `delta`");
	if (!read_size(t, literal ? 8 : 6, &b->size))
		return patch_fault(r, r->line, "E0501", "the size of the binary change cannot be read");
	if (b->size > PATCH_BLOB_MAX)
		return patch_fault(r, r->line, "E0508", "a binary change of more than %zu MiB", PATCH_BLOB_MAX >> 20);
	b->kind = literal ? BLOB_LITERAL : BLOB_DELTA;
	for (patch_take(r); (t = patch_peek(r)).s && t.len; patch_take(r))
		if (!decode_line(t, &raw))
			return patch_fault(r, r->line, "E0501", "a line of the binary change is damaged");
	patch_take(r); /* the empty line behind it */
	b->z = arena_memdup(r->a, str_text(&raw), raw.len + 1);
	b->zlen = raw.len;
	return 0;
}

/* A size in seven-bit groups, the least significant first. */
static bool
delta_size(const unsigned char **p, const unsigned char *end, size_t *out)
{
	unsigned shift = 0;

	*out = 0;
	do {
		if (*p == end || shift > 28)
			return false;
		*out |= (size_t)(**p & 0x7f) << shift;
		shift += 7;
	} while (*(*p)++ & 0x80);
	return true;
}

/* The offset and size of a copy: a bit in `op` for each byte that is there. */
static bool
delta_copy(unsigned op, const unsigned char **p, const unsigned char *end, size_t *off, size_t *size)
{
	*off = *size = 0;
	for (unsigned i = 0; i < 7; i++) {
		if (!(op & 1u << i))
			continue;
		if (*p == end)
			return false;
		if (i < 4)
			*off |= (size_t) * (*p)++ << (8 * i);
		else
			*size |= (size_t) * (*p)++ << (8 * (i - 4));
	}
	if (!*size)
		*size = 0x10000;
	return true;
}

static const char *
apply_delta(const unsigned char *p, size_t n, const char *old, size_t len, struct str *out)
{
	const unsigned char *end = p + n;
	size_t from, to, off, size, start = out->len;

	if (!delta_size(&p, end, &from) || !delta_size(&p, end, &to) || to > PATCH_BLOB_MAX)
		return "its delta is damaged";
	if (from != len)
		return "the file has another size than the one it was made for";
	while (p < end) {
		unsigned op = *p++;

		if (op & 0x80) {
			if (!delta_copy(op, &p, end, &off, &size) || off > len || size > len - off ||
			    size > to - (out->len - start))
				return "its delta is damaged";
			str_addn(out, old + off, size);
		} else {
			if (!op || op > end - p || op > to - (out->len - start))
				return "its delta is damaged";
			str_addn(out, p, op);
			p += op;
		}
	}
	return out->len - start == to ? NULL : "its delta is damaged";
}

const char *
patch_blob_apply(const struct patch_blob *b, const char *old, size_t len, struct str *out)
{
	unsigned char *raw cleanup_free = NULL;

	if (b->kind == BLOB_NONE)
		return "it says only one direction";
	if (b->size / 1100 > b->zlen) /* deflate cannot be that dense */
		return "its data does not inflate to the size that it says";
	raw = xmalloc(b->size + 1);
	if (!inflate_exact(b->z, b->zlen, raw, b->size))
		return "its data does not inflate to the size that it says";
	if (b->kind == BLOB_DELTA)
		return apply_delta(raw, b->size, old, len, out);
	str_addn(out, raw, b->size);
	return NULL;
}
