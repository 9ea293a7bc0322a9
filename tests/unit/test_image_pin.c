/* image_pin: what a lock says of an image of Debian packages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "data/image_pin.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "00000000000000000000000000000000000000000000000000000000000000ff"

static void
reads_its_parts(void **state)
{
	cleanup_arena struct arena a = {0};
	struct image_pin pin;

	(void)state;
	assert_int_equal(image_pin_parse("amd64 bytes:15 base-files=12.4 make=1:4=3-4", &a, &pin), 0);
	assert_string_equal(pin.arch, "amd64");
	assert_int_equal(pin.bytes, 15);
	assert_null(pin.sha256);
	assert_string_equal(map_get(&pin.versions, "make"), "1:4=3-4");
	map_free(&pin.versions);
	assert_int_equal(image_pin_parse("arm64 bytes:0 sha256:" HEX " make=4", &a, &pin), 0);
	assert_string_equal(pin.sha256, HEX);
	assert_int_equal(pin.versions.n, 1);
	map_free(&pin.versions);
}

static void
refuses_what_is_none(void **state)
{
	static const char *const bad[] = {
		"",
		"amd64",
		"amd64 make=1",
		" amd64 bytes:1 make=1",
		"amd64  bytes:1 make=1",
		"amd64 bytes:1",
		"amd64 bytes:x make=1",
		"amd64 bytes:1x make=1",
		"amd64 bytes:-1 make=1",
		"amd64 bytes:1 make",
		"amd64 bytes:1 sha256:" HEX,
		"amd64 bytes:1 sha256:0 make=1",
		"amd64 bytes:1 sha256:" HEX "0 make=1",
		"amd64 bytes:1 sha256:ABCDEF6789abcdef0123456789abcdef0123456789abcdef0123456789abcdef make=1",
		"amd64 bytes:1 make=1 sha256:" HEX,
		"amd64 bytes:1 sha256:" HEX " sha256:" HEX " make=1",
	};
	cleanup_arena struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct image_pin pin;

		if (!image_pin_parse(bad[i], &a, &pin))
			fail_msg("`%s` is taken", bad[i]);
		map_free(&pin.versions);
	}
}

static void
takes_another_hash(void **state)
{
	static const char bare[] = "amd64 bytes:15 base-files=12.4 make=4.3-4";
	cleanup_str struct str one = {0}, two = {0}, three = {0}, four = {0};

	(void)state;
	image_pin_format(bare, HEX, &one);
	assert_string_equal(one.s, "amd64 bytes:15 sha256:" HEX " base-files=12.4 make=4.3-4");
	image_pin_format(one.s, OTHER, &two);
	assert_string_equal(two.s, "amd64 bytes:15 sha256:" OTHER " base-files=12.4 make=4.3-4");
	image_pin_format(two.s, NULL, &three);
	assert_string_equal(three.s, bare);
	image_pin_format("rubbish", NULL, &four);
	assert_string_equal(four.s, "rubbish");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_its_parts),
		cmocka_unit_test(refuses_what_is_none),
		cmocka_unit_test(takes_another_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
