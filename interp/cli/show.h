/* show: a plan and the artifacts of a run, as text and as JSON. */
#pragma once
#include <stdio.h>

#include "cli/session.h"

struct member;

/* The plan as the contract of `jkr plan --format json` has it, or as a table. */
void show_plan(const struct session *s, FILE *out);

/* What the recipe returned, or what the steps named on the command line made; one row each. */
struct artifact {
	const char *row;    /* of a matrix, else NULL */
	const char *name;   /* file or folder, as it is called in the bundle */
	const char *path;   /* absolute: below -o, else in the store; NULL where several layers hold it */
	const char *sha256; /* of the file; of a folder its tree's identity */
	uint64_t size;      /* bytes, of a folder all its files */
	bool folder;
};
/* Exports to `dir` (NULL: leaves them in the store) and lists them; strings live in the session. */
int artifacts_collect(struct session *s, const char *dir, struct artifact **out, size_t *n, struct err *err);
/* Whether the command line asks for this row of a matrix. */
bool artifacts_wanted(const struct cli *cli, const struct member *m);
void show_artifacts(const struct session *s, const struct artifact *v, size_t n, double seconds, FILE *out);

/* What others wrote, as str_add_safe shows it: a terminal obeys nothing of it. */
void print_safe(FILE *out, const char *text);
bool wants_json(const struct cli *cli);
