/* Lines of two texts of a key: what only one of them has, each as often as it has it more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "model/key.h"

/* "-a +b": the marks and lines. */
static void
differ(const char *before, const char *now, const char *want)
{
	static const struct param none[] = {{0}};
	static const struct prim prim = {.name = "write", .params = none};
	struct step step = {.name = "w", .prim = &prim};
	const struct recipe recipe = {.name = "r"};
	struct arena cleanup_arena a = {0};
	struct str cleanup_str got = {0};
	struct key_line *v;
	size_t n = key_lines(before, now, &recipe, &step, &a, &v);

	for (size_t i = 0; i < n; i++)
		str_addf(&got, "%s%c%s", i ? " " : "", v[i].mark, v[i].line);
	assert_string_equal(str_text(&got), want);
}

static void
lines_of_one_text_only(void **state)
{
	(void)state;
	differ("", "", "");
	differ("a\nb\n", "a\nb\n", "");
	differ("a\nb\n", "a\nc\n", "-b +c");
	differ("a\nb", "a\nb\nc", "+c");
	differ("a\na\na\n", "a\n", "-a -a");
	differ("ab\n", "a\n", "-ab +a");
	differ("x\ny\n", "y\nx\n", "");
	differ("file p \"a\" 00\n", "file p \"a\" 11\n", "-file p \"a\" 00 +file p \"a\" 11");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lines_of_one_text_only)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
