#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "fake_job.h"
#include "model/prim.h"
#include "values.h"

struct edit_case {
	const char *text, *find, *how, *put, *want; /* how: replace, before, after */
	bool regex;
	int times;
};

static struct value
str_value(const char *s)
{
	struct value v = STR("");

	v.str.s = s;
	v.str.len = strlen(s);
	return v;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct field *)a)->key, ((const struct field *)b)->key);
}

/* The parameters of a case; `f` takes four fields. */
static struct value
params_of(const struct edit_case *c, struct value *item, struct field *f)
{
	size_t n = 0;

	f[n++] = (struct field){"find", str_value(c->find)};
	f[n++] = (struct field){c->how, str_value(c->put)};
	if (c->regex)
		f[n++] = (struct field){"regex", BOOL(true)};
	if (c->times)
		f[n++] = (struct field){"times", INT(c->times)};
	qsort(f, n, sizeof *f, by_name);
	*item = (struct value)STR("d/f");
	return (struct value)TABLE(item, 1, f, n);
}

static void
becomes(const struct edit_case *c)
{
	struct job *outer = fake_job_new(NULL);
	struct job *job = fake_job_new(fake_tree(outer, "d/f", c->text, "other", "o", NULL));
	struct value item;
	struct field f[4];

	fake_runs(job, prim_find("edit"), params_of(c, &item, f));
	assert_string_equal(fake_read(job, "d/f"), c->want);
	assert_string_equal(fake_read(job, "other"), "o");
	fake_job_free(job);
	fake_job_free(outer);
}

/* Gives the first mistake's help lines, each ended by '\n'. */
static char *
refused(const struct edit_case *c, const char *code, const char *msg)
{
	struct job *outer = fake_job_new(NULL);
	struct job *job = fake_job_new(fake_tree(outer, "d/f", c->text, NULL));
	struct err err = {0};
	struct str help = {0};
	struct value item;
	struct field f[4];

	assert_int_equal(fake_run(job, prim_find("edit"), params_of(c, &item, f), &err), -1);
	assert_string_equal(err.head->msg, msg);
	assert_string_equal(err.head->code, code);
	for (unsigned i = 0; i < err.head->nhelp; i++)
		str_addf(&help, "%s\n", err.head->help[i]);
	err_free(&err);
	assert_int_equal(fake_result(job)->n, 2);
	assert_string_equal(fake_read(job, "d/f"), c->text);
	fake_job_free(job);
	fake_job_free(outer);
	return str_steal(&help);
}

static void
test_edits(void **state)
{
	static const struct edit_case cases[] = {
		{"a b c", "b", "replace", "x", "a x c", false, 0},
		{"a b c", "b ", "replace", "", "a c", false, 0},
		{"a b c", "b", "before", "x ", "a x b c", false, 1},
		{"a b c", "b", "after", " x", "a b x c", false, 0},
		{"aXbXc", "X", "replace", "\\1", "a\\1b\\1c", false, 2},
		{"l1\nl2\nl3\n", "l2\nl3", "replace", "m", "l1\nm\n", false, 0},
		{"v = 12\nw = 3\n", "^v = ([0-9]+)$", "replace", "v = 0x\\1 \\\\ \\0", "v = 0x12 \\ v = 12\nw = 3\n",
		 true, 0},
		{"a1 a2 a3", "a([0-9])", "before", "\\1:", "1:a1 2:a2 3:a3", true, 3},
		{"xx\nxx\n", "^x", "replace", "y", "yx\nyx\n", true, 2},
		{"a+b", "a+b", "replace", "c", "c", false, 0},
		{"one\r\ntwo\r\n", "one\ntwo\n", "replace", "1\n2\n3\n", "1\r\n2\r\n3\r\n", false, 0},
		{"one\r\ntwo\r\n", "one$", "after", "\nmore", "one\r\nmore\r\ntwo\r\n", true, 0},
		{"one\r\ntwo\n", "two\n", "replace", "2\n", "one\r\n2\n", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		becomes(&cases[i]);
}

static void
test_counts(void **state)
{
	cleanup_free char *many = NULL, *none = NULL, *blanks = NULL, *few = NULL;

	(void)state;
	many = refused(&(struct edit_case){"b\na\nb\n", "b", "replace", "x", NULL, false, 0}, "E0561",
		       "`d/f` holds `b` 2 times instead of 1");
	assert_string_equal(many, "it is in lines 1, 3\nmake `find` longer, or set `times = 2`\n");
	none = refused(&(struct edit_case){"b\n", "c", "replace", "x", NULL, false, 0}, "E0561",
		       "`d/f` does not hold `c`");
	assert_string_equal(none, "");
	blanks = refused(&(struct edit_case){"x\n\tfoo(a,  b);\n", "  foo(a, b);", "replace", "x", NULL, false, 0},
			 "E0561", "`d/f` does not hold `  foo(a, b);`");
	assert_string_equal(blanks, "line 2 differs in blanks or in the lines that follow\n");
	few = refused(&(struct edit_case){"b\n", "b", "replace", "x", NULL, true, 3}, "E0561",
		      "`d/f` holds `b` 1 time instead of 3");
	assert_string_equal(few, "it is in line 1\nmake `find` longer, or set `times = 1`\n");
}

static void
test_refused(void **state)
{
	(void)state;
	free(refused(&(struct edit_case){"a\n", "a", "replace", "a", NULL, false, 0}, "E0562",
		     "the edit of `d/f` changes nothing"));
	free(refused(&(struct edit_case){"a\n", "a", "before", "", NULL, false, 0}, "E0562",
		     "the edit of `d/f` changes nothing"));
	free(refused(&(struct edit_case){"a\n", "(a", "replace", "x", NULL, true, 0}, "E0565",
		     "`(a` is not a regular expression: Unmatched ( or \\("));
	free(refused(&(struct edit_case){"a\n", "b*", "replace", "x", NULL, true, 0}, "E0565",
		     "`b*` matches an empty text in `d/f`"));
	free(refused(&(struct edit_case){"a\n", "", "replace", "x", NULL, false, 0}, "E0565",
		     "`find` is empty in the edit of `d/f`"));
}

static void
test_how(void **state)
{
	struct job *job = fake_job_new(NULL);
	struct value item = STR("f");
	struct field two[] = {{"after", STR("x")}, {"find", STR("a")}, {"replace", STR("y")}};
	struct field none[] = {{"find", STR("a")}};

	(void)state;
	fake_fails(job, prim_find("edit"), (struct value)TABLE(&item, 1, two, 3), "E0120", "exclude each other");
	fake_fails(job, prim_find("edit"), (struct value)TABLE(&item, 1, none, 1), "E0120",
		   "does not say what to put in");
	fake_job_free(job);
}

static void
no_edit(struct job *job, const char *path, const char *code, const char *part)
{
	struct value item = str_value(path);
	struct field f[] = {{"find", STR("a")}, {"replace", STR("b")}};

	fake_fails(job, prim_find("edit"), (struct value)TABLE(&item, 1, f, 2), code, part);
}

static void
test_files(void **state)
{
	struct job *outer = fake_job_new(NULL);
	struct layer *l = fake_layer(outer, NULL);
	struct entry binary = {.path = "bin", .mode = S_IFREG | 0644}, link = {.path = "ln", .mode = S_IFLNK | 0777};
	struct entry script = {.path = "d/script", .mode = S_IFREG | 0755};
	struct err err = {0};
	struct job *job;
	struct value item = STR("d/script");
	struct field f[] = {{"find", STR("a")}, {"replace", STR("b")}};

	(void)state;
	link.target = "d/script";
	assert_int_equal(layer_put(l, &binary, "a\0b", 3, &err), 0);
	assert_int_equal(layer_put(l, &script, "a", 1, &err), 0);
	assert_int_equal(layer_symlink(l, &link, &err), 0);
	job = fake_job_new(fake_seal(outer, l));
	no_edit(job, "bin", "E0563", "NUL bytes");
	no_edit(job, "ln", "E0564", "is a link to `d/script`");
	no_edit(job, "d", "E0564", "`d` is not a file");
	no_edit(job, "d/scrip", "E0564", "there is no `d/scrip`");
	fake_runs(job, prim_find("edit"), (struct value)TABLE(&item, 1, f, 2));
	assert_int_equal(tree_find(fake_result(job), "d/script")->mode & 07777, 0755);
	assert_string_equal(fake_notes(job), "d/script: line 1\n");
	fake_job_free(job);
	fake_job_free(outer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edits), cmocka_unit_test(test_counts), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_how),   cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
