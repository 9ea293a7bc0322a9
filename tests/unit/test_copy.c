/* write, copy */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/stat.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "fake_job.h"
#include "model/prim.h"
#include "values.h"

static struct value
file_value(struct job *job, const char *rel)
{
	return (struct value)FILE_AT(fake_root(job), rel);
}

static mode_t
mode_of(struct job *job, const char *path)
{
	const struct entry *e = tree_find(fake_result(job), path);

	assert_non_null(e);
	return e->mode & 07777;
}

static void
test_write(void **state)
{
	struct job *job = fake_job_new(NULL);
	struct field f[] = {{"mode", STR("0755")}, {"path", STR("etc//motd")}, {"text", STR("hello\n")}};

	(void)state;
	fake_runs(job, prim_find("write"), (struct value)FIELDS(f));
	assert_string_equal(fake_read(job, "etc/motd"), "hello\n");
	assert_int_equal(mode_of(job, "etc/motd"), 0755);
	assert_int_equal(mode_of(job, "etc"), 0755);
	fake_job_free(job);
}

static void
test_write_onto(void **state)
{
	struct job *outer = fake_job_new(NULL);
	struct tree *t = fake_tree(outer, "a", "old", "b", "kept", NULL);
	struct job *job = fake_job_new(t);
	struct field f[] = {{"path", STR("a")}, {"text", STR("")}};

	(void)state;
	fake_runs(job, prim_find("write"), (struct value)FIELDS(f));
	assert_string_equal(fake_read(job, "a"), "");
	assert_string_equal(fake_read(job, "b"), "kept");
	assert_int_equal(mode_of(job, "a"), 0644);
	fake_job_free(job);
	fake_job_free(outer);
}

static void
test_write_refused(void **state)
{
	static const char *const modes[] = {"644x", "0999", "4755", "77", "", "07777"};
	struct job *job = fake_job_new(NULL);

	(void)state;
	for (size_t i = 0; i < COUNT(modes); i++) {
		struct field f[] = {{"mode", STR("")}, {"path", STR("a")}, {"text", STR("")}};

		f[0].value.str.s = modes[i];
		f[0].value.str.len = strlen(modes[i]);
		fake_fails(job, prim_find("write"), (struct value)FIELDS(f), "E0105", "is not a mode");
	}
	fake_job_free(job);
}

/* What `bundle "tiny" { a, fix / "README" }` comes down to. */
static void
test_bundle(void **state)
{
	struct job *job = fake_job_new(NULL);
	struct tree *a = fake_tree(job, "hello.txt", "hello", NULL);
	struct tree *fix = fake_tree(job, "README", "read me", "other", "x", NULL);
	struct value items[] = {REF(0, ""), REF(1, "README")};

	(void)state;
	fake_job_give(job, 0, a);
	fake_job_give(job, 1, fix);
	fake_runs(job, prim_find("copy"), (struct value)ITEMS(items));
	assert_string_equal(fake_read(job, "hello.txt"), "hello");
	assert_string_equal(fake_read(job, "README"), "read me");
	assert_int_equal(fake_result(job)->n, 2);
	fake_job_free(job);
}

static void
test_folders(void **state)
{
	struct job *job = fake_job_new(NULL);
	struct tree *src = fake_tree(job, "drivers/Makefile", "m", "drivers/pci/x.c", "x", "drivers/run", "#!/bin/sh\n",
				     "drivers/ln", "->Makefile", "drivers/empty/", "", "other", "o", NULL);
	struct value items[] = {REF(0, "drivers"), file_value(job, "conf"), file_value(job, "p/*.c"),
				file_value(job, "one")};
	struct field f[] = {{"into", STR("x/y")}};

	(void)state;
	fake_job_give(job, 0, src);
	fake_text(job, "conf/a.conf", "a");
	fake_text(job, "conf/d/b.conf", "b");
	fake_text(job, "p/1.c", "1");
	fake_text(job, "p/2.c", "2");
	fake_text(job, "one", "one");
	fake_runs(job, prim_find("copy"), (struct value)TABLE(items, 4, f, 1));
	assert_string_equal(fake_read(job, "x/y/Makefile"), "m");
	assert_string_equal(fake_read(job, "x/y/pci/x.c"), "x");
	assert_string_equal(fake_read(job, "x/y/a.conf"), "a");
	assert_string_equal(fake_read(job, "x/y/d/b.conf"), "b");
	assert_string_equal(fake_read(job, "x/y/1.c"), "1");
	assert_string_equal(fake_read(job, "x/y/one"), "one");
	assert_int_equal(mode_of(job, "x/y/run"), 0755);
	assert_true(S_ISDIR(tree_find(fake_result(job), "x/y/empty")->mode));
	assert_string_equal(tree_find(fake_result(job), "x/y/ln")->target, "Makefile");
	assert_null(fake_read(job, "x/y/other"));
	assert_null(tree_find(fake_result(job), "x/y/conf"));
	fake_job_free(job);
}

static void
test_as(void **state)
{
	struct job *job = fake_job_new(NULL);
	struct value items[] = {file_value(job, "one"), file_value(job, "two")};
	struct field f[] = {{"as", STR("d/uno")}};

	(void)state;
	fake_text(job, "one", "1");
	fake_text(job, "two", "2");
	fake_text(job, "dir/x", "x");
	fake_fails(job, prim_find("copy"), (struct value)TABLE(items, 2, f, 1), "E0120", "there are 2 sources");
	fake_runs(job, prim_find("copy"), (struct value)TABLE(items, 1, f, 1));
	assert_string_equal(fake_read(job, "d/uno"), "1");
	items[0] = file_value(job, "dir");
	fake_fails(job, prim_find("copy"), (struct value)TABLE(items, 1, f, 1), "E0120", "is a folder");
	fake_job_free(job);
}

static void
test_exclude(void **state)
{
	struct job *job = fake_job_new(NULL);
	struct tree *t = fake_tree(job, "a.o", "1", "d/b.o", "2", "d/b.c", "3", "doc/x", "4", "d/doc", "5", NULL);
	struct value items[] = {REF(0, "")};
	struct value globs[] = {STR("*.o"), STR("doc/"), STR("*.obj")};
	struct field f[] = {{"exclude", TABLE(globs, 2, NULL, 0)}};

	(void)state;
	fake_job_give(job, 0, t);
	fake_runs(job, prim_find("copy"), (struct value)TABLE(items, 1, f, 1));
	assert_null(fake_read(job, "a.o"));
	assert_null(fake_read(job, "d/b.o"));
	assert_string_equal(fake_read(job, "d/b.c"), "3");
	assert_null(tree_find(fake_result(job), "doc"));
	assert_string_equal(fake_read(job, "d/doc"), "5");
	f[0].value.table.nitems = 3;
	fake_fails(job, prim_find("copy"), (struct value)TABLE(items, 1, f, 1), "E0123", "`*.obj` matches nothing");
	globs[0] = (struct value)STR("*");
	f[0].value.table.nitems = 1;
	fake_fails(job, prim_find("copy"), (struct value)TABLE(items, 1, f, 1), "E0124", "hold no file");
	fake_job_free(job);
}

static void
test_only(void **state)
{
	struct job *job = fake_job_new(NULL), *part = fake_job_new(NULL);
	struct tree *t =
		fake_tree(job, "Makefile", "0", "a/Kconfig", "1", "a/b.c", "2", "a/deep/er/x.sh", "3", "scripts/y.c",
			  "4", "scripts/d/z.sh", "5", "w/only.c", "6", "w/ln", "->../Makefile", NULL);
	struct value items[] = {REF(0, "")}, below[] = {REF(0, "a")};
	struct value globs[] = {STR("Kconfig*"), STR("scripts"), STR("*.sh"), STR("a/deep"), STR("*.S")};
	struct field f[] = {{"only", TABLE(globs, 3, NULL, 0)}};

	(void)state;
	fake_job_give(job, 0, t);
	fake_runs(job, prim_find("copy"), (struct value)TABLE(items, 1, f, 1));
	assert_string_equal(fake_read(job, "a/Kconfig"), "1");
	assert_string_equal(fake_read(job, "a/deep/er/x.sh"), "3");
	assert_string_equal(fake_read(job, "scripts/y.c"), "4");
	assert_string_equal(fake_read(job, "scripts/d/z.sh"), "5");
	assert_null(fake_read(job, "Makefile"));
	assert_null(fake_read(job, "a/b.c"));
	assert_null(tree_find(fake_result(job), "w"));
	f[0].value.table.nitems = 5;
	fake_fails(job, prim_find("copy"), (struct value)TABLE(items, 1, f, 1), "E0123",
		   "`only` = `*.S` matches nothing");
	/* of a part of a tree the paths begin there */
	fake_job_give(part, 0, t);
	f[0].value.table.nitems = 1;
	fake_runs(part, prim_find("copy"), (struct value)TABLE(below, 1, f, 1));
	assert_string_equal(fake_read(part, "Kconfig"), "1");
	assert_int_equal(fake_result(part)->n, 1);
	fake_job_free(part);
	fake_job_free(job);
}

static void
test_conflicts(void **state)
{
	struct job *job = fake_job_new(NULL);
	struct tree *a = fake_tree(job, "d/x", "1", "same", "s", NULL), *b = fake_tree(job, "d/x", "2", NULL);
	struct tree *c = fake_tree(job, "same", "s", "d/y", "y", NULL), *d = fake_tree(job, "d", "file", NULL);
	struct value ab[] = {REF(0, ""), REF(1, "")}, ac[] = {REF(0, ""), REF(2, "")}, bd[] = {REF(1, ""), REF(3, "")};
	struct value gone[] = {REF(0, "d/xx")};

	(void)state;
	fake_job_give(job, 0, a);
	fake_job_give(job, 1, b);
	fake_job_give(job, 2, c);
	fake_job_give(job, 3, d);
	fake_fails(job, prim_find("copy"), (struct value)ITEMS(ab), "E0121", "two sources give `d/x`");
	fake_fails(job, prim_find("copy"), (struct value)ITEMS(bd), "E0121", "`d`");
	fake_fails(job, prim_find("copy"), (struct value)ITEMS(gone), "E0305", "no `d/xx`");
	fake_runs(job, prim_find("copy"), (struct value)ITEMS(ac));
	assert_string_equal(fake_read(job, "same"), "s");
	assert_string_equal(fake_read(job, "d/y"), "y");
	fake_job_free(job);
}

static void
test_copy_onto(void **state)
{
	struct job *outer = fake_job_new(NULL);
	struct tree *below = fake_tree(outer, "etc/a", "old", "etc/b", "kept", NULL);
	struct job *job = fake_job_new(below);
	struct value items[] = {file_value(job, "a")};
	struct field f[] = {{"into", STR("etc")}};

	(void)state;
	fake_text(job, "a", "new");
	fake_runs(job, prim_find("copy"), (struct value)TABLE(items, 1, f, 1));
	assert_string_equal(fake_read(job, "etc/a"), "new");
	assert_string_equal(fake_read(job, "etc/b"), "kept");
	fake_job_free(job);
	fake_job_free(outer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write),         cmocka_unit_test(test_write_onto),
		cmocka_unit_test(test_write_refused), cmocka_unit_test(test_bundle),
		cmocka_unit_test(test_folders),       cmocka_unit_test(test_as),
		cmocka_unit_test(test_exclude),       cmocka_unit_test(test_only),
		cmocka_unit_test(test_conflicts),     cmocka_unit_test(test_copy_onto),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
