/* The verbs kconfig_append and kconfig_check as steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/schema.h"
#include "fake_job.h"
#include "model/prim.h"

extern const struct prim prim_kconfig_append, prim_kconfig_check;

struct world {
	struct job *maker, *job;
	struct err err;
	struct symbol set[4];
	struct symbols symbols;
	struct source fragments[2];
	unsigned checks;
	_Alignas(16) unsigned char bound[1024];
};

static void *
field(struct world *w, const struct prim *p, const char *name)
{
	return w->bound + schema_find(p->params, name)->offset;
}

static int
setup(void **state)
{
	struct world *w = xcalloc(1, sizeof *w);

	w->maker = fake_job_new(NULL);
	w->job = fake_job_new(fake_tree(w->maker, "c/defconfig", "CONFIG_A=y\nCONFIG_B=y", "c/link", "->defconfig",
					"dl", "->c", NULL));
	w->symbols.v = w->set;
	w->symbols.fragments.v = w->fragments;
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	err_free(&w->err);
	fake_job_free(w->job);
	fake_job_free(w->maker);
	free(w);
	return 0;
}

static void
ask(struct world *w, const char *name, const char *value, unsigned line)
{
	w->set[w->symbols.n++] = (struct symbol){name, value, {.file = "r.lua", .line = line}};
}

static void
fragment(struct world *w, const char *text)
{
	w->fragments[w->symbols.fragments.n++] = fake_text(w->job, "f.config", text);
}

static int
append(struct world *w, const char *path)
{
	memcpy(field(w, &prim_kconfig_append, "symbols"), &w->symbols, sizeof w->symbols);
	*(const char **)field(w, &prim_kconfig_append, "path") = path;
	return prim_kconfig_append.run(w->job, w->bound, &w->err);
}

static int
check(struct world *w, const char *config, const char *allow)
{
	const char *names[] = {allow};
	struct strings list = {allow != NULL, names, NULL};

	memcpy(field(w, &prim_kconfig_check, "symbols"), &w->symbols, sizeof w->symbols);
	memcpy(field(w, &prim_kconfig_check, "allow"), &list, sizeof list);
	*(struct source *)field(w, &prim_kconfig_check, "config") =
		fake_text(w->job, w->checks++ ? "p/.config" : "o/.config", config);
	return prim_kconfig_check.run(w->job, w->bound, &w->err);
}

static void
says(struct world *w, const char *code, const char *words)
{
	assert_string_equal(w->err.head->code, code);
	if (!strstr(w->err.head->msg, words))
		fail_msg("%s", w->err.head->msg);
}

static void
appends(void **state)
{
	struct world *w = *state;

	fragment(w, "CONFIG_X=m\n# CONFIG_A is not set\n");
	ask(w, "X", "y", 1);
	ask(w, "S", "\"t\"", 2);
	assert_int_equal(append(w, "c/defconfig"), 0);
	assert_string_equal(fake_read(w->job, "c/defconfig"),
			    "CONFIG_A=y\nCONFIG_B=y\nCONFIG_X=y\n# CONFIG_A is not set\nCONFIG_S=\"t\"\n");
}

static void
makes_a_fragment(void **state)
{
	struct world *w = *state;

	fake_job_free(w->job);
	w->job = fake_job_new(NULL);
	ask(w, "X", "y", 1);
	assert_int_equal(append(w, "jkr.config"), 0);
	assert_string_equal(fake_read(w->job, "jkr.config"), "CONFIG_X=y\n");
}

static void
refuses_links(void **state)
{
	struct world *w = *state;

	ask(w, "X", "y", 1);
	assert_int_equal(append(w, "c/link"), -1);
	says(w, "E0205", "`c/link` is a symlink to `defconfig`");
	assert_string_equal(w->err.head->help[0], "name the file that it points to: `c/defconfig`");
	err_free(&w->err);
	assert_int_equal(append(w, "dl/defconfig"), -1);
	says(w, "E0205", "`dl` is a symlink to `c`");
	err_free(&w->err);
	assert_int_equal(append(w, "c/defconfg"), -1);
	says(w, "E0205", "not in the tree");
	err_free(&w->err);
	assert_int_equal(append(w, "c"), -1);
	says(w, "E0205", "not a file");
}

static void
refuses_a_contradiction(void **state)
{
	struct world *w = *state;

	fragment(w, "CONFIG_X=m\nCONFIG_X=y\n");
	assert_int_equal(append(w, "c/defconfig"), -1);
	says(w, "E0202", "`m` at line 1 and to `y` at line 2");
}

static void
passes_what_was_honoured(void **state)
{
	struct world *w = *state;

	ask(w, "X", "y", 1);
	ask(w, "N", "n", 2);
	ask(w, "H", "0x10", 3);
	assert_int_equal(check(w, "CONFIG_X=y\nCONFIG_H=0x0010\n", NULL), 0);
	assert_string_equal(fake_read(w->job, "asked.config"), "CONFIG_X=y\n# CONFIG_N is not set\nCONFIG_H=0x10\n");
	assert_string_equal(fake_notes(w->job), "3 config symbols as asked\n");
}

static void
tells_each_difference_at_its_line(void **state)
{
	struct world *w = *state;
	const struct diag *d;

	fragment(w, "\nCONFIG_F=y\n");
	ask(w, "X", "m", 31);
	ask(w, "OK", "y", 32);
	ask(w, "Y", "n", 33);
	assert_int_equal(check(w, "CONFIG_OK=y\nCONFIG_Y=y\n# CONFIG_X is not set\n", NULL), -1);
	d = w->err.head;
	assert_int_equal(err_count(&w->err), 3);
	says(w, "E0203", "3 config symbols were not honoured");
	assert_string_equal(d->at.file, "f.config");
	assert_int_equal(d->at.line, 2);
	assert_string_equal(d->label, "wanted y, got unset");
	d = d->next;
	assert_int_equal(d->at.line, 31);
	assert_string_equal(d->label, "wanted m, got unset");
	assert_string_equal(d->help[0], "drop the line, or allow = { \"X\" }");
	assert_string_equal(d->next->label, "wanted n, got y");
	assert_int_equal(err_status(&w->err), ST_CHECK);
}

static void
tells_what_came_along(void **state)
{
	struct world *w = *state;

	ask(w, "EXPERT", "y", 4);
	*(struct source *)field(w, &prim_kconfig_check, "before") =
		fake_text(w->job, "b/.config", "CONFIG_GONE=y\nCONFIG_SAME=\"x\"\n# CONFIG_OFF is not set\n");
	assert_int_equal(check(w, "CONFIG_EXPERT=y\nCONFIG_DEBUG=y\nCONFIG_SAME=\"x\"\nCONFIG_NR=8\n", NULL), 0);
	assert_non_null(strstr(fake_notes(w->job),
			       "3 config symbols nobody asked for are not as in the base: DEBUG y, NR 8, GONE n\n"));
	assert_string_equal(fake_read(w->job, "unasked.config"),
			    "CONFIG_DEBUG=y\nCONFIG_NR=8\n# CONFIG_GONE is not set\n");
}

/* A base brings MODULE_SIG, and nobody thought of the key. */
static void
tells_what_is_drawn(void **state)
{
	struct world *w = *state;

	ask(w, "X", "y", 4);
	assert_int_equal(check(w, "CONFIG_X=y\nCONFIG_MODULE_SIG=y\nCONFIG_MODULE_SIG_KEY=\"\"\n", NULL), 0);
	assert_null(strstr(fake_notes(w->job), "MODULE_SIG"));
	assert_int_equal(check(w,
			       "CONFIG_X=y\nCONFIG_MODULE_SIG=y\nCONFIG_MODULE_SIG_KEY=\"certs/signing_key.pem\"\n"
			       "CONFIG_RANDSTRUCT_FULL=y\n",
			       NULL),
			 0);
	assert_non_null(
		strstr(fake_notes(w->job), "MODULE_SIG=y: the result depends on a key that the build generates"));
	assert_non_null(strstr(fake_notes(w->job), "RANDSTRUCT_FULL=y: the result depends on a random number"));
}

static void
allows_by_name(void **state)
{
	struct world *w = *state;

	ask(w, "X", "m", 31);
	assert_int_equal(check(w, "CONFIG_X=y\n", "X"), 0);
	assert_string_equal(fake_notes(w->job), "X: wanted m, got y, which is allowed\n0 config symbols as asked\n");
}

static void
refuses_leave_without_need(void **state)
{
	struct world *w = *state;

	ask(w, "X", "m", 31);
	assert_int_equal(check(w, "CONFIG_X=m\n", "X"), -1);
	says(w, "E0204", "has the value that was asked for");
	err_free(&w->err);
	assert_int_equal(check(w, "CONFIG_X=m\n", "Z"), -1);
	says(w, "E0204", "is not asked for");
}

/* In the place of the compiler and of the helper that it makes. */
static int
kconfig_says(struct job *job, const struct sandbox *sb, struct err *err)
{
	(void)job;
	(void)err;
	if (!sb->capture)
		return 0;
	assert_string_equal(sb->argv[2], "X=m");
	assert_string_equal(sb->argv[3], "FREE=y");
	assert_string_equal(sb->argv[4], "NEER=y");
	assert_null(sb->argv[5]);
	str_add(sb->capture,
		"{\"name\":\"X\",\"exists\":true,\"type\":\"tristate\",\"modules\":\"y\",\"value\":\"n\",\"prompt\":\"x\","
		"\"depends\":[{\"text\":\"NET [=n]\",\"value\":\"n\",\"symbol\":\"NET\"}],\"fix\":[\"NET=y\"]}\n"
		"{\"name\":\"FREE\",\"exists\":true,\"type\":\"bool\",\"value\":\"y\",\"prompt\":\"\",\"depends\":[],"
		"\"selected_by\":[{\"text\":\"BOSS [=y]\",\"value\":\"y\",\"symbol\":\"BOSS\"}]}\n"
		"{\"name\":\"NEER\",\"exists\":false}\n{\"names\":[\"FREE\",\"NEAR\"]}\n");
	return 0;
}

static void
answers_for_any_symbol(void **state)
{
	static const char *const questions[] = {"X", "FREE", "NEER", NULL};
	static const char *goals[] = {"board_defconfig", "defconfig", "own.config"};
	const struct strings base = {3, goals, NULL};
	struct world *w = *state;

	fake_job_give(w->job, 0,
		      fake_tree(w->maker, "Makefile", "VERSION = 6\nPATCHLEVEL = 12\n",
				"arch/arm64/configs/board_defconfig", "CONFIG_FREE=y\n", "kernel/configs/own.config",
				"# own\nCONFIG_FREE=y\n", "scripts/kconfig/expr.o", "o", NULL));
	memcpy(field(w, &prim_kconfig_check, "base"), &base, sizeof base);
	*(struct source *)field(w, &prim_kconfig_check, "saved") = fake_text(w->job, "kept.config", "CONFIG_X=y\n");
	for (size_t i = 0; i < 3; i++)
		*(struct source *)field(w, &prim_kconfig_check, (const char *[]){"source", "build", "toolchain"}[i]) =
			fake_ref(0, "");
	*(const char **)field(w, &prim_kconfig_check, "arch") = "arm64";
	fake_job_set_exec(w->job, kconfig_says);
	fake_job_ask(w->job, questions);
	ask(w, "X", "m", 31);
	assert_int_equal(check(w, "CONFIG_FREE=y\n# CONFIG_X is not set\n", NULL), 0);
	assert_string_equal(
		fake_records(w->job),
		"place=31\t\tr.lua\n"
		"X=asked for m, got unset: depends on NET, which is n\nthe base sets it at kept.config:1\nadd NET = y\n"
		"FREE=y (bool), and the recipe does not ask for it: selected by BOSS\n"
		"the base sets it at kernel/configs/own.config:2\n"
		"NEER=no such symbol in this tree; did you mean `NEAR`?\n");
}

static void
cannot_answer_without_a_tree(void **state)
{
	static const char *const questions[] = {"X", NULL};
	struct world *w = *state;

	fake_job_ask(w->job, questions);
	assert_int_equal(check(w, "CONFIG_X=y\n", NULL), -1);
	says(w, "E0206", "cannot ask Kconfig");
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(appends),
		T(makes_a_fragment),
		T(refuses_links),
		T(refuses_a_contradiction),
		T(passes_what_was_honoured),
		T(tells_each_difference_at_its_line),
		T(tells_what_came_along),
		T(tells_what_is_drawn),
		T(allows_by_name),
		T(refuses_leave_without_need),
		T(answers_for_any_symbol),
		T(cannot_answer_without_a_tree),
	};

	return cmocka_run_group_tests_name("kconfig steps", tests, NULL, NULL);
}
