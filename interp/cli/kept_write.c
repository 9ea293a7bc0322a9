/* A plan that had nothing to do into the bytes that are kept of it. */
#include <stdlib.h>
#include <string.h>

#include "base/seal.h"
#include "cli/kept.h"
#include "cli/kept_own.h"

uint32_t
kept_string(struct keeping *k, const char *s)
{
	struct str *b = &k->parts[PART_STRINGS];
	size_t known;

	if (!s)
		return KEPT_NONE;
	known = (size_t)map_get(&k->strings, s);
	if (!known) {
		known = b->len + 1;
		str_addn(b, s, strlen(s) + 1);
		map_set(&k->strings, arena_strdup(&k->s->arena, s), (void *)known);
	}
	return (uint32_t)(known - 1);
}

static struct kept_place
place(struct keeping *k, const struct place *at)
{
	return (struct kept_place){kept_string(k, at->file), kept_string(k, at->key), at->line, at->col, at->len};
}

static uint32_t
prim_number(const struct prim *p)
{
	uint32_t i = 0;

	while (prims[i] != p)
		i++;
	return i;
}

static void
add_step(struct keeping *k, const struct step *step, const struct plan_step *ps)
{
	struct str *inputs = &k->parts[PART_INPUTS];
	struct kept_step out = {
		.name = kept_string(k, step->name),
		.prim = prim_number(step->prim),
		.state = KEPT_NONE,
		.first = (uint32_t)(inputs->len / sizeof *step->inputs),
		.ninputs = (uint32_t)step->ninputs,
		.at = place(k, &step->at),
	};

	if (step->ninputs)
		str_addn(inputs, step->inputs, step->ninputs * sizeof *step->inputs);
	if (ps->step) {
		out.state = ps->state;
		out.reason = kept_string(k, ps->reason);
		out.has_key = ps->has_key;
		out.epoch = ps->result.epoch;
		out.seconds = ps->state == PLAN_CACHED ? ps->result.seconds : ps->last_seconds;
		out.key = ps->key;
		out.tree = ps->result.tree;
	}
	str_addn(&k->parts[PART_STEPS], &out, sizeof out);
}

static int
add_result(void *ctx, const struct value *v)
{
	struct keeping *k = ctx;
	struct kept_result out = {.step = v->ref.step};

	if (v->type != V_REF)
		return 0;
	out.path = kept_string(k, v->ref.path);
	out.at = place(k, &v->at);
	str_addn(&k->parts[PART_RESULTS], &out, sizeof out);
	return 0;
}

static bool
add_proof(struct keeping *k)
{
	const struct plan *p = &k->s->plan;
	struct store_claim *v = xcalloc(p->n + 1, sizeof *v);
	size_t n = 0;
	bool good;

	for (size_t i = 0; i < p->n; i++) {
		const struct plan_step *ps = &p->v[p->order[i]];

		if (ps->state == PLAN_CACHED)
			v[n++] = (struct store_claim){ps->key, ps->result.tree};
	}
	good = store_prove(k->s->store, v, n, k->s->kept->since, &k->parts[PART_PROOF]);
	free(v);
	return good;
}

static void
add_plan(struct keeping *k)
{
	const struct session *s = k->s;
	struct kept_head head = {
		.build = s->kept->build,
		.name = s->kept->name,
		.lock = kept_lock(&s->lock),
		.recipe = kept_string(k, s->recipe->name),
		.version = kept_string(k, s->recipe->version),
	};

	str_addn(&k->parts[PART_HEAD], &head, sizeof head);
	for (size_t i = 0; i < s->recipe->nsteps; i++)
		add_step(k, &s->recipe->steps[i], &s->plan.v[i]);
	if (s->plan.n)
		str_addn(&k->parts[PART_ORDER], s->plan.order, s->plan.n * sizeof *s->plan.order);
	value_walk(&s->recipe->result, add_result, k);
}

static void
seal(struct keeping *k, struct str *out)
{
	static const char zeros[8];

	seal_begin(out, SEEN_PLAN);
	for (int i = 0; i < PARTS; i++) {
		uint64_t len = k->parts[i].len;

		str_addn(out, &len, sizeof len);
		str_addn(out, str_text(&k->parts[i]), k->parts[i].len);
		str_addn(out, zeros, -k->parts[i].len & 7);
	}
	seal_close(out);
}

/* Nothing was to do, nothing was found damaged on the way, and no pin is new. */
static bool
is_worth_it(const struct session *s)
{
	bool good = s->kept && !s->worked && !s->recipe->hinted && !store_set_aside(s->store);

	for (size_t i = 0; good && i < s->plan.n; i++)
		good = !s->plan.v[s->plan.order[i]].new_pin;
	return good;
}

void
kept_put(struct session *s)
{
	struct keeping k = {.s = s};
	cleanup_str struct str bytes = {0};

	if (!is_worth_it(s))
		return;
	if (add_proof(&k) && kept_add_looks(&k)) {
		add_plan(&k);
		seal(&k, &bytes);
		store_remember(s->store, &s->kept->name, &bytes, false);
	}
	for (int i = 0; i < PARTS; i++)
		str_free(&k.parts[i]);
	map_free(&k.strings);
	map_free(&k.looked);
}
