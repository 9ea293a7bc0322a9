/* command: a word after `jkr`, as a const descriptor. One file in interp/cmd is one of them. */
#pragma once
#include <stdbool.h>

#include "base/err.h"

struct cli;

struct command {
	const char *name;
	const char *usage;      /* "RECIPE [STEP…]" */
	const char *doc;        /* sentences; the first stands alone in `jkr --help` */
	const char *options;    /* long names of the options it takes, separated by blanks */
	int min_args, max_args; /* -1: any */
	enum status (*run)(struct cli *cli, struct err *err);
};

/* Written by the Makefile from the file names; ended by NULL. */
extern const struct command *const commands[];
