/* What changed between two configurations, and the fragment that says so. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "data/configdiff.h"

static void
check(const char *before, const char *after, const char *whole, const char *fragment, const char *want)
{
	const char *texts[] = {before, after, whole};
	cleanup_arena struct arena a = {0};
	cleanup_str struct str out = {0};
	struct kconfig k[3] = {0};
	struct config_changes c;

	for (size_t i = 0; i < 3; i++)
		kconfig_parse_config("test", texts[i], strlen(texts[i]), &a, &k[i]);
	configdiff(&k[0], &k[1], &k[2], &a, &c);
	configdiff_apply(fragment, &c, &out);
	assert_string_equal(str_text(&out), want);
	for (size_t i = 0; i < 3; i++)
		kconfig_free(&k[i]);
}

static void
nothing(void **state)
{
	(void)state;
	check("CONFIG_A=y\n", "CONFIG_A=y\n", "CONFIG_A=y\nCONFIG_B=y\n", "# kept\n\nCONFIG_A=y",
	      "# kept\n\nCONFIG_A=y\n");
}

static void
changes(void **state)
{
	(void)state;
	check("CONFIG_A=y\n", "CONFIG_A=m\nCONFIG_B=7\n", "", "CONFIG_A=y\n# CONFIG_AB is not set\n",
	      "CONFIG_A=m\n# CONFIG_AB is not set\nCONFIG_B=7\n");
	check("", "# CONFIG_A is not set\nCONFIG_S=\"a b\"\n", "", "", "# CONFIG_A is not set\nCONFIG_S=\"a b\"\n");
	check("", "CONFIG_A=y\n", "", "# CONFIG_A is not set\n", "CONFIG_A=y\n");
}

/* A symbol at its default is written as what that is; one that cannot be set any more is not asked for. */
static void
defaults(void **state)
{
	(void)state;
	check("CONFIG_A=y\nCONFIG_B=y\nCONFIG_C=y\n", "CONFIG_C=y\n", "# CONFIG_A is not set\nCONFIG_C=y\n",
	      "CONFIG_A=y\nCONFIG_B=y\nCONFIG_C=y\n", "# CONFIG_A is not set\nCONFIG_C=y\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing),
		cmocka_unit_test(changes),
		cmocka_unit_test(defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
