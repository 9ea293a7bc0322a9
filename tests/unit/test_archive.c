/* archive: formats and compressions that are read, damage that is noticed at any offset */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "data/archive.h"
#include "fake_archive.h"

static const struct arc_limits limits = {.ratio = 1000, .floor = 1 << 20, .threads = 2};

static const char *const gzip[] = {"gzip", "-nc", NULL};
static const char *const bzip2[] = {"bzip2", "-c", NULL};
static const char *const xz[] = {"xz", "-c", "--block-size=4096", NULL};
static const char *const xz_one[] = {"xz", "-c", NULL};
static const char *const lzma[] = {"xz", "-c", "--format=lzma", NULL};
static const char *const zstd[] = {"zstd", "-qc", NULL};
static const char *const *const packers[] = {gzip, bzip2, xz, xz_one, lzma, zstd};

/* Everything an archive holds, as text; -1 with a sentence. */
static int
contents(const struct str *bytes, int threads, struct str *out, uint64_t *trailing, struct err *err)
{
	cleanup_fd int fd = bytes_fd(bytes->s, bytes->len);
	struct arc_limits l = limits;
	struct arc *a;
	struct member m;
	char buf[1000];
	ssize_t k = 0;
	int r = -1;

	l.threads = threads;
	a = arc_open(fd, "x", &l, err);
	while (a && (r = arc_next(a, &m, err)) > 0) {
		str_addf(out, "%zu %s %o %llu:", m.number, m.name, m.mode, (unsigned long long)m.size);
		while ((k = arc_read(a, buf, sizeof buf, err)) > 0)
			str_addn(out, buf, (size_t)k);
		str_addc(out, '\n');
		if (k < 0)
			r = -1;
		if (r < 0)
			break;
	}
	if (r == 0)
		r = arc_finish(a, err);
	if (r == 0 && trailing)
		*trailing = arc_trailing(a);
	arc_close(a);
	return r;
}

static struct str
sample(void)
{
	struct str t = {0};
	char noise[3000];
	unsigned v = 1;

	for (size_t i = 0; i < sizeof noise - 1; i++)
		noise[i] = (char)('!' + ((v = v * 1103515245 + 12345) >> 16) % 90);
	noise[sizeof noise - 1] = '\0';
	tar_head(&t, "d/", '5', 0755, NULL, 0);
	tar_file(&t, "d/one", "first\n");
	tar_file(&t, "d/two", noise);
	tar_file(&t, "d/three", "");
	tar_end(&t);
	return t;
}

static void
reads_every_compression(void **state)
{
	struct str t = sample(), plain = {0};
	struct err err = {0};

	(void)state;
	assert_int_equal(contents(&t, 2, &plain, NULL, &err), 0);
	assert_non_null(strstr(plain.s, "2 d/one 100644 6:first\n"));
	for (size_t i = 0; i < ARRAY_LEN(packers); i++)
		for (int threads = 1; threads <= 2; threads++) {
			struct str z = through(&t, packers[i]), got = {0};

			assert_int_equal(contents(&z, threads, &got, NULL, &err), 0);
			assert_string_equal(got.s, plain.s);
			str_free(&z);
			str_free(&got);
		}
	str_free(&t);
	str_free(&plain);
}

static void
reads_several_members_and_nested_compression(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(packers); i++) {
		struct str t = sample(), half = {0}, rest = {0}, got = {0};
		struct err err = {0};
		struct str a, b;

		if (packers[i] == lzma) { /* has no members */
			str_free(&t);
			continue;
		}
		str_addn(&half, t.s, 700);
		str_addn(&rest, t.s + 700, t.len - 700);
		a = through(&half, packers[i]);
		b = through(&rest, packers[i]);
		str_addn(&a, b.s, b.len);
		assert_int_equal(contents(&a, 2, &got, NULL, &err), 0);
		assert_non_null(strstr(got.s, "d/three"));
		str_reset(&got);
		str_free(&b);
		b = through(&a, gzip);
		assert_int_equal(contents(&b, 2, &got, NULL, &err), 0);
		assert_non_null(strstr(got.s, "d/three"));
		str_free(&a), str_free(&b), str_free(&t), str_free(&half), str_free(&rest), str_free(&got);
	}
	(void)state;
}

/* No prefix of an archive may be taken for the whole. */
static void
never_takes_a_part_for_the_whole(void **state)
{
	struct str t = sample();

	(void)state;
	for (size_t i = 0; i <= ARRAY_LEN(packers); i++) {
		struct str z = {0};
		size_t whole;

		if (i < ARRAY_LEN(packers))
			z = through(&t, packers[i]);
		else
			str_addn(&z, t.s, t.len - 1024); /* a plain tar: the mark of its end cut off as well */
		whole = z.len;
		for (size_t n = 0; n < whole + (i == ARRAY_LEN(packers)); n += n < 64 || n + 64 > whole ? 1 : 37) {
			struct err err = {0};
			struct str got = {0};

			z.len = n;
			if (contents(&z, 1 + (int)(n % 2), &got, NULL, &err) == 0)
				fail_msg("packer %zu: %zu of %zu bytes were taken for the whole", i, n, whole);
			assert_true(err_any(&err));
			err_free(&err);
			str_free(&got);
		}
		str_free(&z);
	}
	str_free(&t);
}

static void
notices_every_wrong_checksum(void **state)
{
	struct str t = sample();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(packers); i++) {
		struct str z = through(&t, packers[i]);
		size_t from = packers[i] == gzip ? z.len - 8 : z.len / 2,
		       to = packers[i] == gzip ? z.len - 4 : from + 1;

		for (size_t at = from; packers[i] != lzma && at < to; at++) {
			struct err err = {0};
			struct str got = {0};

			z.s[at] ^= 4;
			assert_int_equal(contents(&z, 2, &got, NULL, &err), -1);
			assert_string_equal(err.head->code, "E0402");
			z.s[at] ^= 4;
			err_free(&err);
			str_free(&got);
		}
		str_free(&z);
	}
	str_free(&t);
}

static void
counts_what_lies_behind_the_end(void **state)
{
	for (size_t i = 0; i <= ARRAY_LEN(packers); i++) {
		struct str t = sample(), z = {0}, got = {0};
		struct err err = {0};
		uint64_t trailing = 0;

		z = i < ARRAY_LEN(packers) ? through(&t, packers[i]) : t;
		str_add(&z, "garbage");
		if (packers[i % ARRAY_LEN(packers)] == bzip2) { /* lbzip2 and libbz2 shall agree on the files */
			assert_int_equal(contents(&z, 2, &got, &trailing, &err), 0);
			assert_non_null(strstr(got.s, "d/three"));
			str_reset(&got);
		}
		assert_int_equal(contents(&z, 1, &got, &trailing, &err), 0);
		assert_int_equal(trailing, 7);
		if (i < ARRAY_LEN(packers))
			str_free(&t);
		str_free(&z);
		str_free(&got);
	}
	(void)state;
}

static void
survives_flipped_bytes(void **state)
{
	struct str t = sample();
	const struct zip_file f[] = {{"a", "a", "text", 0100644, 0, 0}, {"b", "b", "other", 0100755, 0, 0}};
	struct str z = zip_of(f, 2);

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		struct str *s = k ? &z : &t;

		for (size_t at = 0; at < s->len; at += k ? 1 : 7)
			for (unsigned bit = 1; bit < 256; bit <<= 3) {
				struct err err = {0};
				struct str got = {0};

				s->s[at] = (char)(s->s[at] ^ (char)bit);
				contents(s, 1, &got, NULL, &err);
				s->s[at] = (char)(s->s[at] ^ (char)bit);
				err_free(&err);
				str_free(&got);
			}
	}
	str_free(&t);
	str_free(&z);
}

static void
expect(const struct str *bytes, const char *code, const char *words)
{
	struct err err = {0};
	struct str got = {0};

	assert_int_equal(contents(bytes, 2, &got, NULL, &err), -1);
	if (!err.head || !err.head->code || strcmp(err.head->code, code) || !strstr(err.head->msg, words))
		fail_msg("wanted %s `%s`, got %s `%s`", code, words, err.head ? err.head->code : "",
			 err.head ? err.head->msg : "");
	err_free(&err);
	str_free(&got);
}

static void
reads_zip_and_ar(void **state)
{
	const struct zip_file f[] = {{"a", "a", "text", 0100755, 0, 0}, {"l", "l", "a", 0120777, 0, 0}};
	struct str z = zip_of(f, 2), got = {0}, a = {0};
	struct err err = {0};

	(void)state;
	assert_int_equal(contents(&z, 1, &got, NULL, &err), 0);
	assert_string_equal(got.s, "1 a 100755 4:text\n2 l 120777 0:\n");
	str_reset(&got);
	ar_file(&a, "one", "odd", 3);
	ar_file(&a, "two", "even", 4);
	assert_int_equal(contents(&a, 1, &got, NULL, &err), 0);
	assert_string_equal(got.s, "1 one 100644 3:odd\n2 two 100644 4:even\n");
	str_free(&z), str_free(&a), str_free(&got);
}

static void
refuses_zips_that_contradict_themselves(void **state)
{
	const struct zip_file differ[] = {{"ok.txt", "../evil", "x", 0, 0, 0}};
	const struct zip_file crc[] = {{"a", "a", "text", 0, true, 0}};
	const struct zip_file share[] = {{"a", "a", "text", 0, 0, 0}, {"a", "a", "text", 0, 0, true}};
	struct str z = zip_of(differ, 1);

	(void)state;
	expect(&z, "E0403", "`../evil` in the list of members and `ok.txt` at its data");
	str_free(&z);
	z = zip_of(crc, 1);
	expect(&z, "E0402", "entry 1");
	str_free(&z);
	z = zip_of(share, 2);
	expect(&z, "E0407", "share their bytes");
	str_free(&z);
	z = zip_of(share, 1);
	for (size_t n = z.len; n-- > 4;) {
		z.len = n;
		expect(&z, "E0402", "");
	}
	str_free(&z);
}

static void
refuses_what_is_no_archive(void **state)
{
	struct str t = {0};

	(void)state;
	t.s = xstrdup("");
	expect(&t, "E0401", "is empty");
	str_free(&t);
	str_add(&t, "#mtree\n./x type=file size=1099511627776\n");
	expect(&t, "E0401", "is no tar, zip or ar archive");
	while (t.len < 4096)
		str_add(&t, "plain text under the name of a tar\n");
	expect(&t, "E0401", "is no tar, zip or ar archive");
	for (size_t i = 0; i < ARRAY_LEN(packers); i++) {
		struct str z = through(&t, packers[i]);

		expect(&z, "E0401", "but what is in it is no tar");
		str_free(&z);
	}
	str_reset(&t);
	str_add(&t, "LRZI");
	while (t.len < 1024)
		str_addc(&t, 'x');
	expect(&t, "E0401", "is no tar");
	str_free(&t);
}

static void
stops_bombs(void **state)
{
	struct str zeros = {0}, t = {0};

	(void)state;
	tar_head(&t, "zeros", '0', 0644, NULL, 16 << 20);
	zeros.cap = (16 << 20) + 4096;
	zeros.s = xcalloc(1, zeros.cap);
	memcpy(zeros.s, t.s, t.len);
	zeros.len = t.len + (16 << 20) + 1024;
	for (size_t i = 0; i < ARRAY_LEN(packers); i++) {
		struct str z = {0}, zz = {0};

		if (packers[i] == xz) /* thousands of blocks are not that small */
			continue;
		z = through(&zeros, packers[i]);
		zz = through(&z, gzip);
		expect(packers[i] == gzip ? &zz : &z, "E0407", "times its size");
		str_free(&z);
		str_free(&zz);
	}
	str_free(&zeros);
	str_free(&t);
}

/* An xz whose block asks for a dictionary of 4 GiB. */
static void
bounds_the_memory_of_decoders(void **state)
{
	struct str t = sample(), z = through(&t, xz_one);
	uint32_t crc;
	size_t head;

	(void)state;
	/* block header at 12: size, flags, filter 0x21, 1, dictionary byte, …, crc32 */
	head = ((size_t)(unsigned char)z.s[12] + 1) * 4;
	for (size_t i = 13; i + 2 < 12 + head; i++)
		if (z.s[i] == 0x21 && z.s[i + 1] == 1) {
			z.s[i + 2] = 40;
			break;
		}
	crc = (uint32_t)crc32(0, (const unsigned char *)z.s + 12, (uInt)head - 4);
	for (int i = 0; i < 4; i++)
		z.s[12 + head - 4 + (size_t)i] = (char)(crc >> (8 * i));
	expect(&z, "E0407", "needs more than 512 MiB of memory");
	str_free(&t);
	str_free(&z);
}

/* What is in the member, and how the reading ends. */
static int
read_inner(struct str *packed, bool whole, struct err *err)
{
	cleanup_fd int fd = bytes_fd(packed->s, packed->len);
	struct arc *a = arc_open(fd, "x", &limits, err), *b = NULL;
	struct member m;
	int n = 0, r = a ? arc_next(a, &m, err) : -1;

	if (r > 0) {
		b = arc_open_member(a, "x:in", err);
		r = b ? r : -1;
	}
	while (b && (r = arc_next(b, &m, err)) > 0 && whole)
		n++;
	if (b && whole && r == 0)
		r = arc_finish(b, err);
	arc_close(b);
	arc_close(a);
	return r < 0 ? -1 : n;
}

static void
reads_an_archive_in_an_archive(void **state)
{
	struct str t = sample();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(packers); i++)
		for (size_t k = 0; k < ARRAY_LEN(packers); k++) {
			struct str z = through(&t, packers[i]), outer = {0}, packed;
			struct err err = {0};

			tar_head(&outer, "in.tar.xz", '0', 0644, NULL, z.len);
			tar_body(&outer, z.s, z.len);
			tar_file(&outer, "behind", "text");
			tar_end(&outer);
			packed = through(&outer, packers[k]);
			assert_int_equal(read_inner(&packed, true, &err), 4);
			assert_int_equal(read_inner(&packed, false, &err), 0); /* left in the middle */
			packed.len -= 9;
			assert_int_equal(read_inner(&packed, true, &err), -1);
			assert_string_equal(err.head->code, "E0402");
			err_free(&err);
			str_free(&z), str_free(&outer), str_free(&packed);
		}
	str_free(&t);
}

static void
notices_an_inner_archive_that_is_cut_off(void **state)
{
	struct str t = sample();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(packers); i++) {
		struct str z = through(&t, packers[i]), outer = {0};
		struct err err = {0};

		z.len -= 30;
		tar_head(&outer, "in", '0', 0644, NULL, z.len);
		tar_body(&outer, z.s, z.len);
		tar_end(&outer);
		if (read_inner(&outer, true, &err) >= 0)
			fail_msg("packer %zu: taken for the whole", i);
		if (!strstr(err.head->msg, "`x:in`"))
			fail_msg("packer %zu: %s", i, err.head->msg);
		err_free(&err);
		outer.len = 512 + 40; /* now the outer archive ends in the inner one */
		assert_int_equal(read_inner(&outer, true, &err), -1);
		err_free(&err);
		str_free(&z), str_free(&outer);
	}
	str_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_compression),
		cmocka_unit_test(reads_several_members_and_nested_compression),
		cmocka_unit_test(never_takes_a_part_for_the_whole),
		cmocka_unit_test(notices_every_wrong_checksum),
		cmocka_unit_test(counts_what_lies_behind_the_end),
		cmocka_unit_test(survives_flipped_bytes),
		cmocka_unit_test(reads_zip_and_ar),
		cmocka_unit_test(refuses_zips_that_contradict_themselves),
		cmocka_unit_test(refuses_what_is_no_archive),
		cmocka_unit_test(stops_bombs),
		cmocka_unit_test(bounds_the_memory_of_decoders),
		cmocka_unit_test(reads_an_archive_in_an_archive),
		cmocka_unit_test(notices_an_inner_archive_that_is_cut_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
