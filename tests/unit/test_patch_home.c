/* patch_home and with_step: the step that a name stands for when its tree is edited, and where a recipe takes patches.
 */
#include "recipe_case.h"

#include "cli/patch_home.h"
#include "cli/session.h"
#include "cli/with.h"

#define APP "recipe \"app\" { version = \"1\", license = \"MIT\", summary = \"s\" }\n"
#define BASE "local base = write \"base\" { path = \"a\", text = \"one\\n\" }\n"

static struct cli cli;

static struct session
session(void)
{
	return (struct session){.cli = &cli, .recipe = &c.r, .project = c.fd, .request = {.path = "recipe.lua"}};
}

/* Where patches for `name` go: "STEP FOLDER SERIES-or-pattern FIRST" */
static void
home(const char *text, const char *name, const char *want)
{
	struct session s;
	struct err err = {0};
	struct patch_home h;
	char got[256];
	int64_t step;

	good(text);
	s = session();
	step = with_step(&s, name, &err);
	assert_true(step >= 0);
	patch_home_find(&s, (uint32_t)step, name, &h);
	snprintf(got, sizeof got, "%s %s %s %u", h.step < 0 ? "-" : c.r.steps[h.step].name, h.folder,
		 h.series ? h.series : h.match, h.first);
	assert_string_equal(got, want);
	arena_free(&s.arena);
	case_reset(&c);
}

static void
files(void)
{
	fs_mkdirs(c.fd, "patches");
	fs_mkdirs(c.fd, "more");
	case_file(&c, "patches/series", "0003-x.patch\n");
	case_file(&c, "patches/0003-x.patch", "");
	case_file(&c, "patches/0011-old.patch", "");
	case_file(&c, "more/0001-a.patch", "");
	case_file(&c, "more/z.patch", "");
}

static void
into_the_last_series(void **state)
{
	(void)state;
	files();
	home(APP BASE "local p = patch \"p\" { on = base, series = \"patches/series\" }\nreturn copy \"c\" { p }\n",
	     "p", "p patches patches/series 12");
	/* steps behind it do not hide it */
	home(APP BASE "local p = patch \"p\" { on = base, series = \"patches/series\" }\n"
		      "local w = write \"w\" { on = p, path = \"b\", text = \"b\" }\nreturn copy \"c\" { w }\n",
	     "w", "p patches patches/series 12");
	home(APP
	     "local t = tree \"t\" { write { path = \"a\", text = \"one\\n\" }, patch { series = \"patches/series\" } }\n"
	     "return copy \"c\" { t }\n",
	     "t", "t/2-patch patches patches/series 12");
}

static void
beside_a_pattern(void **state)
{
	(void)state;
	files();
	/* z.patch would come after the new one: the order would be another */
	home(APP BASE "local p = patch \"p\" { on = base, \"more/*.patch\" }\nreturn copy \"c\" { p }\n", "p",
	     "- patches/p patches/p/series 1");
	fs_remove(c.fd, "more/z.patch");
	home(APP BASE "local p = patch \"p\" { on = base, \"more/*.patch\" }\nreturn copy \"c\" { p }\n", "p",
	     "p more *.patch 2");
}

static void
into_its_own(void **state)
{
	static const char *const patches[] = {
		"patch \"p\" { on = base, \"more/0001-a.patch\" }",
		"patch \"p\" { on = base, series = \"patches/series\", reverse = true }",
		"patch \"p\" { on = base, series = \"patches/series\", strip = 2 }",
		"patch \"p\" { on = base, series = \"patches/series\", into = \"d\" }",
	};

	(void)state;
	files();
	for (size_t i = 0; i < ARRAY_LEN(patches); i++) {
		cleanup_free char *text = xasprintf(APP BASE "local p = %s\nreturn copy \"c\" { p }\n", patches[i]);

		home(text, "p", "- patches/p patches/p/series 1");
	}
	home(APP "local t = tree \"t\" { write { path = \"a\", text = \"one\\n\" } }\nreturn copy \"c\" { t }\n",
	     "t/1-write", "- patches/t-1-write patches/t-1-write/series 1");
}

/* What nobody edits is told from what a person means. */
static void
stands_for_a_tree(void **state)
{
	static const struct {
		const char *name, *code;
	} v[] = {{"t/1-write", NULL}, {"t", NULL}, {"c", NULL}, {"f", "E1019"}, {"nothing", "E1009"}};

	(void)state;
	good(APP
	     "local t = tree \"t\" { write { path = \"a\", text = \"one\\n\" }, write { path = \"b\", text = \"b\" } }\n"
	     "file_check \"f\" { t, present = { \"a\" } }\nreturn copy \"c\" { t }\n");
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		struct session s = session();
		struct err err = {0};
		int64_t step = with_step(&s, v[i].name, &err);

		assert_int_equal(step < 0, v[i].code != NULL);
		if (v[i].code)
			assert_string_equal(err.head->code, v[i].code);
		else if (strcmp(v[i].name, "t"))
			assert_string_equal(c.r.steps[step].name, v[i].name);
		else
			assert_string_equal(c.r.steps[step].name, "t/2-write");
		err_free(&err);
		arena_free(&s.arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(into_the_last_series),
		CASE(beside_a_pattern),
		CASE(into_its_own),
		CASE(stands_for_a_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
