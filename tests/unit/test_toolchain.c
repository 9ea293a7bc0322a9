/* toolchain: the files that come with jkr, and what is refused at which line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/toolchain.h"
#include "data/value.h"

static const char *
text_of(const struct value *v, const char *key)
{
	const struct value *f = value_field(v, key);

	assert_non_null(f);
	assert_int_equal(f->type, V_STRING);
	return f->str.s;
}

static void
gives_all_fields(void **state)
{
	static const char text[] = "arch: arm64\nimage: {suite: bookworm, packages: [make]}\n"
				   "env: {A: 1, B: no}\nflags: {KCFLAGS: [-a, -b], X: y}\n";
	cleanup_arena struct arena a = {0};
	struct err err = {0};
	struct value v;

	(void)state;
	assert_int_equal(toolchain_parse(text, strlen(text), "toolchains/x-1.yaml", &a, &v, &err), 0);
	assert_string_equal(text_of(&v, "name"), "x-1");
	assert_string_equal(text_of(&v, "arch"), "arm64");
	assert_string_equal(text_of(&v, "prefix"), "");
	assert_string_equal(text_of(value_field(&v, "env"), "A"), "1");
	assert_string_equal(text_of(value_field(&v, "env"), "B"), "no");
	assert_string_equal(text_of(value_field(&v, "flags"), "KCFLAGS"), "-a -b");
	assert_string_equal(text_of(value_field(&v, "image"), "suite"), "bookworm");
	for (size_t i = 1; i < v.table.nfields; i++)
		assert_true(strcmp(v.table.fields[i - 1].key, v.table.fields[i].key) < 0);
}

static void
takes_what_comes_with_jkr(void **state)
{
	static const char *const files[] = {"toolchains/debian-arm64.yaml", "toolchains/debian-host.yaml",
					    "toolchains/debian-clang.yaml", "toolchains/qemu.yaml"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		cleanup_arena struct arena a = {0};
		struct err err = {0};
		char text[8192];
		FILE *f = fopen(files[i], "r");
		struct value v;
		size_t n;

		if (!f)
			skip(); /* not run from the top folder */
		n = fread(text, 1, sizeof text, f);
		fclose(f);
		assert_int_equal(toolchain_parse(text, n, files[i], &a, &v, &err), 0);
	}
}

static void
refuses(void **state)
{
	static const struct {
		const char *text, *why;
		unsigned line, col;
	} bad[] = {
		{"arch: arm64\nimge: {suite: x}\n", "imge", 2, 1},
		{"arch: arm64\n", "image", 0, 0},
		{"arch: [a]\nimage: {suite: x}\n", "arch", 1, 1},
		{"image: bookworm\n", "`image` is a table", 1, 1},
		{"image: {suite: x}\nenv: {A-B: 1}\n", "not the name of a variable", 2, 7},
		{"image: {suite: x}\nflags: {A: {b: c}}\n", "is not a text", 2, 9},
		{"image: {suite: x}\nflags: [a]\n", "table of names and texts", 2, 1},
		{"- a\n", "holds no table", 1, 1},
		{"a: *b\n", "aliases", 1, 4},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		cleanup_arena struct arena a = {0};
		struct err err = {0};
		struct value v;

		if (toolchain_parse(bad[i].text, strlen(bad[i].text), "t.yaml", &a, &v, &err) != -1)
			fail_msg("taken: %s", bad[i].text);
		if (!strstr(err.head->msg, bad[i].why))
			fail_msg("%s: %s", bad[i].text, err.head->msg);
		if (bad[i].line && (err.head->at.line != bad[i].line || err.head->at.col != bad[i].col))
			fail_msg("%s: %u:%u", bad[i].text, err.head->at.line, err.head->at.col);
		err_free(&err);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_all_fields),
		cmocka_unit_test(takes_what_comes_with_jkr),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
