#include "run/give.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "os/proc.h"
#include "run/run_impl.h"
#include "store/depot.h"
#include "store/shared.h"

#define SAY_AFTER 1.0
#define TICK_MS 100

struct give {
	pid_t pid;
	int to, from; /* keys go there, lines come from there; -1 closed */
	struct str out, in;
	size_t queued, done;
	bool over; /* it has ended */
};

/* -- the process ------------------------------------------------------------------------------------------ */
struct sender {
	struct store *store;
	struct shared *shared;
	FILE *say;
	unsigned faults;
};

static void
send_one(struct sender *s, const struct hash *key)
{
	struct err err = {0};
	struct hash other;
	char hex[HASH_HEX], tree[HASH_HEX];
	int r = s->faults < SHARED_FAULTS ? shared_send(s->shared, s->store, key, &other, &err) : -1;

	hash_hex(key, hex);
	if (r < 0 && err_any(&err)) {
		cleanup_str struct str text = {0};

		s->faults++;
		err_brief(&err, &text);
		if (s->faults == 1 || s->faults == SHARED_FAULTS)
			fprintf(s->say, "warn %s%s\n", str_text(&text),
				s->faults == SHARED_FAULTS ? "; nothing more is sent to it" : "");
	}
	if (!r)
		fprintf(s->say, "other %s %s\n", hex, hash_hex(&other, tree));
	if (r > 0)
		shared_note_given(s->shared, s->store, key);
	fprintf(s->say, "done %s\n", hex);
	fflush(s->say);
	err_free(&err);
}

static _Noreturn void
sender(struct runner *r, int keys, int lines, pid_t parent)
{
	struct sender s = {.store = r->store, .shared = r->opt.shared, .say = fdopen(lines, "w")};
	struct hash key;
	sigset_t none;
	size_t have = 0;
	ssize_t n;

	setpgid(0, 0);
	if (!s.say || proc_bind(parent))
		_exit(1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setpriority(PRIO_PROCESS, 0, 10); /* steps go first, and their end need not wait for others of this machine */
	shared_reopen(s.shared);
	shared_listen(s.shared, NULL, NULL);
	while ((n = read(keys, (char *)&key + have, sizeof key - have)) > 0 || (n < 0 && errno == EINTR)) {
		have += n > 0 ? (size_t)n : 0;
		if (have < sizeof key)
			continue;
		have = 0;
		send_one(&s, &key);
	}
	_exit(0);
}

static bool
start(struct runner *r)
{
	pid_t parent = getpid();
	int to[2], from[2];

	if (pipe2(to, O_CLOEXEC))
		return false;
	if (pipe2(from, O_CLOEXEC)) {
		close(to[0]), close(to[1]);
		return false;
	}
	r->give->pid = fork();
	if (!r->give->pid) {
		close(to[1]), close(from[0]);
		sender(r, to[0], from[1], parent);
	}
	close(to[0]), close(from[1]);
	r->give->to = to[1];
	r->give->from = from[0];
	fcntl(to[1], F_SETFL, O_NONBLOCK);
	fcntl(from[0], F_SETFL, O_NONBLOCK);
	return r->give->pid > 0;
}

/* -- the run ---------------------------------------------------------------------------------------------- */
void
give_begin(struct runner *r)
{
	const struct plan *p = r->plan;

	if (!r->opt.shared || !r->opt.give)
		return;
	r->give = arena_new(&r->arena, struct give);
	r->give->to = r->give->from = -1;
	r->give->over = true;
	for (size_t k = 0; k < p->n; k++)
		give_found(r, p->order[k]);
}

void
give_found(struct runner *r, uint32_t step)
{
	const struct plan_step *ps = &r->plan->v[step];

	if (r->give && ps->state == PLAN_CACHED && !ps->result.away && !ps->dirty &&
	    !shared_was_given(r->opt.shared, r->store, &ps->key))
		give_step(r, step);
}

static void
push(struct give *g)
{
	ssize_t n = 1;

	while (g->to >= 0 && g->out.len && n > 0) {
		n = write(g->to, g->out.s, g->out.len);
		if (n > 0) {
			memmove(g->out.s, g->out.s + n, g->out.len - (size_t)n + 1);
			g->out.len -= (size_t)n;
		}
	}
}

/* Started with the first result, so that a run without one has no process more. */
void
give_step(struct runner *r, uint32_t step)
{
	const struct plan_step *ps = &r->plan->v[step];
	struct give *g = r->give;

	if (!g || ps->dirty || (g->over && g->pid))
		return;
	if (g->over) {
		if (!start(r))
			return;
		g->over = false;
	}
	str_addn(&g->out, &ps->key, sizeof ps->key);
	g->queued++;
	push(g);
}

static const struct plan_step *
step_of(const struct runner *r, const char *hex)
{
	struct hash key;

	if (hash_parse(&key, hex))
		return NULL;
	for (size_t k = 0; k < r->plan->n; k++)
		if (!hash_cmp(&r->plan->v[r->plan->order[k]].key, &key))
			return &r->plan->v[r->plan->order[k]];
	return NULL;
}

/* Two machines, one key, two results: whoever reads this has found a step that does not give equal bytes. */
static void
say_other(struct runner *r, char *hexes)
{
	char *tree = strchr(hexes, ' '), own[HASH_HEX];
	struct str b = {0};
	const struct plan_step *ps;

	if (!tree)
		return;
	*tree++ = '\0';
	ps = step_of(r, hexes);
	if (!ps)
		return;
	str_addf(
		&b,
		"warning: `%s` has another result in the shared cache, of equal inputs: %.12s there, %.12s here; both are kept; `jkr run --twice` shows what differs",
		ps->step->name, tree, hash_hex(&ps->result.tree, own));
	run_event(r, EV_RUN_NOTE, 0, b.s, 0, NULL);
	str_free(&b);
}

static void
take_line(struct runner *r, char *line)
{
	struct str b = {0};

	if (str_starts(line, "done "))
		r->give->done++;
	else if (str_starts(line, "other "))
		say_other(r, line + 6);
	else if (str_starts(line, "warn ")) {
		str_addf(&b, "warning: %s", line + 5);
		run_event(r, EV_RUN_NOTE, 0, b.s, 0, NULL);
		str_free(&b);
	}
}

static void
pull(struct runner *r)
{
	struct give *g = r->give;
	char buf[4096], *nl;
	ssize_t n;

	while (g->from >= 0 && (n = read(g->from, buf, sizeof buf)) > 0)
		str_addn(&g->in, buf, (size_t)n);
	while (g->in.len && (nl = memchr(g->in.s, '\n', g->in.len))) {
		size_t k = (size_t)(nl - g->in.s) + 1;

		*nl = '\0';
		take_line(r, g->in.s);
		memmove(g->in.s, g->in.s + k, g->in.len - k + 1);
		g->in.len -= k;
	}
}

void
give_turn(struct runner *r)
{
	if (!r->give || r->give->over)
		return;
	push(r->give);
	pull(r);
}

bool
give_reap(struct runner *r, pid_t pid)
{
	if (!r->give || r->give->pid != pid)
		return false;
	r->give->over = true;
	return true;
}

static void
say_waiting(struct runner *r)
{
	struct str b = {0};
	size_t left = r->give->queued - r->give->done;

	str_addf(&b, "sending %zu result%s more to %s", left, left == 1 ? "" : "s",
		 depot_address(shared_depot(r->opt.shared)));
	run_event(r, EV_RUN_NOTE, 0, b.s, 0, NULL);
	str_free(&b);
}

void
give_end(struct runner *r)
{
	struct give *g = r->give;
	double say = now_seconds() + SAY_AFTER;

	if (!g)
		return;
	while (!g->over && !r->signal) {
		struct pollfd p[] = {{.fd = r->sigfd, .events = POLLIN}, {.fd = g->from, .events = POLLIN}};

		give_turn(r);
		if (!g->out.len && g->to >= 0) {
			close(g->to);
			g->to = -1;
		}
		poll(p, 2, TICK_MS);
		run_signals(r);
		run_reap(r);
		if (say > 0 && now_seconds() > say && !g->over) {
			say_waiting(r);
			say = 0;
		}
		if (r->opt.reporter->tick)
			r->opt.reporter->tick(r->opt.reporter, now_seconds());
	}
	if (!g->over) {
		kill(g->pid, SIGKILL);
		while (!g->over)
			run_reap(r);
	}
	pull(r);
	cleanup_fdp(&g->to);
	cleanup_fdp(&g->from);
	str_free(&g->out);
	str_free(&g->in);
}
