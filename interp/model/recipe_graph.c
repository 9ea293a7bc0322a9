#include "model/recipe_graph.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/recipe.h"

#define CHAIN_SHOWN 8

/* The references of one step. */
struct refs {
	uint32_t *v;
	size_t n, cap;
	size_t nsteps;
	const struct value *unknown; /* the first that points nowhere */
};

static int
take_ref(void *ctx, const struct value *v)
{
	struct refs *refs = ctx;

	if (v->type != V_REF && v->type != V_TEXT)
		return 0;
	if (v->ref.step >= refs->nsteps) {
		refs->unknown = v;
		return 1;
	}
	GROW(refs->v, refs->n, refs->cap);
	refs->v[refs->n++] = v->ref.step;
	return 0;
}

static int
by_index(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static int
link_step(struct recipe *r, struct step *s, struct refs *refs, struct err *err)
{
	size_t n = 0;

	refs->n = 0;
	if (value_walk(&s->params, take_ref, refs)) {
		err_set(err, "E0114", "step `%s` refers to step number %u, and there are %zu", s->name,
			(unsigned)refs->unknown->ref.step, r->nsteps);
		return err_at(err, refs->unknown->at.file ? refs->unknown->at : s->at);
	}
	if (refs->n)
		qsort(refs->v, refs->n, sizeof *refs->v, by_index);
	for (size_t i = 0; i < refs->n; i++)
		if (!n || refs->v[i] != refs->v[n - 1])
			refs->v[n++] = refs->v[i];
	s->inputs = arena_memdup(&r->arena, refs->v, n * sizeof *refs->v);
	s->ninputs = n;
	return 0;
}

/* Marks what can be done before a step that stays unmarked: repeatedly takes steps whose inputs are
 * done. `left` counts open inputs; users of a step are found through an index built once. */
static size_t
mark_done(const struct recipe *r, uint32_t *left)
{
	uint32_t *start = xcalloc(r->nsteps + 2, sizeof *start);
	uint32_t *users, *queue = xcalloc(r->nsteps, sizeof *queue);
	size_t n = 0, taken = 0;

	for (size_t i = 0; i < r->nsteps; i++)
		for (size_t k = 0; k < r->steps[i].ninputs; k++)
			start[r->steps[i].inputs[k] + 2]++;
	for (size_t i = 2; i < r->nsteps + 2; i++)
		start[i] += start[i - 1];
	users = xcalloc(start[r->nsteps + 1], sizeof *users);
	for (size_t i = 0; i < r->nsteps; i++)
		for (size_t k = 0; k < r->steps[i].ninputs; k++)
			users[start[r->steps[i].inputs[k] + 1]++] = (uint32_t)i;
	for (size_t i = 0; i < r->nsteps; i++) {
		left[i] = (uint32_t)r->steps[i].ninputs;
		if (!left[i])
			queue[n++] = (uint32_t)i;
	}
	for (; taken < n; taken++)
		for (uint32_t k = start[queue[taken]]; k < start[queue[taken] + 1]; k++)
			if (!--left[users[k]])
				queue[n++] = users[k];
	free(start);
	free(users);
	free(queue);
	return n;
}

/* An input of `s` that is never done, too. */
static uint32_t
open_input(const struct step *s, const uint32_t *left)
{
	for (size_t k = 0; k < s->ninputs; k++)
		if (left[s->inputs[k]])
			return s->inputs[k];
	return 0;
}

static int
name_cycle(const struct recipe *r, const uint32_t *left, struct err *err)
{
	cleanup_free bool *seen = xcalloc(r->nsteps, sizeof *seen);
	cleanup_str struct str chain = {0};
	uint32_t i = 0, at, first;
	size_t n = 0;

	while (!left[i])
		i++;
	/* each open step has an open input: following them ends in the cycle */
	while (!seen[i]) {
		seen[i] = true;
		i = open_input(&r->steps[i], left);
	}
	for (first = i, at = i; n == 0 || at != i; n++) {
		if (at < first)
			first = at;
		at = open_input(&r->steps[at], left);
	}
	for (size_t k = 0; k < n && k < CHAIN_SHOWN; k++, at = open_input(&r->steps[at], left))
		str_addf(&chain, "%s → ", r->steps[at].name);
	if (n > CHAIN_SHOWN)
		str_addf(&chain, "… %zu more … → ", n - CHAIN_SHOWN);
	err_set(err, "E0115", "steps need each other: %s%s", str_text(&chain), r->steps[i].name);
	err_at(err, r->steps[first].at);
	return err_label(err, "none of them can be first");
}

int
graph_link(struct recipe *r, struct err *err)
{
	struct refs refs = {.nsteps = r->nsteps};
	cleanup_free uint32_t *left = xcalloc(r->nsteps, sizeof *left);
	int bad = 0;

	for (size_t i = 0; i < r->nsteps; i++)
		bad |= link_step(r, &r->steps[i], &refs, err);
	free(refs.v);
	if (bad)
		return -1;
	return mark_done(r, left) == r->nsteps ? 0 : name_cycle(r, left, err);
}
