/* new_board: a recipe for a board, from the configuration that it runs with. */
#pragma once
#include "cli/cli.h"

enum status new_board(struct cli *cli, const char *name, struct err *err);
