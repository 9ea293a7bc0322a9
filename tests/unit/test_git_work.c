/* git_work: the repository in which a person edits: its base, what was edited since, and that as patches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/git_work.h"
#include "os/fs.h"
#include "scratch.h"

struct work {
	char path[SCRATCH];
	int dir;
	struct arena arena;
	struct err err;
};

static void
put(struct work *w, const char *name, const char *text)
{
	assert_int_equal(fs_replace(w->dir, name, text, strlen(text), 0644), 0);
}

/* sh: a script in the folder, as somebody with a name */
static void
sh(const struct work *w, const char *script)
{
	cleanup_free char *command = xasprintf("cd %s && %s", w->path, script);

	assert_int_equal(system(command), 0);
}

static int
setup(void **state)
{
	struct work *w = xcalloc(1, sizeof *w);

	setenv("HOME", "/nonexistent", 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	for (const char *const *p = (const char *const[]){"GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME", "GIT_AUTHOR_EMAIL",
							  "GIT_COMMITTER_EMAIL", NULL};
	     *p; p++)
		setenv(*p, "ann", 1);
	w->dir = open(scratch_new(w->path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	put(w, "a", "one\ntwo\nthree\n");
	put(w, "program", "#!/bin/sh\n");
	sh(w, "chmod +x program && ln -s a link && printf 'a eol=crlf\\n' >.gitattributes && printf 'a\\r\\n' >crlf");
	assert_int_equal(git_work_begin(w->dir, NULL, "src of app.lua", 1700000000, &w->err), 0);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct work *w = *state;

	close(w->dir);
	scratch_drop(w->path);
	arena_free(&w->arena);
	err_free(&w->err);
	free(w);
	return 0;
}

static void
edits(struct work *w, struct git_edits *e)
{
	if (git_work_edits(w->dir, "edits of src", &w->arena, e, &w->err))
		fail_msg("%s", w->err.head->msg);
}

static void
begins_clean(void **state)
{
	struct work *w = *state;
	struct git_edits e;

	edits(w, &e);
	assert_string_equal(e.base, e.head);
	assert_string_equal(e.base, e.tip);
	assert_int_equal(e.npaths, 0);
	assert_null(e.ignored);
}

/* What is not committed is found, and nothing of branch, index or files is another. */
static void
finds_edits(void **state)
{
	struct work *w = *state;
	struct git_edits e;

	sh(w, "echo four >>a && git add a && echo five >>a && rm link && mkdir d && echo new >d/new && "
	      "echo '*.o' >.gitignore && touch x.o");
	sh(w, "git status --porcelain >.git/before");
	edits(w, &e);
	assert_string_equal(e.base, e.head);
	assert_string_not_equal(e.base, e.tip);
	assert_int_equal(e.npaths, 4);
	assert_string_equal(e.paths[0], ".gitignore");
	assert_string_equal(e.paths[1], "a");
	assert_string_equal(e.paths[2], "d/new");
	assert_string_equal(e.paths[3], "link");
	assert_string_equal(e.ignored, "x.o");
	sh(w, "git status --porcelain | cmp - .git/before && test $(git rev-list --count HEAD) = 1");
}

static void
tells_the_base(void **state)
{
	static const struct {
		const char *path;
		enum git_kind kind;
		const char *bytes;
	} v[] = {{"a", GIT_FILE, "one\ntwo\nthree\n"},
		 {"program", GIT_PROGRAM, "#!/bin/sh\n"},
		 {"link", GIT_LINK, "a"},
		 {"crlf", GIT_FILE, "a\r\n"},
		 {"none", GIT_NONE, ""}};
	struct work *w = *state;
	struct git_edits e;

	sh(w, "rm link program && echo other >a");
	edits(w, &e);
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		struct str cleanup_str bytes = {0};
		enum git_kind kind;

		assert_int_equal(git_work_base(w->dir, &e, v[i].path, &kind, &bytes, &w->err), 0);
		assert_int_equal(kind, v[i].kind);
		assert_string_equal(str_text(&bytes), v[i].bytes);
	}
}

/* Commits in order, then the rest; afterwards the recipe has everything, and only what is new comes again. */
static void
writes_patches(void **state)
{
	struct work *w = *state;
	struct git_patch *p;
	struct git_edits e;
	size_t n;

	sh(w, "echo four >>a && git commit -qam 'a: say four' && echo five >>a");
	edits(w, &e);
	assert_int_equal(git_work_patches(w->dir, &e, 7, &w->arena, &p, &n, &w->err), 0);
	assert_int_equal(n, 2);
	assert_string_equal(p[0].name, "0007-a-say-four.patch");
	assert_string_equal(p[1].name, "0008-edits-of-src.patch");
	assert_non_null(strstr(str_text(&p[0].text), "\n+four\n"));
	assert_non_null(strstr(str_text(&p[1].text), "\n+five\n"));
	for (size_t i = 0; i < n; i++)
		str_free(&p[i].text);
	assert_int_equal(git_work_settle(w->dir, &e, &w->err), 0);
	sh(w, "test -z \"$(git status --porcelain)\" && test $(git rev-list --count HEAD) = 3");
	edits(w, &e);
	assert_string_equal(e.base, e.tip);
}

/* A line of commits that git cannot tell as patches one after the other is refused, and nothing moves. */
static void
refuses_merges(void **state)
{
	struct work *w = *state;
	struct git_edits e = {0};
	int r;

	sh(w,
	   "git checkout -q -b side && echo s >s && git add s && git commit -qm side && git checkout -q - && "
	   "echo m >m && git add m && git commit -qm main && git merge -q side -m merge && git rev-parse HEAD refs/jkr/base >.git/before");
	r = git_work_edits(w->dir, "edits", &w->arena, &e, &w->err);
	assert_int_equal(r, -1);
	assert_non_null(w->err.head);
	sh(w, "git rev-parse HEAD refs/jkr/base | cmp - .git/before");
}

/* A checkout whose base went, or that is no repository: one sentence of git's. */
static void
without_a_base(void **state)
{
	struct work *w = *state;
	struct git_edits e = {0};

	sh(w, "git update-ref -d refs/jkr/base");
	assert_int_equal(git_work_edits(w->dir, "edits", &w->arena, &e, &w->err), -1);
	assert_non_null(w->err.head);
	err_free(&w->err);
	w->err = (struct err){0};
	sh(w, "rm -rf .git");
	assert_int_equal(git_work_edits(w->dir, "edits", &w->arena, &e, &w->err), -1);
	assert_non_null(w->err.head);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(begins_clean),   CASE(finds_edits),    CASE(tells_the_base),
		CASE(writes_patches), CASE(refuses_merges), CASE(without_a_base),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
