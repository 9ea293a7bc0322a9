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
		cmocka_unit_test(equal_files),
		cmocka_unit_test(texts),
		cmocka_unit_test(binaries),
		cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
