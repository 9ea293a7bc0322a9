/* What the reader of patches takes, and what it refuses by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "data/patchfile.h"

#define INDEX "index 1111111111111111111111111111111111111111..2222222222222222222222222222222222222222 100644\n"
#define HEAD "--- a/x\n+++ b/x\n"

static struct patchfile
parse(const char *text, struct arena *a)
{
	struct patchfile pf;
	struct err err = {0};

	if (patchfile_parse("dir/t.patch", text, strlen(text), a, &pf, &err))
		fail_msg("%s", err.head->msg);
	return pf;
}

struct bad {
	const char *text, *code, *says;
	unsigned line;
};

static void
refuses(void **state)
{
	static const struct bad bad[] = {
		{"", "E0507", "empty", 0},
		{"only words\n", "E0507", "no diff", 0},
		{"3c3\n< a\n---\n> b\n", "E0508", "ed script", 1},
		{"*** x\n--- y\n***************\n*** 1 ****\n", "E0508", "context diff", 3},
		{"diff --git a/x b/x\nindex 1..2 100644\nBinary files a/x and b/x differ\n", "E0508",
		 "without its data", 3},
		{"diff --cc x\n@@@ -1,1 -1,1 +1,1 @@@\n", "E0508", "merge", 2},
		{"Content-Transfer-Encoding: base64\n\nZm9v\n", "E0508", "base64", 1},
		{"Only in b: new.c\n", "E0508", "-N", 1},
		{HEAD "@@ -1,3 +1,3 @@\n a\n\\ive\n b\n", "E0501", "promises 3 old and 3 new lines, but has 1 and 1",
		 5},
		{HEAD "@@ -1,3 +1,3 @@\n a\n-b\n+c\n", "E0501", "promises 3 old and 3 new lines, but has 2 and 2", 3},
		{HEAD "@@ -1 +1 @@\n-b\n+c\n+d\n", "E0501", "more lines", 6},
		{HEAD "@@ -99999999999999999999999 +1 @@\n-b\n+c\n", "E0501", "header cannot be read", 3},
		{HEAD "@@ -18446744073709551615,2 +1 @@\n-b\n+c\n", "E0501", "header cannot be read", 3},
		{HEAD "@@ -1,999999999 +1,999999999 @@\n-b\n+c\n", "E0501", "promises", 3},
		{HEAD "@@ -0 +1 @@\n-b\n+c\n", "E0501", "header cannot be read", 3},
		{HEAD "@@ -1 +1 @@\n-b\n+c", "E0501", "middle of a line", 5},
		{HEAD "@@ -1,2 +1,1 @@\n-b\n\\ No newline at end of file\n-c\n+c\n", "E0501", "ends its file", 6},
		{HEAD "no hunk\n", "E0501", "no hunk follows", 1},
		{"@@ -1 +1 @@\n-b\n+c\n", "E0501", "no file is named", 1},
		{"--- /dev/null\n+++ /dev/null\n@@ -1 +1 @@\n-b\n+c\n", "E0501", "both sides", 1},
		{"--- /dev/null\n+++ b/x\n@@ -1 +1 @@\n-b\n+c\n", "E0501", "old lines", 3},
		{"diff --git a/x b/x\nnew file mode 104755\n", "E0505", "104755", 2},
		{"diff --git a/x b/x\nnew file mode 160000\n", "E0505", "160000", 2},
		{"diff --git a/x b/x\nold mode 1007\n", "E0501", "mode", 2},
		{"diff --git a/x b/x\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-b\n+c\n", "E0501", "different files", 1},
		{"diff --git a/x b/x\nnew file mode 100644\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-b\n+c\n", "E0501",
		 "disagree", 1},
		{"diff --git a/x b/x\n" INDEX "GIT binary patch\nliteral 5\n!!!!!!\n\n", "E0501", "damaged", 5},
		{"diff --git a/x b/x\n" INDEX "GIT binary patch\nliteral 99999999999999999999\n", "E0501", "size", 4},
		{"diff --git a/x b/x\n" INDEX "GIT binary patch\nlarge 5\n", "E0501", "neither", 4},
		{"diff --git a/x b/x\nindex 1..2\nGIT binary patch\nliteral 5\n", "E0508", "full `index` line", 3},
		{"--- \"a/x\\q\"\n+++ b/x\n@@ -1 +1 @@\n-b\n+c\n", "E0501", "name cannot be read", 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct arena cleanup_arena a = {0};
		struct err err = {0};
		struct patchfile pf;

		if (!patchfile_parse("dir/t.patch", bad[i].text, strlen(bad[i].text), &a, &pf, &err))
			fail_msg("taken: %s", bad[i].text);
		assert_int_equal(err_count(&err), 1);
		assert_string_equal(err.head->code, bad[i].code);
		if (!strstr(err.head->msg, bad[i].says) || !strstr(err.head->msg, "`t.patch`"))
			fail_msg("%zu: %s", i, err.head->msg);
		assert_string_equal(err.head->at.file, "dir/t.patch");
		if (err.head->at.line != bad[i].line)
			fail_msg("%zu: line %u: %s", i, err.head->at.line, err.head->msg);
		err_free(&err);
	}
}

/* What QEMU's package in Debian 12 has: binary files without their data, and files that moved in a submodule. */
static void
reads_as_patch_does(void **state)
{
	static const char text[] = "diff --git a/x b/x\nindex 1..2 100644\nBinary files a/x and b/x differ\n"
				   "diff --git a/new b/new\nnew file mode 100644\nindex 0..2\n"
				   "Binary files /dev/null and b/new differ\n" HEAD "@@ -1 +1 @@\n-b\n+c\n";
	/* what patch(1) does of these all the same */
	static const char more[] =
		"diff --git a/x b/x\nold mode 100644\nnew mode 100755\nindex 1..2\n"
		"Binary files a/x and b/x differ\n"
		"diff --git a/x b/y\nsimilarity index 90%\nrename from x\nrename to y\nindex 1..2 100644\n"
		"Binary files a/x and b/y differ\n";
	static const char gone[] = "diff --git a/x b/x\ndeleted file mode 100644\nindex 1..0\n"
				   "Binary files a/x and /dev/null differ\n";
	static const char moved[] = "diff --git a/sub/x b/sub/y\nsimilarity index 82%\nrename from x\nrename to y\n"
				    "index 1..2 100644\n--- a/sub/x\n+++ b/sub/y\n@@ -1 +1 @@\n-b\n+c\n";
	struct arena cleanup_arena a = {0};
	struct err err = {0};
	struct patchfile pf;

	(void)state;
	assert_int_equal(patchfile_parse_lean("t.patch", text, sizeof text - 1, &a, &pf, &err), 0);
	assert_int_equal(pf.n, 1);
	assert_int_equal(pf.left, 2);
	assert_int_equal(pf.v[0].nhunks, 1);
	assert_int_equal(patchfile_parse_lean("t.patch", more, sizeof more - 1, &a, &pf, &err), 0);
	assert_int_equal(pf.n, 2);
	assert_int_equal(pf.left, 2);
	assert_int_equal(pf.v[0].new_mode, 0100755);
	assert_int_equal(pf.v[1].kind, PATCH_RENAME);
	assert_true(!pf.v[1].nhunks && !pf.v[1].new_blob);
	assert_int_equal(patchfile_parse_lean("t.patch", moved, sizeof moved - 1, &a, &pf, &err), 0);
	assert_int_equal(pf.v[0].kind, PATCH_RENAME);
	assert_string_equal(pf.v[0].old_path, "a/sub/x");
	assert_string_equal(pf.v[0].new_path, "b/sub/y");
	assert_int_equal(patchfile_parse_lean("t.patch", gone, sizeof gone - 1, &a, &pf, &err), -1);
	assert_string_equal(err.head->code, "E0508");
	err_free(&err);
}

static void
reads_a_mail(void **state)
{
	struct arena cleanup_arena a = {0};
	struct patchfile pf = parse("From 1234 Mon Sep 17 00:00:00 2001\nSubject: x\n\ntext\n---\n x | 2 +-\n\n"
				    "diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n"
				    "@@ -10,3 +10,3 @@ int f(void)\n a\n-b\n+c\n\n-- \n2.39.5\n\n"
				    "From 5678 Mon Sep 17 00:00:00 2001\n\n--- a/y\t2020-01-01\n+++ b/y\t2021-01-01\n"
				    "@@ -1 +1,2 @@\n a\n+b\n\\ No newline at end of file\n",
				    &a);
	const struct patch_hunk *h;

	(void)state;
	assert_int_equal(pf.n, 2);
	assert_true(pf.v[0].git);
	assert_int_equal(pf.v[0].kind, PATCH_MODIFY);
	assert_string_equal(pf.v[0].old_path, "a/x");
	h = pf.v[0].hunks;
	assert_int_equal(h->old_start, 10);
	assert_int_equal(h->n, 4);
	assert_int_equal(h->v[1].op, '-');
	assert_int_equal(h->v[1].line, 14);
	assert_int_equal(h->v[3].op, ' '); /* an empty context line that lost its blank */
	assert_int_equal(h->v[3].len, 1);
	assert_string_equal(pf.v[1].new_path, "b/y");
	assert_int_equal(pf.v[1].hunks->v[1].len, 1); /* no newline */
	assert_int_equal(pf.v[1].hunks->v[0].len, 2);
}

static void
reads_git_headers(void **state)
{
	struct arena cleanup_arena a = {0};
	struct patchfile pf = parse("diff --git a/old name b/new name\nsimilarity index 100%\nrename from old name\n"
				    "rename to new name\n"
				    "diff --git a/run b/run\nold mode 100644\nnew mode 100755\n"
				    "diff --git a/empty b/empty\nnew file mode 100644\nindex 0..e\n"
				    "diff --git \"a/t\\303\\244b\\t\" \"b/t\\303\\244b\\t\"\ndeleted file mode 100644\n"
				    "diff --git p/q p/r\ncopy from p/q\ncopy to p/r\n",
				    &a);

	(void)state;
	assert_int_equal(pf.n, 5);
	assert_int_equal(pf.v[0].kind, PATCH_RENAME);
	assert_string_equal(pf.v[0].old_path, "a/old name");
	assert_string_equal(pf.v[0].new_path, "b/new name");
	assert_int_equal(pf.v[1].new_mode, 0100755);
	assert_string_equal(pf.v[1].old_path, "a/run");
	assert_int_equal(pf.v[2].kind, PATCH_CREATE);
	assert_null(pf.v[2].old_path);
	assert_int_equal(pf.v[3].kind, PATCH_DELETE);
	assert_string_equal(pf.v[3].old_path, "a/t\303\244b\t");
	assert_int_equal(pf.v[4].kind, PATCH_COPY);
	assert_string_equal(pf.v[4].old_path, "p/q"); /* --no-prefix */
}

static void
reads_plain_new_files(void **state)
{
	struct arena cleanup_arena a = {0};
	struct patchfile pf =
		parse("--- o/x\t1970-01-01 00:00:00.000000000 +0000\n+++ n/x\t2020-01-01\n@@ -0,0 +1 @@\n+a\n"
		      "--- o/y\n+++ n/y\n@@ -0,0 +1 @@\n+a\n"
		      "--- o/z\t1970-01-01\n+++ n/z\t1970-01-01\n@@ -1 +1 @@\n-a\n+b\n"
		      "--- /dev/null\n+++ n/w\t1970-01-01\n@@ -0,0 +1 @@\n+a\n",
		      &a);

	(void)state;
	assert_int_equal(pf.v[0].kind, PATCH_CREATE);
	assert_int_equal(pf.v[1].kind, PATCH_MODIFY);
	assert_true(pf.v[1].maybe_new);
	assert_int_equal(pf.v[2].kind, PATCH_MODIFY); /* a tree whose files are all of 1970 */
	assert_string_equal(pf.v[3].new_path, "n/w");
}

static void
reads_series(void **state)
{
	static const char text[] = "# head\n\nfix/a.patch\nb.patch -p0 # why\nc.patch -R\t-p2\r\n";
	struct arena cleanup_arena a = {0};
	struct series_line *v;
	struct err err = {0};
	size_t n;

	(void)state;
	assert_int_equal(series_parse("s/series", text, strlen(text), &a, &v, &n, &err), 0);
	assert_int_equal(n, 3);
	assert_string_equal(v[0].patch, "fix/a.patch");
	assert_int_equal(v[0].strip, 1);
	assert_int_equal(v[1].strip, 0);
	assert_int_equal(v[1].line, 4);
	assert_true(v[2].reverse);
	assert_int_equal(v[2].strip, 2);
}

static void
refuses_series(void **state)
{
	static const char *const bad[] = {"", "# a\n", "../a.patch\n", "/a.patch\n", "a -x\n", "a -p\n", "a -p999\n"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct arena cleanup_arena a = {0};
		struct series_line *v;
		struct err err = {0};
		size_t n;

		assert_int_equal(series_parse("s/series", bad[i], strlen(bad[i]), &a, &v, &n, &err), -1);
		assert_string_equal(err.head->code, "E0509");
		err_free(&err);
	}
}

/* Every cut of a good patch, and every flipped byte, is read or refused, never worse. */
static void
survives_damage(void **state)
{
	static const char good[] =
		"diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
		"diff --git a/y b/y\nrename from y\nrename to z\n"
		"diff --git a/b b/b\n" INDEX "GIT binary patch\nliteral 3\nKcmYdHO^gHp0{j3p\n\n";
	char text[sizeof good];

	(void)state;
	for (size_t i = 0; i < sizeof good; i++)
		for (int flip = 0; flip < 9; flip++) {
			struct arena cleanup_arena a = {0};
			struct err err = {0};
			struct patchfile pf;
			size_t n = flip ? sizeof good - 1 : i;
			char *heap;

			memcpy(text, good, sizeof good);
			if (flip && i < sizeof good - 1)
				text[i] ^= (char)(1 << (flip - 1));
			heap = xmalloc(n ? n : 1); /* exact, so that reading past it shows */
			memcpy(heap, text, n);
			if (patchfile_parse("x", heap, n, &a, &pf, &err))
				assert_true(err_any(&err));
			free(heap);
			err_free(&err);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses),
		cmocka_unit_test(reads_as_patch_does),
		cmocka_unit_test(reads_a_mail),
		cmocka_unit_test(reads_git_headers),
		cmocka_unit_test(reads_plain_new_files),
		cmocka_unit_test(reads_series),
		cmocka_unit_test(refuses_series),
		cmocka_unit_test(survives_damage),
	};

	return cmocka_run_group_tests_name("patchfile", tests, NULL, NULL);
}
