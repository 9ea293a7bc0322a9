// SPDX-License-Identifier: GPL-2.0
/* sat: conflict-driven clause learning with two watched literals, activities, saved phases and restarts. */
#include "sat_impl.h"

#include <stdlib.h>
#include <string.h>

static void *
grown(void *p, size_t size)
{
	p = realloc(p, size);
	if (!p)
		abort();
	return p;
}

void
sat_push(struct list *l, int x)
{
	if (l->n == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 64;
		l->v = grown(l->v, (size_t)l->cap * sizeof *l->v);
	}
	l->v[l->n++] = x;
}

void
sat_assign(struct sat *s, int lit, int reason)
{
	struct var *v = &s->vars[lit >> 1];

	s->value[lit] = 1;
	s->value[lit ^ 1] = -1;
	v->level = s->levels.n;
	v->reason = reason;
	v->phase = (signed char)(lit & 1);
	sat_push(&s->trail, lit);
}

void
sat_undo(struct sat *s, int level)
{
	if (s->levels.n <= level)
		return;
	while (s->trail.n > s->levels.v[level]) {
		int lit = s->trail.v[--s->trail.n];

		s->value[lit] = s->value[lit ^ 1] = 0;
		sat_heap_add(s, lit >> 1);
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

int
sat_add(struct sat *s, const int *lits, int n)
{
	int at = s->lits.n;

	sat_push(&s->lits, n);
	for (int i = 0; i < n; i++)
		sat_push(&s->lits, lits[i]);
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
				sat_assign(s, c[0], x.clause);
			}
		}
		w->n = j;
	}
	return conflict;
}

/* The next decision: an assumption, else the most active variable. -1: all are assigned, -2: an assumption fails. */
static int
decide(struct sat *s, const int *assumed, int n)
{
	while (s->levels.n < n) {
		int lit = assumed[s->levels.n];

		if (s->value[lit] < 0) {
			sat_blame(s, lit);
			return -2;
		}
		if (!s->value[lit])
			return lit;
		sat_push(&s->levels, s->trail.n); /* it holds anyway */
	}
	while (s->heap.n) {
		int var = sat_heap_pop(s);

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
	sat_undo(s, 0);
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
			sat_learn(s, conflict);
			s->conflicts++;
			if (++conflicts > budget)
				break;
			continue;
		}
		if (conflicts > limit) {
			limit += limit / 4 + 100;
			sat_undo(s, 0);
			continue;
		}
		lit = decide(s, assumed, n);
		if (lit == -1)
			return solved(s);
		if (lit == -2) {
			sat_undo(s, 0);
			return 0;
		}
		sat_push(&s->levels, s->trail.n);
		sat_assign(s, lit, -1);
	}
	sat_undo(s, 0);
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
	sat_heap_add(s, v);
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
			sat_push(&c, lits[i]);
	}
	if (c.n > 1)
		sat_add(s, c.v, c.n);
	else if (c.n)
		sat_assign(s, c.v[0], -1);
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
