/* lzma2 beside liblzma's own decoder, on whole data and damaged, and blocks that threads decode */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <lzma.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/decoder.h"
#include "data/lzma2.h"
#include "bytes_case.h"
#include "fake_archive.h"

#define MOST ((size_t)1 << 20)

static uint32_t
next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Words, copies from near and far, numbers, noise and zeros, so that every kind of symbol comes. */
static struct str
text(size_t n, uint32_t seed)
{
	struct str s = {0};

	while (s.len < n) {
		uint32_t r = next(&seed), from = s.len ? next(&seed) % (uint32_t)s.len : 0;

		if (r % 5 == 0)
			str_addf(&s, "static int value_%u = %u;\n", r % 50, next(&seed) % 1000);
		else if (r % 5 == 1 && s.len > 600)
			for (uint32_t i = 0, len = next(&seed) % 500 + 2; i < len; i++)
				str_addc(&s, s.s[from + i]);
		else if (r % 5 == 2)
			for (uint32_t i = next(&seed) % 40; i; i--)
				str_addc(&s, (char)next(&seed));
		else
			for (uint32_t i = next(&seed) % 90; i; i--)
				str_addc(&s, (char)(r % 5 == 3 ? 0 : "ab"[i % 2]));
	}
	s.len = n;
	return s;
}

/* Raw LZMA2 with padding behind it. */
static struct str
packed(const struct str *plain, const lzma_options_lzma *o)
{
	const lzma_filter f[] = {{LZMA_FILTER_LZMA2, (void *)o}, {LZMA_VLI_UNKNOWN, NULL}};
	struct str z = {0};
	size_t at = 0;

	z.cap = plain->len + plain->len / 2 + 1000;
	z.s = xcalloc(1, z.cap);
	assert_int_equal(lzma_raw_buffer_encode(f, NULL, (const uint8_t *)plain->s, plain->len, (uint8_t *)z.s, &at,
						z.cap - LZMA2_PAD),
			 LZMA_OK);
	z.len = at;
	return z;
}

static bool
count(void *ctx, size_t n)
{
	size_t *last = ctx;

	assert_true(n >= *last);
	*last = n;
	return true;
}

/* Both decoders must say the same, and make the same. */
static int
agree(const struct str *z, const lzma_options_lzma *o, size_t nout)
{
	const lzma_filter f[] = {{LZMA_FILTER_LZMA2, (void *)o}, {LZMA_VLI_UNKNOWN, NULL}};
	cleanup_free unsigned char *theirs = xmalloc(nout + 1), *ours = xmalloc(nout + 1);
	size_t in = 0, out = 0, last = 0;
	lzma_ret r = lzma_raw_buffer_decode(f, NULL, (const uint8_t *)z->s, &in, z->len, theirs, &out, nout);
	bool good = r == LZMA_OK && in == z->len && out == nout;
	struct lzma2_block b = {(unsigned char *)z->s, z->len, ours, nout, o->dict_size, count, &last};

	assert_int_equal(lzma2_decode(&b), good ? 0 : -1);
	if (good) {
		assert_int_equal(last, nout);
		assert_memory_equal(ours, theirs, nout);
	}
	return good;
}

static void
decodes_what_liblzma_decodes(void **state)
{
	static const uint32_t lclppb[][3] = {{3, 0, 2}, {0, 2, 0}, {4, 0, 4}, {0, 4, 3}, {1, 3, 1}};

	(void)state;
	for (uint32_t i = 0; i < 20; i++) {
		struct str t = text(i == 0 ? 0 : 1000 + i * 30011, i), z;
		lzma_options_lzma o;

		assert_false(lzma_lzma_preset(&o, i % 10));
		o.lc = lclppb[i % 5][0];
		o.lp = lclppb[i % 5][1];
		o.pb = lclppb[i % 5][2];
		o.dict_size = i % 3 ? (uint32_t)MOST : LZMA_DICT_SIZE_MIN;
		z = packed(&t, &o);
		assert_true(agree(&z, &o, t.len));
		assert_false(agree(&z, &o, t.len + 1));
		if (t.len)
			assert_false(agree(&z, &o, t.len - 1));
		z.len--;
		assert_false(agree(&z, &o, t.len));
		str_free(&t);
		str_free(&z);
	}
}

static void
refuses_what_liblzma_refuses(void **state)
{
	struct str t = text(40000, 7), z;
	lzma_options_lzma o;
	uint32_t seed = 1;
	int good = 0;

	(void)state;
	assert_false(lzma_lzma_preset(&o, 6));
	o.dict_size = (uint32_t)MOST;
	z = packed(&t, &o);
	for (int i = 0; i < 3000; i++) {
		size_t at = i < 40 ? (size_t)i : next(&seed) % z.len;
		char old = z.s[at];

		z.s[at] = (char)(old ^ (1 << (next(&seed) % 8)));
		good += agree(&z, &o, t.len);
		z.s[at] = old;
	}
	assert_in_range(good, 0, 2999); /* a bit of a literal at the very end of a piece may be anything */
	str_free(&t);
	str_free(&z);
}

/* A piece that begins anew, as another begins: 0xc0 keeps the dictionary, 0xa0 the properties too, 0x80 all. The
 * properties are those by which no byte before it counts. */
static void
add_piece(struct str *z, const struct str *packed, unsigned char control)
{
	str_addc(z, (char)(control | (packed->s[0] & 31)));
	str_addn(z, packed->s + 1, 4);
	if (control >= 0xc0)
		str_addc(z, packed->s[5]);
	str_addn(z, packed->s + 6, packed->len - 7);
}

static void
goes_on_as_each_piece_says(void **state)
{
	static const struct {
		unsigned char first, second;
		bool plain; /* a plain piece before them, with a new dictionary */
		bool good;
	} cases[] = {
		{0xe0, 0xe0, false, true},  {0xe0, 0xc0, false, true},  {0xe0, 0xa0, false, true},
		{0xe0, 0x80, false, false}, {0xc0, 0xe0, false, false}, {0xa0, 0xa0, false, false},
		{0xc0, 0xa0, true, true},   {0xa0, 0xa0, true, false},  {0x80, 0xe0, true, false},
	};
	struct str t = text(3000, 11), packed_one;
	lzma_options_lzma o;

	(void)state;
	assert_false(lzma_lzma_preset(&o, 6));
	o.lc = o.lp = o.pb = 0;
	o.dict_size = (uint32_t)MOST;
	packed_one = packed(&t, &o);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str z = {0};

		if (cases[i].plain)
			str_addn(&z, "\1\0\0x", 4);
		add_piece(&z, &packed_one, cases[i].first);
		add_piece(&z, &packed_one, cases[i].second);
		str_addn(&z, "", 1);
		str_room(&z, LZMA2_PAD);
		if (agree(&z, &o, 2 * t.len + cases[i].plain) != cases[i].good)
			fail_msg("case %zu", i);
		str_free(&z);
	}
	str_free(&packed_one);
	str_free(&t);
}

/* Before a dictionary is no byte: its first literal is decoded as one behind a zero. */
static void
counts_anew_in_a_new_dictionary(void **state)
{
	struct str t = text(3001, 15), packed_one, z = {0};
	lzma_options_lzma o;

	(void)state;
	assert_false(lzma_lzma_preset(&o, 6));
	o.dict_size = (uint32_t)MOST;
	t.s[t.len - 1] = '~';
	packed_one = packed(&t, &o);
	add_piece(&z, &packed_one, 0xe0);
	add_piece(&z, &packed_one, 0xe0);
	str_addn(&z, "", 1);
	str_room(&z, LZMA2_PAD);
	assert_true(agree(&z, &o, 2 * t.len));
	str_free(&packed_one), str_free(&t), str_free(&z);
}

/* A piece with a byte more than its last symbol needs. */
static void
ends_where_a_piece_ends(void **state)
{
	struct str t = text(500, 12), z, longer = {0};
	lzma_options_lzma o;

	(void)state;
	assert_false(lzma_lzma_preset(&o, 6));
	o.dict_size = (uint32_t)MOST;
	z = packed(&t, &o);
	assert_true(agree(&z, &o, t.len));
	str_addn(&longer, z.s, z.len - 1);
	longer.s[4] = (char)(longer.s[4] + 1);
	str_addn(&longer, "\0", 2);
	str_room(&longer, LZMA2_PAD);
	assert_int_not_equal((unsigned char)z.s[4], 0xff);
	assert_false(agree(&longer, &o, t.len));
	str_reset(&longer);
	str_addn(&longer, z.s, z.len);
	str_addc(&longer, 0); /* behind the end of all pieces */
	str_room(&longer, LZMA2_PAD);
	assert_false(agree(&longer, &o, t.len));
	str_free(&t), str_free(&z), str_free(&longer);
}

/* Every byte that may say lc, lp and pb. A literal and copies of it are decoded alike by any lc and lp; those that
 * liblzma takes are fifteen. */
static void
takes_the_properties_that_liblzma_takes(void **state)
{
	struct str t = {0}, z;
	lzma_options_lzma o;
	int good = 0;

	(void)state;
	assert_false(lzma_lzma_preset(&o, 6));
	o.dict_size = (uint32_t)MOST;
	str_addf(&t, "%0200d", 0);
	z = packed(&t, &o);
	for (int props = 0; props < 256; props++) {
		z.s[5] = (char)props;
		good += agree(&z, &o, t.len);
	}
	assert_in_range(good, 15, 75);
	str_free(&t), str_free(&z);
}

/* Matches from farther away than the block's header says. */
static void
reaches_no_farther_than_the_dictionary(void **state)
{
	struct str t = text(200000, 14), z;
	lzma_options_lzma o;
	int good = 0;

	(void)state;
	assert_false(lzma_lzma_preset(&o, 6));
	o.dict_size = (uint32_t)MOST;
	z = packed(&t, &o);
	for (uint32_t size = LZMA_DICT_SIZE_MIN; size <= MOST; size *= 2) {
		o.dict_size = size;
		good += agree(&z, &o, t.len);
	}
	assert_in_range(good, 1, 4); /* of nine; from 256 KiB on all is within reach */
	str_free(&t), str_free(&z);
}

/* All that comes out, up to `stop` bytes; -1 with a sentence. */
static int
decoded(const struct str *z, int threads, size_t stop, struct str *out, struct err *err)
{
	struct bytes b = {z, 0, threads == 1 ? 7 : 70001}; /* so that heads come in parts */
	uint64_t base = 0;
	struct decoder_source src = {
		.pull = pull, .ctx = &b, .fd = -1, .label = "x", .base = &base, .threads = threads};
	struct decoder *d = decoder_open(&src, err);
	ssize_t n = d ? 1 : -1;
	const void *p;

	while (n > 0 && out->len < stop && (n = decoder_block(d, &p, err)) > 0)
		str_addn(out, p, (size_t)n);
	decoder_close(d);
	return n < 0 ? -1 : 0;
}

static const char *const packers[][6] = {
	{"xz", "-c", "-1T2", "--block-size=400000", NULL},
	{"xz", "-c", "-1T2", "--block-size=400000", "--check=crc32", NULL},
	{"xz", "-c", "-1T2", "--block-size=400000", "--check=sha256", NULL},
	{"xz", "-c", "-1T2", "--block-size=400000", "--check=none", NULL},
	{"xz", "-c", "-1T2", "--block-size=50000", NULL},         /* too small for threads */
	{"xz", "-c", "-1T1", "--block-size=400000", NULL},        /* without sizes: liblzma's */
	{"xz", "-c", "-T2", "--delta", "--lzma2=preset=1", NULL}, /* with a filter: liblzma's */
};

static void
hands_blocks_out_in_order(void **state)
{
	struct str t = text(2000000, 3);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(packers); i++) {
		struct str z = through(&t, packers[i]);

		for (int threads = 1; threads < 20; threads = threads * 3 + 1) {
			struct str out = {0};
			struct err err = {0};

			assert_int_equal(decoded(&z, threads, SIZE_MAX, &out, &err), 0);
			assert_int_equal(out.len, t.len);
			assert_memory_equal(out.s, t.s, t.len);
			str_free(&out);
			/* who has enough closes it, whatever the threads do */
			assert_int_equal(decoded(&z, threads, (size_t)threads * 100000, &out, &err), 0);
			str_free(&out);
		}
		str_free(&z);
	}
	str_free(&t);
}

/* A changed bit anywhere, and an end anywhere: blocks, padding, sums, index, footer. */
static void
notices_damage_of_blocks(void **state)
{
	struct str t = text(1000000, 5);
	uint32_t seed = 9;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(packers); i++) {
		struct str z = through(&t, packers[i]);
		size_t whole = z.len;

		for (int k = 0; k < 60; k++) {
			struct str out = {0};
			struct err err = {0};
			size_t at = k < 40 ? z.len - 1 - (size_t)k : 6 + next(&seed) % (z.len - 6);

			if (k % 2)
				z.len = at;
			else
				z.s[at] ^= 16;
			/* no check at all: other contents are then as good, but never more or less of them */
			if (decoded(&z, 1 + k % 3, SIZE_MAX, &out, &err) == 0)
				assert_true(i == 3 && out.len == t.len);
			else
				assert_string_equal(err.head->code, "E0402");
			if (!(k % 2))
				z.s[at] ^= 16;
			z.len = whole;
			err_free(&err);
			str_free(&out);
		}
		str_free(&z);
	}
	str_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_what_liblzma_decodes),
		cmocka_unit_test(refuses_what_liblzma_refuses),
		cmocka_unit_test(goes_on_as_each_piece_says),
		cmocka_unit_test(ends_where_a_piece_ends),
		cmocka_unit_test(hands_blocks_out_in_order),
		cmocka_unit_test(notices_damage_of_blocks),
		cmocka_unit_test(takes_the_properties_that_liblzma_takes),
		cmocka_unit_test(counts_anew_in_a_new_dictionary),
		cmocka_unit_test(reaches_no_farther_than_the_dictionary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
