/* kmodindex: a trie as depmod writes it, by hand, and every cut of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/kmodindex.h"

/* Names "snd" and "snd_usb": a node with the prefix "snd", a value and one child, a node with the prefix "usb". */
static const char index_bytes[] = "\260\007\364\127\0\2\0\1\340\0\0\042"
				  "usb\0\0\0\0\1\0\0\0\0kernel/snd-usb.ko:\0\0\0"
				  "snd\0__\300\0\0\014\0\0\0\1\0\0\0\0kernel/snd.ko:\0";

static void
see(void *ctx, const char *name, const char *value)
{
	str_addf(ctx, "%s=%s\n", name, value);
}

static void
reads_names(void **state)
{
	char p[sizeof index_bytes];
	cleanup_str struct str seen = {0};
	struct err err = {0};
	const char *node = NULL;

	(void)state;
	memcpy(p, index_bytes, sizeof p);
	node = memmem(p, sizeof p, "snd\0__", 6);
	assert_non_null(node);
	p[11] = (char)(node - p);
	assert_int_equal(kmodindex_read(p, sizeof p - 1, "x.bin", see, &seen, &err), 0);
	assert_string_equal(seen.s, "snd=kernel/snd.ko:\nsnd_usb=kernel/snd-usb.ko:\n");
	for (size_t n = 0; n < sizeof p - 1; n++) {
		void *copy = xmalloc(n + 1);

		memcpy(copy, p, n);
		str_reset(&seen);
		assert_int_equal(kmodindex_read(copy, n, "x.bin", see, &seen, &err), -1);
		err_free(&err);
		free(copy);
	}
}

/* A node that leads to itself ends, and does not write past the longest name. */
static void
refuses_circles(void **state)
{
	static const char circle[] = "\260\007\364\127\0\2\0\1\240\0\0\014"
				     "a\0bb\240\0\0\014";
	cleanup_str struct str seen = {0};
	struct err err = {0};

	(void)state;
	assert_int_equal(kmodindex_read(circle, sizeof circle - 1, "x.bin", see, &seen, &err), -1);
	assert_string_equal(err.head->msg, "`x.bin` is damaged");
	err_free(&err);
}

static void
count(void *ctx, const char *name, const char *value)
{
	(void)name;
	(void)value;
	++*(size_t *)ctx;
}

/* 128 children that are one and the same node with 128 values: a few bytes say no more names than they have place for.
 */
static void
refuses_many_times_one(void **state)
{
	cleanup_str struct str b = {0};
	struct err err = {0};
	size_t seen = 0;

	(void)state;
	str_addn(&b, index_bytes, 8);
	str_addn(&b, "\240\0\0\014\0\0\177", 7);
	for (int i = 0; i < 128; i++)
		str_addn(&b, "\100\0\2\017", 4);
	assert_int_equal(b.len, 0x20f);
	str_addn(&b, "\0\0\0\200", 4);
	for (int i = 0; i < 128; i++)
		str_addn(&b, "\0\0\0\0", 5);
	assert_int_equal(kmodindex_read(b.s, b.len, "x.bin", count, &seen, &err), -1);
	assert_true(seen <= b.len);
	err_free(&err);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(reads_names), cmocka_unit_test(refuses_circles),
					   cmocka_unit_test(refuses_many_times_one)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
