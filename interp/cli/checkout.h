/* checkout: a folder in which a person edits the tree of a step, and what jkr knows of it.
 *
 *   DIR/.git/jkr      lines `recipe PATH`, `step NAME`, `epoch SECONDS`
 *   refs/jkr/base     the commit up to which the recipe has everything
 *
 * `.git`, `.cache` and compile_commands.json at any depth are never part of the tree (model/files.h). */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct arena;
struct err;

struct checkout {
	const char *recipe; /* absolute path of its file */
	const char *step;
	int64_t epoch; /* of the step's result, -1: none */
};

/* Reads what `dir` is a checkout of: 1, 0 where nothing is said, -1 with a sentence. */
int checkout_read(const char *dir, struct arena *a, struct checkout *out, struct err *err);
/* Writes it into the open folder `dir`; -1 with errno. */
int checkout_write(int dir, const struct checkout *c);
