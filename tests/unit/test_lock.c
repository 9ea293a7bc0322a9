/* lock: written text, and what reads back; what a text means is tests/unit/test_lock_text.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "data/lock.h"
#include "os/fs.h"
#include "scratch.h"

static int
scratch(char path[SCRATCH])
{
	return open(scratch_new(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void
writes_what_it_reads(void **state)
{
	static const char want[] = "{\n  \"version\": 1,\n  \"inputs\": {\n    \"deb:a\": {\"pin\": \"a \\\"1\\\"\"},\n"
				   "    \"git:b\": {\"pin\": \"b2\"},\n    \"\": \"end\"\n  }\n}\n";
	cleanup_str struct str text = {0};
	struct err err = {0};
	struct lock l, back;
	char path[SCRATCH];
	int dir = scratch(path);

	(void)state;
	assert_int_equal(lock_read(&l, dir, "jkr.lock", "jkr.lock", &err), 0);
	lock_set(&l, "git:b", "b1");
	lock_set(&l, "gone", "x");
	lock_set(&l, "deb:a", "a \"1\"");
	lock_set(&l, "git:b", "b2");
	lock_set(&l, "gone", NULL);
	assert_int_equal(lock_write(&l, dir, "jkr.lock", &err), 0);
	assert_true(fs_read_file(dir, "jkr.lock", &text, 4096) >= 0);
	assert_string_equal(text.s, want);
	assert_int_equal(lock_read(&back, dir, "jkr.lock", "jkr.lock", &err), 0);
	assert_string_equal(lock_get(&back, "deb:a"), "a \"1\"");
	assert_null(lock_get(&back, "gone"));
	lock_set(&back, "git:b", "b2");
	assert_false(back.changed);
	lock_free(&back);
	lock_free(&l);
	err_free(&err);
	close(dir);
	assert_int_equal(scratch_drop(path), 0);
}

static void
two_runs_lose_nothing(void **state)
{
	struct err err = {0};
	struct lock a, b, back;
	char path[SCRATCH];
	int dir = scratch(path);

	(void)state;
	assert_int_equal(lock_read(&a, dir, "jkr.lock", "jkr.lock", &err), 0);
	lock_set(&a, "gone", "1");
	lock_set(&a, "kept", "1");
	assert_int_equal(lock_write(&a, dir, "jkr.lock", &err), 0);
	lock_free(&a);
	assert_int_equal(lock_read(&a, dir, "jkr.lock", "jkr.lock", &err), 0);
	assert_int_equal(lock_read(&b, dir, "jkr.lock", "jkr.lock", &err), 0);
	lock_set(&a, "one", "1");
	lock_set(&b, "two", "2");
	lock_set(&b, "gone", NULL);
	assert_int_equal(lock_write(&b, dir, "jkr.lock", &err), 0);
	assert_int_equal(lock_write(&a, dir, "jkr.lock", &err), 0);
	assert_int_equal(lock_read(&back, dir, "jkr.lock", "jkr.lock", &err), 0);
	assert_string_equal(lock_get(&back, "one"), "1");
	assert_string_equal(lock_get(&back, "two"), "2");
	assert_string_equal(lock_get(&back, "kept"), "1");
	assert_null(lock_get(&back, "gone"));
	lock_free(&a);
	lock_free(&b);
	lock_free(&back);
	err_free(&err);
	close(dir);
	assert_int_equal(scratch_drop(path), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_what_it_reads),
		cmocka_unit_test(two_runs_lose_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
