/* b4: which threads may be named, and the order of their mails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/b4.h"
#include "data/b4_own.h"
#include "os/fs.h"

static void
test_threads(void **state)
{
	static const struct {
		const char *thread;
		bool ok;
	} cases[] = {
		{"20240101120000.1-1-author@example.org", true},
		{"ZyX/abc+d=e_f$g%h@mail.example.org", true},
		{"https://lore.kernel.org/all/1@example.org", true},
		{"https://lore.kernel.org/linux-arm-kernel/1%2Fx@example.org/T/#u", true},
		{"http://127.0.0.1:8080/all/1%40example.org/t.mbox.gz", true},
		{"", false},
		{"@example.org", false},
		{"a@", false},
		{"-o@example.org", false},
		{"a b@example.org", false},
		{"a\n@example.org", false},
		{"a/../b@example.org", false},
		{"a'@example.org", false},
		{"a\"@example.org", false},
		{"a;b@example.org", false},
		{"a\\b@example.org", false},
		{"\xc3\xa4@example.org", false},
		{"https://", false},
		{"https:///all/1@example.org/", false},
		{"https://lore.kernel.org/all/", false},
		{"https://lore.kernel.org/all/1%2", false},
		{"https://lore.kernel.org/all/1@example.org%00/", false},
		{"https://lore.kernel.org/all/1%20@example.org/", false},
		{"https://lore.kernel.org/all/%2d1@example.org/", false},
		{"https://lore.kernel.org/all/1@example.org/../x", false},
		{"https://me:secret@lore.kernel.org/all/1@example.org/", false},
		{"file:///all/1@example.org/", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = {0};

		if (!b4_check(cases[i].thread, &err) != cases[i].ok)
			fail_msg("`%s` is %s", cases[i].thread, cases[i].ok ? "refused" : "taken");
		err_free(&err);
	}
}

static void
test_dates(void **state)
{
	(void)state;
	assert_int_equal(b4_when("Tue, 2 Jan 2024 03:04:05 +0000"), 1704164645);
	assert_int_equal(b4_when("Tue, 2 Jan 2024 05:34:05 +0230"), 1704164645);
	assert_int_equal(b4_when("2 Jan 2024 03:04:05 GMT"), 1704164645);
	assert_int_equal(b4_when("Tue, 02 Jan 2024 03:04 -0000 (UTC)"), 1704164640);
	assert_int_equal(b4_when("soon"), 0);
	assert_int_equal(b4_when(""), 0);
}

static void
put(int dir, const char *name, const char *text)
{
	cleanup_fd int fd = fs_create(dir, name, 0644);

	assert_true(fd >= 0);
	assert_int_equal(fs_write(fd, text, strlen(text)), 0);
}

/* Names tell nothing: the time does, and what the mail holds where two bear one. */
static void
test_order(void **state)
{
	cleanup_str struct str all = {0}, between = {0}, want = {0};
	char folder[] = "/tmp/jkr-unit.XXXXXX";
	struct err err = {0};
	int dir;

	(void)state;
	assert_non_null(mkdtemp(folder));
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(b4_join(dir, "thread", &all, &between, &err), 0);
	assert_int_equal(all.len, 0);
	str_reset(&between);
	put(dir, "thread/new/1", "Date: Tue, 2 Jan 2024 03:04:05 +0000\n\nb\n");
	put(dir, "thread/cur/2", "Date: Tue, 2 Jan 2024 03:04:05 +0000\n\na\n");
	put(dir, "thread/new/3", "Subject: x\n y\nDate: Tue, 2 Jan 2024 04:04:04 +0100\n\nearlier\n");
	put(dir, "thread/new/4", "Subject: no date\n\nfirst\n");
	assert_int_equal(b4_join(dir, "thread", &all, &between, &err), 4);
	str_addf(&want, "Subject: no date\n\nfirst\n%s", str_text(&between));
	str_addf(&want, "Subject: x\n y\nDate: Tue, 2 Jan 2024 04:04:04 +0100\n\nearlier\n%s", str_text(&between));
	str_addf(&want, "Date: Tue, 2 Jan 2024 03:04:05 +0000\n\na\n%s", str_text(&between));
	str_add(&want, "Date: Tue, 2 Jan 2024 03:04:05 +0000\n\nb\n");
	assert_string_equal(str_text(&all), str_text(&want));
	fs_remove(dir, "thread");
	close(dir);
	assert_int_equal(rmdir(folder), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
