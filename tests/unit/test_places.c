/* Where fields stand, from the text alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lua/places.h"

static const char text[] = "local x = 1 -- kernel \"linux\" { fake = 1 }\n"
			   "local linux = kernel \"linux\" {            --[[ a = {\n"
			   "  ]] src / \"a,b\", toolchain = gcc,\n"
			   "  config = { fragment \"x.config\",\n"
			   "             PREEMPT_RT = rt, [\"9P_FS\"] = y,\n"
			   "             F = function(a, b) if a then return { 1, 2 } end end,\n"
			   "             S = [==[ } ]] , G = 1 ]==], LAST = { deep = { 3, k = 4 } } },\n"
			   "  targets = { \"Image\", 'mod}ules' };\n"
			   "  mounts = { [\"/a.b/c\"] = src },\n"
			   "}\n"
			   "tree \"t\" { untar { a, strip = 1 }, patch { b } }\n"
			   "local p = {}\n"
			   "p.later = 3\n"
			   "other.twice = 1 other.twice = 2\n";

static const struct {
	unsigned line;
	const char *key;
	int want;
	unsigned at_line, col, len;
} cases[] = {
	{2, "toolchain", 1, 3, 19, 9},
	{2, "1", 1, 3, 6, 3},
	{2, "config", 1, 4, 3, 6},
	{2, "config.1", 1, 4, 14, 8},
	{2, "config.PREEMPT_RT", 1, 5, 14, 10},
	{2, "config.9P_FS", 1, 5, 32, 7},
	{2, "config.LAST.deep.1", 1, 7, 60, 1},
	{2, "config.LAST.deep.k", 1, 7, 63, 1},
	{2, "targets.2", 1, 8, 24, 10},
	{2, "mounts./a.b/c", 1, 9, 15, 8},
	{11, "strip", 1, 11, 23, 5},
	{2, "later", 2, 13, 3, 5},
	{2, "config.later", 2, 13, 3, 5},
	{2, "twice", 0, 2, 0, 0},
	{2, "fake", 2, 0, 0, 0},
	{2, "config.7", 0, 2, 0, 0},
	{2, "", 0, 2, 0, 0},
	{99, "config", 2, 4, 3, 6},
};

static void
finds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct place at = {.file = "f", .key = cases[i].key, .line = cases[i].line};
		int r = place_find(text, &at);

		if (!strcmp(cases[i].key, "fake")) {
			assert_int_equal(r, 0); /* it stands in a comment */
			continue;
		}
		if (cases[i].line == 99) {
			assert_int_equal(r, 0); /* there is no such line */
			continue;
		}
		if (r != cases[i].want ||
		    (r && (at.line != cases[i].at_line || at.col != cases[i].col || at.len != cases[i].len)))
			fail_msg("%s: %d at %u:%u+%u", cases[i].key, r, at.line, at.col, at.len);
	}
}

static void
counts(void **state)
{
	static const struct {
		const char *text, *verb, *name, *key;
		int n;
		bool open;
	} c[] = {
		{"copy \"x\" { a, b, c }", "copy", "x", "", 3, false},
		{"copy \"x\" { a, b, c, }", "copy", "x", "", 3, false},
		{"copy { a; k = 1; b }", "copy", NULL, "", 2, false},
		{"copy { }", "copy", NULL, "", 0, false},
		{"copy { f() }", "copy", NULL, "", 1, true},
		{"copy { f(), k = 1 }", "copy", NULL, "", 1, false},
		{"copy { ... }", "copy", NULL, "", 1, true},
		{"copy { k = { a, b } }", "copy", NULL, "k", 2, false},
		{"copy { k = t }", "copy", NULL, "k", -1, false},
		{"copy { { a }, b }", "copy", NULL, "1", 1, false},
		{"copy { a, [1] = b }", "copy", NULL, "", 1, false},
		{"copy { a == b, c }", "copy", NULL, "", 2, false},
		{"copy { a } copy { b }", "copy", NULL, "", -1, false},
		{"copy(t)", "copy", NULL, "", -1, false},
		{"copy { a", "copy", NULL, "", 1, false},
		{"copy { --[[ x, y ]] a -- b, c\n}", "copy", NULL, "", 1, false},
		{"local copy = 3", "copy", NULL, "", -1, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		bool open = false;
		int n = place_items(c[i].text, c[i].verb, c[i].name, c[i].key, &open);

		if (n != c[i].n || (n >= 0 && open != c[i].open))
			fail_msg("%s: %d %d", c[i].text, n, open);
	}
}

/* Every cut of the text, and every line, is read without a fault. */
static void
cuts(void **state)
{
	char buf[sizeof text];

	(void)state;
	for (size_t n = 0; n < sizeof text; n++) {
		struct place at = {.file = "f", .key = "config.LAST.deep.k", .line = 2};
		bool open;

		memcpy(buf, text, n);
		buf[n] = '\0';
		place_find(buf, &at);
		place_items(buf, "kernel", "linux", "config", &open);
		at.line = 2;
		at.col = 3;
		place_missing_comma(buf, &at);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(finds), cmocka_unit_test(counts), cmocka_unit_test(cuts)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
