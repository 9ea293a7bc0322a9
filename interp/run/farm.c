#include "run/farm.h"

#include <stdio.h>
#include <sys/wait.h>

#include "base/err.h"
#include "model/parcel.h"
#include "run/farm_own.h"
#include "run/run_impl.h"
#include "store/shared.h"

static bool
is_meant(const struct runner *r, uint32_t step)
{
	const struct executor *on = r->opt.on;

	return on && !r->farm_off && (on->all || r->plan->v[step].step->prim->flags & PRIM_CONTAINER);
}

bool
farm_takes(struct runner *r, uint32_t step)
{
	const char *why;

	if (!is_meant(r, step) || r->here[step])
		return false;
	why = parcel_refusal(r->plan, step);
	if (!why)
		return true;
	r->here[step] = true;
	if (r->plan->v[step].step->prim->flags & PRIM_CONTAINER) {
		cleanup_free char *text = xasprintf("runs here: %s", why);

		run_event(r, EV_STEP_NOTE, step, text, 0, NULL);
	}
	return false;
}

bool
farm_full(const struct runner *r)
{
	return r->nfar >= (unsigned)r->opt.on->slots;
}

/* -- the end of one ----------------------------------------------------------------------------------- */
/* The result is in the store, as if it had been built here. */
static bool
take(struct runner *r, struct slot *s)
{
	struct plan_step *ps = &r->plan->v[s->step];
	double seconds = now_seconds() - s->begun;

	if (r->env->lookup(r->env->ctx, &ps->key, &ps->result, &s->err) <= 0)
		return false;
	plan_done(ps);
	r->at[s->step] = DONE;
	r->ncommitted++;
	store_set_last(r->store, r->plan->recipe->name, ps->step->name, &ps->key, ps->result.seconds);
	run_event(r, EV_STEP_END, s->step, NULL, seconds, NULL);
	return true;
}

/* The cache cannot be used: nothing can go there any more. */
static void
stay(struct runner *r, struct slot *s)
{
	const char *text = "the shared cache cannot be used: it runs here, and so do the others";

	run_event(r, EV_STEP_NOTE, s->step, r->farm_off ? "runs here as well" : text, 0, NULL);
	r->farm_off = true;
	r->here[s->step] = true;
	r->at[s->step] = LOCKED;
	r->retry[s->step] = now_seconds();
}

bool
farm_finish(struct runner *r, struct slot *s)
{
	bool ended = s->ending == END_SELF && !s->damaged && WIFEXITED(s->status);

	if (ended && !WEXITSTATUS(s->status) && s->has_result)
		return take(r, s);
	if (!ended || WEXITSTATUS(s->status) != FARM_STAY || r->stopping)
		return false;
	stay(r, s);
	return true;
}
