/* git_work: the repository in a folder where a person edits a tree. git(1) works there with that person's name, without
 * hooks. Its ref refs/jkr/base is the commit up to which the recipe has everything. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct arena;
struct err;

/* Where a tree comes from. */
struct git_origin {
	const char *url;
	const char *mirror; /* path of a repository that has the commit (data/git.h) */
	const char *commit;
};
/* Makes a repository in the folder and commits all that is in it, byte by byte, as of `time` (seconds). With `from`
 * (may be NULL) that commit stands before it, and alone where it holds the same. */
int git_work_begin(int dir, const struct git_origin *from, const char *subject, int64_t time, struct err *err);

/* What was edited since the base. */
struct git_edits {
	const char *base, *head;
	const char *tip;    /* the head, or a commit on it of all that is not committed; `base`: nothing was edited */
	const char **paths; /* that differ between base and tip, sorted */
	size_t npaths;
	const char *ignored; /* a file that git ignores, so that it is in no commit; NULL: there is none */
};
/* Finds it out, and changes neither branch, index nor files; `subject` is that of the commit that it makes. */
int git_work_edits(int dir, const char *subject, struct arena *a, struct git_edits *out, struct err *err);

enum git_kind { GIT_NONE, GIT_FILE, GIT_PROGRAM, GIT_LINK, GIT_OTHER };
/* What the base holds at `path`; the bytes of a file, or the target of a link, are added to `out`. */
int git_work_base(int dir, const struct git_edits *e, const char *path, enum git_kind *kind, struct str *out,
		  struct err *err);

struct git_patch {
	const char *name; /* "0007-what-it-does.patch" */
	struct str text;
};
/* The commits from the base to the tip as patches in order, numbered from `first`. The caller frees the texts. */
int git_work_patches(int dir, const struct git_edits *e, unsigned first, struct arena *a, struct git_patch **out,
		     size_t *n, struct err *err);
/* Takes what was not committed into the branch, and moves the base to the tip. */
int git_work_settle(int dir, const struct git_edits *e, struct err *err);
