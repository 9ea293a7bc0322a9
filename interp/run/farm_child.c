/* The process of a step that another machine runs: sends it, starts the command, hears what the worker says, takes its
 * result. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "data/action_result.h"
#include "model/parcel.h"
#include "os/proc.h"
#include "run/farm.h"
#include "run/farm_own.h"
#include "run/run_impl.h"
#include "run/wire.h"
#include "store/depot.h"
#include "store/shared.h"

#define LINE_MAX_BYTES (1u << 20)

/* What came of a try. */
enum outcome { OUT_DONE, OUT_FAILED, OUT_LOST, OUT_NO_CACHE, OUT_STOPPED };

struct trip {
	struct job *job;
	struct shared *sh;
	const struct executor *on;
	int wire;
	uint64_t attempt;
	char node[256];  /* that the worker named, "" none */
	char avoid[256]; /* where the try before was lost */
	bool again;      /* what was sent once is not there any more: all is sent */
	struct err *err;
};

static volatile sig_atomic_t stopped;
static volatile pid_t command;

/* srun cancels its job, ssh hangs up. */
static void
on_term(int sig)
{
	stopped = sig;
	if (command > 0)
		kill(command, SIGTERM);
}

static void
note(struct trip *t, const char *fmt, ...)
{
	struct str b = {0};
	va_list ap;

	va_start(ap, fmt);
	str_addv(&b, fmt, ap);
	va_end(ap);
	wire_send(t->wire, WIRE_NOTE, str_text(&b), b.len + 1);
	str_free(&b);
}

static void
tell(void *trip, const char *sentence)
{
	note(trip, "warning: %s", sentence);
}

/* -- sending ------------------------------------------------------------------------------------------ */
static int
send_inputs(struct trip *t)
{
	const struct plan_step *ps = t->job->ps;

	for (size_t i = 0; i < ps->step->ninputs; i++) {
		const struct plan_step *in = &t->job->plan->v[ps->step->inputs[i]];
		struct hash other;

		if (in->state != PLAN_CACHED || in->result.away ||
		    (!t->again && shared_was_given(t->sh, t->job->store, &in->key)))
			continue;
		if (shared_send(t->sh, t->job->store, &in->key, &other, t->err) < 0)
			return -1;
		shared_note_given(t->sh, t->job->store, &in->key);
	}
	return 0;
}

static int
send_file(void *trip, const struct param *p, struct source *src)
{
	struct trip *t = trip;
	cleanup_fd int fd = -1;
	struct hash digest;
	uint64_t size;

	(void)p;
	if (src->kind != SRC_FILE)
		return 0;
	fd = job_open(t->job, src, t->err);
	return fd < 0 || depot_put(shared_depot(t->sh), fd, &digest, &size, t->err) < 0 ? -1 : 0;
}

/* The digest and size of the parcel, as the worker is given them. */
static int
send_parcel(struct trip *t, char name[HASH_HEX + 24])
{
	const struct plan_step *ps = t->job->ps;
	const int64_t cpus = ps->step->common.cpus > 0 ? ps->step->common.cpus : t->on->cpus;
	const struct parcel_wish wish = {
		.again = t->job->opt->again,
		.cpus = (uint32_t)cpus,
		.attempt = t->attempt,
		.host = t->job->opt->backend == BACKEND_NONE,
		.verbose = (uint32_t)t->job->opt->verbose,
	};
	cleanup_str struct str bytes = {0};
	char hex[HASH_HEX];
	struct hash digest;

	if (schema_sources(ps->step->prim->params, ps->bound, send_file, t) ||
	    parcel_write(t->job->plan, (uint32_t)(ps - t->job->plan->v), t->job->env, &wish, &bytes, t->err) ||
	    depot_put_text(shared_depot(t->sh), bytes.s, bytes.len, &digest, t->err) < 0)
		return -1;
	snprintf(name, HASH_HEX + 24, "%s/%zu", hash_hex(&digest, hex), bytes.len);
	return 0;
}

/* -- what it says ------------------------------------------------------------------------------------- */
static const char *
behind(const char *line, const char *mark)
{
	return str_starts(line, mark) ? line + strlen(mark) : NULL;
}

static void
hear(struct trip *t, char *line)
{
	const char *text;
	uint64_t v[2];

	if ((text = behind(line, FARM_NODE))) {
		snprintf(t->node, sizeof t->node, "%s", text);
		note(t, "on %s", t->node);
	} else if ((text = behind(line, FARM_NOTE))) {
		wire_send(t->wire, WIRE_NOTE, text, strlen(text) + 1);
	} else if ((text = behind(line, FARM_OUTPUT))) {
		wire_send(t->wire, WIRE_OUTPUT, text, strlen(text) + 1);
	} else if ((text = behind(line, FARM_PROGRESS))) {
		if (sscanf(text, "%" SCNu64 " %" SCNu64, &v[0], &v[1]) == 2)
			wire_send(t->wire, WIRE_PROGRESS, v, sizeof v);
	} else {
		job_logf(t->job, "%s", line);
	}
}

static void
hear_lines(struct trip *t, struct str *in)
{
	char *p = in->s, *end;

	while ((end = memchr(p, '\n', (size_t)(in->s + in->len - p)))) {
		*end = '\0';
		hear(t, p);
		p = end + 1;
	}
	in->len = (size_t)(in->s + in->len - p);
	memmove(in->s, p, in->len + 1);
	if (in->len > LINE_MAX_BYTES)
		str_reset(in);
}

static int
listen_to(struct trip *t, int fd)
{
	cleanup_str struct str in = {0};
	char buf[65536];
	ssize_t n;

	while ((n = read(fd, buf, sizeof buf)) > 0 || (n < 0 && errno == EINTR)) {
		if (n < 0)
			continue;
		str_addn(&in, buf, (size_t)n);
		hear_lines(t, &in);
	}
	return 0;
}

static int
run_command(struct trip *t, const char *name)
{
	struct proc_spec spec = {
		.argv = farm_command(t->on, t->job, t->avoid, name), .dir = -1, .in = -1, .errfd = job_log(t->job)};
	struct proc proc;
	int p[2];

	if (pipe2(p, O_CLOEXEC))
		return err_sys(t->err, "E0331", "cannot start `%s`", spec.argv[0]);
	spec.out = p[1];
	if (proc_start(&spec, &proc, t->err)) {
		close(p[0]);
		close(p[1]);
		return -1;
	}
	close(p[1]);
	command = proc.pid;
	if (stopped)
		kill(command, SIGTERM);
	listen_to(t, p[0]);
	close(p[0]);
	proc_wait(&proc);
	command = 0;
	return 0;
}

/* -- what came of it ---------------------------------------------------------------------------------- */
static void
take_log(struct trip *t, const struct action_result *ar)
{
	cleanup_str struct str text = {0};
	struct err unsaid = {0};

	if (ar->has_stdout && ar->stdout_size <= LOG_MAX &&
	    depot_fetch_text(shared_depot(t->sh), &ar->stdout_digest, ar->stdout_size, &text, &unsaid) > 0)
		job_log_write(t->job, text.s, text.len);
	err_free(&unsaid);
}

/* The worker's own words; where its log lies says nothing here. */
static void
take_why(struct trip *t, const struct action_result *ar)
{
	const struct action_file *f = action_result_find(ar, FARM_WHY);

	if (!f || !f->contents || wire_parse_err(f->contents, f->size, t->err))
		err_set(t->err, "E0306", "step `%s` failed on `%s` without saying why", job_name(t->job), t->node);
}

/* Whether a worker left there why it failed: 1, 0, -1. */
static int
find_failure(struct trip *t)
{
	const struct hash name = parcel_failure(&t->job->ps->key, t->attempt);
	cleanup_str struct str bytes = {0};
	struct action_result ar;
	int r = depot_result(shared_depot(t->sh), &name, &bytes, t->err);

	if (r <= 0)
		return r;
	if (action_result_read(bytes.s, bytes.len, &t->job->arena, &ar, t->err))
		return -1;
	take_log(t, &ar);
	take_why(t, &ar);
	return 1;
}

static enum outcome
judge(struct trip *t)
{
	const struct hash *key = &t->job->ps->key;
	struct result got;
	int r;

	if (stopped)
		return OUT_STOPPED;
	if (shared_lookup(t->sh, key, &got)) {
		r = shared_fetch(t->sh, t->job->store, key, t->err);
		if (r)
			return r > 0 ? OUT_DONE : OUT_FAILED;
	}
	r = find_failure(t);
	if (r > 0 && str_eq(t->err->head->code, FARM_NO_INPUT)) {
		err_free(t->err);
		t->again = true;
		return OUT_LOST;
	}
	return r > 0 ? OUT_FAILED : r < 0 || shared_off(t->sh) ? OUT_NO_CACHE : OUT_LOST;
}

static enum outcome
try(struct trip *t)
{
	char name[HASH_HEX + 24];
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	t->attempt = (uint64_t)now.tv_sec * 1000000007u ^ (uint64_t)now.tv_nsec << 20 ^ (uint64_t)getpid();
	*t->node = '\0';
	if (send_inputs(t) || send_parcel(t, name))
		return OUT_NO_CACHE;
	if (run_command(t, name))
		return OUT_FAILED;
	return judge(t);
}

static void
lost(struct trip *t)
{
	err_set(t->err, "E0331", "step `%s` was lost %d times on `%s`%s%s", job_name(t->job), FARM_TRIES, t->on->name,
		*t->node ? ", at last on " : "", t->node);
	err_help(t->err, "a machine went away, or `%s worker` cannot be started there or cannot reach the cache",
		 t->on->jkr);
}

static enum outcome
go(struct trip *t)
{
	enum outcome o = OUT_LOST;

	for (int i = 0; i < FARM_TRIES && o == OUT_LOST && !stopped; i++) {
		if (i)
			note(t, "lost%s%s: tried once more", *t->avoid ? " on " : "", t->avoid);
		o = try(t);
		if (o == OUT_LOST)
			memcpy(t->avoid, t->node, sizeof t->avoid);
	}
	if (o == OUT_LOST)
		lost(t);
	return o;
}

/* Sends what the cache could not do as a note, and what the step could not do as its mistake. */
static _Noreturn void
end(struct trip *t, enum outcome o)
{
	const struct plan_step *ps = t->job->ps;
	struct wire_result result = {.epoch = -1};
	cleanup_str struct str brief = {0};
	struct result got;

	if (o == OUT_DONE && store_lookup(t->job->store, &ps->key, &got, t->err) > 0) {
		result.tree = got.tree;
		wire_send(t->wire, WIRE_RESULT, &result, sizeof result);
		_exit(0);
	}
	if (o == OUT_NO_CACHE) {
		err_brief(t->err, &brief);
		if (brief.len)
			note(t, "%s", str_text(&brief));
		_exit(FARM_STAY);
	}
	step_place(ps->step, t->err);
	wire_send_err(t->wire, t->err);
	_exit(1);
}

_Noreturn void
farm_child(struct slot *s, int wire)
{
	struct err err = {0};
	struct trip t = {.job = &s->job, .sh = s->job.opt->shared, .on = s->job.opt->on, .wire = wire, .err = &err};
	struct sigaction sa = {.sa_handler = on_term};

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	s->job.wire = wire;
	shared_reopen(t.sh);
	shared_listen(t.sh, tell, &t);
	end(&t, go(&t));
}
