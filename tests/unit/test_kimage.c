/* kimage: images as their makers write them, and each field of their headers damaged in turn. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/kimage.h"

enum { SIZE = 4096 };

struct made {
	unsigned char p[SIZE];
	size_t n;
};

static void
put(struct made *m, size_t at, uint64_t v, size_t bytes, bool big)
{
	for (size_t i = 0; i < bytes; i++)
		m->p[at + (big ? bytes - 1 - i : i)] = (unsigned char)(v >> 8 * i);
}

static void
text(struct made *m, size_t at, const char *s)
{
	memcpy(m->p + at, s, strlen(s));
}

static void
arm64(struct made *m)
{
	*m = (struct made){.n = SIZE};
	text(m, 0, "MZ");
	put(m, 16, SIZE + 100, 8, false);
	put(m, 24, 0xa, 8, false);
	text(m, 56, "ARM\x64");
	put(m, 60, 64, 4, false);
	text(m, 64, "PE");
	put(m, 70, 1, 2, false);
	put(m, 104, SIZE - 1024, 4, false);
	put(m, 108, 1024, 4, false);
	text(m, 2000, "Linux version %s\n");
	text(m, 3000, "Linux version 6.12.1-rt (jkr@jkr) #1");
}

static void
riscv(struct made *m)
{
	arm64(m);
	memset(m->p + 48, 0, 12);
	text(m, 48, "RISCV");
	text(m, 56, "RSC\x05");
}

static void
zimage(struct made *m)
{
	*m = (struct made){.n = SIZE};
	put(m, 0x24, 0x016f2818, 4, false);
	put(m, 0x28, 0x100, 4, false);
	put(m, 0x2c, 0x100 + SIZE, 4, false);
	put(m, 0x30, 0x04030201, 4, false);
}

static void
seal_uimage(struct made *m)
{
	put(m, 24, crc32(0, m->p + 64, (uInt)m->n - 64), 4, true);
	put(m, 4, 0, 4, true);
	put(m, 4, crc32(0, m->p, 64), 4, true);
}

static void
uimage(struct made *m)
{
	*m = (struct made){.n = SIZE};
	put(m, 0, 0x27051956, 4, true);
	put(m, 12, SIZE - 64, 4, true);
	put(m, 16, 0x80008000, 4, true);
	m->p[28] = 5;
	m->p[29] = 2;
	m->p[30] = 2;
	text(m, 32, "Linux-6.12.1");
	memset(m->p + 64, 0xab, SIZE - 64);
	seal_uimage(m);
}

static void
bzimage(struct made *m)
{
	*m = (struct made){.n = SIZE};
	m->p[0x1f1] = 3;
	put(m, 0x1f4, (SIZE - 2048) / 16, 4, false);
	put(m, 0x1fe, 0xaa55, 2, false);
	text(m, 0x202, "HdrS");
	put(m, 0x206, 0x20f, 2, false);
	put(m, 0x20e, 0x400, 2, false);
	m->p[0x211] = 1;
	put(m, 0x248, 0x100, 4, false);
	put(m, 0x24c, 0x200, 4, false);
	text(m, 0x600, "6.12.1-rt (jkr@jkr) #1 SMP");
}

static void
vmlinux(struct made *m)
{
	*m = (struct made){.n = SIZE};
	text(m, 0, "\177ELF\2\1\1");
	put(m, 16, 3, 2, false);
	put(m, 18, 183, 2, false);
	put(m, 40, 1024, 8, false);
	put(m, 58, 64, 2, false);
	put(m, 60, 10, 2, false);
	text(m, 3000, "Linux version 6.12.1-rt (jkr@jkr) #1");
}

static void
gzip(struct made *m)
{
	z_stream z = {0};
	struct made plain;

	arm64(&plain);
	*m = (struct made){0};
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = plain.p;
	z.avail_in = (uInt)plain.n;
	z.next_out = m->p;
	z.avail_out = SIZE;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	m->n = z.total_out;
	deflateEnd(&z);
}

typedef void (*make_fn)(struct made *m);

static void
good(make_fn make, const char *name, const struct kimage_rules *r, const char *want)
{
	struct str cleanup_str got = {0};
	struct err err = {0};
	struct made m;

	make(&m);
	if (kimage_check(name, m.p, m.n, r, &got, &err))
		fail_msg("%s: %s", name, err.head->msg);
	assert_string_equal(str_text(&got), want);
}

static void
takes(void **state)
{
	const struct kimage_rules any = {0}, rt = {NULL, NULL, "6.12.1-rt"}, arm = {"uImage", "arm", NULL};

	(void)state;
	good(arm64, "boot/Image", &rt, "Image for arm64, Linux 6.12.1-rt, pages of 4 kB");
	good(arm64, "Image-6.12.1-rt", &any, "Image for arm64, Linux 6.12.1-rt, pages of 4 kB");
	good(riscv, "Image", &rt, "Image for riscv, Linux 6.12.1-rt");
	good(gzip, "Image.gz", &rt, "Image for arm64, Linux 6.12.1-rt, pages of 4 kB");
	good(zimage, "zImage", &any, "zImage for arm");
	good(uimage, "kernel.bin", &arm, "uImage for arm, loaded at 0x80008000");
	good(bzimage, "bzImage", &rt, "bzImage for x86, protocol 2.15, Linux 6.12.1-rt");
	good(vmlinux, "vmlinux", &rt, "vmlinux for arm64, Linux 6.12.1-rt");
}

/* One change of an image, and what must be said of it. */
struct damage {
	make_fn make;
	const char *name;
	size_t at; /* what is written there, little-endian */
	uint64_t v;
	size_t bytes;
	long longer; /* bytes more, or less */
	const char *why;
};

static void
refuses(void **state)
{
	static const struct damage all[] = {
		{arm64, "Image", 56, 0, 1, 0, "the magic at byte 56"},
		{arm64, "Image", 16, 0, 8, 0, "needs no memory"},
		{arm64, "Image", 16, SIZE - 1, 8, 0, "says that it needs 4095"},
		{arm64, "Image", 24, 0x10, 8, 0, "flags that no kernel sets"},
		{arm64, "Image", 32, 1, 1, 0, "reserved fields"},
		{arm64, "Image", 48, 1, 1, 0, "reserved fields"},
		{arm64, "Image", 60, 0xffffffff, 4, 0, "its header leads to none"},
		{arm64, "Image", 64, 0, 1, 0, "its header leads to none"},
		{arm64, "Image", 3014, 0, 1, 0, "does not say which release"},
		{arm64, "Image", 3019, 'x', 1, 0, "says that it is Linux 6.12.x-rt, and 6.12.1-rt is asked for"},
		{arm64, "Image", 0, 'M', 1, -SIZE, "the magic at byte 56"},
		{arm64, "Image", 0, 'M', 1, 40 - SIZE, "the magic at byte 56"},
		{arm64, "Image", 0, 'M', 1, -1, "is cut short: it is a program of EFI of 4096 bytes, and has 4095"},
		{arm64, "Image", 70, 0xffff, 2, 0, "is cut short"},
		{riscv, "Image", 48, 0, 1, 0, "the magic at byte 56"},
		{zimage, "zImage", 0x24, 0, 1, 0, "0x016f2818"},
		{zimage, "zImage", 0x30, 0, 1, 0, "contradicts itself"},
		{zimage, "zImage", 0x2c, 0, 4, 0, "contradicts itself"},
		{zimage, "zImage", 0, 0, 1, -1, "is cut short: its header says 4096 bytes, and it has 4095"},
		{zimage, "zImage", 0x2c, 0x100 + SIZE - 8, 4, 0, "8 bytes behind its end"},
		{uimage, "uImage", 0, 0, 1, 0, "0x27051956"},
		{uimage, "uImage", 32, 'l', 1, 0, "header whose checksum is wrong"},
		{uimage, "uImage", 100, 0, 1, 0, "data whose checksum is wrong"},
		{uimage, "uImage", 0, 0x27, 1, -1, "holds 4031 bytes behind its header, which says 4032"},
		{uimage, "uImage", 0, 0x27, 1, 63 - SIZE, "0x27051956"},
		{bzimage, "bzImage", 0x202, 0, 1, 0, "`HdrS`"},
		{bzimage, "bzImage", 0x1fe, 0, 1, 0, "`HdrS`"},
		{bzimage, "bzImage", 0x206, 0x203, 2, 0, "older than boot protocol 2.04: 2.03"},
		{bzimage, "bzImage", 0x211, 0, 1, 0, "zImage of x86"},
		{bzimage, "bzImage", 0, 0, 1, -16, "has 4080 bytes, and its header says 4096"},
		{bzimage, "bzImage", 0x1f1, 4, 1, 0, "its header says 4608"},
		{bzimage, "bzImage", 0x24c, 0xffffffff, 4, 0, "payload lies behind its end"},
		{bzimage, "bzImage", 0x20e, 0, 2, 0, "does not say which release"},
		{bzimage, "bzImage", 0x600, '7', 1, 0, "Linux 7.12.1-rt"},
		{vmlinux, "vmlinux", 0, 0, 1, 0, "no ELF file"},
		{vmlinux, "vmlinux", 16, 1, 2, 0, "no program"},
		{vmlinux, "vmlinux", 18, 9999, 2, 0, "does not know (9999)"},
		{vmlinux, "vmlinux", 60, 1000, 2, 0, "is cut short"},
		{gzip, "Image.gz", 0, 0, 1, 0, "not compressed with gzip"},
		{arm64, "kernel", 0, 'M', 1, 0, "does not say which format"},
		{arm64, "Imagery", 0, 'M', 1, 0, "does not say which format"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		const struct kimage_rules rt = {NULL, NULL, "6.12.1-rt"};
		struct str cleanup_str got = {0};
		struct err err = {0};
		struct made m;

		all[i].make(&m);
		put(&m, all[i].at, all[i].v, all[i].bytes, false);
		m.n = (size_t)((long)m.n + all[i].longer);
		if (!kimage_check(all[i].name, m.p, m.n, &rt, &got, &err) || !strstr(err.head->msg, all[i].why))
			fail_msg("number %zu: %s", i, err.head ? err.head->msg : str_text(&got));
		assert_string_equal(err.head->code, "E1312");
		err_free(&err);
	}
}

/* Cut anywhere, and each byte of the header changed: a sentence or none, never a read past the end. */
static void
bears_damage(void **state)
{
	static const struct {
		make_fn make;
		const char *name;
	} all[] = {{arm64, "Image"},   {riscv, "Image"},     {gzip, "Image.gz"},  {zimage, "zImage"},
		   {uimage, "uImage"}, {bzimage, "bzImage"}, {vmlinux, "vmlinux"}};
	const struct kimage_rules any = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		for (size_t at = 0; at < 0x260; at++) {
			struct str cleanup_str got = {0};
			struct err err = {0};
			struct made m;
			unsigned char *cut;

			all[i].make(&m);
			cut = malloc(at + 1);
			memcpy(cut, m.p, at + 1);
			if (at + 1 < m.n)
				assert_int_equal(kimage_check(all[i].name, cut, at + 1, &any, &got, &err), -1);
			free(cut);
			err_free(&err);
			m.p[at] ^= 0xff;
			kimage_check(all[i].name, m.p, m.n, &any, &got, &err);
			err_free(&err);
		}
}

static void
another_architecture(void **state)
{
	const struct kimage_rules r = {NULL, "riscv", NULL};
	struct str cleanup_str got = {0};
	struct err err = {0};
	struct made m;

	(void)state;
	arm64(&m);
	assert_int_equal(kimage_check("Image", m.p, m.n, &r, &got, &err), -1);
	assert_string_equal(err.head->msg, "`Image` is an image for arm64, and one for riscv is asked for");
	err_free(&err);
	gzip(&m);
	m.p[m.n - 6] ^= 1; /* of the checksum */
	assert_int_equal(kimage_check("Image.gz", m.p, m.n, &r, &got, &err), -1);
	assert_string_equal(err.head->code, "E0402");
	err_free(&err);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes),
		cmocka_unit_test(refuses),
		cmocka_unit_test(bears_damage),
		cmocka_unit_test(another_architecture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
