/* oops: places in a text, and where they lie. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/err.h"
#include "data/oops.h"

static void
check(const char *text, const char *name, const char *module, uint64_t offset, uint64_t size)
{
	struct oops o;

	oops_read(&o, text, strlen(text));
	assert_int_equal(o.n, 1);
	if (name)
		assert_string_equal(o.v[0].name, name);
	else
		assert_null(o.v[0].name);
	if (module)
		assert_string_equal(o.v[0].module, module);
	else
		assert_null(o.v[0].module);
	assert_int_equal(o.v[0].offset, offset);
	assert_int_equal(o.v[0].size, size);
	oops_free(&o);
}

static void
reads_places(void **state)
{
	(void)state;
	check("pc : hello_init+0x14/0x30 [hello]", "hello_init", "hello", 0x14, 0x30);
	check(" do_one+0x1/0x2 [a-b_c 0123abcd]", "do_one", "a-b_c", 1, 2);
	check("? foo.constprop.0+0x0/0xfff\n", "foo.constprop.0", NULL, 0, 0xfff);
	check("RIP: 0010:do_it+0xab/0xcd", "do_it", NULL, 0xab, 0xcd);
	check("f+0x1/0x2 [", "f", NULL, 1, 2);
	check("f+0x1/0x2 []", "f", NULL, 1, 2);
	check("f+0x1/0x2 [unclosed", "f", NULL, 1, 2);
	check("x0 : ffff800080012345 x1 : 12", NULL, NULL, 0xffff800080012345, 0);
	check("[<ffffffff81000000>] a", NULL, NULL, 0xffffffff81000000, 0);
}

static void
passes_over_the_rest(void **state)
{
	static const char *const none[] = {"",
					   "f+0x/0x2",
					   "f+0x1",
					   "f+0x1/",
					   "f+0x1/0x",
					   "f+1/2",
					   "+0x1/0x2",
					   "0x12",
					   "fffffffff81000000",
					   "ffffffff8100000g",
					   "a b c+",
					   "f+0x11111111111111111/0x1"};

	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		struct oops o;

		oops_read(&o, none[i], strlen(none[i]));
		if (o.n)
			fail_msg("number %zu", i);
		oops_free(&o);
	}
}

#define MAP                                                                                                        \
	"0000000000001000 T _text\n0000000000001000 t first\n0000000000001040 T second\n0000000000001400 d data\n" \
	"0000000000001500 T last\n"

static void
looks_up(void **state)
{
	struct oops_symbols s;
	struct err err = {0};
	bool other;

	(void)state;
	assert_int_equal(oops_symbols_read(&s, "System.map", MAP, strlen(MAP), &err), 0);
	assert_int_equal(s.n, 4);
	assert_int_equal(oops_find(&s, "first", 0x40, &other)->address, 0x1000);
	assert_null(oops_find(&s, "first", 0x30, &other));
	assert_true(other);
	assert_null(oops_find(&s, "nobody", 0x30, &other));
	assert_false(other);
	assert_string_equal(oops_at(&s, 0x1041)->name, "second");
	assert_null(oops_at(&s, 0xfff));
	assert_null(oops_at(&s, 0x1500)); /* how long the last one is nobody knows */
	oops_symbols_free(&s);
}

static void
refuses_other_files(void **state)
{
	static const char *const bad[] = {"",
					  "hello\n",
					  "0000000000001000 T\n",
					  "0000000000001000 T a\nx\n",
					  "12345678901234567 T a\n",
					  "0000000000001000 d data\n",
					  "\177ELF\2\1\1"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct oops_symbols s;
		struct err err = {0};

		if (!oops_symbols_read(&s, "map", bad[i], strlen(bad[i]), &err) || !err.head)
			fail_msg("number %zu", i);
		oops_symbols_free(&s);
		err_free(&err);
	}
}

static void
knows_how_far_it_moved(void **state)
{
	static const char text[] = "Kernel Offset: 0x12340000 from 0xffff800080000000";
	struct oops o;

	(void)state;
	oops_read(&o, text, strlen(text));
	assert_int_equal(o.moved, 0x12340000);
	oops_free(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_places),
		cmocka_unit_test(passes_over_the_rest),
		cmocka_unit_test(looks_up),
		cmocka_unit_test(refuses_other_files),
		cmocka_unit_test(knows_how_far_it_moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
