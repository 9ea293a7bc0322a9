/* A kept plan back into a session: the head first, then what is cheap to look at, the store last. */
#include <string.h>

#include "base/seal.h"
#include "cli/kept_own.h"

struct part {
	const char *p;
	size_t len;
};

struct reading {
	struct session *s;
	struct part parts[PARTS];
	const struct kept_head *head;
	bool bad; /* an offset or a number beyond its end */
};

static bool
cut(struct reading *r, const struct str *bytes)
{
	size_t at = SEAL_HEAD;
	const struct part *strings = &r->parts[PART_STRINGS];

	for (int i = 0; i < PARTS; i++) {
		uint64_t len;

		if (bytes->len - at < sizeof len)
			return false;
		memcpy(&len, bytes->s + at, sizeof len);
		at += sizeof len;
		if (bytes->len - at < len)
			return false;
		r->parts[i] = (struct part){bytes->s + at, (size_t)len};
		at += ((size_t)len + 7) & ~(size_t)7;
		if (at > bytes->len)
			return false;
	}
	r->head = (const void *)r->parts[PART_HEAD].p;
	return r->parts[PART_HEAD].len == sizeof *r->head && strings->len && !strings->p[strings->len - 1];
}

static const char *
text(struct reading *r, uint32_t at)
{
	if (at == KEPT_NONE)
		return NULL;
	if (at < r->parts[PART_STRINGS].len)
		return r->parts[PART_STRINGS].p + at;
	r->bad = true;
	return "";
}

/* The same where a NULL is damage. */
static const char *
needed(struct reading *r, uint32_t at)
{
	r->bad |= at == KEPT_NONE;
	return at == KEPT_NONE ? "" : text(r, at);
}

static struct place
place(struct reading *r, const struct kept_place *k)
{
	return (struct place){
		.file = text(r, k->file), .key = text(r, k->key), .line = k->line, .col = k->col, .len = k->len};
}

/* -- is it still the answer? ------------------------------------------------------------------------------------ */
static bool
looks_hold(struct reading *r)
{
	const struct kept_look *v = (const void *)r->parts[PART_LOOKS].p;
	size_t n = r->parts[PART_LOOKS].len / sizeof *v;

	for (size_t i = 0; i < n; i++) {
		const char *root = needed(r, v[i].root), *rel = needed(r, v[i].rel), *shown = text(r, v[i].shown);
		struct recipe_text t = {root, rel, shown, v[i].flag, v[i].hash};

		if (r->bad || (v[i].kind == LOOK_TEXT ? !load_again(r->s->recipe, &t, 1)
						      : !kept_look_holds(r->s, &v[i], root, rel, shown)))
			return false;
	}
	return true;
}

static bool
lock_holds(struct reading *r)
{
	struct err unsaid = {0};
	struct hash now;
	bool good = !session_open_project(r->s, &unsaid);

	err_free(&unsaid);
	now = kept_lock(&r->s->lock);
	return good && !hash_cmp(&now, &r->head->lock);
}

/* -- the session ------------------------------------------------------------------------------------------------ */
static size_t
count_prims(void)
{
	size_t n = 0;

	while (prims[n])
		n++;
	return n;
}

static const uint32_t *
numbers(struct reading *r, int part, size_t first, size_t n, size_t below)
{
	const uint32_t *v = (const uint32_t *)(const void *)r->parts[part].p + first;
	size_t len = r->parts[part].len / sizeof *v;

	if (first > len || len - first < n) {
		r->bad = true;
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		r->bad |= v[i] >= below;
	return v;
}

static void
take_step(struct reading *r, const struct kept_step *k, size_t n, struct step *step, struct plan_step *ps)
{
	step->name = needed(r, k->name);
	step->at = place(r, &k->at);
	step->prim = prims[k->prim];
	step->inputs = (uint32_t *)numbers(r, PART_INPUTS, k->first, k->ninputs, n);
	step->ninputs = k->ninputs;
	if (k->state == KEPT_NONE)
		return;
	*ps = (struct plan_step){
		.step = step,
		.state = (enum plan_state)k->state,
		.reason = text(r, k->reason),
		.has_key = k->has_key,
		.key = k->key,
		.result = {.tree = k->tree, .seconds = k->seconds, .epoch = k->epoch},
		.last_seconds = k->seconds,
	};
	if (ps->state == PLAN_SKIPPED)
		ps->last_seconds = r->s->env.history(r->s, step->name);
}

static void
take_steps(struct reading *r)
{
	struct recipe *to = r->s->recipe;
	struct plan *p = &r->s->plan;
	const struct kept_step *v = (const void *)r->parts[PART_STEPS].p;
	size_t n = r->parts[PART_STEPS].len / sizeof *v, nprims = count_prims();

	to->nsteps = n;
	to->steps = arena_array(&to->arena, struct step, n + 1);
	p->recipe = to;
	p->v = arena_array(&p->arena, struct plan_step, n + 1);
	for (size_t i = 0; i < n && !r->bad; i++) {
		/* of any other step there is more to know than what is kept */
		r->bad = v[i].prim >= nprims ||
			 (v[i].state != PLAN_CACHED && v[i].state != PLAN_SKIPPED && v[i].state != KEPT_NONE);
		if (!r->bad)
			take_step(r, &v[i], n, &to->steps[i], &p->v[i]);
	}
	p->n = r->parts[PART_ORDER].len / sizeof *p->order;
	p->order = (uint32_t *)numbers(r, PART_ORDER, 0, p->n, n);
	for (size_t i = 0; i < p->n && !r->bad; i++)
		r->bad = !p->v[p->order[i]].step;
}

static void
take_results(struct reading *r)
{
	struct recipe *to = r->s->recipe;
	const struct kept_result *v = (const void *)r->parts[PART_RESULTS].p;
	size_t n = r->parts[PART_RESULTS].len / sizeof *v;
	struct value *items = arena_array(&to->arena, struct value, n + 1);

	for (size_t i = 0; i < n; i++) {
		r->bad |= v[i].step >= to->nsteps;
		items[i] = (struct value){
			.type = V_REF, .at = place(r, &v[i].at), .ref = {v[i].step, needed(r, v[i].path)}};
	}
	to->result = (struct value){.type = V_TABLE, .table = {.items = items, .nitems = n}};
}

bool
kept_read(struct session *s)
{
	struct recipe *to = s->recipe;
	struct reading r = {.s = s};
	struct err unsaid = {0};

	if (!seal_whole(str_text(&to->bytes), to->bytes.len, SEEN_PLAN) || !cut(&r, &to->bytes) ||
	    hash_cmp(&r.head->build, &s->kept->build) || hash_cmp(&r.head->name, &s->kept->name))
		return false;
	if (load_place(&s->request, &to->arena, &to->path, &to->root, &unsaid)) {
		err_free(&unsaid);
		return false;
	}
	if (!looks_hold(&r) || !lock_holds(&r) ||
	    !store_proven(s->store, r.parts[PART_PROOF].p, r.parts[PART_PROOF].len))
		return false;
	to->name = needed(&r, r.head->recipe);
	to->version = text(&r, r.head->version);
	take_steps(&r);
	take_results(&r);
	return !r.bad;
}
