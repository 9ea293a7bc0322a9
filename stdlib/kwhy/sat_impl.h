/* SPDX-License-Identifier: GPL-2.0 */
/* sat_impl: what the parts of the solver share. */
#pragma once
#include "sat.h"

struct list {
	int *v, n, cap;
};

struct watch {
	int clause, blocker;
};

struct watches {
	struct watch *v;
	int n, cap;
};

struct var {
	int level, reason; /* reason: a clause, or -1 */
	double activity;
	int at; /* in the heap, or -1 */
	signed char phase, seen;
};

struct sat {
	struct list lits;   /* of all clauses: n, then its literals; a clause is the offset of its n */
	signed char *value; /* by literal */
	struct watches *watches;
	struct var *vars;
	int nvars, cap, head, broken;
	struct list trail, levels, heap, learnt, core;
	signed char *model;
	int nmodel;
	double step;
	long conflicts;
};

void sat_push(struct list *l, int x);
void sat_assign(struct sat *s, int lit, int reason);
/* Back to a level. */
void sat_undo(struct sat *s, int level);
/* A clause of two literals or more, of which the first two are watched. */
int sat_add(struct sat *s, const int *lits, int n);

void sat_heap_add(struct sat *s, int var);
int sat_heap_pop(struct sat *s);
/* A variable was part of a conflict. */
void sat_bump(struct sat *s, int var);

/* Learns a clause from a conflict, and goes back to where it asserts something. */
void sat_learn(struct sat *s, int conflict);
/* Fills the core: the assumptions that made `lit`, itself one, false. */
void sat_blame(struct sat *s, int lit);
