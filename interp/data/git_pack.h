/* git_pack: one commit without its history as a file: a pack of its objects, from one mirror into another. */
#pragma once
#include "data/git.h"

/* Writes the pack of a commit that the mirror has to `out`. */
int git_pack_write(int dir, const char *name, const char *commit, int out, struct err *err);
/* Takes the commit from a pack, which may be anybody's: every object is checked, and the commit counts only when all
 * that it holds is there. The mirror is made when it lacks. */
int git_pack_take(int dir, const char *name, const char *commit, int in, struct err *err);
