#include "data/lzma2.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define INLINE static inline __attribute__((always_inline))
#define STATES 12 /* what the last symbols were: below LITERALS, the last one was a literal */
#define LITERALS 7
#define POSITIONS 16 /* at most, that are told apart */
#define ONE 2048U    /* a probability of 1 */
#define SHIFT 5      /* how fast probabilities follow */
#define TOP (1U << 24)
#define COPY 16 /* bytes of a match that are copied at once */

typedef uint16_t prob;

struct lengths {
	prob choice, longer;
	prob low[POSITIONS][8], mid[POSITIONS][8], high[256];
};

/* All that is learned; each is a probability of a bit 0. */
struct model {
	prob is_match[STATES][POSITIONS], is_rep0_long[STATES][POSITIONS];
	prob is_rep[STATES], is_rep0[STATES], is_rep1[STATES], is_rep2[STATES];
	prob slot[4][64], special[128], align[16];
	struct lengths match, rep;
	prob literal[16][0x300];
};

/* What the last symbols were: their kinds, and the distances of the last four matches. */
struct past {
	uint32_t state, rep[4];
};

struct lzma2 {
	struct model m;
	struct past past;
	uint32_t lc, lp_mask, pb_mask;
	unsigned char *base; /* the oldest byte that a match may reach; positions are counted from here */
	size_t dict;         /* how far it may reach */
};

/* The range coder. It never looks where its input ends: a symbol takes less than LZMA2_PAD bytes, and after each one
 * it is asked whether it went too far. */
struct range {
	uint32_t range, code;
	const unsigned char *in;
};

INLINE void
normalize(struct range *r)
{
	if (r->range < TOP) {
		r->range <<= 8;
		r->code = r->code << 8 | *r->in++;
	}
}

/* A bit that a branch follows. */
INLINE bool
bit(struct range *r, prob *p)
{
	uint32_t v = *p, bound;

	normalize(r);
	bound = (r->range >> 11) * v;
	if (r->code < bound) {
		r->range = bound;
		*p = (prob)(v + ((ONE - v) >> SHIFT));
		return false;
	}
	r->range -= bound;
	r->code -= bound;
	*p = (prob)(v - (v >> SHIFT));
	return true;
}

/* The same without a branch, for bits that nobody can foresee: all ones for a 0, 0 for a 1. */
INLINE uint32_t
mask(struct range *r, prob *p)
{
	uint32_t v = *p, bound, m;

	normalize(r);
	bound = (r->range >> 11) * v;
	m = 0U - (uint32_t)(r->code < bound);
	r->range -= bound;
	r->code -= bound;
	r->range = (m & bound) | (~m & r->range);
	r->code += bound & m;
	*p = (prob)(v - (uint32_t)((int32_t)(v + (m & ((1U << SHIFT) - 1 - ONE))) >> SHIFT));
	return m;
}

/* `n` bits, highest first; `n` is a constant wherever it is called. */
INLINE uint32_t
tree(struct range *r, prob *p, unsigned n)
{
	uint32_t sym = 1;

#pragma GCC unroll 8
	for (unsigned i = 0; i < n; i++)
		sym = sym * 2 + 1 + mask(r, p + sym);
	return sym - (1U << n);
}

/* `n` bits, lowest first. */
INLINE uint32_t
reverse_tree(struct range *r, prob *p, unsigned n)
{
	uint32_t sym = 1, value = 0;

	for (unsigned i = 0; i < n; i++) {
		uint32_t one = 1 + mask(r, p + sym);

		sym = sym * 2 + one;
		value |= one << i;
	}
	return value;
}

/* `n` bits, all equally likely. */
INLINE uint32_t
direct(struct range *r, uint32_t value, unsigned n)
{
	for (; n; n--) {
		uint32_t m;

		normalize(r);
		r->range >>= 1;
		r->code -= r->range;
		m = 0U - (r->code >> 31);
		r->code += r->range & m;
		value = value * 2 + 1 + m;
	}
	return value;
}

/* A literal after a match: as long as its bits are those of the byte that a further match would bring, they have
 * probabilities of their own. */
INLINE uint32_t
matched_literal(struct range *r, prob *p, uint32_t byte)
{
	uint32_t sym = 1, off = 0x100;

#pragma GCC unroll 8
	for (unsigned i = 0; i < 8; i++) {
		uint32_t like, m;

		byte <<= 1;
		like = byte & off;
		m = mask(r, p + off + like + sym);
		sym = sym * 2 + 1 + m;
		off &= like ^ m;
	}
	return sym & 0xff;
}

INLINE uint32_t
length(struct range *r, struct lengths *l, uint32_t position)
{
	if (!bit(r, &l->choice))
		return 2 + tree(r, l->low[position], 3);
	if (!bit(r, &l->longer))
		return 10 + tree(r, l->mid[position], 3);
	return 18 + tree(r, l->high, 8);
}

INLINE uint32_t
distance(struct range *r, struct model *m, uint32_t len)
{
	uint32_t slot = tree(r, m->slot[len < 6 ? len - 2 : 3], 6), n = slot / 2 - 1, d = 2 | (slot & 1);

	if (slot < 4)
		return slot;
	if (slot < 14)
		return (d << n) + reverse_tree(r, m->special + (d << n) - slot, n);
	return (direct(r, d, n - 4) << 4) + reverse_tree(r, m->align, 4);
}

/* Takes another of the last four distances to the front. */
INLINE void
older(struct range *r, struct model *m, struct past *h)
{
	uint32_t d = h->rep[1];

	if (bit(r, &m->is_rep1[h->state])) {
		d = h->rep[2];
		if (bit(r, &m->is_rep2[h->state])) {
			d = h->rep[3];
			h->rep[3] = h->rep[2];
		}
		h->rep[2] = h->rep[1];
	}
	h->rep[1] = h->rep[0];
	h->rep[0] = d;
}

/* What is no literal: gives its length; the distance is then the first of the last four. */
INLINE uint32_t
match(struct range *r, struct model *m, struct past *h, uint32_t position)
{
	uint32_t state = h->state, len;

	if (!bit(r, &m->is_rep[state])) {
		h->rep[3] = h->rep[2];
		h->rep[2] = h->rep[1];
		h->rep[1] = h->rep[0];
		h->state = state < LITERALS ? 7 : 10;
		len = length(r, &m->match, position);
		h->rep[0] = distance(r, m, len);
		return len;
	}
	if (bit(r, &m->is_rep0[state])) {
		older(r, m, h);
	} else if (!bit(r, &m->is_rep0_long[state][position])) {
		h->state = state < LITERALS ? 9 : 11;
		return 1;
	}
	h->state = state < LITERALS ? 8 : 11;
	return length(r, &m->rep, position);
}

INLINE unsigned char
literal(struct range *r, struct lzma2 *z, struct past *h, const unsigned char *out)
{
	size_t at = (size_t)(out - z->base);
	uint32_t last = at ? out[-1] : 0, state = h->state;
	prob *p = z->m.literal[((at & z->lp_mask) << z->lc) + (last >> (8 - z->lc))];

	if (state < LITERALS) {
		h->state = state < 4 ? 0 : state - 3;
		return (unsigned char)tree(r, p, 8);
	}
	h->state = state < 10 ? state - 3 : state - 6;
	return (unsigned char)matched_literal(r, p, out[-(ptrdiff_t)h->rep[0] - 1]);
}

/* Copies a match, which may overlap itself; up to `stop` there is room. */
INLINE unsigned char *
copy_match(unsigned char *to, const unsigned char *from, uint32_t len, const unsigned char *stop)
{
	unsigned char *end = to + len;

	if (to - from >= COPY && stop - end >= COPY)
		for (; to < end; to += COPY, from += COPY)
			memcpy(to, from, COPY);
	else
		while (to < end)
			*to++ = *from++;
	return end;
}

/* Bytes from `out` to `stop` out of compressed data; both must end together. */
static int
decode_piece(struct lzma2 *z, const unsigned char *in, size_t nin, unsigned char *out, unsigned char *const stop)
{
	const unsigned char *const end = in + nin;
	struct range r = {UINT32_MAX, 0, in};
	struct past h = z->past;

	if (nin < 5 || *r.in++)
		return -1;
	for (int i = 0; i < 4; i++)
		r.code = r.code << 8 | *r.in++;
	while (out < stop && r.in <= end) {
		size_t at = (size_t)(out - z->base);
		uint32_t position = at & z->pb_mask, len;

		if (!bit(&r, &z->m.is_match[h.state][position])) {
			*out = literal(&r, z, &h, out);
			out++;
			continue;
		}
		len = match(&r, &z->m, &h, position);
		if (h.rep[0] >= (at < z->dict ? at : z->dict) || len > (size_t)(stop - out))
			return -1;
		out = copy_match(out, out - h.rep[0] - 1, len, stop);
	}
	normalize(&r);
	z->past = h;
	return out == stop && r.in == end && r.code == 0 ? 0 : -1;
}

static void
forget(struct lzma2 *z)
{
	prob *p = (prob *)&z->m;

	for (size_t i = 0; i < sizeof z->m / sizeof *p; i++)
		p[i] = ONE / 2;
	z->past = (struct past){0};
}

static int
properties(struct lzma2 *z, unsigned char p)
{
	uint32_t pb = p / 45, lp = p / 9 % 5, lc = p % 9;

	if (p > (4 * 5 + 4) * 9 + 8 || lc + lp > 4)
		return -1;
	z->lc = lc;
	z->lp_mask = (1U << lp) - 1;
	z->pb_mask = (1U << pb) - 1;
	return 0;
}

/* The block as it is worked off. */
struct progress {
	const unsigned char *in, *end;
	unsigned char *out, *stop;
	bool dict, properties; /* must be given by the next piece */
};

static size_t
number(const unsigned char *p)
{
	return ((size_t)p[0] << 8 | p[1]) + 1;
}

static int
plain_piece(struct progress *b)
{
	size_t n;

	if (b->end - b->in < 2)
		return -1;
	n = number(b->in);
	b->in += 2;
	if (n > (size_t)(b->end - b->in) || n > (size_t)(b->stop - b->out))
		return -1;
	memcpy(b->out, b->in, n);
	b->in += n;
	b->out += n;
	return 0;
}

static int
packed_piece(struct lzma2 *z, struct progress *b, unsigned char control)
{
	bool props = control >= 0xc0;
	size_t n, packed;

	if (b->end - b->in < 4 + props || (!props && b->properties))
		return -1;
	n = ((size_t)(control & 31) << 16) + number(b->in);
	packed = number(b->in + 2);
	if (props && properties(z, b->in[4]) < 0)
		return -1;
	if (control >= 0xa0)
		forget(z);
	b->in += 4 + props;
	b->properties = false;
	if (packed > (size_t)(b->end - b->in) || n > (size_t)(b->stop - b->out) ||
	    decode_piece(z, b->in, packed, b->out, b->out + n) < 0)
		return -1;
	b->in += packed;
	b->out += n;
	return 0;
}

/* 1 behind a piece, 0 at the end. */
static int
piece(struct lzma2 *z, struct progress *b)
{
	unsigned char control;

	if (b->in == b->end)
		return -1;
	control = *b->in++;
	if (control == 0)
		return b->in == b->end && b->out == b->stop ? 0 : -1;
	if (control >= 0xe0 || control == 1) {
		b->dict = false;
		b->properties = true;
		z->base = b->out;
	} else if (b->dict) {
		return -1;
	}
	if (control < 0x80)
		return control > 2 || plain_piece(b) < 0 ? -1 : 1;
	return packed_piece(z, b, control) < 0 ? -1 : 1;
}

int
lzma2_decode(const struct lzma2_block *b)
{
	cleanup_free struct lzma2 *z = xcalloc(1, sizeof *z);
	struct progress at = {b->in, b->in + b->nin, b->out, b->out + b->nout, true, true};
	int r;

	z->dict = b->dict;
	while ((r = piece(z, &at)) > 0)
		if (b->made && !b->made(b->ctx, (size_t)(at.out - b->out)))
			return -1;
	return r;
}
