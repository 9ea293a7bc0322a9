/* What patches do to a tree, what they refuse, and that git apply agrees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/patch_set.h"

/* A tree in memory: name and content; a content that begins with "@" is a link, "/" a folder. */
struct file {
	const char *path, *text;
};

struct fixture {
	const struct file *files;
	struct str notes;
	struct patch_tree tree;
	struct patch_set set;
	struct err err;
};

static int
look(void *ctx, const char *path, struct patch_node *out, struct err *err)
{
	const struct fixture *f = ctx;

	(void)err;
	for (const struct file *i = f->files; i->path; i++) {
		size_t n = strlen(path);

		if (!strncmp(i->path, path, n) && i->path[n] == '/')
			out->kind = NODE_FOLDER;
		if (strcmp(i->path, path))
			continue;
		out->kind = *i->text == '@' ? NODE_LINK : NODE_FILE;
		if (*i->text == '@') {
			out->data = xstrdup(i->text + 1);
			out->len = strlen(out->data);
		}
	}
	return 0;
}

static int
read_file(void *ctx, const char *path, struct str *out, struct err *err)
{
	const struct fixture *f = ctx;

	for (const struct file *i = f->files; i->path; i++)
		if (!strcmp(i->path, path)) {
			str_add(out, i->text);
			return 0;
		}
	return err_set(err, NULL, "no `%s`", path);
}

static const char *
near_file(void *ctx, const char *path)
{
	(void)path;
	return ((struct fixture *)ctx)->files->path;
}

static void
note(void *ctx, const char *text)
{
	struct fixture *f = ctx;

	str_addf(&f->notes, "%s|", text);
}

static void
begin(struct fixture *f, const struct file *files)
{
	*f = (struct fixture){.files = files, .tree = {NULL, look, read_file, near_file, note}};
	f->tree.ctx = f;
	f->set.tree = &f->tree;
}

static void
end(struct fixture *f)
{
	patch_set_free(&f->set);
	str_free(&f->notes);
	err_free(&f->err);
}

static int
apply(struct fixture *f, const char *text, const struct patch_how *how)
{
	static const struct patch_how found = {.strip = -1};
	struct arena cleanup_arena a = {0};
	struct patchfile pf;

	if (patchfile_parse("p/t.patch", text, strlen(text), &a, &pf, &f->err))
		return -1;
	return patch_set_apply(&f->set, &pf, how ? how : &found, &f->err);
}

static void
applies(struct fixture *f, const char *text, const struct patch_how *how)
{
	if (apply(f, text, how))
		fail_msg("%s", f->err.head->msg);
}

static size_t
dirty(const struct fixture *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->set.files.n; i++)
		n += ((struct patch_node *)f->set.files.v[i].value)->dirty;
	return n;
}

/* Checks code and words of the first mistake, in its message, label or help. */
static void
refuses(struct fixture *f, const char *text, const struct patch_how *how, const char *code, const char *says)
{
	struct str cleanup_str all = {0};
	const struct diag *d;
	size_t before = dirty(f);

	if (!apply(f, text, how))
		fail_msg("taken: %s", text);
	d = f->err.head;
	str_addf(&all, "%s\n%s\n", d->msg, d->label ? d->label : "");
	for (unsigned i = 0; i < d->nhelp; i++)
		str_addf(&all, "%s\n", d->help[i]);
	if (!d->code || strcmp(d->code, code) || !strstr(all.s, says))
		fail_msg("[%s] %s wanted [%s] %s", d->code ? d->code : "-", all.s, code, says);
	assert_int_equal(dirty(f), before);
	err_free(&f->err);
}

static void
holds(struct fixture *f, const char *path, const char *text)
{
	const struct patch_node *n = map_get(&f->set.files, path);

	assert_non_null(n);
	if (!text) {
		assert_int_equal(n->kind, NODE_ABSENT);
		return;
	}
	assert_int_equal(n->kind, NODE_FILE);
	assert_string_equal(n->data, text);
}

#define TEN "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"

static const struct file files[] = {{"hello.c", TEN},
				    {"sub/a.txt", "x\ny\nz\n"},
				    {"sub/crlf.txt", "x\r\ny\r\nz\r\n"},
				    {"bare.txt", "x\ny\nz"},
				    {"moved.c", "a\nb\nc\nd\n" TEN},
				    {"link", "@sub/a.txt"},
				    {"dir-link", "@sub"},
				    {"sub/deep/b.txt", "b\n"},
				    {"tabs.c", "int f(void)\n{\n\treturn 1;\n}\n"},
				    {"empty", ""},
				    {"deep/b.txt", "b\n"},
				    {"twice.c", "x\na\nb\nx\nc\nd\ne\nx\nq\n"},
				    {"ends.c", "a\nb\nc\nd\ne\na\nb\nc\nd\n"},
				    {0}};

#define H(path) "--- a/" path "\n+++ b/" path "\n"
#define FIVE "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"

static void
puts_hunks(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, files);
	applies(&f, H("hello.c") FIVE, NULL);
	holds(&f, "hello.c", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n");
	assert_int_equal(f.notes.len, 0);
	applies(&f, H("hello.c") "@@ -3,5 +3,6 @@\n 3\n 4\n five\n+5.5\n 6\n 7\n", NULL);
	holds(&f, "hello.c", "1\n2\n3\n4\nfive\n5.5\n6\n7\n8\n9\n10\n");
	end(&f);
}

static void
notes_an_offset(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, files);
	applies(&f, H("moved.c") FIVE, NULL);
	holds(&f, "moved.c", "a\nb\nc\nd\n1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n");
	assert_string_equal(f.notes.s, "t.patch: moved.c: hunk 1 applies at line 6 (offset +4)|");
	end(&f);
}

static void
rejects(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, files);
	refuses(&f, H("hello.c") "@@ -2,7 +2,7 @@\n 2\n 3\n X\n-5\n+five\n 6\n 7\n 8\n", NULL, "E0502",
		"line 4: expected `X`, found `4`");
	refuses(&f, H("hello.c") "@@ -2,7 +2,7 @@\n 2\n 3\n X\n-5\n+five\n 6\n 7\n 8\n", NULL, "E0502",
		"nearest match: line 2, where 6 of 7 lines agree");
	refuses(&f, H("hello.c") "@@ -2,7 +2,7 @@\n X\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n", NULL, "E0502", "fuzz = 1");
	refuses(&f, H("hello.c") "@@ -2,3 +2,3 @@\n q\n-w\n+e\n r\n", NULL, "E0502", "nothing like these lines");
	refuses(&f, H("hello.c") "@@ -9,3 +9,3 @@\n 9\n-10\n+ten\n 11\n", NULL, "E0502", "ends before this line");
	refuses(&f, H("hello.c") "@@ -4,1 +4,2 @@\n 4\n+4.5\n", NULL, "E0502", "belong at the file's end");
	refuses(&f, H("hello.c") "@@ -4,0 +5 @@\n+4.5\n", NULL, "E0502", "no context lines");
	refuses(&f, H("hello.c") "@@ -5 +5 @@\n-5\n+five\n", NULL, "E0502", "no context lines");
	refuses(&f, H("hello.c") "@@ -6,3 +6,3 @@\n 6\n-7\n+s\n 8\n@@ -8,3 +8,3 @@\n 2\n-3\n+t\n 4\n", NULL, "E0502",
		"before the hunk that precedes");
	refuses(&f, H("tabs.c") "@@ -1,4 +1,4 @@\n int f(void)\n {\n-        return 1;\n+        return 2;\n }\n", NULL,
		"E0502", "white space only");
	refuses(&f, H("sub/crlf.txt") "@@ -1,3 +1,3 @@\n x\n-y\n+Y\n z\n", NULL, "E0510", "CR LF");
	refuses(&f, H("sub/a.txt") "@@ -1,3 +1,3 @@\n x\r\n-y\r\n+Y\r\n z\r\n", NULL, "E0510", "CR LF");
	refuses(&f, H("bare.txt") "@@ -1,3 +1,3 @@\n x\n-y\n+Y\n z\n", NULL, "E0510", "no newline at the end");
	refuses(&f, H("hello.c") "@@ -9,2 +9,2 @@\n 9\n 10\n", NULL, "E0507", "changes nothing");
	end(&f);
}

static void
takes_fuzz_when_asked(void **state)
{
	const struct patch_how fuzzy = {.strip = -1, .fuzz = 1};
	struct fixture f;

	(void)state;
	begin(&f, files);
	refuses(&f, H("hello.c") "@@ -2,7 +2,7 @@\n 2\n X\n 4\n-5\n+five\n 6\n 7\n 8\n", &fuzzy, "E0502", "fuzz = 2");
	applies(&f, H("hello.c") "@@ -2,7 +2,7 @@\n X\n 3\n 4\n-5\n+five\n 6\n 7\n Y\n", &fuzzy);
	holds(&f, "hello.c", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n");
	assert_string_equal(f.notes.s, "t.patch: hello.c: hunk 1 applies at line 2 (fuzz 1)|");
	end(&f);
}

/* What patch -F 0 does with them. */
static void
goes_where_patch_puts_it(void **state)
{
	const struct patch_how lean = {.strip = 1, .lean = true};
	struct fixture f;

	(void)state;
	begin(&f, files);
	applies(&f, H("hello.c") "@@ -2 +2 @@\n-5\n+five\n", &lean);
	applies(&f, H("hello.c") "@@ -4,0 +5 @@\n+4.5\n", &lean);
	holds(&f, "hello.c", "1\n2\n3\n4\n4.5\nfive\n6\n7\n8\n9\n10\n");
	assert_string_equal(f.notes.s, "t.patch: hello.c: hunk 1 applies at line 5 (offset +3)|");
	refuses(&f, H("hello.c") "@@ -2 +2 @@\n-5\n+V\n", &lean, "E0502", "nothing like these lines");
	refuses(&f, H("hello.c") "@@ -40,0 +41 @@\n+V\n", &lean, "E0502", "no context lines");
	/* the nearest of several, and what the first moved by holds for the second */
	applies(&f, H("twice.c") "@@ -5 +5 @@\n-x\n+y\n@@ -7,0 +8 @@\n+z\n", &lean);
	holds(&f, "twice.c", "x\na\nb\ny\nc\nd\nz\ne\nx\nq\n");
	/* less context behind than before: the end of the file, though the same stands nearer */
	applies(&f, H("ends.c") "@@ -1,4 +1,4 @@\n a\n b\n-c\n+C\n d\n", &lean);
	holds(&f, "ends.c", "a\nb\nc\nd\ne\na\nb\nC\nd\n");
	end(&f);
}

static void
knows_line_ends(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, files);
	applies(&f, H("sub/crlf.txt") "@@ -1,3 +1,3 @@\n x\r\n-y\r\n+Y\r\n z\r\n", NULL);
	holds(&f, "sub/crlf.txt", "x\r\nY\r\nz\r\n");
	applies(&f, H("bare.txt") "@@ -1,3 +1,3 @@\n x\n y\n-z\n\\ No newline at end of file\n+Z\n", NULL);
	holds(&f, "bare.txt", "x\ny\nZ\n");
	applies(&f, H("sub/a.txt") "@@ -2,2 +2,2 @@\n y\n-z\n+Z\n\\ No newline at end of file\n", NULL);
	holds(&f, "sub/a.txt", "x\ny\nZ");
	end(&f);
}

#define NEW "diff --git a/new b/new\nnew file mode 100755\n--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+n\n"
#define GONE \
	"diff --git a/deep/b.txt b/deep/b.txt\ndeleted file mode 100644\n--- a/deep/b.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-b\n"

static void
makes_moves_and_deletes(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, files);
	applies(&f, NEW GONE, NULL);
	holds(&f, "new", "n\n");
	assert_true(((struct patch_node *)map_get(&f.set.files, "new"))->executable);
	holds(&f, "deep/b.txt", NULL);
	applies(&f,
		"diff --git a/new b/newer\nold mode 100755\nnew mode 100644\nrename from new\nrename to newer\n"
		"--- a/new\n+++ b/newer\n@@ -1 +1,2 @@\n n\n+m\n",
		NULL);
	holds(&f, "new", NULL);
	holds(&f, "newer", "n\nm\n");
	assert_false(((struct patch_node *)map_get(&f.set.files, "newer"))->executable);
	applies(&f, "diff --git a/newer b/copy\ncopy from newer\ncopy to copy\n", NULL);
	holds(&f, "copy", "n\nm\n");
	applies(&f, NEW, NULL); /* free again after the rename */
	applies(&f, "diff --git a/hello.c b/hello.c\nold mode 100644\nnew mode 100755\n", NULL);
	end(&f);
}

static void
refuses_files(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, files);
	refuses(&f, "--- /dev/null\n+++ b/hello.c\n@@ -0,0 +1 @@\n+n\n", NULL, "E0504", "there already");
	refuses(&f, "--- a/sub/a.txt\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-x\n-y\n", NULL, "E0502", "holds more than");
	refuses(&f, "diff --git a/sub/a.txt b/sub/a.txt\ndeleted file mode 100644\n", NULL, "E0504",
		"more than the patch knows");
	refuses(&f, H("helo.c") FIVE, NULL, "E0504", "did you mean `hello.c`?");
	refuses(&f, H("sub") FIVE, &(struct patch_how){.strip = 1}, "E0504", "not a file");
	refuses(&f, "diff --git a/hello.c b/tabs.c\nrename from hello.c\nrename to tabs.c\n", NULL, "E0504",
		"there already");
	refuses(&f, NEW "diff --git a/hello.c/x b/hello.c/x\nnew file mode 100644\n", NULL, "E0504",
		"`hello.c` is not a folder");
	refuses(&f, "diff --git a/hello.c b/hello.c\nindex 1..2 100644\n", NULL, "E0507", "changes nothing");
	refuses(&f, "diff --git a/hello.c b/hello.c\nold mode 100755\nnew mode 100644\n", NULL, "E0507",
		"changes nothing");
	end(&f);
}

static void
refuses_escapes(void **state)
{
	static const char *const names[] = {"../x",           "a/../../x", "/etc/x",
					    "a/.git/hooks/x", "a/.GIT/x",  "a/sub/../../../x"};
	struct fixture f;

	(void)state;
	begin(&f, files);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		for (int strip = -1; strip < 2; strip++) {
			const struct patch_how how = {.strip = strip};
			char text[256];

			snprintf(text, sizeof text, "--- %s\n+++ %s\n@@ -1 +1 @@\n-b\n+c\n", names[i], names[i]);
			refuses(&f, text, &how, "E0505", "refused");
			snprintf(text, sizeof text, "--- /dev/null\n+++ %s\n@@ -0,0 +1 @@\n+c\n", names[i]);
			refuses(&f, text, &how, "E0505", "refused");
		}
	refuses(&f, "diff --git a/hello.c b/../x\nrename from hello.c\nrename to ../x\n", NULL, "E0505", "`../`");
	refuses(&f, H("link") "@@ -1,3 +1,3 @@\n x\n-y\n+Y\n z\n", NULL, "E0505", "symlink to `sub/a.txt`");
	refuses(&f, H("dir-link/a.txt") "@@ -1,3 +1,3 @@\n x\n-y\n+Y\n z\n", &(struct patch_how){.strip = 1}, "E0505",
		"goes through the symlink `dir-link`, which points to `sub`");
	refuses(&f,
		"diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc\n"
		"\\ No newline at end of file\n",
		NULL, "E0505", "out of the tree");
	refuses(&f,
		"diff --git a/sub/l b/sub/l\nnew file mode 120000\n--- /dev/null\n+++ b/sub/l\n@@ -0,0 +1 @@\n+../../x\n"
		"\\ No newline at end of file\n",
		NULL, "E0505", "out of the tree");
	refuses(&f,
		"diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+sub\n"
		"\\ No newline at end of file\ndiff --git a/l/n b/l/n\nnew file mode 100644\n",
		NULL, "E0505", "through the symlink `l`");
	refuses(&f,
		"diff --git a/dir-link b/dl\nrename from dir-link\nrename to dl\n"
		"diff --git a/dl/n b/dl/n\nnew file mode 100644\n",
		NULL, "E0505", "symlink");
	end(&f);
}

static void
knows_applied_patches(void **state)
{
	const struct patch_how back = {.strip = -1, .reverse = true};
	struct fixture f;

	(void)state;
	begin(&f, files);
	refuses(&f, H("hello.c") "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-fünf\n+5\n 6\n 7\n 8\n", NULL, "E0503",
		"already applied");
	refuses(&f, "--- /dev/null\n+++ b/deep/b.txt\n@@ -0,0 +1 @@\n+b\n", NULL, "E0503", "already applied");
	refuses(&f, H("hello.c") FIVE, &back, "E0503", "already taken back");
	refuses(&f, "diff --git a/was b/was\ndeleted file mode 100644\n--- a/was\n+++ /dev/null\n@@ -1 +0,0 @@\n-b\n",
		NULL, "E0503", "already applied");
	applies(&f, H("hello.c") FIVE NEW, NULL);
	applies(&f, H("hello.c") FIVE NEW, &back);
	holds(&f, "hello.c", TEN);
	holds(&f, "new", NULL);
	end(&f);
}

static void
finds_the_level(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, files);
	applies(&f, "--- x/y/hello.c\n+++ x/y/hello.c\n" FIVE, NULL);
	refuses(&f, "--- o/sub/deep/b.txt\n+++ n/sub/deep/b.txt\n@@ -1 +1 @@\n-b\n+c\n", NULL, "E0506", "strip = 1");
	refuses(&f, "--- /dev/null\n+++ p/q/r\n@@ -0,0 +1 @@\n+c\n", NULL, "E0506", "only makes new files");
	applies(&f, "--- /dev/null\n+++ p/sub/r\n@@ -0,0 +1 @@\n+c\n", NULL);
	holds(&f, "sub/r", "c\n");
	applies(&f, "--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n x\n-y\n+Y\n z\n",
		&(struct patch_how){.strip = 1, .into = "sub"});
	holds(&f, "sub/a.txt", "x\nY\nz\n");
	refuses(&f, "--- q.c\n+++ q.c\n@@ -1 +1 @@\n-b\n+c\n", NULL, "E0504", "whatever is taken off");
	end(&f);
}

static void
is_whole_or_nothing(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, files);
	refuses(&f, H("hello.c") FIVE H("sub/a.txt") "@@ -1,3 +1,3 @@\n x\n-Q\n+Y\n z\n", NULL, "E0502", "sub/a.txt");
	applies(&f, H("hello.c") FIVE, NULL);
	end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(puts_hunks),
		cmocka_unit_test(notes_an_offset),
		cmocka_unit_test(rejects),
		cmocka_unit_test(takes_fuzz_when_asked),
		cmocka_unit_test(goes_where_patch_puts_it),
		cmocka_unit_test(knows_line_ends),
		cmocka_unit_test(makes_moves_and_deletes),
		cmocka_unit_test(refuses_files),
		cmocka_unit_test(refuses_escapes),
		cmocka_unit_test(knows_applied_patches),
		cmocka_unit_test(finds_the_level),
		cmocka_unit_test(is_whole_or_nothing),
	};

	return cmocka_run_group_tests_name("patch", tests, NULL, NULL);
}
