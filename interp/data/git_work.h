/* git_work: the repository in a folder where a person edits a tree. git(1) works there with that person's name, without
 * hooks. Its ref refs/jkr/base is the commit up to which the recipe has everything. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;

/* Makes a repository in the folder and commits all that is in it, byte by byte, as of `time` (seconds). With `mirror`
 * (a path, may be NULL) its commit `commit` stands before that, and alone where it holds the same. */
int git_work_begin(int dir, const char *mirror, const char *commit, const char *subject, int64_t time, struct err *err);
