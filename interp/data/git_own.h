/* git_own: the program git, as the files of git know it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct err;
struct git_watch;
struct str;

/* A commit of a mirror bears a ref of its own once it came whole: what a killed or failed fetch left bears none. */
#define GIT_OWN_REF "refs/jkr/commits/"

/* Runs git with these arguments (ended by NULL) in the folder `dir`, -1: this one. Gives the exit status, or -1 with a
 * sentence; at most `max` bytes of stdout go to `out`, and what git says on stderr to `said`. */
int git_run(const char *const *args, int dir, struct str *out, size_t max, struct str *said, struct err *err);
/* The same, with more variables of the environment ("K=V" …, NULL; may be NULL). */
int git_run_env(const char *const *args, const char *const *more, int dir, struct str *out, size_t max,
		struct str *said, struct err *err);
/* The same with descriptors for stdin and stdout. */
int git_run_fds(const char *const *args, int dir, int in, int out, struct str *said, struct err *err);
/* The same of a transfer with --progress: what is said of how far it is goes to who looks on, and not to `said`. */
int git_run_watched(const char *const *args, int dir, const struct git_watch *watch, struct str *said, struct err *err);
/* Makes the sentence "WHAT `URL`: why" of what git said. Returns -1. */
int git_fail(const char *what, const char *url, const struct str *said, struct err *err);
/* Where a ref of the server (NULL: HEAD) leads now, and its full name, which the caller frees. 1 found, 0 there is
 * none. */
int git_find(const char *url, const char *ref, char commit[65], char **full, struct err *err);
