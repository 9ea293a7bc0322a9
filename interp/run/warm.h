/* warm: the private build directory of a step, kept from run to run: never an input, never a result.
 *
 *   warm/ID/identity   what must be equal to reuse it (toolchain, arch, release)
 *   warm/ID/seen       tree of the source that it last saw, and a sum over that, the times and ID
 *   warm/ID/times      since when each file that changed is as it is: "SEC.NSEC PATH", NUL behind each
 *   warm/ID/mark       there while it is being merged: a marked one is dropped
 *   warm/ID/d/         the directory itself */
#pragma once

#include <stdbool.h>

struct arena;
struct err;
struct job;
struct str;
struct tree;

/* Where the directory itself of a step of a recipe's file is, or would be, below the store. */
const char *warm_path(struct arena *a, const char *recipe, const char *step);
/* Gives every file of the source whose content differs from what the directory last saw a fresh time,
 * by a copy in the folder `upper` that lies over it (`copied`: which holds all of it). */
int warm_freshen(struct job *job, const struct tree *source, int upper, bool copied, struct err *err);
/* Marks the directory as being changed in place. */
int warm_mark(struct job *job, struct err *err);
/* Begins to mark a directory that warm_commit will merge into, which may wait for that. */
void warm_announce(struct job *job);
/* After the step's success: merges what the sandbox wrote, by rename. Nothing to do without one. */
int warm_commit(struct job *job, struct err *err);

/* What a merged directory's mark says. It changes with every start of the machine: what was merged before and not
 * synced may be lost then. */
void warm_boot(struct str *out);
/* The marks of merged directories, as they are before a sync; after it, when that succeeded, they go, but for those of
 * directories that somebody has merged into since, or works in. Frees. */
struct warm_merged *warm_merged(int store);
void warm_settle(int store, struct warm_merged *m, bool synced);
