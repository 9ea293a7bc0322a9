#include "cli/twice.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "cli/build.h"
#include "model/treediff.h"

/* What a step was in the first build. */
struct before {
	bool done;
	struct hash key, tree;
};

struct comparison {
	struct session *s;
	const struct before *first; /* by step */
	size_t compared, kept, followers;
	const struct plan_step *follower; /* the first */
	struct err *err;
};

static struct before *
remember(struct session *s)
{
	struct before *v = arena_array(&s->arena, struct before, s->recipe->nsteps + 1);

	for (size_t i = 0; i < s->recipe->nsteps; i++) {
		const struct plan_step *ps = &s->plan.v[i];

		if (ps->step && ps->state == PLAN_CACHED)
			v[i] = (struct before){true, ps->key, ps->result.tree};
	}
	return v;
}

/* What is another in the second build, beside the clock: how many processors there are, and jobs at once. */
struct conditions {
	cpu_set_t processors;
	int64_t jobs;
};

static void
change_processors(const cpu_set_t *before)
{
	cpu_set_t less = *before;

	for (size_t i = CPU_SETSIZE; CPU_COUNT(&less) > 1 && i--;)
		if (CPU_ISSET(i, &less)) {
			CPU_CLR(i, &less);
			break;
		}
	sched_setaffinity(0, sizeof less, &less);
}

/* Until the clock shows another second than the first build could see. */
static void
wait_a_second(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	nanosleep(&(struct timespec){now.tv_nsec ? 0 : 1, now.tv_nsec ? 1000000000 - now.tv_nsec : 0}, NULL);
}

static struct conditions
change_conditions(struct cli *cli)
{
	struct conditions before = {.jobs = cli->jobs};
	int64_t jobs = cli->jobs;

	if (sched_getaffinity(0, sizeof before.processors, &before.processors))
		CPU_ZERO(&before.processors);
	jobs = jobs ? jobs : sysconf(_SC_NPROCESSORS_ONLN);
	cli->jobs = jobs > 1 ? jobs - 1 : 2;
	if (CPU_COUNT(&before.processors))
		change_processors(&before.processors);
	wait_a_second();
	return before;
}

static void
restore_conditions(struct cli *cli, const struct conditions *before)
{
	cli->jobs = before->jobs;
	if (CPU_COUNT(&before->processors))
		sched_setaffinity(0, sizeof before->processors, &before->processors);
}

static int
build_again(struct session *s, int *interrupted, struct err *err)
{
	struct conditions before = change_conditions(s->cli);
	bool fresh = s->cli->fresh;
	int r;

	s->cli->fresh = s->env.fresh = true;
	r = session_replan(s, s->cli->argv + 1, (size_t)s->cli->argc - 1, err);
	if (!r)
		r = build_plan(s, &s->plan, interrupted, err);
	if (r < 0 && err_any(err))
		err_wrap(err, "the second build");
	s->cli->fresh = s->env.fresh = fresh;
	restore_conditions(s->cli, &before);
	return r;
}

/* Few files are shown, all are counted. */
enum { SHOWN = 4, CAUSES = 2 };

struct listing {
	struct err *err;
	size_t n;
	const struct cause *causes[CAUSES];
};

static void
take_cause(struct listing *l, const struct cause *c)
{
	for (size_t i = 0; c && i < CAUSES; i++)
		if (!l->causes[i] || l->causes[i] == c) {
			l->causes[i] = c;
			return;
		}
}

static int
list_file(void *ctx, const struct difference *d)
{
	struct listing *l = ctx;

	if (l->n++ < SHOWN)
		err_help(l->err, "`%s`: %s", d->path, d->where);
	take_cause(l, d->cause);
	return 0;
}

static int
tell(struct comparison *c, const struct plan_step *ps, const struct before *first)
{
	const struct tree *a = session_tree(c->s, &first->tree, c->err);
	const struct tree *b = a ? session_tree(c->s, &ps->result.tree, c->err) : NULL;
	struct listing l = {.err = c->err};

	if (!b)
		return -1;
	err_set(c->err, "E1201", "step `%s` is not reproducible: built twice, it gave two results", ps->step->name);
	err_at(c->err, ps->step->at);
	if (treediff(a, b, list_file, &l, c->err) < 0)
		return -1;
	err_label(c->err, "%zu %s", l.n, l.n == 1 ? "file differs" : "files differ");
	if (l.n > SHOWN)
		err_help(c->err, "and %zu more", l.n - SHOWN);
	for (size_t i = 0; i < CAUSES && l.causes[i]; i++)
		err_help(c->err, "%s: %s", l.causes[i]->name, l.causes[i]->fix);
	return -1;
}

/* The same key and another tree is the step's own doing; another key follows from a step before it. */
static void
compare(struct comparison *c)
{
	for (size_t k = 0; k < c->s->plan.n; k++) {
		uint32_t i = c->s->plan.order[k];
		const struct plan_step *ps = &c->s->plan.v[i];
		const struct before *first = &c->first[i];

		if (ps->state != PLAN_CACHED || !first->done)
			continue;
		if (ps->step->prim->flags & PRIM_NETWORK)
			c->kept++;
		else if (hash_cmp(&ps->key, &first->key))
			c->follower = c->followers++ ? c->follower : ps;
		else if (hash_cmp(&ps->result.tree, &first->tree))
			tell(c, ps, first);
		c->compared++;
	}
}

int
twice(struct session *s, int *interrupted, struct err *err)
{
	struct comparison c = {.s = s, .first = remember(s), .err = err};

	if (!s->cli->quiet)
		fprintf(stderr, "the second build, from nothing, with another number of jobs:\n");
	if (build_again(s, interrupted, err) < 0)
		return -1;
	compare(&c);
	if (c.followers && !err_any(err)) { /* nothing before it differs, so somebody changed what it takes in */
		err_set(err, "E0304", "what step `%s` takes in changed between the two builds", c.follower->step->name);
		err_at(err, c.follower->step->at);
		return err_help(err, "run again");
	}
	if (err_any(err)) {
		if (c.followers)
			err_help(err, "%zu later %s only because of that", c.followers,
				 c.followers == 1 ? "step differs" : "steps differ");
		return -1;
	}
	if (!s->cli->quiet)
		fprintf(stderr, "built twice: %zu steps, equal to the byte%s\n", c.compared - c.kept,
			c.kept ? " (downloads are kept, and were not repeated)" : "");
	return 0;
}
