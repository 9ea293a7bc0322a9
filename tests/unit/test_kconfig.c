/* Fragments and .config files, and what Kconfig's answers become in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/kconfig.h"
#include "data/kwhy.h"

static void
reads_a_fragment(void **state)
{
	static const char text[] =
		"# a comment\n\nCONFIG_A=y\r\n# CONFIG_B is not set\nCONFIG_60xx_WDT=m\nCONFIG_S=\"a \\\"b\\\" c\"\n"
		"CONFIG_H=0x1F\nCONFIG_N=-5\n#CONFIG_OFF=y\n# CONFIG_A is not set here\nCONFIG_A=y";
	struct arena cleanup_arena a = {0};
	struct err err = {0};
	struct kconfig k;

	(void)state;
	if (kconfig_parse_fragment("f.config", text, strlen(text), &a, &k, &err))
		fail_msg("%s", err.head->msg);
	assert_int_equal(k.n, 7);
	assert_string_equal(kconfig_get(&k, "A"), "y");
	assert_string_equal(kconfig_get(&k, "B"), "n");
	assert_string_equal(kconfig_get(&k, "60xx_WDT"), "m");
	assert_string_equal(kconfig_plain(&a, kconfig_get(&k, "S")), "a \"b\" c");
	assert_null(kconfig_get(&k, "OFF"));
	assert_int_equal(k.v[1].at.line, 4);
	assert_string_equal(k.v[1].at.file, "f.config");
	kconfig_free(&k);
}

static void
refuses_lines(void **state)
{
	static const struct {
		const char *text, *code, *says;
		unsigned line;
	} bad[] = {
		{"CONFIG_A=y\nCONFIG_A=n\n", "E0202", "`y` at line 1 and to `n` at line 2", 2},
		{"CONFIG_A=y\n# CONFIG_A is not set\n", "E0202", "line 2", 2},
		{"CONFIG_A=\"x\n", "E0201", "quote is not closed", 1},
		{"CONFIG_A=\"x\"y\n", "E0201", "closing quote", 1},
		{"CONFIG_A=\"x\\\"\n", "E0201", "not closed", 1},
		{"CONFIG_A=$(shell,touch x)\n", "E0201", "none of y, m, n", 1},
		{"CONFIG_A=\n", "E0201", "empty", 1},
		{"\n CONFIG_A=y\n", "E0201", "begins with a blank", 2},
		{"A=y\n", "E0201", "not CONFIG_NAME=value", 1},
		{"CONFIG_A\n", "E0201", "not CONFIG_NAME=value", 1},
		{"CONFIG_A B=y\n", "E0201", "other characters", 1},
		{"CONFIG_=y\n", "E0201", "empty", 1},
		{"CONFIG_A=y \n", "E0201", "none of", 1},
		{"CONFIG_A=0x\n", "E0201", "none of", 1},
		{"#CONFIG_A is not set\n", "E0201", "reads it as a comment", 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct arena cleanup_arena a = {0};
		struct err err = {0};
		struct kconfig k;

		if (!kconfig_parse_fragment("f.config", bad[i].text, strlen(bad[i].text), &a, &k, &err))
			fail_msg("taken: %s", bad[i].text);
		if (strcmp(err.head->code, bad[i].code) || !strstr(err.head->msg, bad[i].says))
			fail_msg("[%s] %s", err.head->code, err.head->msg);
		assert_int_equal(err.head->at.line, bad[i].line);
		assert_string_equal(err.head->at.file, "f.config");
		kconfig_free(&k);
		err_free(&err);
	}
}

static void
tells_all_mistakes(void **state)
{
	static const char text[] = "A\nB\nCONFIG_C=y\nCONFIG_D=q\n";
	struct arena cleanup_arena a = {0};
	struct err err = {0};
	struct kconfig k;

	(void)state;
	assert_int_equal(kconfig_parse_fragment("f", text, strlen(text), &a, &k, &err), -1);
	assert_int_equal(err_count(&err), 3);
	kconfig_free(&k);
	err_free(&err);
}

static void
reads_a_config(void **state)
{
	static const char text[] =
		"#\n# Linux/arm64\n#\nCONFIG_A=y\nrubbish\n# CONFIG_B is not set\nCONFIG_A=m\nCONFIG_S=\"x";
	struct arena cleanup_arena a = {0};
	struct kconfig k;

	(void)state;
	kconfig_parse_config(".config", text, strlen(text), &a, &k);
	assert_string_equal(kconfig_get(&k, "A"), "m");
	assert_string_equal(kconfig_get(&k, "B"), "n");
	assert_null(kconfig_get(&k, "S"));
	kconfig_free(&k);
}

static void
compares_values(void **state)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} cases[] = {
		{"y", "y", true},
		{"n", NULL, true},
		{"y", NULL, false},
		{"m", "y", false},
		{"m", NULL, false},
		{"16", "016", true},
		{"0x10", "0X0010", true},
		{"0xab", "0xAB", true},
		{"10", "0x10", true},
		{"16", "17", false},
		{"0", NULL, false},
		{"\"a\"", "\"a\"", true},
		{"\"a\"", "\"b\"", false},
		{"\"\"", NULL, false},
		{"\"\\\\\"", "\"\\\\\"", true},
		{"\"16\"", "16", false},
		{"99999999999999999999", "99999999999999999998", false},
		{"-1", "-1", true},
		{"-1", "18446744073709551615", false},
		{"y", "\"y\"", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (kconfig_equal(cases[i].a, cases[i].b) != cases[i].equal)
			fail_msg("%s and %s", cases[i].a, cases[i].b ? cases[i].b : "nothing");
}

static void
writes_lines(void **state)
{
	struct str cleanup_str b = {0};

	(void)state;
	kconfig_write_line(&b, "A", "y");
	kconfig_write_line(&b, "B", "n");
	kconfig_write_line(&b, "C", "\"t\"");
	assert_string_equal(b.s, "CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=\"t\"\n");
}

#define BASE "{\"name\":\"X\",\"exists\":true,\"type\":\"tristate\",\"modules\":\"y\",\"prompt\":\"p\","
#define NO(sym) "{\"text\":\"" sym " [=n]\",\"value\":\"n\",\"symbol\":\"" sym "\"}"
#define YES(sym) "{\"text\":\"" sym " [=y]\",\"value\":\"y\",\"symbol\":\"" sym "\"}"

static void
puts_reasons_into_words(void **state)
{
	static const struct {
		const char *json, *wanted, *says;
	} cases[] = {
		{BASE "\"value\":\"n\",\"depends\":[" NO("A") "]}", "m", "depends on A, which is n"},
		{BASE "\"value\":\"n\",\"depends\":[" NO("A") "," NO("B") "," NO("C") "]}", "m",
		 "depends on A, B and C, which are n"},
		{BASE "\"value\":\"m\",\"depends\":[{\"text\":\"U [=m]\",\"value\":\"m\",\"symbol\":\"U\"}]}", "y",
		 "depends on U, which is m"},
		{BASE "\"value\":\"n\",\"depends\":[{\"text\":\"A || B\",\"value\":\"n\",\"symbol\":\"\"}]}", "y",
		 "depends on `A || B`, which is n"},
		{BASE "\"value\":\"y\",\"selected_by\":[" YES("S") "]}", "n", "selected by S"},
		{BASE "\"value\":\"n\",\"choice\":\"Timer\",\"chosen\":\"HZ_250\"}", "y",
		 "the choice \"Timer\" went to HZ_250"},
		{BASE "\"value\":\"n\",\"hidden_by\":[" NO("EXPERT") "]}", "y",
		 "can be set only with EXPERT, which is n"},
		{"{\"name\":\"X\",\"exists\":false}", "y", "no such symbol"},
		{"{\"name\":\"X\",\"exists\":true,\"type\":\"bool\",\"prompt\":\"p\",\"value\":\"y\"}", "m",
		 "it is a bool and takes y or n"},
		{"{\"name\":\"X\",\"exists\":true,\"type\":\"bool\",\"prompt\":\"\",\"value\":\"n\"}", "y",
		 "it has no prompt"},
		{"{\"name\":\"X\",\"exists\":true,\"type\":\"tristate\",\"modules\":\"n\",\"value\":\"y\"}", "m",
		 "MODULES is n"},
		{"{\"name\":\"X\",\"exists\":true,\"type\":\"bool\",\"value\":\"n\"}", "42", "it is a bool"},
		{"{\"name\":\"X\",\"exists\":true,\"type\":\"integer\",\"value\":\"17\",\"range\":[\"12\",\"25\"]}",
		 "40", "its range is 12 to 25"},
		{"{\"name\":\"X\",\"exists\":true,\"type\":\"integer\",\"value\":\"17\"}", "y",
		 "it is of type integer"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena cleanup_arena a = {0};
		struct str cleanup_str b = {0};
		struct err err = {0};
		struct kwhy_answers all;

		if (kwhy_parse(cases[i].json, strlen(cases[i].json), &a, &all, &err))
			fail_msg("%s", err.head->msg);
		assert_non_null(kwhy_find(&all, "X"));
		kwhy_reason(kwhy_find(&all, "X"), cases[i].wanted, &b);
		if (!strstr(str_text(&b), cases[i].says))
			fail_msg("%s, wanted: %s", str_text(&b), cases[i].says);
	}
}

static void
gives_advice(void **state)
{
	static const char text[] = BASE
		"\"value\":\"n\",\"answer\":\"fix\",\"fix\":[\"A=y\",\"B=m\",\"C=n\"]}\n{\"names\":[\"A\",\"B\"]}\n";
	struct arena cleanup_arena a = {0};
	struct str cleanup_str b = {0};
	struct err err = {0};
	struct kwhy_answers all;

	(void)state;
	assert_int_equal(kwhy_parse(text, strlen(text), &a, &all, &err), 0);
	kwhy_advice(&all.v[0], &b);
	assert_string_equal(b.s, "add A = y, B = m and C = n");
	assert_int_equal(all.names.n, 2);
	assert_int_equal(kwhy_parse("nonsense\n", 9, &a, &all, &err), -1);
	err_free(&err);
}

#define HEAD "{\"name\":\"X\",\"exists\":true,\"type\":\"bool\",\"value\":\"n\","

static void
says_what_would_help(void **state)
{
	static const struct {
		const char *json, *says, *together;
	} cases[] = {
		{HEAD
		 "\"answer\":\"never\",\"leaf\":\"unset\",\"never\":[{\"text\":\"A [=n]\",\"value\":\"n\",\"symbol\":"
		 "\"A\"},{\"text\":\"B || C [=n]\",\"value\":\"n\",\"symbol\":\"\"}]}\n",
		 "no line helps: it depends on A, which depends on `B || C [=n]`, which nothing can set here", ""},
		{HEAD "\"answer\":\"never\",\"leaf\":\"unset\",\"never\":[]}\n{\"together\":\"open\"}\n",
		 "no line helps: it has no prompt, and no default or `select` that lines can reach gives it",
		 "which lines make all that is asked hold together was not found out in time"},
		{HEAD "\"answer\":\"never\",\"against\":[\"A=y\",\"S=a b\"]}\n"
		      "{\"together\":\"never\",\"against\":[\"A=y\",\"X=y\"]}\n",
		 "no line helps beside A = y and S = \"a b\"", "no line makes these hold together: A = y and X = y"},
		{HEAD "\"answer\":\"open\"}\n{\"together\":\"never\",\"against\":[\"X=y\"]}\n",
		 "whether lines would help was not found out in time",
		 "no line makes all that is asked hold, because of X = y"},
		{HEAD "\"answer\":\"met\"}\n{\"together\":\"fix\",\"fix\":[\"A=y\"]}\n", "",
		 "with 1 more line all that is asked holds, and not with fewer: A = y"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena cleanup_arena a = {0};
		struct str cleanup_str one = {0}, all = {0};
		struct err err = {0};
		struct kwhy_answers v;

		assert_int_equal(kwhy_parse(cases[i].json, strlen(cases[i].json), &a, &v, &err), 0);
		assert_int_equal(v.n, 1);
		kwhy_advice(&v.v[0], &one);
		kwhy_together(&v, &all);
		assert_string_equal(str_text(&one), cases[i].says);
		assert_string_equal(str_text(&all), cases[i].together);
	}
}

static void
builds_commands(void **state)
{
	struct pair vars[] = {{"CROSS_COMPILE", "aarch64-linux-gnu-", {0}}, {"KCFLAGS", "-g", {0}}};
	const struct pairs variables = {2, vars};
	struct kwhy_setup s = {"x86_64", "6.1.2-rc1", &variables};
	struct arena cleanup_arena a = {0};
	const char *const *env = kwhy_env(&s, &a);
	struct str cleanup_str all = {0};

	(void)state;
	for (; *env; env++)
		str_addf(&all, "%s\n", *env);
	assert_non_null(strstr(all.s, "\nSRCARCH=x86\n"));
	assert_non_null(strstr(all.s, "\nCC=aarch64-linux-gnu-gcc\n"));
	assert_non_null(strstr(all.s, "\nHOSTCC=gcc\n"));
	assert_non_null(strstr(all.s, "\nKCFLAGS=-g\n"));
	assert_null(strstr(all.s, "\nCLANG_FLAGS="));
	assert_non_null(strstr(all.s, "\nHOME=/tmp\nCCACHE_DISABLE=1\n"));
	vars[0] = (struct pair){"LLVM", "-15", {0}};
	assert_string_equal(kwhy_build_argv(&s, NULL, 0, &a)[0], "clang-15");
	str_reset(&all);
	for (env = kwhy_env(&s, &a); *env; env++)
		str_addf(&all, "%s\n", *env);
	assert_non_null(strstr(all.s, "\nCLANG_FLAGS=--target=x86_64-linux-gnu -fintegrated-as\n"));
	assert_string_equal(
		kwhy_version("# x\nVERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 0\nEXTRAVERSION = -rc3\nNAME = N\n", &a),
		"6.12.0-rc3");
	assert_string_equal(kwhy_version("", &a), "");
	assert_true(kwhy_takes("symbol.o") && kwhy_takes("parser.tab.o"));
	assert_false(kwhy_takes("conf.o") || kwhy_takes("nconf.gui.o") || kwhy_takes("conf") || kwhy_takes(".x.o"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_fragment),        cmocka_unit_test(refuses_lines),
		cmocka_unit_test(tells_all_mistakes),      cmocka_unit_test(reads_a_config),
		cmocka_unit_test(compares_values),         cmocka_unit_test(writes_lines),
		cmocka_unit_test(puts_reasons_into_words), cmocka_unit_test(gives_advice),
		cmocka_unit_test(says_what_would_help),    cmocka_unit_test(builds_commands),
	};

	return cmocka_run_group_tests_name("kconfig", tests, NULL, NULL);
}
