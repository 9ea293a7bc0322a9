#include "run/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "os/proc.h"
#include "run/container.h"
#include "run/job_impl.h"
#include "run/jobserver.h"
#include "run/sandbox.h"
#include "run/wire.h"

struct work {
	const struct aside *a;
	struct job job;
	struct jobserver js;
	char tmp[64], id[64];
	int tmpfd, lock, sigfd, pipe;
	pid_t pid;
	struct str in;
	struct err err; /* of the child */
	int shell;      /* status of the shell, -1: there was none */
};

static void
job_init(struct work *w)
{
	const struct aside *a = w->a;
	struct job *job = &w->job;

	job_hold_nothing(job);
	job->plan = a->plan;
	job->ps = &a->plan->v[a->step];
	job->store = a->store;
	job->env = a->env;
	job->opt = a->opt;
	job->run_tmp = w->tmp;
	job->run_id = w->id;
	job->trees = arena_array(&job->arena, struct tree *, a->plan->recipe->nsteps);
	job->log = open("/dev/null", O_RDWR | O_CLOEXEC);
	job->log_name = "none";
	job->aside = true;
	job->shell = a->shell;
	job->script = a->script;
	job->take = a->take;
	job->questions = a->questions;
}

static int
begin(struct work *w, struct err *err)
{
	int jobs = w->a->opt->jobs > 0 ? w->a->opt->jobs : (int)sysconf(_SC_NPROCESSORS_ONLN);

	container_run_id(w->id);
	w->lock = store_lock(w->a->store, false, !w->a->opt->no_wait, err);
	if (w->lock < 0)
		return -1;
	w->tmpfd = store_tmp(w->a->store, w->tmp, err);
	if (w->tmpfd < 0 || jobserver_open(&w->js, w->tmpfd, jobs, err))
		return -1;
	job_init(w);
	w->job.tmpfd = store_tmp(w->a->store, w->job.tmp, err);
	return w->job.tmpfd < 0 ? -1 : 0;
}

/* Stays in our process group, so that a shell without a terminal of its own gets what is typed. */
static _Noreturn void
child(struct work *w, int wire, pid_t parent)
{
	sigset_t none;

	if (proc_bind(parent))
		_exit(1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	w->job.wire = wire;
	job_child(&w->job);
}

static int
spawn(struct work *w, struct err *err)
{
	pid_t parent = getpid();
	int p[2];

	if (pipe2(p, O_CLOEXEC))
		return err_sys(err, "E1142", "cannot start step `%s`", job_name(&w->job));
	fflush(NULL);
	w->pid = fork();
	if (!w->pid)
		child(w, p[1], parent);
	close(p[1]);
	w->pipe = p[0];
	return w->pid < 0 ? err_sys(err, "E1142", "cannot start step `%s`", job_name(&w->job)) : 0;
}

static void
frame(struct work *w, enum wire_kind kind, const char *p, size_t n)
{
	cleanup_str struct str safe = {0};
	struct wire_said said;

	if (wire_read(kind, p, n, &said) || (kind == WIRE_ERR && wire_parse_err(p, n, &w->err)))
		err_set(&w->err, "E0306", "the report of step `%s` is damaged", job_name(&w->job));
	else if (kind == WIRE_NOTE && w->a->shell) {
		str_add_safe(&safe, said.text, strlen(said.text));
		fprintf(stderr, "jkr: %s\n", str_text(&safe));
	} else if (kind == WIRE_SHELL)
		w->shell = said.status;
	else if (kind == WIRE_RECORD && w->a->record)
		w->a->record(w->a->ctx, said.text, said.value);
}

/* Takes in what the child says until it is gone; asks it to end when we are asked. */
static void
listen_to(struct work *w)
{
	struct signalfd_siginfo si;
	char buf[65536];
	ssize_t got = 1;
	size_t at, size, n;
	enum wire_kind kind;
	const char *p;

	while (got) {
		struct pollfd fds[] = {{.fd = w->pipe, .events = POLLIN}, {.fd = w->sigfd, .events = POLLIN}};

		poll(fds, 2, -1);
		if (fds[1].revents && read(w->sigfd, &si, sizeof si) == sizeof si && si.ssi_signo != SIGINT)
			kill(w->pid, SIGTERM);
		if (!fds[0].revents)
			continue;
		got = read(w->pipe, buf, sizeof buf);
		if (got > 0)
			str_addn(&w->in, buf, (size_t)got);
		for (at = 0; w->in.len > at && (size = wire_next(&w->in, at, &kind, &p, &n)) > 0; at += size)
			frame(w, kind, p, n);
		if (at) {
			memmove(w->in.s, w->in.s + at, w->in.len - at + 1);
			w->in.len -= at;
		}
	}
}

static int
verdict(struct work *w, int status, int *out, struct err *err)
{
	if (w->shell >= 0 || WIFSIGNALED(status)) {
		*out = w->shell >= 0 ? w->shell : 128 + WTERMSIG(status);
		return 0;
	}
	*out = 0;
	if (err_any(&w->err)) {
		err_move(err, &w->err);
		return -1;
	}
	if (!w->a->shell)
		return 0;
	err_set(err, "E0322", "step `%s` starts no program, so there is no sandbox to enter", job_name(&w->job));
	return err_at(err, job_place(&w->job));
}

static void
end(struct work *w)
{
	cleanup_fdp(&w->pipe);
	cleanup_fdp(&w->job.tmpfd);
	cleanup_fdp(&w->job.log);
	if (*w->job.tmp)
		store_discard(w->a->store, w->job.tmp);
	if (*w->id)
		sandbox_sweep(w->a->opt, w->id);
	jobserver_close(&w->js);
	cleanup_fdp(&w->tmpfd);
	if (*w->tmp)
		store_discard(w->a->store, w->tmp);
	cleanup_fdp(&w->lock);
	str_free(&w->in);
	err_free(&w->err);
	arena_free(&w->job.arena);
}

int
aside_run(const struct aside *a, int *status, struct err *err)
{
	struct work w = {.a = a,
			 .js = {.fd = -1},
			 .tmpfd = -1,
			 .lock = -1,
			 .pipe = -1,
			 .shell = -1,
			 .job = {.tmpfd = -1, .log = -1}};
	sigset_t set, old;
	int st = 0, r;

	sigemptyset(&set);
	sigaddset(&set, SIGINT); /* the child gets it as well, and ends */
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, &old);
	w.sigfd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	r = begin(&w, err) || spawn(&w, err) ? -1 : 0;
	if (!r) {
		listen_to(&w);
		while (waitpid(w.pid, &st, 0) < 0 && errno == EINTR)
			;
		r = verdict(&w, st, status, err);
	}
	end(&w);
	cleanup_fdp(&w.sigfd);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return r;
}
