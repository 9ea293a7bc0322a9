/* parcel: a planned step as bytes, with all that its job needs: primitive, bound parameters, inputs by key and result,
 * files of the project by content. Who has them, the same jkr and the inputs' results runs the step by the code that
 * runs it here, without the recipe and without Lua, and finds the same key, or refuses. Where it stands in a recipe is
 * told by who has that. */
#pragma once
#include "model/plan.h"

struct str;

/* A file of a project that comes along. */
struct parcel_file {
	struct file_ref file;
	struct file_content content;
	uint64_t size;
};

/* What a run asks of who does the step. */
struct parcel_wish {
	const char *again; /* how a command line names the recipe, or NULL */
	uint32_t cpus;     /* 0: as many as there are */
	uint64_t attempt;  /* tells the tries of a step apart */
	bool host;         /* backend none */
	uint32_t verbose;
};

struct parcel {
	struct recipe recipe; /* its last step is the one to be run, those before it are the inputs */
	struct plan plan;
	struct hash key; /* that it must have */
	struct parcel_wish wish;
	struct parcel_file *files;
	size_t nfiles;
	const char **roots; /* of projects: folders that the reader makes */
	size_t nroots;
};

/* Why a step can only be run where its recipe is; NULL: it can travel. In the arena of the plan. */
const char *parcel_refusal(struct plan *p, uint32_t step);
/* A step whose key is known. */
int parcel_write(const struct plan *p, uint32_t step, const struct plan_env *env, const struct parcel_wish *wish,
		 struct str *out, struct err *err);
/* `folder`: where the roots of projects come to lie, as folders 0, 1 … The plan's step has no key yet. The caller frees
 * with parcel_free, also after a mistake. */
int parcel_read(const void *bytes, size_t n, const char *folder, struct parcel *out, struct err *err);
void parcel_free(struct parcel *p);
/* The name under which a failed try of a step tells why. */
struct hash parcel_failure(const struct hash *key, uint64_t attempt);
