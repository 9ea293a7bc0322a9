/* git: repositories of other people. git(1) does what touches the network and checks every object it
 * takes in; libgit2 only reads objects from what came. Nothing is ever checked out by either. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;

#define GIT_HEX 65 /* SHA-256 ids have 64 digits, SHA-1 ids 40 */

/* https, http, git, ssh, file:/// or user@host:path; nothing that begins with `-` or starts a program. */
int git_url_check(const char *url, struct err *err);
int git_ref_check(const char *ref, struct err *err);
bool git_is_commit(const char *s); /* a full id, in lower-case hex */

/* A ref by its full name, and the commit that it leads to, also by way of an annotated tag. */
struct git_ref {
	const char *name, *commit;
};
/* All refs of a server, HEAD too, in its order; memory of the arena. Asks the server. */
int git_refs(const char *url, struct arena *a, struct git_ref **v, size_t *n, struct err *err);
/* The commit that `ref` (NULL: HEAD) leads to now: a tag, else a branch, else a ref by its full name. It is a name
 * always, also where it looks like an id. Asks the server. */
int git_resolve(const char *url, const char *ref, char commit[GIT_HEX], struct err *err);
/* The one of these refs that `ref` means, in the same order; NULL: none. */
const struct git_ref *git_meant(const struct git_ref *v, size_t n, const char *ref);

#define GIT_MIRROR "repository.git" /* as git_checkout calls it */
/* A mirror: the bare repository `name` in the folder `dir`, which is kept, and used by one at a time. */

/* Whether the mirror has the commit and all that it needs, as far as its list of refs tells. */
bool git_has(int dir, const char *name, const char *commit);
/* Who looks on: what git says goes to `log`; how many objects of all that come are there, to `progress`, which may be
 * NULL. */
struct git_watch {
	int log;
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *ctx;
};

/* Takes `commit` into the mirror, which is made when it lacks: one commit, of it what the mirror has not, where the
 * server gives that; else history. `ref` (may be NULL) helps there. */
int git_fetch(const char *url, const char *ref, const char *commit, int dir, const char *name,
	      const struct git_watch *watch, struct err *err);
/* What a line of git's says of a transfer: 2 how many objects are here, in `done` of `total`; 1 something else about
 * how far it is; 0 it is no such line. */
int git_progress(const char *line, uint64_t *done, uint64_t *total);
/* Reads all of the mirror: whether anything in it is damaged. What is not there is not. */
bool git_damaged(int dir, const char *name, int log);

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
