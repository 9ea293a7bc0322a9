/* SPDX-License-Identifier: GPL-2.0 */
/* sat: whether clauses can hold together, under assumptions; when not, which assumptions are to blame.
 *
 * A literal is 2 * variable, or 2 * variable + 1 for its negation. Variable 0 is true. The answers depend on the
 * clauses and their order alone: no clock, no address, no chance. */
#pragma once

#define SAT_TRUE 0
#define SAT_FALSE 1

struct sat;

struct sat *sat_new(void);
void sat_free(struct sat *s);
int sat_var(struct sat *s); /* a new variable's literal */
void sat_clause(struct sat *s, const int *lits, int n);
long sat_conflicts(const struct sat *s); /* so far */
/* 1: they hold with all of `assumed`; 0: they do not, see sat_core; -1: not known after `budget` conflicts. */
int sat_solve(struct sat *s, const int *assumed, int n, long budget);
/* Of the last solution. */
int sat_holds(const struct sat *s, int lit);
/* Assumptions that cannot hold together; none when the clauses cannot hold at all. */
const int *sat_core(const struct sat *s, int *n);
