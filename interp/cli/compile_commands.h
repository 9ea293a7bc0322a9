/* compile_commands: how each file of a tree was compiled, for editors: from the build directories of a recipe. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct err;
struct session;

/* Writes compile_commands.json into the open folder `dir`, whose absolute path is `path`: a checkout of the result of
 * `step`. What compiled it is found among the recipe's steps that run make over it, by what Kbuild left in their build
 * directories. Gives the number of files, and the name of the build step; 0: nothing compiled it yet, or not by
 * Kbuild; -1 with a sentence. */
long compile_commands(struct session *s, uint32_t step, int dir, const char *path, const char **by, struct err *err);
