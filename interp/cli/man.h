/* man: the manual pages, from the same tables as help and checks. docs/jkr.1 and docs/jkr-recipe.5 are
 * what these print; a test compares them. */
#pragma once
#include <stdio.h>

void man_command(FILE *out); /* jkr.1 */
void man_recipe(FILE *out);  /* jkr-recipe.5 */
