/* SPDX-License-Identifier: GPL-2.0 */
/* model: what symbols could be, as clauses made of the tree's own expressions when they are first needed.
 *
 * Each symbol that a person can set is an input: what the .config says of it, unless it is changed. Where the model is
 * not exact (a value of an int or a string that nobody named), it allows more than Kconfig does, never less: what
 * cannot hold here cannot hold there, and what can is tried with Kconfig itself. */
#pragma once
#include "lkc.h"
#include "sat.h"

struct tv {
	int m, y; /* literals: at least m; y */
};

struct text {
	const char *s;
	int lit;
};

/* A symbol. */
struct node {
	struct symbol *sym;
	struct menu *choice; /* that it is a member of, or NULL */
	int begun, done, seen;
	int mark, near; /* the solver's */
	int place;      /* in the menus, where what is needed mostly comes first */
	struct tv value, visible;
	int chosen;               /* of a choice's member */
	int input;                /* can be set by a person */
	int changed, has;         /* literals: a line sets it; it has a user value */
	struct tv user;           /* what that is */
	struct text *texts, *own; /* values of an int, hex or string; those that a line can give it */
	int ntexts, nown, written;
};

struct model {
	struct sat *sat;
	struct node *nodes; /* by symbol, open addressing */
	int cap, places;
	struct node **inputs; /* in the order in which they were needed */
	int ninputs, cap_inputs;
};

/* After the .config was read. */
struct model *model_new(void);
void model_free(struct model *m);
struct node *model_node(struct model *m, struct symbol *sym);
int model_logic(const struct symbol *sym); /* bool or tristate */
struct tv model_expr(struct model *m, struct expr *e);
/* That it has a value, as a .config shows it. */
int model_is(struct model *m, struct symbol *sym, const char *value);
/* That a line sets it to a value: literals to assume, at most 3; 0 where no line can. */
int model_line(struct model *m, struct symbol *sym, const char *value, int lits[3]);
/* The value of a line that the last solution has, or NULL. */
const char *model_changed(const struct model *m, const struct node *n);
/* Says before all else which values of ints and strings will be asked for. */
void model_value(struct model *m, struct symbol *sym, const char *value);

int lit_and(struct sat *s, int a, int b);
int lit_or(struct sat *s, int a, int b);
