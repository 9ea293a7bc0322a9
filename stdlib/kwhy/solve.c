// SPDX-License-Identifier: GPL-2.0
/* solve: unsatisfiable cores tell which inputs must change, a counter how many (MSU3). */
#include "solve.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TRIES_MAX 60
#define BUDGET 300000 /* conflicts for a question */
#define SECONDS 60    /* of processor time, for all questions */

/* One question: what is assumed, and which inputs may change. */
struct search {
	struct solver *s;
	struct want *asked;
	int nasked;
	int *lits, nlits, cap; /* assumptions; the first nfixed are the question itself */
	int *fixed, nfixed, guard;
	int modules_stay; /* MODULES is not to be changed */
	long budget;
	struct node **open; /* inputs that may change */
	int nopen, least;   /* how many must, at least */
};

static void
assume(struct search *q, int lit)
{
	if (q->nlits == q->cap) {
		q->cap = q->cap ? q->cap * 2 : 4096;
		q->lits = realloc(q->lits, (size_t)q->cap * sizeof(int));
		if (!q->lits)
			abort();
	}
	q->lits[q->nlits++] = lit;
}

static int
late(const struct solver *s)
{
	return s->limited && clock() / CLOCKS_PER_SEC > SECONDS;
}

static int
run(struct search *q)
{
	long before = sat_conflicts(q->s->model->sat);
	int r = q->budget > 0 && !late(q->s) ? sat_solve(q->s->model->sat, q->lits, q->nlits, q->budget) : -1;

	q->budget -= sat_conflicts(q->s->model->sat) - before + 10;
	return r;
}

int
solve_can(struct solver *s, int lit)
{
	return sat_solve(s->model->sat, &lit, 1, BUDGET / 10) != 0;
}

/* Without modules every m is y: one line that gives much of what is asked, and takes away what nobody spoke of. */
static void
keep_modules(struct search *q)
{
	struct node *x = model_node(q->s->model, modules_sym);

	assume(q, x->changed ^ 1);
	x->mark = 1;
}

/* The question itself: every asked line, and that it holds. An input that is asked for is not another's to change. */
static void
ask(struct search *q)
{
	struct model *m = q->s->model;

	q->guard = sat_var(m->sat);
	assume(q, q->guard);
	if (q->modules_stay)
		keep_modules(q);
	for (int i = 0; i < q->nasked; i++) {
		struct want *w = &q->asked[i];
		int lits[3], n = model_line(m, w->sym, w->value, lits);

		w->from = q->nlits;
		for (int k = 0; k < n; k++)
			assume(q, lits[k]);
		assume(q, model_is(m, w->sym, w->value));
		model_node(m, w->sym)->mark = 1;
	}
	q->nfixed = q->nlits;
}

/* Everything else is as the .config has it, but for what may change. */
static void
assume_rest(struct search *q)
{
	struct model *m = q->s->model;

	q->nlits = q->nfixed;
	for (int i = 0; i < m->ninputs; i++)
		if (!m->inputs[i]->mark)
			assume(q, m->inputs[i]->changed ^ 1);
}

/* Lets the inputs of the last core change. How many they are. */
static int
open_core(struct search *q)
{
	struct model *m = q->s->model;
	int n, found = 0, ncore;
	const int *core = sat_core(m->sat, &ncore);
	struct node **of = calloc((size_t)m->ninputs + 1, sizeof *of);

	/* a literal's input, by marking the core's variables in order of the inputs, which keeps the answer the same */
	for (int i = 0; of && i < m->ninputs; i++)
		for (n = 0; n < ncore && !m->inputs[i]->mark; n++)
			if (core[n] == (m->inputs[i]->changed ^ 1))
				of[found++] = m->inputs[i];
	q->open = realloc(q->open, (size_t)(q->nopen + found + 1) * sizeof *q->open);
	if (!q->open || !of)
		abort();
	for (int i = 0; i < found; i++) {
		if (of[i]->mark)
			continue;
		of[i]->mark = 2;
		q->open[q->nopen++] = of[i];
	}
	free(of);
	return found;
}

/* A literal that is true when more than `most` of the open inputs change. */
static int
more_than(struct search *q, int most)
{
	struct sat *s = q->s->model->sat;
	size_t width = (size_t)most + 2;
	int *have, out;

	if (q->nopen <= most)
		return SAT_FALSE;
	have = malloc(width * sizeof *have);
	if (!have)
		abort();
	for (size_t j = 0; j < width; j++)
		have[j] = j ? SAT_FALSE : SAT_TRUE;
	for (int i = 0; i < q->nopen; i++)
		for (size_t j = width - 1; j > 0; j--)
			have[j] = lit_or(s, have[j], lit_and(s, have[j - 1], q->open[i]->changed));
	out = have[width - 1];
	free(have);
	return out;
}

/* The lines that the last solution has. */
static void
take(struct search *q, struct solved *out)
{
	struct model *m = q->s->model;

	out->n = 0;
	out->lines = realloc(out->lines, (size_t)(q->nopen + 1) * sizeof *out->lines);
	if (!out->lines)
		abort();
	for (int i = 0; i < q->nopen; i++) {
		const char *value = model_changed(m, q->open[i]);
		int at = out->n;

		if (!value)
			continue;
		for (; at > 0 && model_node(m, out->lines[at - 1].sym)->place > q->open[i]->place; at--)
			out->lines[at] = out->lines[at - 1];
		out->lines[at] = (struct want){.sym = q->open[i]->sym, .value = value};
		out->n++;
	}
}

/* Never again exactly these lines, for this question. */
static void
refuse(struct search *q, const struct solved *out)
{
	struct model *m = q->s->model;
	int *c = malloc(((size_t)m->ninputs + 3 * (size_t)out->n + 4) * sizeof *c), n = 0;

	if (!c)
		abort();
	c[n++] = q->guard ^ 1;
	for (int i = 0; i < m->ninputs; i++) {
		struct node *x = m->inputs[i];
		int k = 0;

		while (k < out->n && out->lines[k].sym != x->sym)
			k++;
		if (k < out->n) {
			int lits[3], nl = model_line(m, x->sym, out->lines[k].value, lits);

			for (int j = 0; j < nl; j++)
				c[n++] = lits[j] ^ 1;
		} else if (x->mark != 1) {
			c[n++] = x->changed;
		}
	}
	sat_clause(m->sat, c, n);
	free(c);
}

static int
tried(struct search *q, const struct solved *out)
{
	return solve_try(q->s, q->asked, q->nasked, out->lines, out->n);
}

/* What a person would rather not be told to set, where another line does it: what switches something off, what is not
 * on the way to what was asked, and what asks for trouble. */
static int
disliked(const struct want *w)
{
	static const char *const names[] = {"COMPILE_TEST", "EXPERT", "EMBEDDED", "BROKEN", "STAGING", "MODULES"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(w->sym->name, names[i]))
			return 1;
	return model_logic(w->sym) && *w->value == 'n';
}

/* Without lines that nobody likes, where as few others do. The last assumption is the counter. */
static void
prefer(struct search *q, struct solved *out)
{
	for (int i = 0; i < out->n && q->budget > 0; i++) {
		struct solved other = {0};
		struct node *x = model_node(q->s->model, out->lines[i].sym);

		if (!disliked(&out->lines[i]) && x->near)
			continue;
		assume(q, x->changed ^ 1);
		if (run(q) == 1)
			take(q, &other);
		if (other.lines && tried(q, &other)) {
			free(out->lines);
			*out = other;
			i = -1;
			continue;
		}
		free(other.lines);
		q->nlits--;
	}
}

/* Cores until the rest can stay as it is: SAT, or why not. */
static int
search_cores(struct search *q)
{
	for (;;) {
		int r;

		assume_rest(q);
		r = run(q);
		if (r)
			return r;
		if (!open_core(q))
			return 0;
		q->least++;
	}
}

static int
is_blamed(struct search *q, int lit)
{
	int n;
	const int *core = sat_core(q->s->model->sat, &n);

	while (n > 0 && core[n - 1] != lit)
		n--;
	return n > 0;
}

static int
search_least(struct search *q, struct solved *out)
{
	for (int tries = 0; tries < TRIES_MAX;) {
		int r;

		assume_rest(q);
		assume(q, more_than(q, q->least) ^ 1);
		r = run(q);
		if (r < 0)
			return r;
		if (r) {
			take(q, out);
			if (tried(q, out)) {
				prefer(q, out);
				return 1;
			}
			tries++;
			refuse(q, out);
			continue;
		}
		if (!open_core(q) && !is_blamed(q, q->lits[q->nlits - 1]))
			return 0;
		q->least++;
	}
	return -1;
}

/* Of the asked ones, a set that cannot hold together of which every part can. */
static void
blame(struct search *q)
{
	for (int i = 0; i < q->nasked; i++)
		q->asked[i].blamed = 1;
	for (int i = 0; i < q->nasked && q->nasked > 1; i++) {
		q->asked[i].blamed = 0;
		q->nlits = 1;
		for (int k = 0; k < q->nasked; k++) {
			int to = k + 1 < q->nasked ? q->asked[k + 1].from : q->nfixed;

			for (int j = q->asked[k].from; q->asked[k].blamed && j < to; j++)
				q->lits[q->nlits++] = q->fixed[j];
		}
		if (run(q))
			q->asked[i].blamed = 1;
	}
}

static void
begin(struct search *q)
{
	struct model *m = q->s->model;

	for (int i = 0; i < m->cap; i++)
		m->nodes[i].near = 0;
	for (int i = 0; i < q->nasked; i++)
		solve_near(m, q->asked[i].sym);
	ask(q);
	q->fixed = malloc((size_t)q->nfixed * sizeof *q->fixed);
	if (!q->fixed)
		abort();
	memcpy(q->fixed, q->lits, (size_t)q->nfixed * sizeof *q->fixed);
}

/* As sat_solve: 1 with the lines, 0 none, -1 not found out. */
static int
attempt(struct solver *s, struct want *asked, int n, int modules_stay, struct solved *out)
{
	struct search q = {.s = s, .asked = asked, .nasked = n, .modules_stay = modules_stay, .budget = BUDGET};
	int r;

	begin(&q);
	r = search_cores(&q);
	if (r == 1)
		r = search_least(&q, out);
	if (!r && !sat_solve(s->model->sat, NULL, 0, BUDGET))
		r = -1; /* the model itself contradicts itself, which proves nothing */
	if (!r && !modules_stay)
		blame(&q);
	for (int i = 0; i < s->model->ninputs; i++)
		s->model->inputs[i]->mark = 0;
	for (int i = 0; i < n; i++)
		model_node(s->model, asked[i].sym)->mark = 0;
	sat_clause(s->model->sat, (int[]){q.guard ^ 1}, 1);
	free(q.fixed);
	free(q.lits);
	free(q.open);
	return r;
}

static int
search(struct solver *s, struct want *asked, int n, struct solved *out)
{
	int r, stay = 1;

	for (int i = 0; i < n; i++)
		stay = stay && asked[i].sym != modules_sym;
	r = attempt(s, asked, n, stay, out);
	if (r != 1 && stay)
		r = attempt(s, asked, n, 0, out);
	return r;
}

/* What was learned of hundreds of questions can lead one more astray, which by itself is answered at once. */
void
solve(struct solver *s, struct want *asked, int n, struct solved *out)
{
	int r;

	*out = (struct solved){0};
	if (solve_try(s, asked, n, NULL, 0))
		return;
	r = search(s, asked, n, out);
	if (r < 0 && s->used && !late(s)) {
		solver_renew(s);
		r = search(s, asked, n, out);
	}
	s->used = 1;
	out->kind = r < 0 ? SOLVE_OPEN : r ? SOLVE_FIX : SOLVE_NEVER;
}
