/* The label of a kernel: words made of subjects and refs, cut to what a release holds, and put into a .config. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/klabel.h"
#include "data/schema.h"

static void
slugs(void **state)
{
	static const char *const v[][2] = {
		{"My Board!", "my-board"},
		{"for-next/Fixes_2", "for-next-fixes_2"},
		{"--v6.1-rc7..", "v6.1-rc7"},
		{"a  &&  b", "a-b"},
		{"***", ""},
		{"x\xc3\xa9y", "x-y"},
	};
	struct arena cleanup_arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		assert_string_equal(klabel_slug(&a, v[i][0]), v[i][1]);
}

static void
subjects(void **state)
{
	static const char *const v[][2] = {
		{"[PATCH v3 0/7] net: faster", "net-faster-v3"},
		{"[PATCH net-next v12 0/7] net: faster", "net-faster-v12"},
		{"[PATCH] net: faster", "net-faster"},
		{"[PATCH v1] net: faster", "net-faster"},
		{"[RFC] [PATCH v2 1/1] x", "x-v2"},
		{"net: faster v4", "net-faster-v4"},
		{"[PATCH v5] net: faster v4", "net-faster-v5"},
		{"net: faster v1", "net-faster"},
		{"drm: nv50", "drm-nv50"},
		{"[broken", "broken"},
	};
	struct arena cleanup_arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		assert_string_equal(klabel_of_subject(&a, v[i][0]), v[i][1]);
}

static void
fits(void **state)
{
	static const struct {
		const char *label;
		long budget;
		const char *want;
	} v[] = {
		{"net-faster", 10, "net-faster"},
		{"net-faster", 9, "net"},
		{"net-faster-things", 14, "net-faster"},
		{"netfaster", 4, "netf"},
		{"net-._-faster", 8, "net"},
		{"net-faster-v3", 13, "net-faster-v3"},
		{"net-faster-v3", 12, "net-v3"},
		{"net-faster-v3", 6, "net-v3"},
		{"net-faster-v3", 4, "n-v3"},
		{"net-faster-v3", 3, "v3"},
		{"net-faster-v3", 2, "v3"},
		{"net-faster-v3", 1, ""},
		{"net-faster-v3", 0, ""},
		{"net", -5, ""},
	};
	struct arena cleanup_arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		assert_string_equal(klabel_fit(&a, v[i].label, v[i].budget), v[i].want);
}

static void
flags(void **state)
{
	struct pair v[] = {
		{"ARCH", "arm64", {0}},
		{"KCFLAGS", "-O2 -fdebug-prefix-map=/home/me/x=/ -g", {0}},
		{"Q", "it's", {0}},
	};
	struct pairs all = {ARRAY_LEN(v), v};
	struct arena cleanup_arena a = {0};

	(void)state;
	assert_string_equal(klabel_flags(&a, &all), "ARCH=arm64 KCFLAGS='-O2 -fdebug-prefix-map= -g' Q='it'\"'\"'s'");
	v[1].value = "-fdebug-prefix-map=/other=/";
	assert_string_equal(klabel_flags(&a, &all), "ARCH=arm64 KCFLAGS=-fdebug-prefix-map= Q='it'\"'\"'s'");
}

/* The reference's own formula, as Python has it. */
static void
digests(void **state)
{
	static const char config[] = "CONFIG_A=y\nCONFIG_LOCALVERSION=\"-x\"\n# CONFIG_B is not set\n";
	static const char joined[] = "CONFIG_A=y\n# CONFIG_B is not set\0gcc\0ARCH=arm64\0tree";
	struct hash want = hash_of(joined, sizeof joined - 1);
	struct arena cleanup_arena a = {0};
	char hex[HASH_HEX];
	const char *got = klabel_digest(&a, config, "gcc", "ARCH=arm64", "tree");

	(void)state;
	assert_int_equal(strlen(got), KLABEL_DIGEST);
	assert_memory_equal(got, hash_hex(&want, hex), KLABEL_DIGEST);
	assert_string_not_equal(got, klabel_digest(&a, config, "gcc2", "ARCH=arm64", "tree"));
	assert_string_not_equal(got, klabel_digest(&a, config, "gcc", "ARCH=arm", "tree"));
	assert_string_not_equal(got, klabel_digest(&a, config, "gcc", "ARCH=arm64", "tree2"));
	assert_string_equal(got, klabel_digest(&a, "CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_LOCALVERSION=\"-y\"",
					       "gcc", "ARCH=arm64", "tree"));
}

/* A cut label comes off like a whole one, so that labelling again gives the same. */
static void
labels_again(void **state)
{
	static const char *const labels[] = {"net-make-this-and-that-and-all-of-it-faster-v3",
					     "one-averylongwordthatneverends-ab-cd-e", "mine",
					     "a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q-r-s-t-u-v-w-x-y-z"};
	struct arena cleanup_arena a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
		const char *cut, *again, *prior = "-rt", *first, *second;
		struct str cleanup_str baked = {0};

		first = klabel_localversion(&a, prior, "6.1.192-and-more", labels[i], "0123456789ab", &cut);
		assert_true(strlen(first) + strlen("6.1.192-and-more") <= KLABEL_RELEASE_MAX);
		klabel_bake("CONFIG_LOCALVERSION=\"-rt\"\n", first, &baked);
		prior = klabel_prior(&a, str_text(&baked), labels[i], "6.1.192-and-more");
		assert_string_equal(prior, "-rt");
		second = klabel_localversion(&a, prior, "6.1.192-and-more", labels[i], "0123456789ab", &again);
		assert_string_equal(first, second);
	}
}

/* A word that is never cut at a "-" leaves no room in a release. */
static void
fills_release(void **state)
{
	static const char word[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefgh";
	static const char *const versions[] = {"6.1", "6.12.117", "6.6.0-rc1-something"};
	static const char *const priors[] = {"", "-rt", "-a-longer-one"};
	struct arena cleanup_arena a = {0};
	const char *cut;

	(void)state;
	assert_int_equal(strlen(word), 60);
	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		const char *v = klabel_localversion(&a, priors[i], versions[i], word, "0123456789ab", &cut);

		assert_int_equal(strlen(versions[i]) + strlen(v), 64);
		assert_true(str_starts(v + strlen(priors[i]) + 1, cut) && str_starts(word, cut));
	}
}

/* What stands between quotes in a .config comes back as it was. */
static void
quotes(void **state)
{
	struct arena cleanup_arena a = {0};
	struct str cleanup_str baked = {0};

	(void)state;
	klabel_bake("", "-a\"b\\c", &baked);
	assert_string_equal(klabel_prior(&a, str_text(&baked), "mine", "6.1"), "-a\"b\\c");
}

static void
bakes_once(void **state)
{
	static const char config[] =
		"CONFIG_A=y\nCONFIG_LOCALVERSION=\"-rt\"\nCONFIG_LOCALVERSION_AUTO=y\nCONFIG_C=y\n";
	static const char baked[] = "CONFIG_A=y\nCONFIG_LOCALVERSION=\"-rt-mine-0123456789ab\"\n"
				    "# CONFIG_LOCALVERSION_AUTO is not set\nCONFIG_C=y\n";
	struct str cleanup_str once = {0}, twice = {0}, none = {0};
	struct arena cleanup_arena a = {0};

	(void)state;
	assert_string_equal(klabel_prior(&a, config, "mine", "6.1"), "-rt");
	klabel_bake(config, "-rt-mine-0123456789ab", &once);
	assert_string_equal(once.s, baked);
	assert_string_equal(klabel_prior(&a, once.s, "mine", "6.1"), "-rt");
	assert_string_equal(klabel_prior(&a, once.s, "other", "6.1"), "-rt-mine");
	klabel_bake(once.s, "-rt-mine-0123456789ab", &twice);
	assert_string_equal(twice.s, baked);
	klabel_bake("CONFIG_A=y\n", "-x", &none);
	assert_string_equal(none.s, "CONFIG_A=y\nCONFIG_LOCALVERSION=\"-x\"\n# CONFIG_LOCALVERSION_AUTO is not set\n");
	assert_string_equal(klabel_prior(&a, "CONFIG_LOCALVERSION=\"-0123456789ab\"\n", "mine", "6.1"), "");
	assert_string_equal(klabel_prior(&a, "CONFIG_LOCALVERSION=\"0123456789ab\"\n", "mine", "6.1"), "0123456789ab");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slugs),        cmocka_unit_test(subjects), cmocka_unit_test(fits),
		cmocka_unit_test(flags),        cmocka_unit_test(digests),  cmocka_unit_test(bakes_once),
		cmocka_unit_test(labels_again), cmocka_unit_test(quotes),   cmocka_unit_test(fills_release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
