/* What bytediff says of two files. */
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/mem.h"
#include "base/str.h"
#include "data/bytediff.h"
#include "os/fs.h"

static int
file_of(const void *p, size_t n)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(fs_write(fd, p, n), 0);
	return fd;
}

static void
check(const void *a, size_t na, const void *b, size_t nb, int differs, const char *want)
{
	cleanup_fd int x = file_of(a, na);
	cleanup_fd int y = file_of(b, nb);
	cleanup_str struct str where = {0};

	assert_int_equal(bytediff(x, y, &where), differs);
	assert_string_equal(str_text(&where), want);
}

static void
equal_files(void **state)
{
	(void)state;
	check("", 0, "", 0, 0, "");
	check("abc", 3, "abc", 3, 0, "");
}

static void
texts(void **state)
{
	(void)state;
	check("a\nb\nc\n", 6, "a\nx\nc\n", 6, 1, "line 2: `b` and `x`");
	check("a\nb\n", 4, "a\n", 2, 1, "4 and 2 bytes, equal up to there");
	check("", 0, "x", 1, 1, "0 and 1 bytes, equal up to there");
	check("a\nsame\033[0m\n", 11, "a\nsame\033[1m\n", 11, 1, "offset 8: 30 and 31");
}

static void
binaries(void **state)
{
	char a[9000] = {0}, b[9000] = {0};

	(void)state;
	b[8999] = 7;
	check(a, sizeof a, b, sizeof b, 1, "offset 8999: 00 and 07");
}

/* Why two builds differ is told where the bytes tell it. */
static void
causes(void **state)
{
	static const struct {
		const char *a, *b, *want;
	} pairs[] = {
		{"at 10:00:01\n", "at 10:00:02\n", "line 1: `at 10:00:01` and `at 10:00:02` (the time of the build)"},
		{"1795341621\n", "1795341623\n", "line 1: `1795341621` and `1795341623` (the time of the build)"},
		{"#1 Sun Nov 21\n", "#1 Sun Nov 22\n",
		 "line 1: `#1 Sun Nov 21` and `#1 Sun Nov 22` (the time of the build)"},
		{"5 21 1\n", "5 21 2\n", "line 1: `5 21 1` and `5 21 2`"},
		{"by \"/tmp/tmp.a1/x.c\"\n", "by \"/tmp/tmp.b2/x.c\"\n",
		 "line 1: `by \"/tmp/tmp.a1/x.c\"` and `by \"/tmp/tmp.b2/x.c\"` (the path of the build)"},
		{"a/b.c\n", "a/c.c\n", "line 1: `a/b.c` and `a/c.c`"},
		{"by ci@one\n", "by ci@two\n", "line 1: `by ci@one` and `by ci@two` (the machine's name)"},
		{"0123456789abcdef0\n", "0123456789abcdef1\n",
		 "line 1: `0123456789abcdef0` and `0123456789abcdef1` (a random number)"},
		{"a.o\nb.o\n", "b.o\na.o\n",
		 "line 1: `a.o` and `b.o`, the same words in another order (the order in which jobs end, or how many "
		 "there are)"},
		{"07070100000001000081A4000000000000000000000001000000016920",
		 "07070100000001000081A4000000000000000000000001000000016921",
		 "line 1: `…0000000000000000001000000016920` and `…0000000000000000001000000016921` (order, "
		 "times or owners of an archive's files)"},
		{"-----BEGIN CERTIFICATE-----aa", "-----BEGIN CERTIFICATE-----ab",
		 "line 1: `-----BEGIN CERTIFICATE-----aa` and `-----BEGIN CERTIFICATE-----ab` (a key that the build "
		 "generates)"},
		{"\001\002 10:00:01\003", "\001\002 10:00:02\003",
		 "offset 10: 31 and 32, in ` 10:00:01` and ` 10:00:02` (the time of the build)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		check(pairs[i].a, strlen(pairs[i].a), pairs[i].b, strlen(pairs[i].b), 1, pairs[i].want);
}

static void
section(unsigned char *h, uint32_t name, uint64_t at, uint64_t size)
{
	memcpy(h, &name, 4);
	h[4] = 1;
	memcpy(h + 24, &at, 8);
	memcpy(h + 32, &size, 8);
}

/* An ELF file of four sections: none, .note.gnu.build-id, .rodata, and the names. */
static size_t
elf_of(unsigned char *p, const char *id, const char *text)
{
	static const unsigned char header[] = {127, 'E', 'L', 'F', 2, 1, 1};
	static const char names[] = "\0.note.gnu.build-id\0.rodata\0.shstrtab";
	uint64_t table = 256;

	memset(p, 0, 1024);
	memcpy(p, header, sizeof header);
	p[16] = 1;
	p[18] = 62;
	p[20] = 1;
	memcpy(p + 40, &table, 8);
	p[52] = 64;
	p[58] = 64;
	p[60] = 4;
	p[62] = 3;
	memcpy(p + 64, id, 8);
	memcpy(p + 80, text, strlen(text));
	memcpy(p + 128, names, sizeof names);
	section(p + table + 64, 1, 64, 8);
	section(p + table + 128, 20, 80, 32);
	section(p + table + 192, 28, 128, sizeof names);
	p[table + 192 + 4] = 3;
	return table + (size_t)4 * 64;
}

/* A build-id is a hash of the rest, so it is never the reason. */
static void
sections(void **state)
{
	unsigned char a[1024], b[1024];
	size_t n = elf_of(a, "00000000", "x\001 10:00:01"), m = elf_of(b, "11111111", "x\001 10:00:02");

	(void)state;
	check(a, n, b, m, 1,
	      "offset 90, which is 10 in section .rodata: ` 10:00:01` and ` 10:00:02`, and 1 other section (the time of "
	      "the build)");
	m = elf_of(b, "11111111", "x\001 10:00:01");
	check(a, n, b, m, 1, "offset 64, which is 0 in section .note.gnu.build-id: `00000000` and `11111111`");
	memcpy(b, a, n);
	memcpy(a + n, "1~Module signature appended~\n", 29);
	memcpy(b + n, "2~Module signature appended~\n", 29);
	check(a, n + 29, b, n + 29, 1,
	      "its sections are equal, and its signature is another (a key that the build generates)");
}

/* Of strings that the linker keeps in an order of its own, what one file alone has is told, and not what stands first.
 */
static void
strings(void **state)
{
	unsigned char a[1024], b[1024];
	size_t n = elf_of(a, "00000000", ""), m = elf_of(b, "00000000", "");

	(void)state;
	memcpy(a + 80, "driver.c\0/tmp/b.1/src\0int", 25);
	memcpy(b + 80, "/tmp/b.2/src\0int\0driver.c", 25);
	a[256 + 128 + 8] = b[256 + 128 + 8] = 0x30; // SHF_MERGE | SHF_STRINGS
	check(a, n, b, m, 1,
	      "offset 96, which is 16 in section .rodata: `/tmp/b.1/src` and `/tmp/b.2/src` (the path of the build)");
	memcpy(b + 80, "/tmp/b.1/src\0int\0driver.c", 25); // the same ones
	check(a, n, b, m, 1, "offset 80, which is 0 in section .rodata: `driver.c` and `/tmp/b.1/src`");
}

/* What only begins like an archive or an ELF file is bytes. */
static void
damaged(void **state)
{
	(void)state;
	check("\x1f\x8b\x08 rubbish 1", 13, "\x1f\x8b\x08 rubbish 2", 13, 1, "offset 12: 31 and 32");
	check("\177ELF\2\1\1\0", 8, "\177ELF\2\1\1\1", 8, 1, "offset 7: 00 and 01");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_files), cmocka_unit_test(texts),    cmocka_unit_test(binaries),
		cmocka_unit_test(causes),      cmocka_unit_test(sections), cmocka_unit_test(strings),
		cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
