/* lineage: what a result was made of: the recipe with its options, and every step before it with its inputs. */
#pragma once
#include <stdbool.h>

#include "model/plan.h"

struct json;
struct str;

struct fact {
	const char *key, *value;
};

/* A step before. */
struct ancestor {
	const struct plan_step *ps;
	const char *name;         /* in its own recipe */
	const struct fact *facts; /* of its record: hashes of patches, of addresses, versions of packages */
	size_t nfacts;
	const struct fact *files; /* names of files and folders of the project, and their hashes */
	size_t nfiles;
};

struct lineage {
	const struct recipe *recipe;
	struct ancestor *v; /* in the recipe's order */
	size_t n;
};

/* For each step of the recipe whether it stands before `step`; the caller frees. */
bool *lineage_mark(const struct recipe *r, const struct step *step);
/* An option's value as a text, and as JSON; a step is its name. */
void lineage_option(const struct recipe *r, const struct option *o, struct str *out);
void lineage_option_json(const struct recipe *r, const struct option *o, struct json *to, const char *key);
/* Fills in `files`: what the step's parameters name in the project. */
int lineage_files(struct ancestor *a, const struct plan_env *env, struct arena *arena, struct err *err);

/* Adds "options", "inputs", "patches", "toolchains", "skipped" and "steps": nothing that changes from run to run. */
void lineage_json(const struct lineage *l, struct json *to);
