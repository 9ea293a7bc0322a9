#include "run/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "os/thread.h"
#include "run/away.h"
#include "run/container.h"
#include "run/farm.h"
#include "run/give.h"
#include "run/run_impl.h"
#include "run/sandbox.h"
#include "run/warm.h"
#include "store/shared.h"

#define TIDY_SECONDS 1.0
#define TIDY_IDLE_SECONDS 0.02 /* where nothing was to do, nobody waits for other runs' leftovers */

#define TICK_MS 100

double
now_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* For who reads the plan afterwards. */
static void
note_mistake(struct plan *p, uint32_t step, bool failed, const char *text, const struct err *err)
{
	cleanup_str struct str brief = {0};

	if (err)
		err_brief(err, &brief);
	p->v[step].failed = failed;
	p->v[step].mistake = arena_strdup(&p->arena, brief.len ? brief.s : text ? text : "");
}

void
run_event(struct runner *r, enum event_kind kind, uint32_t step, const char *text, double seconds,
	  const struct err *err)
{
	struct event e = {.kind = kind, .plan = r->plan, .text = text, .seconds = seconds, .err = err};

	if (kind != EV_RUN_BEGIN && kind != EV_RUN_NOTE && kind != EV_RUN_END)
		e.step = &r->plan->v[step];
	if (kind == EV_STEP_FAILED || kind == EV_STEP_STOPPED)
		note_mistake(r->plan, step, kind == EV_STEP_FAILED, text, err);
	r->opt.reporter->event(r->opt.reporter, &e);
}

/* Begins what can begin: a token each. True when it waits for a token. */
static bool
start_steps(struct runner *r)
{
	int64_t i;

	while ((i = order_next(r, now_seconds())) >= 0) {
		const unsigned before = r->nrunning;
		const bool far = farm_takes(r, (uint32_t)i);

		if (far ? farm_full(r) : !jobserver_take(&r->js))
			return !far;
		slot_start(r, (uint32_t)i, far);
		if (!far && r->nrunning == before) /* nothing runs for it: its token goes back */
			jobserver_give(&r->js);
	}
	return false;
}

void
run_signals(struct runner *r)
{
	struct signalfd_siginfo si;
	double now = now_seconds();

	while (read(r->sigfd, &si, sizeof si) == sizeof si) {
		if (si.ssi_signo == SIGCHLD)
			continue;
		for (struct slot *s = r->slots; s; s = s->next)
			if (r->signal)
				kill(-s->pid, SIGKILL);
			else
				slot_end(s, END_SIGNAL, now);
		r->signal = (int)si.ssi_signo;
		r->stopping = true;
	}
}

/* Takes the dead in, our steps and the orphans that fell to us as their reaper. */
void
run_reap(struct runner *r)
{
	siginfo_t si = {0};

	while (!waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) && si.si_pid) {
		int status = 0;

		if (waitpid(si.si_pid, &status, 0) == si.si_pid && !give_reap(r, si.si_pid))
			for (struct slot *s = r->slots; s; s = s->next)
				if (s->pid == si.si_pid) {
					s->exited = true;
					s->status = status;
				}
		si.si_pid = 0;
	}
}

static void
wait_events(struct runner *r, bool want_token)
{
	struct pollfd *p = xcalloc(2 + 2 * (size_t)(r->nrunning + r->nfetching), sizeof *p);
	size_t n = 0;

	p[n++] = (struct pollfd){.fd = r->sigfd, .events = POLLIN};
	if (want_token)
		p[n++] = (struct pollfd){.fd = r->js.fd, .events = POLLIN};
	for (struct slot *s = r->slots; s; s = s->next) {
		p[n++] = (struct pollfd){.fd = s->pipe, .events = POLLIN};
		p[n++] = (struct pollfd){.fd = s->pidfd, .events = POLLIN};
	}
	poll(p, n, TICK_MS);
	free(p);
}

static void
handle_slots(struct runner *r)
{
	struct slot *s, *next;
	double now = now_seconds();

	for (s = r->slots; s; s = s->next) {
		if (s->pipe >= 0)
			slot_read(r, s);
		slot_watch(r, s, now);
	}
	run_reap(r);
	for (s = r->slots; s; s = next) {
		next = s->next;
		if (s->exited)
			slot_finish(r, s);
	}
}

static void
loop(struct runner *r)
{
	for (;;) {
		bool want = start_steps(r), away = away_exports(r);

		if (!r->nrunning && !r->nfetching && (r->stopping || (!want && !away && !order_any_locked(r))))
			return;
		if (want && !r->ncontainers)
			jobserver_refill(&r->js);
		wait_events(r, want);
		run_signals(r);
		handle_slots(r);
		give_turn(r);
		if (r->opt.reporter->tick)
			r->opt.reporter->tick(r->opt.reporter, now_seconds());
	}
}

/* Whether any step may come to be run. */
static bool
anything_to_do(const struct plan *p)
{
	for (size_t k = 0; k < p->n; k++)
		if (p->v[p->order[k]].state != PLAN_CACHED && p->v[p->order[k]].state != PLAN_SKIPPED)
			return true;
	return false;
}

static bool
any_container(const struct plan *p)
{
	for (size_t k = 0; k < p->n; k++)
		if (p->v[p->order[k]].step->prim->flags & PRIM_CONTAINER &&
		    (p->v[p->order[k]].state != PLAN_CACHED || p->v[p->order[k]].result.away))
			return true;
	return false;
}

static void
prepare_sandboxes(struct runner *r)
{
	struct err unsaid = {0};

	sandbox_sweep(&r->opt, NULL);
	limits_home(&r->groups);
	r->nice = limits_first(&r->groups);
	r->overlays = !sandbox_try_overlays(r->tmpfd, &unsaid);
	err_free(&unsaid);
}

/* What steps need around them: a folder, tokens, sandboxes. */
static int
prepare_steps(struct runner *r)
{
	r->tmpfd = store_tmp(r->store, r->tmp, r->err);
	if (r->tmpfd < 0 || jobserver_open(&r->js, r->tmpfd, r->opt.jobs, r->err))
		return -1;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return 0;
}

static int
begin(struct runner *r)
{
	const size_t n = r->plan->recipe->nsteps;
	bool work = anything_to_do(r->plan) || away_any(r->plan);

	if (r->opt.jobs <= 0)
		r->opt.jobs = (int)sysconf(_SC_NPROCESSORS_ONLN);
	r->at = arena_array(&r->arena, enum progress, n);
	r->weight = arena_array(&r->arena, double, n);
	r->retry = arena_array(&r->arena, double, n);
	r->here = arena_array(&r->arena, bool, n);
	away_begin(r);
	container_run_id(r->id);
	r->lock = store_lock(r->store, false, !r->opt.no_wait, r->err);
	if (r->lock < 0 || (work && prepare_steps(r)))
		return -1;
	run_event(r, EV_RUN_BEGIN, 0, NULL, 0, NULL);
	if (work && any_container(r->plan))
		prepare_sandboxes(r);
	order_begin(r);
	give_begin(r);
	return 0;
}

static void *
empty_trash(void *store)
{
	store_empty_trash(store, TIDY_SECONDS);
	return NULL;
}

/* What the steps left goes while the disk is waited for, and need not reach it. */
static void
make_durable(struct runner *r)
{
	struct warm_merged *merged = warm_merged(store_fd(r->store));
	pthread_t thread;
	bool beside = thread_start(&thread, empty_trash, r->store);
	bool synced = !store_sync(r->store, r->err);

	if (beside)
		pthread_join(thread, NULL);
	warm_settle(store_fd(r->store), merged, synced);
}

/* The shared cache speaks while it is asked what steps have. */
static void
say_shared(void *ctx, const char *sentence)
{
	struct str b = {0};

	str_addf(&b, "warning: %s", sentence);
	run_event(ctx, EV_RUN_NOTE, 0, b.s, 0, NULL);
	str_free(&b);
}

static int
finish(struct runner *r)
{
	for (size_t k = 0; k < r->plan->n; k++) {
		uint32_t i = r->plan->order[k];

		if (r->at[i] == WAITING || r->at[i] == LOCKED)
			run_event(r, EV_STEP_STOPPED, i, "the run stops", 0, NULL);
	}
	/* a step that was stopped may have left a container that its daemon still ends */
	if (r->signal || err_any(r->err))
		sandbox_sweep(&r->opt, r->id);
	if (r->ncommitted)
		make_durable(r);
	give_end(r);
	return 0;
}

/* Leftovers of killed runs go, deleting last of all; what takes longer is left to the next run, or gc. */
static void
tidy(struct runner *r)
{
	struct err unsaid = {0};

	store_tidy(r->store, r->nbegun ? TIDY_SECONDS : TIDY_IDLE_SECONDS, &unsaid);
	err_free(&unsaid);
}

static void
release(struct runner *r, const sigset_t *old)
{
	jobserver_close(&r->js);
	cgroup_home_free(&r->groups);
	cleanup_fdp(&r->tmpfd);
	cleanup_fdp(&r->sigfd);
	cleanup_fdp(&r->lock);
	if (*r->tmp)
		store_discard(r->store, r->tmp);
	tidy(r);
	arena_free(&r->arena);
	sigprocmask(SIG_SETMASK, old, NULL);
}

int
run_plan(struct plan *plan, struct store *store, struct plan_env *env, const struct run_options *opt, int *interrupted,
	 struct err *err)
{
	struct runner r = {.plan = plan,
			   .store = store,
			   .env = env,
			   .opt = *opt,
			   .err = err,
			   .js = {.fd = -1},
			   .tmpfd = -1,
			   .lock = -1,
			   .nice = getpriority(PRIO_PROCESS, 0)};
	double began = now_seconds();
	/* all that end a program in the ordinary course of things; with PIPE, whoever read what we say is gone */
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGALRM, SIGCHLD};
	sigset_t set, old;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		sigaddset(&set, ends[i]);
	sigprocmask(SIG_BLOCK, &set, &old);
	r.sigfd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (opt->shared)
		shared_listen(opt->shared, say_shared, &r);
	if (!begin(&r)) {
		loop(&r);
		finish(&r);
		run_event(&r, EV_RUN_END, 0, NULL, now_seconds() - began, err);
	}
	*interrupted = r.signal;
	if (opt->shared)
		shared_listen(opt->shared, NULL, NULL);
	release(&r, &old);
	return err_any(err) || r.signal ? -1 : 0;
}
