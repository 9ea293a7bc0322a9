#include "model/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/key.h"
#include "model/wanted.h"

/* The date of a build whose sources carry none: the first that zip and FAT can express. */
#define EPOCH_NONE 315532800

static const char *const state_names[] = {"cached", "run", "after", "skipped"};

const char *
plan_state_name(enum plan_state s)
{
	return state_names[s];
}

size_t
plan_count(const struct plan *p, enum plan_state s)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->v[p->order[i]].state == s;
	return n;
}

bool
plan_dirty(const struct plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->v[p->order[i]].dirty)
			return true;
	return false;
}

void
plan_free(struct plan *p)
{
	arena_free(&p->arena);
	memset(p, 0, sizeof *p);
}

/* Whether a step has a result that others can use now. */
static bool
has_result(const struct plan_step *ps)
{
	return ps->state == PLAN_CACHED;
}

/* Inputs that will not be there */

struct missing {
	const struct plan *plan;
	const struct step *in; /* the skipped step that a single parameter needs */
};

static int
drop_skipped(void *ctx, const struct param *q, struct source *src)
{
	struct missing *m = ctx;
	const struct plan_step *in;

	if (src->kind != SRC_REF)
		return 0;
	in = &m->plan->v[src->ref.step];
	if (!in->step || in->state != PLAN_SKIPPED)
		return 0;
	if (q && q->flags & P_LIST)
		src->kind = SRC_NONE;
	else
		m->in = in->step;
	return 0;
}

/* Takes what was dropped out of the lists; gives whether nothing is left of one that is required. */
static bool
close_gaps(const struct param *params, void *bound)
{
	bool empty = false;

	for (const struct param *q = params; q->name; q++) {
		struct sources *list = (void *)((char *)bound + q->offset);
		size_t n = 0;

		if (!(q->flags & P_LIST) || (q->type != P_FILE && q->type != P_SOURCE && q->type != P_STEP))
			continue;
		for (size_t i = 0; i < list->n; i++)
			if (list->v[i].kind != SRC_NONE)
				list->v[n++] = list->v[i];
		list->n = n;
		empty |= !n && q->flags & P_REQUIRED;
	}
	return empty;
}

/* Lists do without what is skipped, for good: the next plan finds them so. Gives whether nothing is left of one that is
 * required, and in `m` what else is not there. */
static bool
drop_skipped_inputs(const struct step *step, void *bound, struct missing *m)
{
	bool empty;

	schema_sources(step->prim->params, bound, drop_skipped, m);
	empty = close_gaps(step->prim->params, bound);
	drop_skipped(m, NULL, (struct source *)&step->common.on);
	return empty;
}

static const struct step *
skipped_input(const struct plan *p, const struct step *step)
{
	for (size_t i = 0; i < step->ninputs; i++)
		if (p->v[step->inputs[i]].step && p->v[step->inputs[i]].state == PLAN_SKIPPED)
			return p->v[step->inputs[i]].step;
	return NULL;
}

/* What has nothing left to take in does nothing where it stands on a step, so that those that stand on it go on; else
 * it is skipped as well, as one whose single parameter is. */
static bool
skip_for_input(struct plan *p, struct plan_step *ps)
{
	struct missing m = {.plan = p};
	const struct step *lost =
		drop_skipped_inputs(ps->step, ps->step->bound, &m) ? skipped_input(p, ps->step) : NULL;

	ps->idle = lost && ps->step->common.on.kind == SRC_REF;
	if (lost && !ps->idle && !m.in)
		m.in = lost;
	if (!m.in)
		return false;
	ps->state = PLAN_SKIPPED;
	ps->reason = arena_printf(&p->arena, "needs `%s`, which is skipped", m.in->name);
	return true;
}

/* What the step lacks that a person has to bring, or NULL. */
static const char *
lacking(struct plan *p, const struct step *step)
{
	cleanup_str struct str why = {0};

	if (!step->prim->absent || !step->prim->absent(step->bound, &why))
		return NULL;
	return arena_strdup(&p->arena, str_text(&why));
}

/* Whether an optional input decides is never left to the store: absent is skipped, whatever was stored. */
static bool
is_skipped(struct plan *p, struct plan_step *ps)
{
	ps->lacks = lacking(p, ps->step);
	ps->reason = ps->step->skipped ? ps->step->skipped : ps->step->common.optional ? ps->lacks : NULL;
	if (!ps->reason)
		return skip_for_input(p, ps);
	ps->state = PLAN_SKIPPED;
	return true;
}

static int
fail_lacking(const struct plan_step *ps, struct err *err)
{
	err_set(err, "E0909", "%s", ps->lacks);
	return err_at(err, ps->step->at);
}

/* Texts known only after a step ran */

struct texts {
	const struct plan *plan;
	const struct plan_env *env;
};

static int
text_of(void *ctx, const struct step_ref *ref, struct str *out, struct err *err)
{
	const struct texts *t = ctx;

	return t->env->text(t->env->ctx, &t->plan->v[ref->step].result.tree, ref->path, out, err);
}

static int
bind_texts(struct plan *p, struct plan_step *ps, const struct plan_env *env, struct err *err)
{
	struct texts t = {p, env};
	struct missing m = {.plan = p};

	ps->bound = ps->step->bound;
	if (!value_has_text(&ps->step->params))
		return 0;
	if (step_fill(ps->step, text_of, &t, &p->arena, &ps->bound, err)) {
		step_place(ps->step, err);
		return -1;
	}
	/* bound anew, it has every input again */
	drop_skipped_inputs(ps->step, ps->bound, &m);
	return 0;
}

/* Decisions */

static bool
is_dirty(const struct plan *p, const struct plan_step *ps)
{
	for (size_t i = 0; i < ps->step->ninputs; i++)
		if (p->v[ps->step->inputs[i]].dirty)
			return true;
	return ps->step->edited;
}

static bool
waits_for_inputs(struct plan *p, struct plan_step *ps)
{
	struct str names = {0};
	unsigned n = 0;

	for (size_t i = 0; i < ps->step->ninputs; i++) {
		const struct plan_step *in = &p->v[ps->step->inputs[i]];

		if (has_result(in) || in->state == PLAN_SKIPPED)
			continue;
		if (n++ < 2)
			str_addf(&names, "%s`%s`", n > 1 ? ", " : "after ", in->step->name);
	}
	if (n > 2)
		str_addf(&names, " and %u more", n - 2);
	if (n) {
		ps->state = PLAN_AFTER;
		ps->reason = arena_strdup(&p->arena, str_text(&names));
	}
	str_free(&names);
	return n > 0;
}

static void
take_epoch(struct plan *p, struct plan_step *ps, const struct plan_env *env)
{
	ps->epoch = EPOCH_NONE;
	for (size_t i = 0; i < ps->step->ninputs; i++) {
		int64_t in = p->v[ps->step->inputs[i]].result.epoch;

		if (in > ps->epoch)
			ps->epoch = in;
	}
	if (env->epoch >= 0)
		ps->epoch = env->epoch;
}

static int
take_pin(struct plan *p, struct plan_step *ps, const struct plan_env *env, struct err *err)
{
	const struct prim *prim = ps->step->prim;
	cleanup_str struct str name = {0}, text = {0};
	struct pin_request rq = {.params = ps->bound, .offline = env->offline, .file = env->file, .ctx = env->ctx};

	if (!prim->pin_name || ps->pin)
		return 0;
	if (prim->pin_name(ps->bound, &name) || !name.len)
		return ps->lacks ? fail_lacking(ps, err) : 0;
	rq.locked = env->locked(env->ctx, str_text(&name));
	if (!rq.locked && env->locked_only) {
		err_set(err, "E1010", "`%s` is not in jkr.lock, and --locked was given", str_text(&name));
		err_help(err, "run `jkr run` or `jkr update` once without --locked, and keep jkr.lock");
		return err_at(err, ps->step->at);
	}
	if (!rq.locked && ps->lacks)
		return fail_lacking(ps, err);
	if (prim->pin(&rq, &text, err) < 0)
		return err_at_all(err, ps->step->at);
	ps->pin = arena_strdup(&p->arena, str_text(&text));
	ps->new_pin = !rq.locked;
	return 0;
}

static int
make_key(struct plan *p, struct plan_step *ps, const struct plan_env *env, struct err *err)
{
	cleanup_str struct str text = {0};

	if (bind_texts(p, ps, env, err) < 0 || take_pin(p, ps, env, err) < 0)
		return -1;
	take_epoch(p, ps, env);
	if (key_text(p, ps, env, &text, err) < 0)
		return err_at_all(err, ps->step->at);
	ps->key_text = arena_strndup(&p->arena, str_text(&text), text.len);
	ps->key = hash_of(ps->key_text, text.len);
	ps->has_key = true;
	return 0;
}

void
plan_done(struct plan_step *ps)
{
	ps->state = PLAN_CACHED;
	ps->reason = "";
	if (ps->result.epoch < ps->epoch)
		ps->result.epoch = ps->epoch;
}

int
plan_decide(struct plan *p, uint32_t i, const struct plan_env *env, struct err *err)
{
	struct plan_step *ps = &p->v[i];
	int found;

	ps->download = 0;
	ps->dirty = is_dirty(p, ps);
	if (is_skipped(p, ps) || waits_for_inputs(p, ps))
		return 0;
	if (make_key(p, ps, env, err) < 0)
		return -1;
	found = env->fresh && !(ps->step->prim->flags & PRIM_NETWORK)
			? 0
			: env->lookup(env->ctx, &ps->key, &ps->result, err);
	if (found < 0)
		return -1;
	if (found) {
		plan_done(ps);
		return 0;
	}
	if (ps->lacks)
		return fail_lacking(ps, err);
	ps->state = PLAN_RUN;
	ps->reason = env->reason(env->ctx, ps->step, ps->key_text, &p->arena);
	if (!ps->reason)
		ps->reason = "not built yet";
	if (ps->step->prim->download)
		ps->download = ps->step->prim->download(ps->bound, ps->pin);
	return 0;
}

/* Which steps */

static void
choose(struct plan *p, const struct recipe *r, const uint32_t *wanted, size_t n)
{
	cleanup_free bool *mark = xcalloc(r->nsteps, sizeof *mark);

	for (size_t i = 0; i < n; i++)
		mark[wanted[i]] = true;
	if (n)
		want_inputs(r, mark);
	else
		want_exports(r, r->exports, r->nexports, NULL, mark);
	for (size_t i = 0; i < r->nsteps; i++)
		if (mark[i]) {
			p->v[i].step = &r->steps[i];
			p->order[p->n++] = (uint32_t)i;
		}
}

/* True when a result was found damaged only after its users counted on it: then all is decided again. */
static bool
decide_all(struct plan *p, const struct plan_env *env, struct err *err)
{
	const unsigned lost = env->lost;

	for (size_t i = 0; i < p->n; i++) {
		struct plan_step *ps = &p->v[p->order[i]];

		/* go on after a mistake: several independent ones are told at once */
		if (plan_decide(p, p->order[i], env, err) < 0)
			ps->state = PLAN_AFTER, ps->reason = "its inputs could not be read";
		/* of a stored result the record knows it: no second file is read for each */
		ps->last_seconds =
			ps->state == PLAN_CACHED ? ps->result.seconds : env->history(env->ctx, ps->step->name);
	}
	return env->lost != lost;
}

int
plan_make(struct plan *p, const struct recipe *r, const uint32_t *wanted, size_t n, const struct plan_env *env,
	  struct err *err)
{
	memset(p, 0, sizeof *p);
	p->recipe = r;
	p->v = arena_array(&p->arena, struct plan_step, r->nsteps);
	p->order = arena_array(&p->arena, uint32_t, r->nsteps);
	choose(p, r, wanted, n);
	/* what is found damaged is a miss from then on: each turn finds at least one more */
	for (size_t i = 0; i <= p->n && decide_all(p, env, err); i++)
		err_free(err);
	return err_any(err) ? -1 : 0;
}
