/* Tests of run/notes: what a step tells is kept up to a bound, and it is said that there was more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "run/notes.h"

static void
lines_end_with_one_that_says_so(void **state)
{
	struct notes t = {0};
	char line[32];

	(void)state;
	for (unsigned i = 0; i < NOTES_LINES; i++) {
		snprintf(line, sizeof line, "line %u", i);
		assert_string_equal(notes_line(&t, line), line);
	}
	assert_int_equal(t.n, NOTES_LINES);
	assert_non_null(strstr(notes_line(&t, "one more"), "in its log only"));
	for (unsigned i = 0; i < 100000; i++)
		assert_null(notes_line(&t, "more"));
	assert_int_equal(t.n, NOTES_LINES + 1);
	assert_non_null(strstr(t.v[NOTES_LINES].value, "in its log only"));
	/* facts are not lines */
	assert_int_equal(notes_fact(&t, "patch:a", "1"), 0);
	assert_string_equal(t.v[NOTES_LINES + 1].key, "patch:a");
	notes_free(&t);
}

/* A few lines may hold much as well. */
static void
long_lines_are_bounded_by_bytes(void **state)
{
	cleanup_free char *large = xmalloc(NOTES_BYTES / 4 + 1);
	struct notes t = {0};
	unsigned shown = 0;

	(void)state;
	memset(large, 'x', NOTES_BYTES / 4);
	large[NOTES_BYTES / 4] = '\0';
	for (unsigned i = 0; i < 10; i++)
		shown += notes_line(&t, large) != NULL;
	assert_int_equal(shown, 4); /* three of them, and the one that says that there is more */
	assert_int_equal(t.n, 4);
	assert_int_equal(notes_fact(&t, "large", large), -1);
	notes_free(&t);
}

static void
facts_are_never_left_out_silently(void **state)
{
	struct notes t = {0};
	size_t n = 0;

	(void)state;
	while (n < NOTES_BYTES && !notes_fact(&t, "package:a", "1.0"))
		n++;
	assert_true(n > 100000 && n < NOTES_BYTES / 16);
	assert_int_equal(t.n, n);
	assert_int_equal(notes_fact(&t, "package:b", "1.0"), -1);
	assert_true(t.bytes <= NOTES_BYTES);
	notes_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_end_with_one_that_says_so),
		cmocka_unit_test(long_lines_are_bounded_by_bytes),
		cmocka_unit_test(facts_are_never_left_out_silently),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
