/* git: repositories of other people. git(1) does what touches the network and checks every object it
 * takes in; libgit2 only reads objects from what came. Nothing is ever checked out by either. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct str;

#define GIT_HEX 65 /* SHA-256 ids have 64 digits, SHA-1 ids 40 */

/* https, http, git, ssh, file:/// or user@host:path; nothing that begins with `-` or starts a program. */
int git_url_check(const char *url, struct err *err);
int git_ref_check(const char *ref, struct err *err);
bool git_is_commit(const char *s); /* a full id, in lower-case hex */

/* The commit that a branch or tag (NULL: HEAD) is now. Asks the server. */
int git_resolve(const char *url, const char *ref, char commit[GIT_HEX], struct err *err);
/* Makes the bare repository `name` in the folder `dir` and takes in `commit`; `ref` (may be NULL) helps
 * where the server gives only branches. What git says goes to `log`. */
int git_fetch(const char *url, const char *ref, const char *commit, int dir, const char *name, int log,
	      struct err *err);

/* Called for what a commit holds, folders before what is in them. `path` is clean. */
struct git_visitor {
	void *ctx;
	int (*folder)(void *ctx, const char *path, struct err *err);
	int (*file)(void *ctx, const char *path, bool executable, const void *data, size_t size, struct err *err);
	int (*link)(void *ctx, const char *path, const char *target, struct err *err);
};

/* Walks the tree of `commit` below `subdir` (NULL or "": all), and gives the commit's time. Names that
 * leave the tree, submodules and unknown modes are mistakes. */
int git_walk(int dir, const char *name, const char *commit, const char *subdir, const struct git_visitor *v,
	     int64_t *time, struct err *err);
