/* What is told of a kernel's compilers: the one that built it, ccache's share, and why there is no Rust. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/ccache.h"
#include "model/ksettled.h"
#include "model/rust.h"

#define GCC "CONFIG_CC_VERSION_TEXT=\"gcc 12\"\nCONFIG_CC_IS_GCC=y\nCONFIG_GCC_VERSION=120200\nCONFIG_CLANG_VERSION=0\n"

static void
test_compares(void **state)
{
	static const struct {
		const char *before, *after, *label;
	} cases[] = {
		{GCC, GCC, NULL},
		{GCC, GCC "# CONFIG_X is not set\n", NULL},
		{GCC, GCC "CONFIG_X=y\n", "CONFIG_X was `n` and is `y`"},
		{GCC "CONFIG_X=\"a\"\nCONFIG_Y=m\n", GCC "CONFIG_Y=y\n",
		 "CONFIG_X was `a` and is `n`, CONFIG_Y was `m` and is `y`"},
		{"CONFIG_X=y\n", GCC, NULL}, /* it never said */
		{GCC, "CONFIG_CC_VERSION_TEXT=\"gcc 13\"\n", "CONFIG_CC_VERSION_TEXT was `gcc 12` and is `gcc 13`"},
		{GCC, "", "CONFIG_CC_VERSION_TEXT was `gcc 12` and is `n`"},
		{GCC, GCC "CONFIG_LLD_VERSION=140006\n", "CONFIG_LLD_VERSION was `n` and is `140006`"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup_arena struct arena a = {0};
		struct err err = {0};
		int r = ksettled_compare(cases[i].before, cases[i].after, "linux", &a, &err);

		assert_int_equal(r, cases[i].label ? -1 : 0);
		if (cases[i].label)
			assert_string_equal(err.head->label, cases[i].label);
		err_free(&err);
	}
}

static void
test_counts(void **state)
{
	struct ccache_counts c;

	(void)state;
	c = ccache_count(
		"# a.c\ncache_miss\ndirect_cache_miss\nlocal_storage_miss\npreprocessed_cache_miss\n"
		"# b.c\ndirect_cache_hit\nlocal_storage_hit\n# c.S\npreprocessed_cache_hit\nremote_storage_hit\n"
		"remote_storage_read_hit\n# x\ncalled_for_link\nremote_storage_timeout\nremote_storage_error\n");
	assert_int_equal(c.hits, 2);
	assert_int_equal(c.misses, 1);
	assert_int_equal(c.fetched, 1);
	assert_int_equal(c.failed, 2);
	c = ccache_count("");
	assert_int_equal(c.hits + c.misses + c.fetched + c.failed, 0);
}

static void
test_rust(void **state)
{
	cleanup_str struct str out = {0};

	(void)state;
	rust_words(
		"make[1]: x\n***\n*** Rust bindings generator 'bindgen' is too old.\n***   Your version:    0.60.1\n"
		"***   Minimum version: 0.65.1\n***\n***\n*** Please see Documentation/rust/quick-start.rst for details\n",
		&out);
	assert_string_equal(str_text(&out), "Rust bindings generator 'bindgen' is too old. Your version: 0.60.1 "
					    "Minimum version: 0.65.1");
	rust_words("no stars\n", &out);
	assert_string_equal(str_text(&out), "");
	rust_words("*** Rust is available!", &out);
	assert_string_equal(str_text(&out), "Rust is available!");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compares),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_rust),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
