// SPDX-License-Identifier: GPL-2.0
/* sat: what a conflict teaches, and which assumptions are to blame */
#include "sat_impl.h"

/* Learns why: s->learnt, the literal that is asserted first. Returns the level to go back to. */
static int
analyze(struct sat *s, int conflict)
{
	int open = 0, at = s->trail.n, lit = -1, back = 0;

	s->learnt.n = 0;
	sat_push(&s->learnt, 0);
	do {
		int n = s->lits.v[conflict], *c = &s->lits.v[conflict + 1];

		for (int i = 0; i < n; i++) {
			struct var *v = &s->vars[c[i] >> 1];

			if (c[i] == lit || v->seen || !v->level)
				continue;
			v->seen = 1;
			sat_bump(s, c[i] >> 1);
			if (v->level == s->levels.n)
				open++;
			else
				sat_push(&s->learnt, c[i]);
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

void
sat_learn(struct sat *s, int conflict)
{
	int back = analyze(s, conflict);

	sat_undo(s, back);
	sat_assign(s, s->learnt.v[0], s->learnt.n == 1 ? -1 : sat_add(s, s->learnt.v, s->learnt.n));
	s->step /= 0.95;
}

/* Which assumptions made `lit`, itself one, false. */
void
sat_blame(struct sat *s, int lit)
{
	s->core.n = 0;
	sat_push(&s->core, lit);
	if (!s->levels.n)
		return;
	s->vars[lit >> 1].seen = 1;
	for (int i = s->trail.n - 1; i >= s->levels.v[0]; i--) {
		int t = s->trail.v[i], r = s->vars[t >> 1].reason;

		if (!s->vars[t >> 1].seen)
			continue;
		s->vars[t >> 1].seen = 0;
		if (r < 0)
			sat_push(&s->core, t);
		for (int k = 0; r >= 0 && k < s->lits.v[r]; k++) {
			struct var *v = &s->vars[s->lits.v[r + 1 + k] >> 1];

			v->seen = (signed char)(v->seen | (v->level && s->lits.v[r + 1 + k] != t));
		}
	}
	s->vars[lit >> 1].seen = 0;
}
