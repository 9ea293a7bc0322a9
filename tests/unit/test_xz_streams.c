/* .xz files that lie: headers, index, footer, padding and checks made by hand, each file beside liblzma's own decoder,
 * which must say the same and make the same; and what blocks hold of memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <lzma.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/codec.h"
#include "data/decode_blocks.h"
#include "data/decoder.h"
#include "bytes_case.h"

#define FILES 3000
#define MOST ((size_t)4 << 20)

/* -- chance ------------------------------------------------------------------------------------------- */
struct dice {
	uint32_t seed;
	unsigned lies; /* told so far in this file */
};

static uint32_t
roll(struct dice *d, uint32_t n)
{
	d->seed = d->seed * 1664525 + 1013904223;
	return (d->seed >> 8) % n;
}

/* Now and then something else than the truth: few lies in a file, so that each is met alone. */
static int64_t
lie(struct dice *d, int64_t truth, const int64_t *v, uint32_t n)
{
	if (d->lies > 1 || roll(d, 40))
		return truth;
	d->lies++;
	return truth + v[roll(d, n)];
}
#define LIE(d, truth, ...)                                       \
	lie(d, (int64_t)(truth), (const int64_t[]){__VA_ARGS__}, \
	    (uint32_t)(sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t)))

/* -- files -------------------------------------------------------------------------------------------- */
static void
add_text(struct dice *d, struct str *s)
{
	static const uint32_t sizes[] = {0, 1, 5, 300, 4096, 70000};
	uint32_t n = roll(d, 12) ? sizes[roll(d, ARRAY_LEN(sizes))] : 300000; /* which is worth a thread */

	while (s->len < n) {
		uint32_t r = roll(d, 4);

		if (!r)
			str_addf(s, "static int value_%u;\n", roll(d, 500));
		else if (r == 1)
			str_addc(s, (char)roll(d, 256));
		else
			for (uint32_t i = roll(d, 5000), from = roll(d, (uint32_t)s->len + 1); i && s->len; i--)
				str_addc(s, s->s[from++]);
	}
	s->len = n;
}

/* Pieces made by hand: plain ones with and without a new dictionary. */
static void
add_pieces(struct dice *d, const struct str *t, size_t len, struct str *out)
{
	for (size_t at = 0; at < len;) {
		size_t n = 1 + roll(d, 65536);

		n = n < len - at ? n : len - at;
		str_addc(out, (char)LIE(d, at && roll(d, 2) ? 2 : 1, 1, 2, 0x7e, 0x7f, 0xbf, 0xdf));
		str_addc(out, (char)((n - 1) >> 8));
		str_addc(out, (char)(n - 1));
		str_addn(out, t->s + at, n);
		at += n;
	}
}

/* Behind plain pieces a compressed one need not begin anew, and may say so or not. */
static void
add_packed(struct dice *d, const struct str *t, size_t from, struct str *out)
{
	lzma_options_lzma o;
	const lzma_filter f[] = {{LZMA_FILTER_LZMA2, &o}, {LZMA_VLI_UNKNOWN, NULL}};
	size_t n = 0, len = t->len - from, room = len + len / 2 + 1000, at = out->len;

	assert_false(lzma_lzma_preset(&o, 1));
	o.dict_size = 1 << 16;
	o.lc = roll(d, 4);
	o.pb = roll(d, 5);
	assert_int_equal(lzma_raw_buffer_encode(f, NULL, (const uint8_t *)str_text(t) + from, len,
						(uint8_t *)str_room(out, room), &n, room),
			 LZMA_OK);
	out->len += n;
	if ((unsigned char)out->s[at] >= 0xe0)
		out->s[at] = (char)LIE(d, (unsigned char)out->s[at], -0x20, -0x20, -0x40, -0x60);
}

static void
add_lzma2(struct dice *d, const struct str *t, struct str *out)
{
	size_t plain = roll(d, 3) ? 0 : roll(d, 2) ? t->len : t->len / 2 & ~(size_t)15;

	add_pieces(d, t, plain, out);
	if (plain < t->len)
		add_packed(d, t, plain, out);
	else
		str_addc(out, 0);
	if (LIE(d, 0, 1))
		out->s[roll(d, out->len < 32 ? (uint32_t)out->len : 32)] ^= (char)(1 << roll(d, 8));
	if (LIE(d, 0, 1))
		out->len--;
	if (LIE(d, 0, 1))
		str_addc(out, 0);
}

static void
add_check(struct dice *d, lzma_check check, const struct str *t, struct str *out)
{
	const uint8_t *p = (const uint8_t *)str_text(t);
	uint64_t crc = check == LZMA_CHECK_CRC64 ? lzma_crc64(p, t->len, 0) : lzma_crc32(p, t->len, 0);
	struct hash h = hash_of(p, t->len);

	crc ^= (uint64_t)LIE(d, 0, 1);
	h.b[31] ^= (unsigned char)LIE(d, 0, 1);
	if (check == LZMA_CHECK_SHA256)
		str_addn(out, h.b, sizeof h.b);
	else
		for (uint32_t i = 0; i < lzma_check_size(check); i++)
			str_addc(out, (char)(crc >> (8 * i)));
}

/* A header that nobody's encoder would make: sizes that lie, none, a chain of filters that cannot be. */
static void
add_header(struct dice *d, lzma_block *b, struct str *out)
{
	lzma_options_lzma o = {.dict_size = 1u << (roll(d, 10) ? LIE(d, 16, 6, 14) : 12)};
	lzma_options_delta delta = {.dist = 1};
	lzma_filter chains[][3] = {
		{{LZMA_FILTER_LZMA2, &o}, {LZMA_VLI_UNKNOWN, NULL}, {0}},
		{{LZMA_FILTER_DELTA, &delta}, {LZMA_VLI_UNKNOWN, NULL}, {0}},
		{{LZMA_FILTER_LZMA2, &o}, {LZMA_FILTER_LZMA2, &o}, {LZMA_VLI_UNKNOWN, NULL}},
		{{LZMA_FILTER_X86, NULL}, {LZMA_FILTER_LZMA2, &o}, {LZMA_VLI_UNKNOWN, NULL}},
	};
	uint8_t head[LZMA_BLOCK_HEADER_SIZE_MAX] = {0};
	size_t chain = (size_t)LIE(d, 0, 1, 2, 3);
	uint32_t crc;

	b->filters = chains[chain];
	if (lzma_block_header_size(b) || lzma_block_header_encode(b, head)) {
		/* liblzma makes no such header: as many bytes of another kind */
		b->header_size = 12;
		memcpy(head, "\2\0\3\1\0\0\0\0", 8);
		crc = lzma_crc32(head, 8, 0);
		for (int i = 0; i < 4; i++)
			head[8 + i] = (uint8_t)(crc >> (8 * i));
	}
	if (LIE(d, 0, 1))
		head[roll(d, b->header_size)] ^= 1;
	str_addn(out, head, b->header_size);
}

static void
add_to_index(lzma_index *index, int64_t unpadded, int64_t size)
{
	assert_int_equal(lzma_index_append(index, NULL, (lzma_vli)unpadded, (lzma_vli)size), LZMA_OK);
}

static void
add_block(struct dice *d, lzma_check check, lzma_index *index, struct str *out)
{
	cleanup_str struct str text = {0}, packed = {0};
	lzma_block b = {.version = 1,
			.check = check,
			.compressed_size = LZMA_VLI_UNKNOWN,
			.uncompressed_size = LZMA_VLI_UNKNOWN};
	uint32_t sized = roll(d, 6); /* 0: not at all, 1 and 2: by one size */
	int64_t padding;

	add_text(d, &text);
	add_lzma2(d, &text, &packed);
	if (sized == 1 || sized > 2)
		b.compressed_size = (lzma_vli)LIE(d, packed.len + 1, -2, -1, 1, 5, 1 << 20, 1LL << 40) - 1;
	b.compressed_size = b.compressed_size ? b.compressed_size : 1;
	if (sized > 1)
		b.uncompressed_size = (lzma_vli)LIE(d, text.len + 1, -1, 1, 2, 1 << 20, 1LL << 33, 1LL << 62) - 1;
	add_header(d, &b, out);
	str_addn(out, str_text(&packed), packed.len);
	padding = LIE(d, -(int64_t)packed.len & 3, 1, 4);
	for (int64_t i = 0; i < padding; i++)
		str_addc(out, (char)LIE(d, 0, 1));
	add_check(d, check, &text, out);
	add_to_index(index, LIE(d, b.header_size + packed.len + lzma_check_size(check), 1, 4, -1),
		     LIE(d, text.len, 1, 4096));
	if (LIE(d, 0, 1))
		add_to_index(index, 100, 100);
}

static void
add_stream(struct dice *d, struct str *out)
{
	static const lzma_check checks[] = {LZMA_CHECK_NONE, LZMA_CHECK_CRC32, LZMA_CHECK_CRC64, LZMA_CHECK_SHA256};
	lzma_stream_flags flags = {.check = checks[roll(d, ARRAY_LEN(checks))]};
	lzma_index *index = lzma_index_init(NULL);
	uint8_t head[LZMA_STREAM_HEADER_SIZE];
	size_t n = 0, room;

	assert_int_equal(lzma_stream_header_encode(&flags, head), LZMA_OK);
	if (LIE(d, 0, 1))
		head[roll(d, sizeof head)] ^= 1;
	str_addn(out, head, sizeof head);
	for (uint32_t blocks = roll(d, 4); blocks; blocks--)
		add_block(d, flags.check, index, out);
	room = lzma_index_size(index);
	assert_int_equal(lzma_index_buffer_encode(index, (uint8_t *)str_room(out, room), &n, room), LZMA_OK);
	out->len += n;
	if (LIE(d, 0, 1))
		out->s[out->len - 1 - roll(d, (uint32_t)n)] ^= 1;
	flags.backward_size = (lzma_vli)LIE(d, lzma_index_size(index), 4, 1 << 20);
	flags.check = (lzma_check)LIE(d, flags.check, 1);
	assert_int_equal(lzma_stream_footer_encode(&flags, head), LZMA_OK);
	str_addn(out, head, sizeof head);
	lzma_index_end(index, NULL);
}

static void
make_file(struct dice *d, struct str *out)
{
	for (uint32_t streams = 1 + !roll(d, 4); streams; streams--) {
		int64_t padding;

		add_stream(d, out);
		padding = LIE(d, 4 * !roll(d, 6), 1, 2, 3, 4);
		for (int64_t i = 0; i < padding; i++)
			str_addc(out, 0);
	}
	if (LIE(d, 0, 1))
		out->len -= 1 + roll(d, 40) % (uint32_t)out->len;
	if (LIE(d, 0, 1))
		str_add(out, "more");
}

/* -- both decoders ------------------------------------------------------------------------------------ */
static lzma_ret
theirs(const struct str *z, struct str *out)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_ret r;

	assert_int_equal(lzma_stream_decoder(&s, CODEC_MEMORY, LZMA_CONCATENATED | LZMA_TELL_UNSUPPORTED_CHECK),
			 LZMA_OK);
	s.next_in = (const uint8_t *)str_text(z);
	s.avail_in = z->len;
	do {
		s.next_out = (uint8_t *)str_room(out, MOST);
		s.avail_out = MOST;
		r = lzma_code(&s, LZMA_FINISH);
		out->len += MOST - s.avail_out;
	} while (r == LZMA_OK);
	lzma_end(&s);
	return r;
}

/* The code of what is wrong, or NULL. Bytes behind the last member are not damage to us, but they are told. */
static const char *
ours(const struct str *z, int threads, struct str *out)
{
	struct bytes b = {z, 0, threads == 1 ? 13 : 70001};
	struct decoder_source src = {.pull = pull, .ctx = &b, .fd = -1, .label = "x", .threads = threads};
	struct err err = {0};
	struct decoder *d = decoder_open(&src, &err);
	ssize_t n = d ? 1 : -1;
	const char *code = NULL;
	const void *p;

	while (n > 0 && (n = decoder_block(d, &p, &err)) > 0)
		str_addn(out, p, (size_t)n);
	assert_true((n < 0) == err_any(&err));
	if (n < 0)
		code = str_eq(err.head->code, "E0407") ? "E0407" : "E0402";
	else if (!decoder_name(d) || decoder_trailing(d))
		code = "";
	decoder_close(d);
	err_free(&err);
	return code;
}

static void
says_what_liblzma_says(void **state)
{
	unsigned good = 0, told = 0;

	(void)state;
	for (uint32_t i = 0; i < FILES; i++) {
		struct dice d = {.seed = i * 2654435761u};
		cleanup_str struct str file = {0}, want = {0}, have = {0};
		const char *code;
		lzma_ret r;

		make_file(&d, &file);
		r = theirs(&file, &want);
		code = ours(&file, 1 + (int)(i % 4), &have);
		if ((r == LZMA_STREAM_END) != !code || (r == LZMA_MEMLIMIT_ERROR && !str_eq(code, "E0407")) ||
		    (r == LZMA_OPTIONS_ERROR && str_eq(code, "E0407")))
			fail_msg("file %u: liblzma says %d, we say %s", i, (int)r, code ? code : "nothing");
		if (!code) {
			assert_int_equal(have.len, want.len);
			assert_true(!want.len || !memcmp(have.s, want.s, want.len));
		}
		good += !code;
		told += d.lies > 0;
	}
	/* neither all nor nothing is a lie */
	assert_in_range(good, FILES / 5, FILES - FILES / 5);
	assert_in_range(told, FILES / 5, FILES - FILES / 10);
}

/* -- memory ------------------------------------------------------------------------------------------- */
static void
take_one(struct blocks *q)
{
	unsigned char c[8];

	assert_int_equal(blocks_take(q, c, sizeof c), 1);
	assert_int_equal(*c, 'X');
	assert_int_equal(blocks_take(q, c, sizeof c), 0);
}

/* A block of one byte whose input takes so much. What lies behind its data is zeros: of fresh memory, never touched. */
static void
put(struct blocks *q, size_t nin)
{
	const struct block b = {.ndata = 5, .nin = nin, .nout = 1, .dict = 4096, .check = LZMA_CHECK_NONE};
	unsigned char *p;

	while (!(p = blocks_begin(q, &b)))
		take_one(q);
	memset(p, 0, nin < 8192 ? nin : 8192); /* sanitizers fill the beginning of what is new */
	memcpy(p, "\1\0\0X", 4);
	blocks_filled(q);
}

/* Small blocks in the rooms of large ones, so that each further large one wants a room of its own. */
static void
holds_no_more_than_it_may(void **state)
{
	const size_t large = (size_t)200 << 20, before = mallinfo2().hblkhd;
	struct blocks *q = blocks_new(6);

	(void)state;
	for (int small = 0; small < 4; small++) {
		for (int i = 0; i < small; i++)
			put(q, 8);
		put(q, large);
		assert_in_range(mallinfo2().hblkhd - before, 0, CODEC_MEMORY + (1 << 20));
		while (!blocks_empty(q))
			take_one(q);
	}
	blocks_free(q);
}

/* Room for inputs that nobody uses any more, and then a block that wants room for its output. */
static void
lets_go_of_what_is_not_used(void **state)
{
	const struct block large = {.ndata = 5, .nin = 8, .nout = CODEC_MEMORY / 4 * 3, .dict = 4096};
	const size_t before = mallinfo2().hblkhd;
	struct blocks *q = blocks_new(6);

	(void)state;
	for (int i = 0; i < 6; i++)
		put(q, CODEC_MEMORY / 7);
	assert_in_range(mallinfo2().hblkhd - before, 0, CODEC_MEMORY + (1 << 20));
	while (!blocks_empty(q))
		take_one(q);
	assert_non_null(blocks_begin(q, &large));
	assert_in_range(mallinfo2().hblkhd - before, 0, CODEC_MEMORY + (1 << 20));
	blocks_free(q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_liblzma_says),
		cmocka_unit_test(holds_no_more_than_it_may),
		cmocka_unit_test(lets_go_of_what_is_not_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
