/* staged: finding a file that a person put beside the recipe, because it cannot be downloaded without one. */
#pragma once
#include <stdbool.h>

struct arena;
struct err;
struct file_ref;
struct str;

/* Looks for the name of `f` where the recipe stands, in `downloads` there, in the project's root, in `downloads`
 * there, and in $JKR_DOWNLOADS; the case of letters does not count unless two names differ in nothing else.
 * 1 found (its path is added to `path`), 0 not there, -1 several could be meant. */
int staged_find(const struct file_ref *f, struct str *path, struct err *err);
/* The same for a file or folder; `out` is where it really is. */
int staged_find_real(const struct file_ref *f, bool folder, struct arena *a, struct file_ref *out, struct err *err);
/* What is staged under the name of its content: `downloads/by-hash/KIND/NAME` of the project, then of $JKR_DOWNLOADS;
 * kind "sha256" has files by their SHA-256, kind "git" packs of one commit each (data/git_pack.h). It is not looked at.
 * A descriptor, or -1. */
int staged_by_hash(const char *root, const char *kind, const char *name);
/* The folders that were searched, for messages. */
void staged_folders(const struct file_ref *f, struct str *out);
