/* SPDX-License-Identifier: GPL-2.0 */
/* solve: the fewest lines that make symbols hold what was asked, or why no lines do.
 *
 * What the model proposes counts once Kconfig has read it: the .config with the asked lines and those behind it. */
#pragma once
#include "model.h"

struct want {
	struct symbol *sym;
	const char *value; /* y, m, n, 42, a string without its quotes */
	int blamed;        /* of SOLVE_NEVER: one of those that cannot hold together */
	int from;          /* its own, while it is solved */
};

enum solve_kind {
	SOLVE_MET,   /* no line is missing */
	SOLVE_FIX,   /* with these lines, and not with fewer; MODULES changes only where nothing else helps */
	SOLVE_NEVER, /* whatever the lines are */
	SOLVE_OPEN,  /* not found out within the limits */
};

struct solved {
	enum solve_kind kind;
	struct want *lines;
	int n;
};

struct solver {
	struct model *model;
	const char *config; /* its text */
	size_t len;
	int limited; /* by time, too */
	int used;    /* the model has answered a question */
	const struct want *named;
	int nnamed; /* see solver_name */
};

/* Reads the .config that the environment names. */
int solver_open(struct solver *s);
/* All that will be asked, which lives as long as the solver: a model must know the values before all else. */
void solver_name(struct solver *s, const struct want *v, int n);
/* A model that remembers no question. */
void solver_renew(struct solver *s);
void solve(struct solver *s, struct want *asked, int n, struct solved *out);
/* Whether `lit` can hold with any lines. Not known is yes. */
int solve_can(struct solver *s, int lit);
/* Whether Kconfig itself gives what is asked when it reads the .config with the asked lines and `lines`. */
int solve_try(struct solver *s, const struct want *asked, int n, const struct want *lines, int nlines);
/* Marks what a symbol depends on as near. */
void solve_near(struct model *m, struct symbol *sym);
