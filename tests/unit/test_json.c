/* json: what is printed reads back, and what is refused. */
#include <math.h>
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
#include "data/json.h"

static void
prints(void **state)
{
	cleanup_json struct json *o = json_object();
	cleanup_str struct str out = {0};
	struct json *list;

	(void)state;
	json_string(o, "s", "a\"b\n\xff\xc3\xa4");
	json_string(o, "none", NULL);
	json_int(o, "min", INT64_MIN);
	json_uint(o, "max", UINT64_MAX);
	json_double(o, "d", 0.25);
	json_double(o, "inf", INFINITY);
	json_bool(o, "b", true);
	list = json_add_array(o, "list");
	json_int(list, NULL, 1);
	json_string(json_add_object(list, NULL), "k", "v");
	json_print(o, false, &out);
	assert_string_equal(
		out.s, "{\"s\":\"a\\\"b\\n\xef\xbf\xbd\xc3\xa4\",\"none\":null,\"min\":-9223372036854775808,"
		       "\"max\":18446744073709551615,\"d\":0.250,\"inf\":null,\"b\":true,\"list\":[1,{\"k\":\"v\"}]}");
	str_reset(&out);
	json_print(list, true, &out);
	assert_true(out.s[out.len - 1] == '\n');
}

static void
reads_strictly(void **state)
{
	static const char text[] = "{\"b\": [1, true, null, \"\\u00e4\\\\u0000\"], \"a\": {}}\n";
	cleanup_arena struct arena a = {0};
	struct err err = {0};
	struct value v;

	(void)state;
	assert_int_equal(json_parse(text, strlen(text), 1000, "f.json", &a, &v, &err), 0);
	assert_string_equal(v.table.fields[0].key, "a");
	assert_int_equal(v.table.fields[1].value.table.nitems, 4);
	assert_int_equal(v.table.fields[1].value.table.items[0].i, 1);
	assert_string_equal(v.table.fields[1].value.table.items[3].str.s, "\xc3\xa4\\u0000");
}

static void
refuses(void **state)
{
	static const struct {
		const char *text, *why;
		unsigned line, col;
	} bad[] = {
		{"", "is not JSON", 1, 1},
		{"{\"a\":1,\"a\":2}", "the key `a` twice", 1, 8},
		{"[{\"k\":{\"k\":[\"{:\\\"\"]}},\n{\"b\":{\"c\":1},\n \"b\":2,\"b\":3}]", "the key `b` twice", 3, 2},
		{"{\"a\":\"x\\u0000\"}", "\\u0000", 1, 8},
		{"{\"a\":\"x", "is not JSON", 1, 7},
		{"{\"a\":\"x\\", "is not JSON", 1, 7},
		{"{\"a\":1} x", "is not JSON", 1, 9},
		{"{\"a\":1.5}", "whole one", 1, 6},
		{"{\"a1\": [1, \"2\\\"3\", -4, {\"5\": 6e0}],\n  \"b\": -7.5, \"c\": 8}", "-7.5", 2, 8},
		{"{\"a\":1e30}", "whole one", 1, 6},
		{"{\"a\":\"\n\"}", "a control byte", 1, 7},
		{"{\"a\":\"\xed\xa0\x80\"}", "not UTF-8", 1, 7},
		{"{\n<<<<<<< HEAD\n\"a\":1}", "is not JSON", 2, 2},
		{"{a:1}", "is not JSON", 1, 3},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		cleanup_arena struct arena a = {0};
		struct err err = {0};
		struct value v;

		if (json_parse(bad[i].text, strlen(bad[i].text), 1000, "f.json", &a, &v, &err) != -1)
			fail_msg("taken: %s", bad[i].text);
		if (!strstr(err.head->msg, bad[i].why) || err.head->at.line != bad[i].line ||
		    err.head->at.col != bad[i].col)
			fail_msg("`%s` gives: %u:%u %s", bad[i].text, err.head->at.line, err.head->at.col,
				 err.head->msg);
		err_free(&err);
	}
}

static void
bounds(void **state)
{
	cleanup_str struct str b = {0};
	cleanup_arena struct arena a = {0};
	struct err err = {0};
	struct value v;

	(void)state;
	for (int i = 0; i < 100000; i++)
		str_addc(&b, '[');
	assert_int_equal(json_parse(b.s, b.len, 1 << 20, "f", &a, &v, &err), -1);
	assert_non_null(strstr(err.head->msg, "64 levels"));
	err_free(&err);
	assert_int_equal(json_parse(b.s, b.len, 1000, "f", &a, &v, &err), -1);
	assert_non_null(strstr(err.head->msg, "larger than"));
	err_free(&err);
	str_reset(&b);
	str_addc(&b, '{');
	for (int i = 0; i < 100000; i++)
		str_addf(&b, "%s\"k%d\":%d", i ? "," : "", i, i);
	str_addc(&b, '}');
	assert_int_equal(json_parse(b.s, b.len, 1 << 24, "f", &a, &v, &err), 0);
	assert_int_equal(v.table.nfields, 100000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints),
		cmocka_unit_test(reads_strictly),
		cmocka_unit_test(refuses),
		cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
