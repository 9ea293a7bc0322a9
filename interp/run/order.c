/* What to begin next: the ready step with the longest way to the end, by history; ties as written. */
#include "run/run_impl.h"

void
order_begin(struct runner *r)
{
	const struct plan *p = r->plan;

	for (size_t k = p->n; k-- > 0;) {
		uint32_t i = p->order[k];
		const struct plan_step *ps = &p->v[i];

		/* users stand behind their inputs: weight[i] holds the longest of theirs by now */
		if (ps->state != PLAN_CACHED)
			r->weight[i] += ps->last_seconds > 0 ? ps->last_seconds : 1;
		for (size_t j = 0; j < ps->step->ninputs; j++)
			if (r->weight[ps->step->inputs[j]] < r->weight[i])
				r->weight[ps->step->inputs[j]] = r->weight[i];
		if (ps->state == PLAN_CACHED || ps->state == PLAN_SKIPPED) {
			r->at[i] = DONE;
			run_event(r, ps->state == PLAN_CACHED ? EV_STEP_CACHED : EV_STEP_SKIPPED, i, ps->reason,
				  ps->result.seconds, NULL);
		}
	}
}

/* 1 all there, 0 not yet, -1 never: one of them failed. */
static int
inputs_there(const struct runner *r, const struct step *step)
{
	int there = 1;

	for (size_t j = 0; j < step->ninputs; j++)
		switch (r->at[step->inputs[j]]) {
		case DONE: break;
		case FAILED:
		case STOPPED: return -1;
		default: there = 0;
		}
	return there;
}

static void
decide(struct runner *r, uint32_t i)
{
	struct plan_step *ps = &r->plan->v[i];
	struct err err = {0};

	if (ps->state != PLAN_AFTER)
		return;
	if (plan_decide(r->plan, i, r->env, &err)) {
		r->at[i] = FAILED;
		r->stopping |= !r->opt.keep_going;
		run_event(r, EV_STEP_FAILED, i, NULL, 0, &err);
		err_move(r->err, &err);
		return;
	}
	if (ps->state == PLAN_CACHED || ps->state == PLAN_SKIPPED) {
		r->at[i] = DONE;
		if (ps->state == PLAN_CACHED)
			store_set_last(r->store, r->plan->recipe->name, ps->step->name, &ps->key, ps->result.seconds);
		run_event(r, ps->state == PLAN_CACHED ? EV_STEP_CACHED : EV_STEP_SKIPPED, i, ps->reason,
			  ps->result.seconds, NULL);
	}
}

int64_t
order_next(struct runner *r, double now)
{
	const struct plan *p = r->plan;
	int64_t best = -1;

	for (size_t k = 0; k < p->n; k++) {
		uint32_t i = p->order[k];
		int there;

		if (r->at[i] != WAITING && r->at[i] != LOCKED)
			continue;
		there = inputs_there(r, p->v[i].step);
		if (there < 0) {
			r->at[i] = STOPPED;
			run_event(r, EV_STEP_STOPPED, i, "an input failed", 0, NULL);
		}
		if (there <= 0 || r->stopping)
			continue;
		decide(r, i);
		if (r->at[i] == LOCKED && now < r->retry[i])
			continue;
		if ((r->at[i] == WAITING || r->at[i] == LOCKED) && p->v[i].state == PLAN_RUN &&
		    (best < 0 || r->weight[i] > r->weight[best]))
			best = i;
	}
	return best;
}

bool
order_any_locked(const struct runner *r)
{
	for (size_t k = 0; k < r->plan->n; k++)
		if (r->at[r->plan->order[k]] == LOCKED)
			return true;
	return false;
}
