// SPDX-License-Identifier: GPL-2.0
/* sat: variables by their activity, the most active first; of equals the older */
#include "sat_impl.h"

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

void
sat_heap_add(struct sat *s, int var)
{
	if (s->vars[var].at >= 0)
		return;
	sat_push(&s->heap, var);
	heap_up(s, s->heap.n - 1);
}

int
sat_heap_pop(struct sat *s)
{
	int var = s->heap.v[0], last = s->heap.v[--s->heap.n];

	s->vars[var].at = -1;
	if (s->heap.n) {
		heap_put(s, 0, last);
		heap_down(s, 0);
	}
	return var;
}

void
sat_bump(struct sat *s, int var)
{
	if ((s->vars[var].activity += s->step) > 1e100) {
		for (int i = 0; i < s->nvars; i++)
			s->vars[i].activity *= 1e-100;
		s->step *= 1e-100;
	}
	if (s->vars[var].at >= 0)
		heap_up(s, s->vars[var].at);
}
