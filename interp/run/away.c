#include "run/away.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/give.h"
#include "run/run_impl.h"
#include "run/wire.h"
#include "store/shared.h"

enum { AT_ONCE = 4 };
#define LOOK_AGAIN 0.05

bool
away_any(const struct plan *p)
{
	for (size_t k = 0; k < p->n; k++)
		if (p->v[p->order[k]].state == PLAN_CACHED && p->v[p->order[k]].result.away)
			return true;
	return false;
}

static bool
is_away(const struct runner *r, uint32_t step)
{
	const struct plan_step *ps = &r->plan->v[step];

	return ps->step && ps->state == PLAN_CACHED && ps->result.away;
}

void
away_begin(struct runner *r)
{
	const size_t n = r->plan->recipe->nsteps;

	r->fetching = arena_array(&r->arena, bool, n);
	r->again = arena_array(&r->arena, bool, n);
	r->anew = arena_array(&r->arena, bool, n);
	r->exported = arena_array(&r->arena, bool, n);
	/* what nothing in the plan takes in is what the run is for, and so is what the recipe returns */
	for (size_t k = 0; k < r->plan->n; k++)
		r->exported[r->plan->order[k]] = true;
	for (size_t k = 0; k < r->plan->n; k++) {
		const struct step *step = r->plan->v[r->plan->order[k]].step;

		for (size_t j = 0; j < step->ninputs; j++)
			r->exported[step->inputs[j]] = false;
	}
	for (size_t i = 0; i < r->plan->recipe->nexports; i++)
		r->exported[r->plan->recipe->exports[i]] = true;
}

/* Begins to fetch a result, unless enough are on their way. */
static void
begin(struct runner *r, uint32_t step)
{
	struct err unsaid = {0};
	struct slot *s;

	if (r->fetching[step] || r->nfetching >= AT_ONCE)
		return;
	s = slot_new(r, step);
	s->fetch = true;
	if (slot_spawn(s, &unsaid)) {
		slot_free(r, s);
		order_again(r, step);
	} else {
		r->fetching[step] = true;
		r->nfetching++;
	}
	err_free(&unsaid);
}

bool
away_inputs(struct runner *r, uint32_t step)
{
	const struct step *s = r->plan->v[step].step;
	bool wait = false;

	for (size_t j = 0; j < s->ninputs; j++) {
		uint32_t i = s->inputs[j];

		if (is_away(r, i) && r->at[i] == DONE)
			begin(r, i);
		/* one that is built again is waited for as well */
		wait |= is_away(r, i) || (r->again[i] && r->at[i] != DONE);
	}
	if (wait) {
		r->at[step] = LOCKED;
		r->retry[step] = now_seconds() + LOOK_AGAIN;
	}
	return wait;
}

bool
away_exports(struct runner *r)
{
	bool wait = r->nfetching > 0;

	for (size_t k = 0; k < r->plan->n && !r->stopping; k++) {
		uint32_t i = r->plan->order[k];

		if (!r->exported[i] || !is_away(r, i) || r->at[i] != DONE)
			continue;
		begin(r, i);
		wait = true;
	}
	return wait;
}

void
away_differs(struct runner *r, uint32_t step, const struct hash *tree)
{
	if (!r->again[step] || !hash_cmp(&r->plan->v[step].result.tree, tree))
		return;
	for (size_t k = 0; k < r->plan->n; k++) {
		uint32_t i = r->plan->order[k];
		const struct step *s = r->plan->v[i].step;

		for (size_t j = 0; j < s->ninputs; j++)
			r->anew[i] |= s->inputs[j] == step;
	}
}

bool
away_lost(struct runner *r, uint32_t step)
{
	const struct step *s = r->plan->v[step].step;
	bool any = false;

	for (size_t j = 0; j < s->ninputs; j++) {
		uint32_t i = s->inputs[j];

		if (!is_away(r, i) || r->at[i] != DONE || r->fetching[i])
			continue;
		shared_give_up(r->opt.shared, &r->plan->v[i].key);
		r->plan->v[i].reason = "the shared cache does not give its result";
		run_event(r, EV_STEP_NOTE, i, r->plan->v[i].reason, 0, NULL);
		order_again(r, i);
		any = true;
	}
	r->anew[step] = any;
	return any;
}

int
away_decide(struct runner *r, uint32_t step, struct err *err)
{
	struct plan_step *ps = &r->plan->v[step];

	if (!r->anew[step])
		return 0;
	r->anew[step] = false;
	if (plan_decide(r->plan, step, r->env, err))
		return -1;
	if (ps->state != PLAN_CACHED && ps->state != PLAN_SKIPPED)
		return 0;
	r->at[step] = DONE;
	run_event(r, ps->state == PLAN_CACHED ? EV_STEP_CACHED : EV_STEP_SKIPPED, step, ps->reason, ps->result.seconds,
		  NULL);
	give_found(r, step);
	return 1;
}

/* -- the process ------------------------------------------------------------------------------------------ */
static void
tell(void *wire, const char *sentence)
{
	struct str b = {0};

	str_addf(&b, "warning: %s", sentence);
	wire_send(*(int *)wire, WIRE_NOTE, str_text(&b), b.len + 1);
	str_free(&b);
}

/* Which of the places it was, and which machine made it: the first that was asked may have lied. */
static void
say_place(struct shared *sh, const struct hash *key, int wire)
{
	const char *machine = shared_machine(sh, key);
	struct str b = {0};

	str_addf(&b, "fetched from %s", shared_from(sh, key));
	if (machine)
		str_addf(&b, ", built on %s", machine);
	wire_send(wire, WIRE_NOTE, str_text(&b), b.len + 1);
	str_free(&b);
}

_Noreturn void
away_child(struct slot *s, int wire)
{
	struct shared *sh = s->job.opt->shared;
	const struct plan_step *ps = s->job.ps;
	struct wire_result result = {.tree = ps->result.tree, .epoch = ps->result.epoch};
	struct err err = {0};
	struct result got;
	int r;

	shared_reopen(sh);
	shared_listen(sh, tell, &wire);
	r = shared_fetch(sh, s->job.store, &ps->key, &err);
	if (r > 0)
		r = store_lookup(s->job.store, &ps->key, &got, &err);
	if (r < 0)
		wire_send_err(wire, &err);
	/* a depot further on may have another tree than the one that the plan knows: that is no longer this result */
	if (r <= 0 || hash_cmp(&got.tree, &result.tree))
		_exit(1);
	say_place(sh, &ps->key, wire);
	wire_send(wire, WIRE_RESULT, &result, sizeof result);
	_exit(0);
}

/* -- its end ---------------------------------------------------------------------------------------------- */
static void
come(struct runner *r, struct slot *s)
{
	r->plan->v[s->step].result.away = false;
	r->ncommitted++;
}

static void
lost(struct runner *r, struct slot *s)
{
	struct plan_step *ps = &r->plan->v[s->step];
	cleanup_str struct str why = {0};

	/* what this machine could not do, a full disk say, is no mistake of a cache: nothing has told it yet */
	if (err_any(&s->err)) {
		str_add(&why, "warning: ");
		err_brief(&s->err, &why);
		run_event(r, EV_STEP_NOTE, s->step, str_text(&why), 0, NULL);
	}
	shared_give_up(r->opt.shared, &ps->key);
	ps->reason = err_any(&s->err) ? "its result cannot be taken from the shared cache"
				      : "the shared cache does not give its result";
	run_event(r, EV_STEP_NOTE, s->step, ps->reason, 0, NULL);
	order_again(r, s->step);
}

void
away_finish(struct runner *r, struct slot *s)
{
	while (s->pipe >= 0 && slot_read(r, s))
		;
	r->nfetching--;
	r->fetching[s->step] = false;
	if (s->has_result && !s->damaged && WIFEXITED(s->status) && !WEXITSTATUS(s->status))
		come(r, s);
	else if (!r->stopping)
		lost(r, s);
	for (size_t k = 0; k < r->plan->n; k++)
		if (r->at[r->plan->order[k]] == LOCKED)
			r->retry[r->plan->order[k]] = now_seconds();
	slot_free(r, s);
}
