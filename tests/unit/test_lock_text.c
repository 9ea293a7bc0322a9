/* lock: what its text means and which texts are refused, without files (valgrind does not know openat2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "data/lock.h"

static void
reads_pins(void **state)
{
	static const char text[] =
		"{\"version\": 1, \"inputs\": {\"git:b\": {\"pin\": \"b2\"}, \"deb:a\": {\"pin\": \"a \\\"1\\\"\"}, \"\": \"end\"}}";
	struct err err = {0};
	struct lock l;

	(void)state;
	assert_int_equal(lock_parse(&l, text, strlen(text), "jkr.lock", &err), 0);
	assert_string_equal(lock_get(&l, "deb:a"), "a \"1\"");
	assert_string_equal(lock_get(&l, "git:b"), "b2");
	assert_null(lock_get(&l, "gone"));
	lock_set(&l, "git:b", "b2");
	assert_false(l.changed);
	lock_set(&l, "git:b", "b3");
	lock_set(&l, "deb:a", NULL);
	assert_true(l.changed);
	assert_string_equal(lock_get(&l, "git:b"), "b3");
	assert_null(lock_get(&l, "deb:a"));
	lock_free(&l);
}

static void
refuses(void **state)
{
	static const struct {
		const char *text, *why;
		unsigned line;
	} bad[] = {
		{"", "not JSON", 1},
		{"[]", "`version`", 0},
		{"{\"inputs\": {}}", "`version`", 0},
		{"{\"version\": 999, \"inputs\": {}}", "version 999", 0},
		{"{\"version\": 1}", "not a lock file", 0},
		{"{\"version\": 1, \"inputs\": {}, \"more\": 1}", "not a lock file", 0},
		{"{\"version\": 1, \"inputs\": {\"a\": \"x\"}}", "no text `pin` for `a`", 0},
		{"{\"version\": 1, \"inputs\": {\"\": \"x\"}}", "no text `pin` for ``", 0},
		{"{\"version\": 1, \"inputs\": {\"\": {\"pin\": \"x\"}}}", "control characters", 0},
		{"{\"version\": 1, \"inputs\": {\"a\": {\"pin\": 1}}}", "no text `pin` for `a`", 0},
		{"{\"version\": 1, \"inputs\": {\"a\": {\"pin\": \"\"}}}", "no text `pin` for `a`", 0},
		{"{\"version\": 1, \"inputs\": {\"a\": {\"pin\": \"x\", \"y\": 1}}}", "more than `pin`", 0},
		{"{\"version\": 1, \"inputs\": {\"a\": {\"pin\": \"x\\ny\"}}}", "control characters", 0},
		{"{\"version\": 1, \"inputs\": {\"a\": {\"pin\": \"x\"}, \"a\": {\"pin\": \"y\"}}}", "`a` twice", 0},
		{"{\n<<<<<<< HEAD\n\"version\": 1}", "merge conflict", 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err err = {0};
		struct lock l;

		if (lock_parse(&l, bad[i].text, strlen(bad[i].text), "jkr.lock", &err) != -1)
			fail_msg("taken: %s", bad[i].text);
		if (!strstr(err.head->msg, bad[i].why) || (bad[i].line && err.head->at.line != bad[i].line))
			fail_msg("%s: %u %s", bad[i].text, err.head->at.line, err.head->msg);
		assert_int_equal(err_count(&err), 1);
		err_free(&err);
		lock_free(&l);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_pins),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
