/* man: the manual pages, from the same tables as help and checks. docs/jkr.1 and docs/jkr-recipe.5 are
 * what these print; a test compares them. */
#pragma once
#include <stdio.h>

struct arena;
struct err;

void man_command(FILE *out); /* jkr.1 */
/* jkr-recipe.5, with the constructors that are found in `search`. */
int man_recipe(FILE *out, struct arena *a, const char *const *search, struct err *err);
