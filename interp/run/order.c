/* What to begin next: the ready step with the longest way to the end, by history; ties as written. */
#include "run/away.h"
#include "run/give.h"
#include "run/run_impl.h"

/* Steps in the order of `before`, the first on top. */
struct heap {
	uint32_t *v;
	size_t n;
	bool (*before)(const struct runner *r, uint32_t a, uint32_t b);
};

/* A step goes from waiting (inputs lack) to fresh (all there, not decided), ready (to be run), open (begun, or met by
 * another run's lock), and out when it came to its end. */
struct order {
	uint32_t *users, *first; /* of step i: users[first[i]] up to first[i + 1] */
	uint32_t *lacks;         /* inputs of a step that are not done */
	uint32_t *position;      /* in the plan's order */
	struct heap fresh, ready;
	uint32_t *open;
	size_t nopen;
	bool broken; /* a step has no result: who uses it stops */
};

/* -- heap --------------------------------------------------------------------------------------------- */
static void
swap(struct heap *h, size_t a, size_t b)
{
	uint32_t t = h->v[a];

	h->v[a] = h->v[b];
	h->v[b] = t;
}

static void
push(const struct runner *r, struct heap *h, uint32_t step)
{
	size_t i = h->n++;

	h->v[i] = step;
	for (; i && h->before(r, h->v[i], h->v[(i - 1) / 2]); i = (i - 1) / 2)
		swap(h, i, (i - 1) / 2);
}

static uint32_t
pop(const struct runner *r, struct heap *h)
{
	uint32_t top = h->v[0];
	size_t i = 0, child;

	h->v[0] = h->v[--h->n];
	while ((child = 2 * i + 1) < h->n) {
		child += child + 1 < h->n && h->before(r, h->v[child + 1], h->v[child]);
		if (!h->before(r, h->v[child], h->v[i]))
			break;
		swap(h, i, child);
		i = child;
	}
	return top;
}

static bool
by_position(const struct runner *r, uint32_t a, uint32_t b)
{
	return r->order->position[a] < r->order->position[b];
}

static bool
by_weight(const struct runner *r, uint32_t a, uint32_t b)
{
	return r->weight[a] > r->weight[b] || (r->weight[a] == r->weight[b] && by_position(r, a, b));
}

/* -- beginning ------------------------------------------------------------------------------------------ */
static void
list_users(struct runner *r, struct order *o)
{
	const struct plan *p = r->plan;
	size_t n = p->recipe->nsteps, total = 0;
	uint32_t *at = arena_array(&r->arena, uint32_t, n + 1);

	o->first = arena_array(&r->arena, uint32_t, n + 2);
	for (size_t k = 0; k < p->n; k++) {
		const struct step *step = p->v[p->order[k]].step;

		total += step->ninputs;
		for (size_t j = 0; j < step->ninputs; j++)
			o->first[step->inputs[j] + 1]++;
	}
	for (size_t i = 0; i < n; i++) {
		o->first[i + 1] += o->first[i];
		at[i] = o->first[i];
	}
	o->users = arena_array(&r->arena, uint32_t, total + 1);
	for (size_t k = 0; k < p->n; k++) {
		const struct step *step = p->v[p->order[k]].step;

		for (size_t j = 0; j < step->ninputs; j++)
			o->users[at[step->inputs[j]]++] = p->order[k];
	}
}

static struct order *
order_new(struct runner *r)
{
	const struct plan *p = r->plan;
	size_t n = p->recipe->nsteps;
	struct order *o = arena_new(&r->arena, struct order);

	o->lacks = arena_array(&r->arena, uint32_t, n + 1);
	o->position = arena_array(&r->arena, uint32_t, n + 1);
	o->open = arena_array(&r->arena, uint32_t, n + 1);
	o->fresh = (struct heap){arena_array(&r->arena, uint32_t, n + 1), 0, by_position};
	o->ready = (struct heap){arena_array(&r->arena, uint32_t, n + 1), 0, by_weight};
	for (size_t k = 0; k < p->n; k++) {
		o->position[p->order[k]] = (uint32_t)k;
		o->lacks[p->order[k]] = (uint32_t)p->v[p->order[k]].step->ninputs;
	}
	list_users(r, o);
	return o;
}

/* A result is there: who lacked only this can be decided. */
static void
release(struct runner *r, uint32_t i)
{
	struct order *o = r->order;

	for (uint32_t j = o->first[i]; j < o->first[i + 1]; j++)
		if (!--o->lacks[o->users[j]])
			push(r, &o->fresh, o->users[j]);
}

/* Whether nothing is to be run for a step: it is done then. */
static bool
tell_there(struct runner *r, uint32_t i)
{
	const struct plan_step *ps = &r->plan->v[i];

	if (ps->state != PLAN_CACHED && ps->state != PLAN_SKIPPED)
		return false;
	r->at[i] = DONE;
	run_event(r, ps->state == PLAN_CACHED ? EV_STEP_CACHED : EV_STEP_SKIPPED, i, ps->reason, ps->result.seconds,
		  NULL);
	return true;
}

/* Users stand behind their inputs: a step's weight holds the longest of theirs when it is reached. */
static void
weigh(struct runner *r)
{
	const struct plan *p = r->plan;

	for (size_t k = p->n; k-- > 0;) {
		uint32_t i = p->order[k];
		const struct plan_step *ps = &p->v[i];

		if (ps->state != PLAN_CACHED)
			r->weight[i] += ps->last_seconds > 0 ? ps->last_seconds : 1;
		for (size_t j = 0; j < ps->step->ninputs; j++)
			if (r->weight[ps->step->inputs[j]] < r->weight[i])
				r->weight[ps->step->inputs[j]] = r->weight[i];
		tell_there(r, i);
	}
}

void
order_begin(struct runner *r)
{
	const struct plan *p = r->plan;

	weigh(r);
	r->order = order_new(r);
	for (size_t k = 0; k < p->n; k++) {
		if (!p->v[p->order[k]].step->ninputs)
			push(r, &r->order->fresh, p->order[k]);
		if (r->at[p->order[k]] == DONE)
			release(r, p->order[k]);
	}
}

/* -- going on ------------------------------------------------------------------------------------------- */
/* What was begun and came to its end. */
static void
take_ends(struct runner *r)
{
	struct order *o = r->order;
	size_t left = 0;

	while (o->ready.n && r->at[o->ready.v[0]] != WAITING)
		o->open[o->nopen++] = pop(r, &o->ready);
	for (size_t k = 0; k < o->nopen; k++) {
		uint32_t i = o->open[k];

		if (r->at[i] == DONE && !r->again[i])
			release(r, i);
		else if (r->at[i] == DONE)
			continue; /* its users were let go when it was done the first time */
		else if (r->at[i] == FAILED || r->at[i] == STOPPED)
			o->broken = true;
		else
			o->open[left++] = i;
	}
	o->nopen = left;
}

static bool
any_input_lost(const struct runner *r, const struct step *step)
{
	for (size_t j = 0; j < step->ninputs; j++)
		if (r->at[step->inputs[j]] == FAILED || r->at[step->inputs[j]] == STOPPED)
			return true;
	return false;
}

static void
stop_users(struct runner *r)
{
	const struct plan *p = r->plan;

	for (size_t k = 0; k < p->n; k++) {
		uint32_t i = p->order[k];

		if ((r->at[i] == WAITING || r->at[i] == LOCKED) && any_input_lost(r, p->v[i].step)) {
			r->at[i] = STOPPED;
			run_event(r, EV_STEP_STOPPED, i, "an input failed", 0, NULL);
		}
	}
	r->order->broken = false;
}

static void
decide(struct runner *r, uint32_t i)
{
	struct plan_step *ps = &r->plan->v[i];
	struct err err = {0};
	unsigned lost;

	if (ps->state != PLAN_AFTER)
		return;
	lost = r->env->lost;
	if (plan_decide(r->plan, i, r->env, &err)) {
		if (r->env->lost != lost && away_lost(r, i)) {
			err_free(&err);
			return;
		}
		r->at[i] = FAILED;
		r->stopping |= !r->opt.keep_going;
		run_event(r, EV_STEP_FAILED, i, NULL, 0, &err);
		err_move(r->err, &err);
		return;
	}
	if (!tell_there(r, i) || ps->state != PLAN_CACHED)
		return;
	store_set_last(r->store, r->plan->recipe->name, ps->step->name, &ps->key, ps->result.seconds);
	give_found(r, i);
}

/* Of all whose inputs are there; in the order of the plan, as they are told. */
static void
decide_fresh(struct runner *r)
{
	struct order *o = r->order;

	while (o->fresh.n && !r->stopping) {
		uint32_t i = pop(r, &o->fresh);

		if (r->at[i] == WAITING)
			decide(r, i);
		else
			continue;
		if (r->at[i] == DONE)
			release(r, i);
		else if (r->at[i] == FAILED)
			o->broken = true;
		else if (r->plan->v[i].state == PLAN_RUN || r->anew[i])
			push(r, &o->ready, i);
	}
}

int64_t
order_next(struct runner *r, double now)
{
	struct order *o = r->order;
	int64_t best;

	do {
		take_ends(r);
		if (o->broken)
			stop_users(r);
		decide_fresh(r);
	} while (o->broken);
	if (r->stopping)
		return -1;
	best = o->ready.n ? (int64_t)o->ready.v[0] : -1;
	for (size_t k = 0; k < o->nopen; k++) {
		uint32_t i = o->open[k];

		if (r->at[i] == LOCKED && now >= r->retry[i] && (best < 0 || by_weight(r, i, (uint32_t)best)))
			best = i;
	}
	return best;
}

void
order_again(struct runner *r, uint32_t step)
{
	r->again[step] = true;
	r->at[step] = WAITING;
	r->plan->v[step].result.away = false;
	push(r, &r->order->ready, step);
}

bool
order_any_locked(const struct runner *r)
{
	const struct order *o = r->order;

	for (size_t k = 0; k < o->nopen; k++)
		if (r->at[o->open[k]] == LOCKED)
			return true;
	return o->ready.n && r->at[o->ready.v[0]] == LOCKED;
}
