/* The parent's side of a load: starts the child, answers it, checks what it hands up. */
#include "lua/load.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "lua/parent.h"

struct talk {
	int fd;
	pid_t pid;
	double deadline;
	bool late;
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Moves `n` bytes before the deadline; -1 when the child is gone or late. */
static int
move(struct talk *t, char *p, size_t n, bool out)
{
	while (n) {
		double left = t->deadline - now();
		struct pollfd pfd = {t->fd, out ? POLLOUT : POLLIN, 0};
		int r = left > 0 ? poll(&pfd, 1, (int)(left * 1000) + 1) : 0;
		ssize_t k;

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0) {
			t->late = r == 0;
			return -1;
		}
		k = out ? send(t->fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT) : recv(t->fd, p, n, MSG_DONTWAIT);
		if (k < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (k <= 0)
			return -1;
		p += k;
		n -= (size_t)k;
	}
	return 0;
}

static int
answer(struct parent *p, struct talk *t, const struct wire_head *h)
{
	cleanup_str struct str out = {0};
	static const char kinds[] = {ASK_MODULE, ASK_USE, ASK_PLUGIN, ASK_PLUGIN_DIR, ASK_TOOLCHAIN, ASK_PINS, 0};
	char name[4097];
	double began;
	uint32_t len;

	if (h->len >= sizeof name || h->unit >= p->told || move(t, name, h->len, false))
		return -1;
	name[h->len] = '\0';
	if (strlen(name) != h->len || !h->kind || h->kind > 127 || !strchr(kinds, (int)h->kind))
		return -1;
	began = now();
	files_answer(p, h, name, &out);
	t->deadline += now() - began; /* what a server takes is not the recipe's fault */
	len = (uint32_t)out.len;
	return move(t, (char *)&len, sizeof len, true) || move(t, out.s, out.len, true) ? -1 : 0;
}

/* Answers until the child says its result; gives it on the heap, or NULL. */
static char *
converse(struct parent *p, struct talk *t, size_t *len)
{
	struct wire_head h;
	char *buf;

	for (;;) {
		if (move(t, (char *)&h, sizeof h, false))
			return NULL;
		if (h.kind == SAY_RESULT)
			break;
		if (answer(p, t, &h))
			return NULL;
	}
	if (h.len > WIRE_MAX)
		return NULL;
	buf = xmalloc((size_t)h.len + 1);
	*len = h.len;
	if (!move(t, buf, h.len, false))
		return buf;
	free(buf);
	return NULL;
}

static int
child_died(const struct parent *p, const struct talk *t, int status, struct err *err)
{
	unsigned seconds = p->rq->seconds ? p->rq->seconds : LOAD_SECONDS;
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (t->late || sig == SIGXCPU) {
		err_set(err, "E0006", "the recipe did not load within %u second%s", seconds, seconds == 1 ? "" : "s");
		err_help(err, "look for a loop that does not end, or a pattern that tries too many ways");
	} else if (sig == SIGSEGV || sig == SIGABRT || sig == SIGSYS || sig == SIGKILL || sig == SIGBUS) {
		err_set(err, "E0006",
			"the recipe needs more memory than a load may have, or does what a load may not (%s)",
			sigabbrev_np(sig));
	} else {
		err_set(err, "E0019", "the load's own process ended before it was done");
		err_help(err, "`jkr doctor` shows whether seccomp works here");
	}
	return err_at(err, (struct place){.file = p->unit[0].shown});
}

/* Runs the child; gives what it handed up. */
char *
load_child(struct parent *p, const char *define, size_t *len, struct err *err)
{
	unsigned seconds = p->rq->seconds ? p->rq->seconds : LOAD_SECONDS;
	struct talk t = {.deadline = now() + seconds};
	int pair[2], status = 0;
	char *buf;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
		err_sys(err, "E0019", "cannot start a load");
		return NULL;
	}
	p->told = p->units.n;
	t.pid = fork();
	if (!t.pid)
		child_main(p->rq, &p->units, pair[1], define);
	close(pair[1]);
	t.fd = pair[0];
	if (t.pid < 0) {
		err_sys(err, "E0019", "cannot start a load");
		close(pair[0]);
		return NULL;
	}
	buf = converse(p, &t, len);
	if (!buf && t.late)
		kill(t.pid, SIGKILL);
	close(pair[0]);
	while (waitpid(t.pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!buf)
		child_died(p, &t, status, err);
	return buf;
}

/* -- the front --------------------------------------------------------------------------------------- */
int
load_place(const struct load_request *rq, struct arena *a, const char **path, const char **root, struct err *err)
{
	const char *shown = rq->path;
	cleanup_free char *real = xrealpath(shown);

	while (str_starts(shown, "./"))
		shown += 2;
	if (!real)
		return err_sys(err, "E0008", "cannot read `%s`", shown);
	*path = arena_strdup(a, real);
	*root = files_root(a, *path);
	return 0;
}

static int
find_recipe(struct parent *p, struct err *err)
{
	const char *shown = p->rq->path, *rel;

	while (str_starts(shown, "./"))
		shown += 2;
	p->unit[0].shown = arena_strdup(p->a, shown);
	p->units.v = p->unit;
	if (load_place(p->rq, p->a, &p->r->path, &p->r->root, err))
		return -1;
	rel = p->r->path + strlen(p->r->root) + (strcmp(p->r->root, "/") ? 1 : 0);
	p->main_prefix = str_ends(shown, rel) ? arena_strndup(p->a, shown, strlen(shown) - strlen(rel)) : "";
	if (!str_ends(shown, rel) && str_ends(rel, shown))
		p->main_cut = arena_strndup(p->a, rel, strlen(rel) - strlen(shown));
	p->path[0] = p->r->path;
	return 0;
}

static int
load_into(struct parent *p, struct err *err)
{
	struct load_request rq = *p->rq;
	struct load_option *options = NULL;
	cleanup_free char *bytes = NULL;
	const char *rel;
	size_t len = 0;
	uint32_t unit;
	bool known;
	int r;

	if (find_recipe(p, err))
		return -1;
	rel = p->r->path + strlen(p->r->root) + (strcmp(p->r->root, "/") ? 1 : 0);
	r = files_load(p, UNIT_RECIPE, p->r->root, rel, &unit, &known, err);
	if (!r)
		return err_set(err, "E0008", "there is no file `%s`", p->unit[0].shown);
	if (r < 0 || (rq.profile && files_profile(p, rq.profile, &options, &rq.noptions, err)))
		return -1;
	if (options)
		rq.options = options;
	rq.fragments = p->profile.fragments;
	rq.nfragments = p->profile.nfragments;
	rq.profile_unit = p->profile.unit;
	p->rq = &rq;
	bytes = load_child(p, NULL, &len, err);
	return bytes && !recipe_take(p, bytes, len, err) ? profile_unused(p, err) : -1;
}

int
load_recipe(const struct load_request *rq, struct recipe *r, struct err *err)
{
	struct parent *p = xcalloc(1, sizeof *p);
	struct err own = {0};
	int n;

	memset(r, 0, sizeof *r);
	p->rq = rq;
	p->r = r;
	p->a = &r->arena;
	n = load_into(p, &own);
	err_move(err, &own);
	map_free(&p->profile.used);
	map_free(&p->imports);
	free(p);
	return n;
}
