#include "base/packed.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

void
pack_u8(struct str *b, unsigned v)
{
	str_addc(b, (char)v);
}

static void
number(struct str *b, uint64_t v, int bytes)
{
	for (; bytes--; v >>= 8)
		str_addc(b, (char)(v & 0xff));
}

void
pack_u32(struct str *b, uint32_t v)
{
	number(b, v, 4);
}

void
pack_u64(struct str *b, uint64_t v)
{
	number(b, v, 8);
}

void
pack_text(struct str *b, const char *s)
{
	pack_u32(b, s ? (uint32_t)strlen(s) : UINT32_MAX);
	if (s)
		str_add(b, s);
}

void
pack_bytes(struct str *b, const void *p, size_t n)
{
	str_addn(b, p, n);
}

static const unsigned char *
take(struct packed *in, size_t n)
{
	const unsigned char *p = in->p;

	if (in->bad || (size_t)(in->end - in->p) < n) {
		in->bad = true;
		return NULL;
	}
	in->p += n;
	return p;
}

static uint64_t
take_number(struct packed *in, size_t bytes)
{
	const unsigned char *p = take(in, bytes);
	uint64_t v = 0;

	while (p && bytes--)
		v = v << 8 | p[bytes];
	return v;
}

unsigned
unpack_u8(struct packed *in)
{
	return (unsigned)take_number(in, 1);
}

uint32_t
unpack_u32(struct packed *in)
{
	return (uint32_t)take_number(in, 4);
}

uint64_t
unpack_u64(struct packed *in)
{
	return take_number(in, 8);
}

const char *
unpack_text(struct packed *in)
{
	uint32_t n = unpack_u32(in);
	const unsigned char *p = in->bad || n == UINT32_MAX ? NULL : take(in, n);

	if (!p)
		return NULL;
	in->bad |= memchr(p, 0, n) != NULL;
	return arena_strndup(in->a, (const char *)p, n);
}

const char *
unpack_word(struct packed *in)
{
	const char *s = unpack_text(in);

	in->bad |= !s;
	return s ? s : "";
}

void
unpack_bytes(struct packed *in, void *out, size_t n)
{
	const unsigned char *p = take(in, n);

	if (p)
		memcpy(out, p, n);
	else
		memset(out, 0, n);
}

size_t
unpack_count(struct packed *in, size_t least)
{
	uint32_t n = unpack_u32(in);

	if (n > (size_t)(in->end - in->p) / least)
		in->bad = true;
	return in->bad ? 0 : n;
}
