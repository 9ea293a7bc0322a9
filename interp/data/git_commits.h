/* git_commits: what happened in a repository of other people between two commits. */
#pragma once

struct err;
struct str;

/* "COMMIT subject" of each commit behind `from` up to `to`, a line each, the oldest first, made in the empty folder
 * `dir`. A merge is one: who brought a branch in is named, and that branch has commits of its own. Only commits are
 * fetched, without files, where the server gives that. 1: `from` is not before `to`. */
int git_commits(const char *url, const char *from, const char *to, int dir, struct str *out, struct err *err);
