/* One running step, seen from the runner: start, limits, end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "os/fs.h"
#include "os/proc.h"
#include "run/away.h"
#include "run/farm.h"
#include "run/folder.h"
#include "run/give.h"
#include "run/logs.h"
#include "run/run_impl.h"

#define LOCK_RETRY 0.2
#define SYNC_SECONDS 10.0
#define GRACE 3.5 /* from TERM to KILL; the job itself kills its sandbox after 3 */

static void
job_init(struct runner *r, struct slot *s)
{
	struct job *job = &s->job;

	job_hold_nothing(job);
	job->plan = r->plan;
	job->ps = &r->plan->v[s->step];
	job->store = r->store;
	job->env = r->env;
	job->opt = &r->opt;
	job->run_tmp = r->tmp;
	job->run_id = r->id;
	job->overlays = r->overlays; /* 0: it tries by itself, and says what is wrong */
	job->trees = arena_array(&job->arena, struct tree *, r->plan->recipe->nsteps);
	job->log_name = log_name(job->ps->step->name, &r->arena);
}

static _Noreturn void
child(struct slot *s, int wire, pid_t parent)
{
	sigset_t none;

	setpgid(0, 0);
	if (proc_bind(parent))
		_exit(1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (s->fetch)
		away_child(s, wire);
	if (s->far)
		farm_child(s, wire);
	limits_enter(&s->limits);
	s->job.wire = wire;
	job_child(&s->job);
}

int
slot_spawn(struct slot *s, struct err *err)
{
	pid_t parent = getpid();
	int p[2];

	if (pipe2(p, O_CLOEXEC))
		return err_sys(err, "E1142", "cannot start step `%s`", job_name(&s->job));
	s->pid = fork();
	if (!s->pid)
		child(s, p[1], parent);
	close(p[1]);
	s->pipe = p[0];
	if (s->pid < 0)
		return err_sys(err, "E1142", "cannot start step `%s`", job_name(&s->job));
	setpgid(s->pid, s->pid);
	fcntl(s->pipe, F_SETFL, O_NONBLOCK);
	s->pidfd = (int)syscall(SYS_pidfd_open, s->pid, 0);
	return 0;
}

struct slot *
slot_new(struct runner *r, uint32_t step)
{
	struct slot *s = xcalloc(1, sizeof *s);

	s->step = step;
	s->lock = s->pidfd = s->pipe = s->job.tmpfd = -1;
	s->begun = now_seconds();
	job_init(r, s);
	s->job.tmpfd = -1;
	s->next = r->slots;
	r->slots = s;
	return s;
}

void
slot_free(struct runner *r, struct slot *s)
{
	for (struct slot **p = &r->slots; *p; p = &(*p)->next)
		if (*p == s) {
			*p = s->next;
			break;
		}
	cleanup_fdp(&s->pidfd);
	cleanup_fdp(&s->pipe);
	cleanup_fdp(&s->lock);
	cleanup_fdp(&s->job.tmpfd);
	if (*s->job.tmp)
		store_discard(r->store, s->job.tmp);
	notes_free(&s->notes);
	limits_end(&s->limits);
	str_free(&s->in);
	err_free(&s->err);
	arena_free(&s->job.arena);
	free(s);
}

static void
step_failed(struct runner *r, uint32_t step, double seconds, struct err *err)
{
	r->at[step] = FAILED;
	if (!r->opt.keep_going)
		r->stopping = true;
	run_event(r, EV_STEP_FAILED, step, NULL, seconds, err);
	err_move(r->err, err);
}

/* Another run may have made it while we waited for the lock. 1 it is there now. */
static int
made_meanwhile(struct runner *r, uint32_t step, struct err *err)
{
	struct plan_step *ps = &r->plan->v[step];
	int found = r->env->fresh ? 0 : r->env->lookup(r->env->ctx, &ps->key, &ps->result, err);

	if (found <= 0)
		return found;
	plan_done(ps);
	r->at[step] = DONE;
	run_event(r, EV_STEP_CACHED, step, NULL, ps->result.seconds, NULL);
	give_found(r, step);
	return 1;
}

static int
lock_key(struct runner *r, uint32_t step, int *fd, struct err *err)
{
	struct plan_step *ps = &r->plan->v[step];
	int busy = store_lock_key(r->store, &ps->key, false, fd, err);

	if (busy <= 0)
		return busy;
	if (r->opt.no_wait) {
		err_set(err, "E0310", "another run works on step `%s`, and --no-wait was given", ps->step->name);
		err_help(err, "wait until it is done, or leave `--no-wait` out");
		return err_at(err, ps->step->at);
	}
	if (!r->retry[step])
		run_event(r, EV_STEP_NOTE, step, "another run works on it: waiting for its result", 0, NULL);
	r->retry[step] = now_seconds() + LOCK_RETRY;
	r->at[step] = LOCKED;
	return 1;
}

static int
begin(struct runner *r, struct slot *s, struct err *err)
{
	const struct plan_step *ps = &r->plan->v[s->step];
	const struct step_common *c = &ps->step->common;

	job_init(r, s);
	s->begun = now_seconds();
	if (s->far) {
		run_event(r, EV_STEP_BEGIN, s->step, r->plan->v[s->step].reason, 0, NULL);
		return slot_spawn(s, err);
	}
	s->job.tmpfd = store_tmp(r->store, s->job.tmp, err);
	if (s->job.tmpfd < 0)
		return -1;
	for (size_t i = 0; i < ps->step->ninputs; i++)
		store_keep(r->store, &r->plan->v[ps->step->inputs[i]].result.tree);
	folder_keep(r->store, &c->on);
	s->deadline = c->timeout > 0 ? s->begun + (double)c->timeout : 0;
	limits_begin(&s->limits, &r->groups, ps->step, r->nice, r->id, s->step, store_fd(r->store));
	run_event(r, EV_STEP_BEGIN, s->step, r->plan->v[s->step].reason, 0, NULL);
	return slot_spawn(s, err);
}

/* Whether a make of it has tokens of the jobserver. */
static bool
holds_jobs(const struct slot *s)
{
	return !s->far && s->job.ps->step->prim->flags & PRIM_CONTAINER;
}

int
slot_start(struct runner *r, uint32_t step, bool far)
{
	struct err err = {0};
	struct slot *s;
	int lock = -1, busy;

	if (away_inputs(r, step))
		return 1;
	busy = away_decide(r, step, &err);
	if (!busy)
		busy = lock_key(r, step, &lock, &err);
	else if (busy > 0)
		return 0;
	if (busy > 0)
		return 1;
	if (!busy && (busy = made_meanwhile(r, step, &err)) > 0) {
		cleanup_fdp(&lock);
		return 0;
	}
	if (busy < 0) {
		cleanup_fdp(&lock);
		step_failed(r, step, 0, &err);
		return -1;
	}
	s = xcalloc(1, sizeof *s);
	s->step = step;
	s->lock = lock;
	s->far = far;
	s->pidfd = s->pipe = s->job.tmpfd = -1;
	if (begin(r, s, &err)) {
		step_failed(r, step, 0, &err);
		slot_free(r, s);
		return -1;
	}
	s->next = r->slots;
	r->slots = s;
	r->at[step] = RUNNING;
	r->nrunning++;
	r->nbegun++;
	r->nfar += far;
	r->ncontainers += holds_jobs(s);
	return 0;
}

/* The sentence for a step that did not end by itself. */
static void
explain_end(struct slot *s)
{
	const struct step *step = s->job.ps->step;

	if (s->ending != END_SELF)
		err_free(&s->err);
	if (s->ending == END_TIMEOUT) {
		err_set(&s->err, "E0307", "step `%s` was stopped after %lld s, its `timeout`", step->name,
			(long long)step->common.timeout);
		err_help(&s->err, "give the step a longer `timeout`, or look in the log for what it waits for");
	} else if (s->ending != END_SELF) {
		limits_say(&s->limits, s->ending, &s->err);
	} else if (WIFSIGNALED(s->status)) {
		err_set(&s->err, "E0306", "step `%s` failed: killed by SIG%s", step->name,
			sigabbrev_np(WTERMSIG(s->status)));
	} else if (!err_any(&s->err)) {
		err_set(&s->err, "E0306", "step `%s` ended without a result", step->name);
	}
	err_of_step(&s->err, step->name, step->at);
}

/* Syncing after each step would cost more than many of them. Whether it fails is told by that at the end. */
static void
keep_durable(struct runner *r, double seconds)
{
	struct err unsaid = {0};

	r->unsynced += seconds;
	if (r->unsynced < SYNC_SECONDS)
		return;
	r->unsynced = 0;
	store_sync(r->store, &unsaid);
	err_free(&unsaid);
}

static int
commit(struct runner *r, struct slot *s)
{
	struct plan_step *ps = &r->plan->v[s->step];
	struct utsname u;
	struct record rec = {.result = s->result,
			     .primitive = ps->step->prim->name,
			     .step = ps->step->name,
			     .log = s->job.log_name,
			     .run = r->opt.again,
			     .machine = uname(&u) ? NULL : u.nodename,
			     .notes = s->notes.v,
			     .nnotes = s->notes.n,
			     .when = time(NULL)};

	if (store_commit(r->store, &ps->key, ps->key_text, &rec, &s->err))
		return -1;
	away_differs(r, s->step, &s->result.tree);
	ps->result = s->result;
	plan_done(ps);
	r->at[s->step] = DONE;
	r->ncommitted++;
	keep_durable(r, s->result.seconds);
	store_set_last(r->store, r->plan->recipe->name, ps->step->name, &ps->key, s->result.seconds);
	run_event(r, EV_STEP_END, s->step, NULL, s->result.seconds, NULL);
	give_step(r, s->step);
	return 0;
}

/* Where to look next. A step of one program that failed is best looked at from inside. */
static void
point_at(struct runner *r, struct slot *s)
{
	const struct step *step = s->job.ps->step;

	err_help(&s->err, "the whole log: %s", job_log_path(&s->job));
	if (r->opt.again && step->prim->flags & PRIM_CONTAINER && !(step->prim->flags & PRIM_CHECK))
		err_help(&s->err, "a shell in the same sandbox: jkr shell %s %s", r->opt.again, step->name);
}

/* What it held of the run; of a step that another machine ran whether that was its end. */
static bool
give_back(struct runner *r, struct slot *s)
{
	r->nrunning--;
	if (s->far) {
		r->nfar--;
		return farm_finish(r, s);
	}
	jobserver_give(&r->js);
	r->ncontainers -= holds_jobs(s);
	if (!r->ncontainers)
		jobserver_refill(&r->js);
	return false;
}

void
slot_finish(struct runner *r, struct slot *s)
{
	bool log;

	if (s->fetch) {
		away_finish(r, s);
		return;
	}
	while (s->pipe >= 0 && slot_read(r, s))
		;
	if (s->ending == END_SELF && !s->far)
		s->ending = limits_after(&s->limits, store_fd(r->store), !s->has_result);
	log = log_there(r->store, s->job.log_name);
	s->result.seconds = now_seconds() - s->begun;
	if (give_back(r, s)) {
		slot_free(r, s);
		return;
	}
	if (s->ending == END_SELF && s->has_result && !s->damaged && WIFEXITED(s->status) && !WEXITSTATUS(s->status) &&
	    !s->far && !commit(r, s)) {
		slot_free(r, s);
		return;
	}
	if (s->ending == END_SIGNAL) {
		r->at[s->step] = STOPPED;
		run_event(r, EV_STEP_STOPPED, s->step, "stopped", s->result.seconds, NULL);
	} else {
		explain_end(s);
		if (log)
			point_at(r, s);
		step_failed(r, s->step, s->result.seconds, &s->err);
	}
	slot_free(r, s);
}

void
slot_end(struct slot *s, enum ending why, double now)
{
	if (s->ending == END_SELF) {
		s->ending = why;
		s->kill_at = now + GRACE;
		limits_signal(s->pid, why == END_SIGNAL || why == END_TIMEOUT ? SIGTERM : SIGNAL_AT_ONCE);
	}
}

void
slot_watch(struct runner *r, struct slot *s, double now)
{
	enum ending over;

	if (s->fetch || s->far) {
		if (s->kill_at > 0 && now >= s->kill_at)
			kill(-s->pid, SIGKILL);
		return;
	}
	if (s->deadline > 0 && now >= s->deadline)
		slot_end(s, END_TIMEOUT, now);
	over = s->ending == END_SELF ? limits_over(&s->limits, s->pid, store_fd(r->store), now) : END_SELF;
	if (over != END_SELF)
		slot_end(s, over, now);
	if (s->kill_at > 0 && now >= s->kill_at)
		kill(-s->pid, SIGKILL);
}
