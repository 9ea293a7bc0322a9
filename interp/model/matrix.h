/* matrix: several recipes joined in one, in which equal steps are one step: it is planned and run once.
 *
 * Two steps of different members are equal when their primitives and written parameters are, the files that these name,
 * the paths that they are held to, and the steps that they take in. What tells of its recipe (PRIM_LINEAGE) is never
 * shared. A step of one member is called MEMBER/STEP; a shared one has the name that it has in its recipe, where two
 * such would be called the same the later one FIRST+N/STEP: that of its first member, and how many more have it. */
#pragma once
#include "model/recipe.h"

/* One of the recipes. */
struct member {
	const char *name;
	const char *group;     /* several members may be called by one word */
	struct recipe *recipe; /* as it was loaded; recipe_free of the whole frees it */
	struct place at;       /* where it is asked for */
	uint32_t *number;      /* by its own numbers of steps those in the whole */
	struct value result;   /* what it returned, and what it exports, in numbers of the whole */
	uint32_t *exports;
	size_t nexports;
	bool *has; /* by numbers in the whole: its steps */
};

/* Fills in `r`, in whose arena the members lie: its steps, exports, and the members from `number` on. What is bound is
 * left to recipe_resolve. */
void matrix_join(struct recipe *r, struct member *v, size_t n);
/* Whether `name` is that of a member or of a group. */
bool matrix_has(const struct recipe *r, const char *name);
bool member_is(const struct member *m, const char *name);

/* The recipe in which a step of `r` was written, `r` itself where nothing is joined, and the number in `r` of its step
 * `own`. */
const struct recipe *recipe_own(const struct recipe *r, const struct step *s);
uint32_t recipe_number(const struct step *s, size_t own);
