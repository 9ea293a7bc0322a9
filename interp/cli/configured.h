/* configured: a kernel's configuration, of a file or as a recipe's check has it, with what was asked for. */
#pragma once
#include <stdbool.h>

#include "data/kconfig.h"

struct cli;
struct err;
struct plan_step;
struct session;
struct str;

struct configured {
	const char *shown;
	struct kconfig config;
	bool recipe;          /* what was asked for is known */
	const char *base;     /* of a recipe: what it began with, in a few words, or NULL */
	struct kconfig asked; /* with places; those of a table are found in the recipe's text */
};

/* The verb of a step that checks a configuration. */
#define CONFIGURED_CHECK "kconfig_check"
/* A .config; false when no line of it sets a symbol. All of it lives in the cli's arena, here and below. */
bool configured_text(struct cli *cli, const char *shown, const struct str *text, struct configured *out);
/* What a step of a recipe that checks a configuration has in its result. */
int configured_check(struct session *s, const struct plan_step *ps, struct configured *out, struct err *err);
void configured_free(struct configured *c);
