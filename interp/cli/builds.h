/* builds: the results of a recipe's steps that the store holds, also those of other inputs. */
#pragma once
#include "base/err.h"

struct cli;

/* `jkr ls builds RECIPE [STEP…]`. */
enum status builds_list(struct cli *cli, struct err *err);
