/* yaml: what is taken, what is refused, and where. */
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
#include "data/yaml.h"

static const struct value *
field(const struct value *t, const char *key)
{
	for (size_t i = 0; i < t->table.nfields; i++)
		if (!strcmp(t->table.fields[i].key, key))
			return &t->table.fields[i].value;
	fail_msg("no field %s", key);
	return NULL;
}

static void
takes_core_schema(void **state)
{
	static const char text[] = "no: no\nversion: 1.10\nn: -12\nx: 0x1F\no: 0o17\nt: True\nz: ~\nq: \"12\"\n"
				   "empty:\nlist: [a, 'b c', {k: v}]\nplain: 0b1\nplus: +5\ntext: |\n  one\n  two\n";
	cleanup_arena struct arena a = {0};
	struct err err = {0};
	struct value v;

	(void)state;
	assert_int_equal(yaml_parse(text, strlen(text), "f.yaml", &a, &v, &err), 0);
	assert_int_equal(v.type, V_TABLE);
	assert_int_equal(v.table.nfields, 13);
	assert_int_equal(field(&v, "no")->type, V_STRING);
	assert_string_equal(field(&v, "no")->str.s, "no");
	assert_string_equal(field(&v, "version")->str.s, "1.10");
	assert_int_equal(field(&v, "n")->i, -12);
	assert_int_equal(field(&v, "x")->i, 31);
	assert_int_equal(field(&v, "o")->i, 15);
	assert_int_equal(field(&v, "plus")->i, 5);
	assert_int_equal(field(&v, "t")->type, V_BOOL);
	assert_true(field(&v, "t")->b);
	assert_int_equal(field(&v, "z")->type, V_NIL);
	assert_int_equal(field(&v, "empty")->type, V_NIL);
	assert_int_equal(field(&v, "q")->type, V_STRING);
	assert_int_equal(field(&v, "plain")->type, V_STRING);
	assert_string_equal(field(&v, "text")->str.s, "one\ntwo\n");
	assert_int_equal(field(&v, "list")->table.nitems, 3);
	assert_string_equal(field(&field(&v, "list")->table.items[2], "k")->str.s, "v");
	assert_int_equal(field(&v, "n")->at.line, 3);
	assert_int_equal(field(&v, "n")->at.col, 1);
	assert_int_equal(field(&v, "list")->table.items[1].at.col, 11);
}

static void
empty_is_an_empty_table(void **state)
{
	static const char *const texts[] = {"", "# only a comment\n", "---\n"};
	struct err err = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		cleanup_arena struct arena a = {0};
		struct value v;

		assert_int_equal(yaml_parse(texts[i], strlen(texts[i]), "f", &a, &v, &err), 0);
		assert_true(v.type == V_TABLE && !v.table.nfields && !v.table.nitems);
	}
}

static void
refuses(void **state)
{
	static const struct {
		const char *text, *why;
		size_t len;
		unsigned line, col;
	} bad[] = {
		{"a: &x 1\nb: *x\n", "anchors are not taken", 0, 1, 4},
		{"a: 1\nb: *x\n", "aliases are not taken", 0, 2, 4},
		{"*x : 1\n", "aliases are not taken", 0, 1, 1},
		{"a: &a [*a]\n", "anchors are not taken", 0, 1, 4},
		{"a: 1\nb: 2\na: 3\n", "the key `a` stands here twice", 0, 3, 1},
		{"a: !!str 1\n", "tags are not taken", 0, 1, 4},
		{"a: ! 1\n", "tags are not taken", 0, 1, 4},
		{"%TAG ! tag:x,2000:\n---\na: 1\n", "tags are not taken", 0, 1, 1},
		{"a: {<<: {b: 1}}\n", "merge keys `<<` are not taken", 0, 1, 5},
		{"a: 1\n---\nb: 2\n", "a second document starts here", 0, 2, 1},
		{"%YAML 9.9\n---\na: 1\n", "incompatible YAML document", 0, 1, 1},
		{"a:\n\tb: 1\n", "cannot start any token", 0, 2, 1},
		{"? [a]\n: 1\n", "a key is a word, not a list or a table", 0, 1, 3},
		{"~: 1\n", "a key is empty", 0, 1, 1},
		{"a: \"x\\0y\"\n", "a string holds a NUL byte", 0, 1, 4},
		{"a: x\0y\n", "control characters", 7, 1, 5},
		{"a: \xff\n", "leading UTF-8", 0, 1, 4},
		{"a: 99999999999999999999\n", "does not fit in 64 bits", 0, 1, 4},
		{"a: [1, 2\n", "`f.yaml` is not YAML", 0, 2, 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		cleanup_arena struct arena a = {0};
		struct err err = {0};
		struct value v;
		size_t len = bad[i].len ? bad[i].len : strlen(bad[i].text);

		if (yaml_parse(bad[i].text, len, "f.yaml", &a, &v, &err) != -1)
			fail_msg("taken: %s", bad[i].text);
		if (!strstr(err.head->msg, bad[i].why))
			fail_msg("`%s` gives: %s", bad[i].text, err.head->msg);
		if (err.head->at.line != bad[i].line || err.head->at.col != bad[i].col)
			fail_msg("`%s`: %u:%u", bad[i].text, err.head->at.line, err.head->at.col);
		assert_int_equal(err_count(&err), 1);
		err_free(&err);
	}
}

/* `before` n times, then `after` once. */
static int
parse_repeated(const char *before, size_t n, const char *after, struct err *err)
{
	cleanup_arena struct arena a = {0};
	cleanup_str struct str b = {0};
	struct value v;

	for (size_t i = 0; i < n; i++)
		str_add(&b, before);
	str_add(&b, after);
	return yaml_parse(str_text(&b), b.len, "f.yaml", &a, &v, err);
}

static void
bounds_depth_and_size(void **state)
{
	struct err err = {0};

	(void)state;
	assert_int_equal(parse_repeated("[", 100000, "", &err), -1);
	assert_non_null(strstr(err.head->msg, "deeper than 64"));
	err_free(&err);
	assert_int_equal(parse_repeated("- ", 65, "x", &err), -1);
	err_free(&err);
	assert_int_equal(parse_repeated("- ", 64, "x", &err), 0);
	assert_int_equal(parse_repeated("{a: ", 100000, "", &err), -1);
	err_free(&err);
	assert_int_equal(parse_repeated("# 345678\n", YAML_MAX / 9 + 1, "", &err), -1);
	assert_non_null(strstr(err.head->msg, "larger than 1 MiB"));
	err_free(&err);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_core_schema),
		cmocka_unit_test(empty_is_an_empty_table),
		cmocka_unit_test(refuses),
		cmocka_unit_test(bounds_depth_and_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
