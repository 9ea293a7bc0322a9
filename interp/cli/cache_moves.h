/* cache_moves: results of a recipe to the shared cache and from it, for their own sake. */
#pragma once
#include "cli/cli.h"

/* Sends what the store has of the recipe's steps. */
int cache_push(struct cli *cli, struct err *err);
/* Brings what the shared cache has of them into the store. */
int cache_pull(struct cli *cli, struct err *err);
