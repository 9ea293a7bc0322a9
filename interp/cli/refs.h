/* refs: the branches and tags of repositories, and which of them are pinned. */
#pragma once
#include "base/err.h"

struct cli;

/* `jkr ls refs RECIPE|URL`. */
enum status refs_list(struct cli *cli, const char *recipe_or_url, struct err *err);
