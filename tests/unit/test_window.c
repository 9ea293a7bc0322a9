/* Files mapped one behind the other: what each holds, when the window turns and when one is larger than it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/window.h"

/* A sparse file of that size which begins and ends with `mark`. */
static FILE *
file_of(size_t size, char mark)
{
	FILE *f = tmpfile();

	assert_non_null(f);
	assert_int_equal(ftruncate(fileno(f), (off_t)size), 0);
	assert_int_equal(pwrite(fileno(f), &mark, 1, 0), 1);
	assert_int_equal(pwrite(fileno(f), &mark, 1, (off_t)size - 1), 1);
	return f;
}

static void
holds_each(void **state)
{
	const size_t sizes[] = {
		1, 4096, 4097, (size_t)40 << 20, (size_t)40 << 20, (size_t)200 << 20, 5, (size_t)190 << 20};
	struct window w = {0};

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		FILE *f = file_of(sizes[i], (char)('a' + i));
		const char *p = window_map(&w, fileno(f), sizes[i]);

		fclose(f);
		assert_non_null(p);
		assert_int_equal(p[0], 'a' + (int)i);
		assert_int_equal(p[sizes[i] - 1], 'a' + (int)i);
		assert_true(p >= w.base && p + sizes[i] <= w.base + w.size);
	}
	assert_null(window_map(&w, -1, 1));
	window_free(&w);
	window_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(holds_each)};

	return cmocka_run_group_tests_name("window", tests, NULL, NULL);
}
