// SPDX-License-Identifier: GPL-2.0
/* sat: conflict-driven clause learning with two watched literals, activities, saved phases and restarts. */
#include "sat.h"

#include <stdlib.h>
#include <string.h>

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

static void *
grown(void *p, size_t size)
{
	p = realloc(p, size);
	if (!p)
		abort();
	return p;
}

static void
push(struct list *l, int x)
{
	if (l->n == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 64;
		l->v = grown(l->v, (size_t)l->cap * sizeof *l->v);
	}
	l->v[l->n++] = x;
}

static int
before(const struct sat *s, int a, int b)
{
	return s->vars[a].activity > s->vars[b].activity || (s->vars[a].activity == s->vars[b].activity && a < b);
}

static void
heap_put(struct sat *s, int at, int var)
{
	s->heap.v[at] = var;
	s->vars[var].at = at;
}

static void
heap_up(struct sat *s, int at)
{
	int var = s->heap.v[at];

	for (; at && before(s, var, s->heap.v[(at - 1) / 2]); at = (at - 1) / 2)
		heap_put(s, at, s->heap.v[(at - 1) / 2]);
	heap_put(s, at, var);
}

static void
heap_down(struct sat *s, int at)
{
	int var = s->heap.v[at], child;

	while ((child = 2 * at + 1) < s->heap.n) {
		if (child + 1 < s->heap.n && before(s, s->heap.v[child + 1], s->heap.v[child]))
			child++;
		if (!before(s, s->heap.v[child], var))
			break;
		heap_put(s, at, s->heap.v[child]);
		at = child;
	}
	heap_put(s, at, var);
}

static void
heap_add(struct sat *s, int var)
{
	if (s->vars[var].at >= 0)
		return;
	push(&s->heap, var);
	heap_up(s, s->heap.n - 1);
}

static int
heap_pop(struct sat *s)
{
	int var = s->heap.v[0], last = s->heap.v[--s->heap.n];

	s->vars[var].at = -1;
	if (s->heap.n) {
		heap_put(s, 0, last);
		heap_down(s, 0);
	}
	return var;
}

static void
bump(struct sat *s, int var)
{
	if ((s->vars[var].activity += s->step) > 1e100) {
		for (int i = 0; i < s->nvars; i++)
			s->vars[i].activity *= 1e-100;
		s->step *= 1e-100;
	}
	if (s->vars[var].at >= 0)
		heap_up(s, s->vars[var].at);
}

static void
assign(struct sat *s, int lit, int reason)
{
	struct var *v = &s->vars[lit >> 1];

	s->value[lit] = 1;
	s->value[lit ^ 1] = -1;
	v->level = s->levels.n;
	v->reason = reason;
	v->phase = (signed char)(lit & 1);
	push(&s->trail, lit);
}

static void
undo(struct sat *s, int level)
{
	if (s->levels.n <= level)
		return;
	while (s->trail.n > s->levels.v[level]) {
		int lit = s->trail.v[--s->trail.n];

		s->value[lit] = s->value[lit ^ 1] = 0;
		heap_add(s, lit >> 1);
	}
	s->levels.n = level;
	s->head = s->trail.n;
}

static void
watch(struct sat *s, int lit, int clause, int blocker)
{
	struct watches *w = &s->watches[lit];

	if (w->n == w->cap) {
		w->cap = w->cap ? w->cap * 2 : 4;
		w->v = grown(w->v, (size_t)w->cap * sizeof *w->v);
	}
	w->v[w->n++] = (struct watch){clause, blocker};
}

static int
add(struct sat *s, const int *lits, int n)
{
	int at = s->lits.n;

	push(&s->lits, n);
	for (int i = 0; i < n; i++)
		push(&s->lits, lits[i]);
	watch(s, lits[0], at, lits[1]);
	watch(s, lits[1], at, lits[0]);
	return at;
}

/* Another literal to watch in place of the second one, which is false. */
static int
rewatch(struct sat *s, int clause)
{
	int n = s->lits.v[clause], *c = &s->lits.v[clause + 1];

	for (int k = 2; k < n; k++)
		if (s->value[c[k]] >= 0) {
			int t = c[1];

			c[1] = c[k];
			c[k] = t;
			watch(s, c[1], clause, c[0]);
			return 1;
		}
	return 0;
}

/* The clause that cannot hold, or -1. */
static int
propagate(struct sat *s)
{
	int conflict = -1;

	while (conflict < 0 && s->head < s->trail.n) {
		int off = s->trail.v[s->head++] ^ 1, i = 0, j = 0;
		struct watches *w = &s->watches[off];

		while (i < w->n) {
			struct watch x = w->v[i++];
			int *c = &s->lits.v[x.clause + 1];

			if (s->value[x.blocker] > 0) {
				w->v[j++] = x;
				continue;
			}
			if (c[0] == off) {
				c[0] = c[1];
				c[1] = off;
			}
			if (s->value[c[0]] > 0) {
				w->v[j++] = (struct watch){x.clause, c[0]};
				continue;
			}
			if (rewatch(s, x.clause))
				continue;
			w->v[j++] = x;
			if (s->value[c[0]] < 0) {
				conflict = x.clause;
				while (i < w->n)
					w->v[j++] = w->v[i++];
			} else {
				assign(s, c[0], x.clause);
			}
		}
		w->n = j;
	}
	return conflict;
}

/* Learns why: s->learnt, the literal that is asserted first. Returns the level to go back to. */
static int
analyze(struct sat *s, int conflict)
{
	int open = 0, at = s->trail.n, lit = -1, back = 0;

	s->learnt.n = 0;
	push(&s->learnt, 0);
	do {
		int n = s->lits.v[conflict], *c = &s->lits.v[conflict + 1];

		for (int i = 0; i < n; i++) {
			struct var *v = &s->vars[c[i] >> 1];

			if (c[i] == lit || v->seen || !v->level)
				continue;
			v->seen = 1;
			bump(s, c[i] >> 1);
			if (v->level == s->levels.n)
				open++;
			else
				push(&s->learnt, c[i]);
		}
		while (!s->vars[s->trail.v[--at] >> 1].seen)
			;
		lit = s->trail.v[at];
		conflict = s->vars[lit >> 1].reason;
		s->vars[lit >> 1].seen = 0;
	} while (--open > 0);
	s->learnt.v[0] = lit ^ 1;
	for (int i = 1; i < s->learnt.n; i++) {
		struct var *v = &s->vars[s->learnt.v[i] >> 1];

		v->seen = 0;
		if (v->level > back) {
			int t = s->learnt.v[1];

			back = v->level;
			s->learnt.v[1] = s->learnt.v[i];
			s->learnt.v[i] = t;
		}
	}
	return back;
}

static void
learn(struct sat *s, int conflict)
{
	int back = analyze(s, conflict);

	undo(s, back);
	assign(s, s->learnt.v[0], s->learnt.n == 1 ? -1 : add(s, s->learnt.v, s->learnt.n));
	s->step /= 0.95;
}

/* Which assumptions made `lit`, itself one, false. */
static void
blame(struct sat *s, int lit)
{
	s->core.n = 0;
	push(&s->core, lit);
	if (!s->levels.n)
		return;
	s->vars[lit >> 1].seen = 1;
	for (int i = s->trail.n - 1; i >= s->levels.v[0]; i--) {
		int t = s->trail.v[i], r = s->vars[t >> 1].reason;

		if (!s->vars[t >> 1].seen)
			continue;
		s->vars[t >> 1].seen = 0;
		if (r < 0)
			push(&s->core, t);
		for (int k = 0; r >= 0 && k < s->lits.v[r]; k++) {
			struct var *v = &s->vars[s->lits.v[r + 1 + k] >> 1];

			v->seen = (signed char)(v->seen | (v->level && s->lits.v[r + 1 + k] != t));
		}
	}
	s->vars[lit >> 1].seen = 0;
}

/* The next decision: an assumption, else the most active variable. -1: all are assigned, -2: an assumption fails. */
static int
decide(struct sat *s, const int *assumed, int n)
{
	while (s->levels.n < n) {
		int lit = assumed[s->levels.n];

		if (s->value[lit] < 0) {
			blame(s, lit);
			return -2;
		}
		if (!s->value[lit])
			return lit;
		push(&s->levels, s->trail.n); /* it holds anyway */
	}
	while (s->heap.n) {
		int var = heap_pop(s);

		if (!s->value[2 * var])
			return 2 * var + s->vars[var].phase;
	}
	return -1;
}

static int
solved(struct sat *s)
{
	s->model = grown(s->model, (size_t)s->nvars * 2);
	memcpy(s->model, s->value, (size_t)s->nvars * 2);
	s->nmodel = s->nvars;
	undo(s, 0);
	return 1;
}

int
sat_solve(struct sat *s, const int *assumed, int n, long budget)
{
	long conflicts = 0, limit = 100;

	s->core.n = 0;
	for (;;) {
		int conflict = s->broken ? 0 : propagate(s), lit;

		if (s->broken || (conflict >= 0 && !s->levels.n)) {
			s->broken = 1;
			return 0;
		}
		if (conflict >= 0) {
			learn(s, conflict);
			s->conflicts++;
			if (++conflicts > budget)
				break;
			continue;
		}
		if (conflicts > limit) {
			limit += limit / 4 + 100;
			undo(s, 0);
			continue;
		}
		lit = decide(s, assumed, n);
		if (lit == -1)
			return solved(s);
		if (lit == -2) {
			undo(s, 0);
			return 0;
		}
		push(&s->levels, s->trail.n);
		assign(s, lit, -1);
	}
	undo(s, 0);
	return -1;
}

int
sat_var(struct sat *s)
{
	int v = s->nvars++;

	if (v == s->cap) {
		size_t cap = (size_t)(s->cap = s->cap ? s->cap * 2 : 1024);

		s->vars = grown(s->vars, cap * sizeof *s->vars);
		s->value = grown(s->value, cap * 2);
		s->watches = grown(s->watches, cap * 2 * sizeof *s->watches);
	}
	s->vars[v] = (struct var){.reason = -1, .at = -1, .phase = 1};
	s->value[2 * v] = s->value[2 * v + 1] = 0;
	s->watches[2 * v] = s->watches[2 * v + 1] = (struct watches){0};
	heap_add(s, v);
	return 2 * v;
}

void
sat_clause(struct sat *s, const int *lits, int n)
{
	struct list c = {0};

	for (int i = 0; i < n; i++) {
		int k = 0;

		if (s->value[lits[i]] > 0)
			goto out;
		while (k < c.n && c.v[k] != lits[i] && c.v[k] != (lits[i] ^ 1))
			k++;
		if (k < c.n && c.v[k] != lits[i])
			goto out;
		if (k == c.n && !s->value[lits[i]])
			push(&c, lits[i]);
	}
	if (c.n > 1)
		add(s, c.v, c.n);
	else if (c.n)
		assign(s, c.v[0], -1);
	else
		s->broken = 1;
out:
	free(c.v);
}

struct sat *
sat_new(void)
{
	struct sat *s = calloc(1, sizeof *s);

	if (!s)
		abort();
	s->step = 1;
	sat_clause(s, (int[]){sat_var(s)}, 1);
	return s;
}

void
sat_free(struct sat *s)
{
	struct list *lists[] = {&s->lits, &s->trail, &s->levels, &s->heap, &s->learnt, &s->core};

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		free(lists[i]->v);
	for (int i = 0; i < 2 * s->nvars; i++)
		free(s->watches[i].v);
	free(s->watches);
	free(s->value);
	free(s->vars);
	free(s->model);
	free(s);
}

long
sat_conflicts(const struct sat *s)
{
	return s->conflicts;
}

int
sat_holds(const struct sat *s, int lit)
{
	return lit >> 1 < s->nmodel && s->model[lit] > 0;
}

const int *
sat_core(const struct sat *s, int *n)
{
	*n = s->core.n;
	return s->core.v;
}
