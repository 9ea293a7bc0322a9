/* configured: a kernel's configuration as the command line names it: a .config, a folder with one, or a recipe's. */
#pragma once
#include <stdbool.h>

#include "data/kconfig.h"

struct cli;
struct err;

struct configured {
	const char *shown;
	struct kconfig config;
	bool recipe;          /* what was asked for is known */
	struct kconfig asked; /* with places; those of a table are found in the recipe's text */
};

/* `word` is a file, a folder that an export made, RECIPE or RECIPE:STEP. All of it lives in the cli's arena. */
int configured_read(struct cli *cli, const char *word, struct configured *out, struct err *err);
void configured_free(struct configured *c);
