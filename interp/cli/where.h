/* where: the folders that hold recipes, stdlib, plugins and toolchains. */
#pragma once
#include <stdbool.h>

#include "base/mem.h"

struct err;

/* Here, then $JKR_PATH, then the folder that jkr came with (its checkout, or the installed one);
 * absolute, ended by NULL. */
const char *const *where_search(struct arena *a);
/* The path of a recipe, relative where it lies below this folder: `name` as a path, else in `recipes/` of the folders;
 * ".lua" may be left out. NULL with a mistake. */
const char *where_recipe(struct arena *a, const char *const *search, const char *name, struct err *err);
/* Whether a folder lies in the installed folder (PREFIX/share/jkr). A checkout is not one. */
bool where_is_installed(struct arena *a, const char *folder);
