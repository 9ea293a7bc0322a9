#include "cli/remade.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/kbuild.h"

#define NAMES 6 /* of targets that one line shows */
#define COMMAND "[jkr: command line of "

/* All that one cause made. */
struct cause {
	enum kbuild_reason reason;
	char *key; /* "REASON WHAT" */
	const char *what;
	struct str names;
	size_t n;
	size_t first; /* place among the causes */
};

struct remade {
	struct map by; /* key → cause */
	struct cause **v;
	size_t n, cap;
	size_t all, explained;
	struct str commands;
};

static const char *const words[] = {
	[KBUILD_SOURCE] = "source ",        [KBUILD_HEADER] = "header ",    [KBUILD_SYMBOL] = "config symbol ",
	[KBUILD_COMMAND] = "command line",  [KBUILD_NEW] = "was not there", [KBUILD_FOLLOWS] = "follows from those",
	[KBUILD_ALWAYS] = "made each time",
};

static struct cause *
cause_of(struct remade *r, enum kbuild_reason reason, struct kbuild_text what)
{
	/* what follows is not told by name: it is the same archive again and again */
	int len = reason == KBUILD_FOLLOWS ? 0 : (int)what.n;
	char *key = xasprintf("%d %.*s", (int)reason, len, what.s);
	struct cause *c = map_get(&r->by, key);

	if (c) {
		free(key);
		return c;
	}
	c = xcalloc(1, sizeof *c);
	c->reason = reason;
	c->key = key;
	c->what = strchr(key, ' ') + 1;
	c->first = r->n;
	map_set(&r->by, key, c);
	GROW(r->v, r->n, r->cap);
	return r->v[r->n++] = c;
}

static void
take_line(struct remade *r, const char *line, size_t n)
{
	enum kbuild_reason reason;
	struct kbuild_text what;
	struct kbuild_line l;
	struct cause *c;

	if (n > strlen(COMMAND) && !memcmp(line, COMMAND, strlen(COMMAND))) {
		line += strlen(COMMAND);
		n -= strlen(COMMAND) + (line[n - strlen(COMMAND) - 1] == ']');
		str_add(&r->commands, "    ");
		str_add_safe(&r->commands, line, n);
		str_addc(&r->commands, '\n');
	}
	if (!kbuild_line(line, n, &l))
		return;
	r->all++;
	reason = kbuild_reason(&l, &what);
	if (reason == KBUILD_NONE)
		return;
	r->explained++;
	c = cause_of(r, reason, what);
	if (c->n++ >= NAMES)
		return;
	str_add(&c->names, c->names.len ? ", " : "");
	str_add_safe(&c->names, l.target.s, l.target.n);
}

/* By kind; within one what made most first. */
static int
by_reason(const void *a, const void *b)
{
	const struct cause *x = *(struct cause *const *)a, *y = *(struct cause *const *)b;

	if (x->reason != y->reason)
		return x->reason < y->reason ? -1 : 1;
	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return x->first < y->first ? -1 : x->first > y->first;
}

static void
add_cause(const struct remade *r, const struct cause *c, struct str *out)
{
	str_addf(out, "  %s", words[c->reason]);
	str_add_safe(out, c->what, strlen(c->what));
	str_addf(out, ": %zu", c->n);
	if (c->reason != KBUILD_ALWAYS) {
		str_addf(out, ": %s", str_text(&c->names));
		if (c->n > NAMES)
			str_addf(out, " and %zu more", c->n - NAMES);
	}
	str_addc(out, '\n');
	if (c->reason == KBUILD_COMMAND)
		str_add(out, str_text(&r->commands));
}

static void
free_all(struct remade *r)
{
	for (size_t i = 0; i < r->n; i++) {
		free(r->v[i]->key);
		str_free(&r->v[i]->names);
		free(r->v[i]);
	}
	free(r->v);
	map_free(&r->by);
	str_free(&r->commands);
}

void
remade_text(const char *log, size_t n, struct str *out)
{
	struct remade r = {0};

	for (size_t at = 0, len; at < n; at += len + 1) {
		const char *nl = memchr(log + at, '\n', n - at);

		len = nl ? (size_t)(nl - (log + at)) : n - at;
		take_line(&r, log + at, len);
	}
	if (r.all && !r.explained)
		str_addf(out, "its last make began with an empty build directory: Kbuild made %zu\n", r.all);
	else if (r.explained)
		str_addf(out, "its last make was a warm one: Kbuild made %zu, by reason\n", r.explained);
	if (r.n)
		qsort(r.v, r.n, sizeof(struct cause *), by_reason);
	for (size_t i = 0; i < r.n; i++)
		add_cause(&r, r.v[i], out);
	free_all(&r);
}
