/* The verb `patch` as a step: lists and series, skipping, the layer it makes, the record. */
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

#define ONE "--- a/x.c\n+++ b/x.c\n@@ -1,3 +1,3 @@\n 1\n-2\n+two\n 3\n"
#define TWO "--- a/x.c\n+++ b/x.c\n@@ -1,3 +1,3 @@\n 1\n-two\n+zwei\n 3\n"
#define NEW "--- /dev/null\n+++ b/d/new.c\n@@ -0,0 +1 @@\n+n\n"
#define GONE "--- a/only/deep/one.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-o\n"
#define MOVED "--- a/long.c\n+++ b/long.c\n@@ -1,3 +1,4 @@\n 4\n 5\n+5.5\n 6\n"

extern const struct prim prim_patch;

struct world {
	struct job *maker, *job;
	struct err err;
	struct arena arena;
	struct source list[4];
	struct sources patches;
	_Alignas(16) unsigned char bound[512];
};

static void *
field(struct world *w, const char *name)
{
	return w->bound + schema_find(prim_patch.params, name)->offset;
}

static int
setup(void **state)
{
	struct world *w = xcalloc(1, sizeof *w);

	w->maker = fake_job_new(NULL);
	w->job = fake_job_new(fake_tree(w->maker, "x.c", "1\n2\n3\n", "long.c", "1\n2\n3\n4\n5\n6\n", "only/deep/one.c",
					"o\n", "run.sh", "#!/bin/sh\n", NULL));
	w->patches.v = w->list;
	*(int64_t *)field(w, "strip") = -1;
	assert_true(prim_patch.size <= sizeof w->bound);
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
	arena_free(&w->arena);
	free(w);
	return 0;
}

static void
add(struct world *w, const char *name, const char *text)
{
	w->list[w->patches.n++] = fake_text(w->job, name, text);
}

static int
run(struct world *w)
{
	memcpy(field(w, "patches"), &w->patches, sizeof w->patches);
	if (prim_patch.expand(w->bound, &w->arena, &w->err))
		return -1;
	return prim_patch.run(w->job, w->bound, &w->err);
}

static void
runs(struct world *w)
{
	if (run(w))
		fail_msg("%s", w->err.head->msg);
}

static void
refuses(struct world *w, const char *code, const char *says)
{
	assert_int_equal(run(w), -1);
	if (strcmp(w->err.head->code, code) || !strstr(w->err.head->msg, says))
		fail_msg("[%s] %s", w->err.head->code, w->err.head->msg);
}

static void
applies_a_list(void **state)
{
	struct world *w = *state;

	add(w, "p/1.patch", ONE);
	add(w, "p/2.patch", TWO NEW GONE);
	add(w, "p/3.patch", MOVED);
	runs(w);
	assert_string_equal(fake_read(w->job, "x.c"), "1\nzwei\n3\n");
	assert_string_equal(fake_read(w->job, "d/new.c"), "n\n");
	assert_null(fake_read(w->job, "only/deep/one.c"));
	assert_null(tree_find(fake_result(w->job), "only")); /* patches keep no empty folders */
	assert_int_equal(tree_find(fake_result(w->job), "run.sh")->mode & 07777, 0755);
	assert_string_equal(fake_notes(w->job), "3.patch: long.c: hunk 1 applies at line 4 (offset +3)\n");
	assert_non_null(strstr(fake_records(w->job),
			       "patch:1.patch="
			       "21b18f72aceb13fa04a182d38e1986c7879202295ee6ab2f43b327107f5f1e6d"));
}

static void
applies_a_series(void **state)
{
	struct world *w = *state;
	struct source *series = field(w, "series");

	fake_text(w->job, "p/fix/1.patch", ONE);
	fake_text(w->job, "p/2.patch", "--- x.c\n+++ x.c\n@@ -1,3 +1,3 @@\n 1\n-two\n+zwei\n 3\n");
	*series = fake_text(w->job, "p/series", "# ours\nfix/1.patch\n2.patch -p0\n");
	runs(w);
	assert_string_equal(fake_read(w->job, "x.c"), "1\nzwei\n3\n");
	assert_int_equal(((struct sources *)field(w, "patches"))->n, 2); /* they enter the key */
}

static void
applies_a_series_of_a_result(void **state)
{
	struct world *w = *state;
	struct source *series = field(w, "series");

	fake_job_give(w->job, 3, fake_tree(w->job, "q/series", "1.patch\n", "q/1.patch", ONE, NULL));
	*series = fake_ref(3, "q/series");
	runs(w);
	assert_string_equal(fake_read(w->job, "x.c"), "1\ntwo\n3\n");
	assert_string_equal(series->ref.path, "q"); /* the folder enters the key, not the list alone */
}

#define MAIL(n, from, subject, diff)                                                                  \
	"From x Mon Sep 17 00:00:0" n " 2001\nFrom: " from "\nDate: Tue, 2 Jan 2024 03:04:05 +0100\n" \
	"Subject: [PATCH " n "/2] " subject "\n\nText.\n---\n" diff "-- \n2.39.5\n\n"
#define MAIL_ONE MAIL("1", "Ann Author <ann@x>", "first", ONE)
#define MAIL_TWO MAIL("2", "=?utf-8?q?J=C3=B6rg?= <j@x>", "second", TWO MOVED NEW)
#define LETTER MAIL("0", "Ann Author <ann@x>", "about it", "")

static void
applies_a_mailbox(void **state)
{
	struct world *w = *state;

	add(w, "p/v2.mbox", MAIL_ONE MAIL_TWO);
	runs(w);
	assert_string_equal(fake_read(w->job, "x.c"), "1\nzwei\n3\n");
	assert_string_equal(fake_read(w->job, "d/new.c"), "n\n");
	assert_string_equal(fake_notes(w->job), "v2.mbox#2: long.c: hunk 1 applies at line 4 (offset +3)\n");
	assert_non_null(strstr(fake_records(w->job),
			       "author:v2.mbox#1=Ann Author <ann@x>\n"
			       "date:v2.mbox#1=Tue, 2 Jan 2024 03:04:05 +0100\n"
			       "subject:v2.mbox#1=first\nfiles:v2.mbox#1=1\noffset:v2.mbox#1=-\npatch:v2.mbox#2="));
	assert_non_null(strstr(fake_records(w->job), "author:v2.mbox#2=J\xc3\xb6rg <j@x>\n"));
	assert_non_null(strstr(fake_log(w->job), "patch      files  offset  author              subject\n"
						 "v2.mbox#1  1      -       Ann Author <ann@x>  first\n"
						 "v2.mbox#2  3      +3      J\xc3\xb6rg <j@x>          second\n"));
}

/* In the order of their names, whose numbers count. */
static void
applies_a_maildir(void **state)
{
	struct world *w = *state;

	fake_text(w->job, "m/new/3.x", MAIL("3", "A Bee <a@b>", "third", MOVED));
	fake_text(w->job, "m/cur/10.x:2,S", MAIL_TWO);
	fake_text(w->job, "m/cur/9.x:2,S", MAIL_ONE);
	fake_text(w->job, "m/cur/.lock", "no mail");
	fake_text(w->job, "m/tmp/1.x", "half a mail");
	w->list[w->patches.n++] = fake_source(w->job, "m");
	assert_int_equal(run(w), -1);
	assert_string_equal(w->err.head->code, "E0503"); /* the third does what the second did */
	assert_non_null(strstr(w->err.head->msg, "mail 3, `third`: patch `3.x` is already applied"));
}

static void
applies_folders_of_a_result(void **state)
{
	struct world *w = *state;

	fake_job_give(w->job, 3, fake_tree(w->job, "m/cur/1", MAIL_ONE, NULL));
	fake_job_give(w->job, 4,
		      fake_tree(w->job, "p/v2.mbox", MAIL("2", "A Bee <a@b>", "s", TWO), "p/z.patch", NEW, "p/a.txt",
				"no patch", NULL));
	w->list[w->patches.n++] = fake_ref(3, "m");
	w->list[w->patches.n++] = fake_ref(4, "p");
	runs(w);
	assert_string_equal(fake_read(w->job, "x.c"), "1\nzwei\n3\n");
	assert_string_equal(fake_read(w->job, "d/new.c"), "n\n");
	assert_non_null(strstr(fake_records(w->job), "author:1=Ann Author <ann@x>\n"));
}

static void
refuses_a_covering_letter(void **state)
{
	struct world *w = *state;
	const char *names[] = {"v2.mbox#1"};
	struct strings skip = {1, names, NULL};

	add(w, "p/v2.mbox", LETTER MAIL_ONE);
	refuses(w, "E0507", "mail 1, `about it`: it holds no patch");
	err_free(&w->err);
	memcpy(field(w, "skip"), &skip, sizeof skip);
	runs(w);
	assert_string_equal(fake_read(w->job, "x.c"), "1\ntwo\n3\n");
}

/* Each mistake names the mail, and the line in the mailbox. */
static void
names_the_mail(void **state)
{
	struct world *w = *state;

	add(w, "p/v2.mbox",
	    MAIL_ONE MAIL("2", "A Bee <a@b>", "wrong \"it\"",
			  ONE MOVED "--- a/no.c\n+++ b/no.c\n@@ -1 +1 @@\n-1\n+2\n"));
	assert_int_equal(run(w), -1);
	assert_int_equal(err_count(&w->err), 2);
	for (const struct diag *d = w->err.head; d; d = d->next)
		assert_true(str_starts(d->msg, "mail 2, `wrong \\\"it\\\"`: patch `v2.mbox#2`: "));
	assert_true(w->err.head->at.line > 16);
	assert_non_null(strstr(fake_log(w->job), "v2.mbox#1  1      -       Ann Author <ann@x>  first\n"));
}

static void
refuses_an_empty_maildir(void **state)
{
	struct world *w = *state;

	fake_text(w->job, "m/cur/.keep", "");
	w->list[w->patches.n++] = fake_source(w->job, "m");
	refuses(w, "E0511", "the maildir `m` holds no mail");
}

static void
refuses_a_folder_without_mails(void **state)
{
	struct world *w = *state;

	fake_text(w->job, "m/1.patch", ONE);
	w->list[w->patches.n++] = fake_source(w->job, "m");
	refuses(w, "E0509", "is no maildir");
}

/* Heads as Debian's patches have them. */
static void
knows_who_wrote_a_file(void **state)
{
	struct world *w = *state;

	add(w, "p/1.patch", "Description: ours\nAuthor: A Bee <a@b>\n\n" ONE);
	runs(w);
	assert_non_null(strstr(fake_records(w->job), "author:1.patch=A Bee <a@b>\nsubject:1.patch=ours\n"));
}

static void
skips_by_name(void **state)
{
	struct world *w = *state;
	const char *names[] = {"*-zedbox*"};
	struct strings skip = {1, names, NULL};

	memcpy(field(w, "skip"), &skip, sizeof skip);
	add(w, "p/1.patch", ONE);
	add(w, "p/2-zedbox.patch", "damaged");
	runs(w);
	assert_string_equal(fake_read(w->job, "x.c"), "1\ntwo\n3\n");
}

static void
refuses_a_skip_of_nothing(void **state)
{
	struct world *w = *state;
	const char *names[] = {"2.patch"};
	struct strings skip = {1, names, NULL};

	memcpy(field(w, "skip"), &skip, sizeof skip);
	add(w, "p/1.patch", ONE);
	refuses(w, "E0509", "`2.patch`, which is none of the patches");
	assert_string_equal(w->err.head->help[0], "did you mean `1.patch`?");
}

static void
writes_nothing_when_one_fails(void **state)
{
	struct world *w = *state;
	size_t n;

	add(w, "p/1.patch", ONE);
	add(w, "p/2.patch", "--- a/long.c\n+++ b/long.c\n@@ -1,3 +1,4 @@\n 4\n Q\n+5.5\n 6\n");
	refuses(w, "E0502", "patch `2.patch`: hunk 1 of `long.c` does not apply");
	layer_list(job_layer(w->job), &n, &w->err);
	assert_int_equal(n, 0);
}

static void
says_already_applied(void **state)
{
	struct world *w = *state;

	add(w, "p/1.patch", ONE);
	add(w, "p/again.patch", ONE);
	refuses(w, "E0503", "patch `again.patch` is already applied");
}

static void
takes_back(void **state)
{
	struct world *w = *state;

	*(bool *)field(w, "reverse") = true;
	add(w, "p/1.patch", "--- a/x.c\n+++ b/x.c\n@@ -1,3 +1,3 @@\n 1\n-a\n+b\n 3\n");
	add(w, "p/2.patch", "--- a/x.c\n+++ b/x.c\n@@ -1,3 +1,3 @@\n 1\n-b\n+2\n 3\n");
	runs(w);
	assert_string_equal(fake_read(w->job, "x.c"), "1\na\n3\n");
}

static void
needs_a_patch(void **state)
{
	struct world *w = *state;

	assert_int_equal(prim_patch.check(w->bound, &w->err), -1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(applies_a_list),
		T(applies_a_series),
		T(applies_a_series_of_a_result),
		T(applies_a_mailbox),
		T(applies_a_maildir),
		T(applies_folders_of_a_result),
		T(refuses_a_covering_letter),
		T(names_the_mail),
		T(refuses_an_empty_maildir),
		T(refuses_a_folder_without_mails),
		T(knows_who_wrote_a_file),
		T(skips_by_name),
		T(refuses_a_skip_of_nothing),
		T(writes_nothing_when_one_fails),
		T(says_already_applied),
		T(takes_back),
		T(needs_a_patch),
	};

	return cmocka_run_group_tests_name("patch step", tests, NULL, NULL);
}
