/* Files mapped one behind the other: what each holds, when the window turns and when one is larger than it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/guard.h"
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

/* Cut short behind its mapping: zeros in place of a signal, and said once. The first test, for cmocka takes the signal
 * back for each, and the first guard of a process asks for it. */
static void
survives_truncation(void **state)
{
	struct window w = {0};
	FILE *f = file_of(20000, 'x'), *whole = file_of(5000, 'y');
	const char *p = window_map(&w, fileno(f), 20000), *q = window_map(&w, fileno(whole), 5000);

	(void)state;
	assert_int_equal(p[19999], 'x');
	assert_false(window_torn(&w));
	assert_int_equal(ftruncate(fileno(f), 4096), 0);
	assert_int_equal(p[0], 'x');
	assert_false(window_torn(&w));
	assert_int_equal(p[19999], 0);
	assert_int_equal(p[4096], 0);
	assert_true(window_torn(&w));
	assert_false(window_torn(&w));
	assert_int_equal(q[4999], 'y');
	window_free(&w);
	fclose(f);
	fclose(whole);
}

/* As many as there may be, ended and begun again; one more is not guarded, and does no harm. */
static void
guards_many(void **state)
{
	int g[GUARDS];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < GUARDS; i++)
			assert_in_range(g[i] = guard_begin("", 1), 0, GUARDS - 1);
		assert_int_equal(guard_begin("", 1), -1);
		assert_false(guard_torn(-1));
		guard_end(-1);
		for (int i = 0; i < GUARDS; i++)
			guard_end(g[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(survives_truncation), cmocka_unit_test(holds_each),
					   cmocka_unit_test(guards_many)};

	return cmocka_run_group_tests_name("window", tests, NULL, NULL);
}
