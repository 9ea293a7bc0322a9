/* audit: what was checked, one row for each check: what was asked, what was got, where it is written. */
#pragma once
#include <stdio.h>

#include "base/mem.h"

struct cli;
struct err;
struct json;

enum audit_state { AUDIT_OK, AUDIT_FAILED, AUDIT_OPEN }; /* OPEN: not run, or cannot be told */

struct audit_row {
	const char *check, *asked, *got;
	const char *verb; /* the primitive, or NULL */
	enum audit_state state;
	const char *file; /* of the recipe; NULL: none */
	unsigned line;
};

struct audit {
	struct arena arena;
	const char *subject; /* the recipe's name, or the folder */
	const char *open;    /* what AUDIT_OPEN is called: "not run", "cannot tell" */
	struct audit_row *v;
	size_t n, cap;
};

/* Adds a row, whose strings are borrowed or live in the arena. */
void audit_add(struct audit *a, const struct audit_row *row);
size_t audit_count(const struct audit *a, enum audit_state state);
void audit_print(const struct audit *a, FILE *out);
void audit_print_json(const struct audit *a, FILE *out);
void audit_free(struct audit *a);

/* Runs the checks of a recipe, those of the steps that the command line names, and what they need. -1 with the mistakes
 * of all that failed; rows are there where a run began. */
int audit_recipe(struct audit *a, struct cli *cli, int *interrupted, struct err *err);
/* Looks at a folder that jkr need not have made: NVIDIA's Linux_for_Tegra, or a root file system. Writes nothing. */
int audit_folder(struct audit *a, int dir, const char *shown, struct err *err);
