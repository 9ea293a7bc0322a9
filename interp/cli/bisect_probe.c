/* bisect_probe: one state built, and judged. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "cli/bisect.h"
#include "cli/build.h"
#include "cli/show.h"
#include "os/proc.h"

#define FIRST_LINE "jkr verdict 1\n"
enum { SCRIPT_SKIP = 125, SCRIPT_BROKEN = 128 };

static const char *const words[] = {[VERDICT_GOOD] = "good", [VERDICT_BAD] = "bad", [VERDICT_SKIP] = "cannot be told"};

/* What a state is: the keys that its steps would have if each result were its key. Known before anything is built, so
 * what was judged once need not be built again to know what it was. */

static int
key_lookup(void *ctx, const struct hash *key, struct result *out, struct err *err)
{
	(void)ctx, (void)err;
	*out = (struct result){.tree = *key, .epoch = -1};
	return 1;
}

static int
key_text_of(void *ctx, const struct hash *tree, const char *path, struct str *out, struct err *err)
{
	char hex[HASH_HEX];

	(void)ctx, (void)err;
	str_addf(out, "%s%s", hash_hex(tree, hex), path);
	return 0;
}

static int
key_part(void *ctx, const struct hash *tree, const char *path, struct hash *out, struct err *err)
{
	cleanup_str struct str b = {0};

	key_text_of(ctx, tree, path, &b, err);
	*out = hash_of(b.s, b.len);
	return 0;
}

static const char *
no_reason(void *ctx, const struct step *step, const char *text, struct arena *a)
{
	(void)ctx, (void)step, (void)text, (void)a;
	return "";
}

static double
no_history(void *ctx, const char *step)
{
	(void)ctx, (void)step;
	return -1;
}

/* False when it cannot be known before: then nothing is remembered of it. */
static bool
identity(struct bisect *b, struct bisect_side *s, const char *judge, struct hash *out)
{
	struct plan_env env = s->s.env;
	cleanup_str struct str text = {0};
	struct err quiet = {0};
	struct plan p;
	uint32_t number = 0;
	char hex[HASH_HEX];
	bool good;

	if (judge)
		number = (uint32_t)(recipe_step(s->recipe, judge) - s->recipe->steps);
	env.lookup = key_lookup;
	env.text = key_text_of;
	env.part = key_part;
	env.reason = no_reason;
	env.history = no_history;
	env.fresh = false;
	good = !plan_make(&p, s->recipe, &number, judge != NULL, &env, &quiet);
	str_addf(&text, FIRST_LINE "%s\n%s\n", judge ? judge : "", hash_hex(&b->script, hex));
	for (size_t i = 0; i < p.n && good; i++) {
		const struct plan_step *ps = &p.v[p.order[i]];

		good = ps->has_key || ps->state == PLAN_SKIPPED;
		str_addf(&text, "%s %s\n", ps->step->name, hash_hex(&ps->key, hex));
	}
	*out = hash_of(text.s, text.len);
	plan_free(&p);
	err_free(&quiet);
	return good;
}

static bool
recall(struct bisect *b, struct bisect_side *s, const struct hash *id, struct bisect_probe *p, const char **judge)
{
	cleanup_str struct str text = {0};
	char *line, *why, *save;

	if (b->cli->fresh || !store_recall(s->s.store, id, &text) || !str_starts(str_text(&text), FIRST_LINE))
		return false;
	line = arena_strdup(b->a, text.s + strlen(FIRST_LINE));
	line = strtok_r(line, "\n", &save);
	*judge = strtok_r(NULL, "\n", &save);
	why = strtok_r(NULL, "\n", &save);
	for (int i = 0; line && *judge && i <= VERDICT_SKIP; i++)
		if (!strcmp(line, words[i])) {
			p->verdict = (enum verdict)i;
			p->why = why ? why : "";
			return p->known = true;
		}
	return false;
}

static void
remember(struct bisect_side *s, const struct hash *id, const struct bisect_probe *p, const char *judge)
{
	cleanup_str struct str text = {0};

	str_addf(&text, FIRST_LINE "%s\n%s\n%.*s\n", words[p->verdict], judge ? judge : "-", (int)strcspn(p->why, "\n"),
		 p->why);
	store_remember(s->s.store, id, &text, true);
}

/* Judges */

static const struct plan_step *
first_failed(const struct plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->v[p->order[i]].failed)
			return &p->v[p->order[i]];
	return NULL;
}

static const char *
step_says(struct bisect *b, const struct plan_step *ps, const struct err *own)
{
	cleanup_str struct str text = {0};

	if (ps)
		str_addf(&text, "`%s`: ", ps->step->name);
	if (ps && ps->mistake)
		str_add(&text, ps->mistake);
	else
		err_brief(own, &text);
	return arena_strdup(b->a, str_text(&text));
}

/* The script gets the folder of what was built: 0 good, 125 cannot be told, any other up to 127 bad. */
static int
run_script(struct bisect *b, const char *dir, struct bisect_probe *p, struct err *err)
{
	const char *path = strchr(b->cli->script, '/') ? b->cli->script : arena_printf(b->a, "./%s", b->cli->script);
	const char *argv[] = {path, dir, NULL};
	struct proc proc;
	char text[64];
	int status;

	/* stdout is data: what the script says goes where the rest of the talk does */
	if (proc_start(&(struct proc_spec){.argv = argv, .dir = -1, .in = -1, .out = STDERR_FILENO, .errfd = -1}, &proc,
		       err))
		return -1;
	status = proc_wait(&proc);
	if (status == 128 + 2 || status == 128 + 15)
		b->interrupted = status - 128;
	if (status >= SCRIPT_BROKEN || status < 0)
		return err_set(err, "E1044", "the script `%s` %s", b->cli->script, proc_status_text(status, text));
	p->verdict = !status ? VERDICT_GOOD : status == SCRIPT_SKIP ? VERDICT_SKIP : VERDICT_BAD;
	p->why = arena_printf(b->a, "`%s` %s", b->cli->script, proc_status_text(status, text));
	return 0;
}

/* In the store, where the next run removes what a killed one left. */
static int
judge_by_script(struct bisect *b, struct bisect_side *s, struct bisect_probe *p, struct err *err)
{
	char name[64] = "";
	cleanup_fd int tmp = store_tmp(s->s.store, name, err);
	const char *dir = arena_printf(b->a, "%s/tmp/%s", store_path(s->s.store), name);
	struct artifact *v;
	size_t n;
	int r = tmp < 0 ? -1 : artifacts_collect(&s->s, dir, &v, &n, err);

	if (!r)
		r = run_script(b, dir, p, err);
	if (*name)
		store_discard(s->s.store, name);
	return r;
}

/* What a run says of the state: the judge failed, or holds, or was not reached. */
static void
judge_by_step(struct bisect *b, const struct bisect_side *s, const struct err *own, struct bisect_probe *p)
{
	const struct plan_step *ps =
		b->judge ? &s->s.plan.v[recipe_step(s->recipe, b->judge) - s->recipe->steps] : NULL;
	const struct plan_step *failed = first_failed(&s->s.plan);

	if (ps && ps->step && ps->failed)
		failed = ps;
	p->verdict = !p->passing && (b->judge ? ps && ps == failed : failed != NULL) ? VERDICT_BAD
		     : failed || err_any(own)                                        ? VERDICT_SKIP
										     : VERDICT_GOOD;
	p->why = p->verdict == VERDICT_GOOD ? "" : step_says(b, failed, own);
	if (!b->judge && p->verdict == VERDICT_BAD)
		b->judge = arena_strdup(b->a, failed->step->name);
}

/* A network or another run says nothing of the state: the search ends, and goes on from here when they are back. */
static bool
is_elsewhere(const struct err *own)
{
	enum status status = err_any(own) ? err_status(own) : ST_OK;

	return status == ST_LOCKED || status == ST_LOST || status == ST_BUSY;
}

/* Builds what the judge needs, and asks it. What this machine lacks is no verdict either. */
static int
build(struct bisect *b, struct bisect_side *s, bool whole, struct bisect_probe *p, struct err *err)
{
	int (*run)(struct session *, struct plan *, int *, struct err *) = whole ? build_plan : build_aside;
	struct err own = {0};
	int r = session_replan(&s->s, &b->judge, b->judge != NULL, &own);

	if (!r)
		r = run(&s->s, &s->s.plan, &b->interrupted, &own);
	if (b->interrupted) {
		err_free(&own);
		return -1;
	}
	if (is_elsewhere(&own)) {
		err_move(err, &own);
		return -1;
	}
	p->passing = err_any(&own) && err_status(&own) == ST_MACHINE;
	if (b->cli->script && !r)
		r = judge_by_script(b, s, p, err);
	else if (b->cli->script)
		p->verdict = VERDICT_SKIP, p->why = step_says(b, first_failed(&s->s.plan), &own), r = 0;
	else
		judge_by_step(b, s, &own, p), r = 0;
	err_free(&own);
	return r;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
tell(struct bisect *b, const char *what, const struct bisect_probe *p)
{
	char time[32];

	GROW(b->probes, b->nprobes, b->capprobes);
	b->probes[b->nprobes++] = *p;
	if (b->cli->quiet)
		return;
	fprintf(stderr, "[%2zu] %s: %s, %s", b->nprobes, what, words[p->verdict],
		p->known ? "as was seen before" : format_duration(p->seconds, time));
	fputs(*p->why ? ": " : "", stderr);
	print_safe(stderr, p->why);
	putc('\n', stderr);
}

static int
judged(struct bisect *b, struct bisect_side *s, const char *what, bool whole, struct bisect_probe *p, struct err *err)
{
	const char *asked = b->judge, *judge;
	struct hash id;
	bool named = identity(b, s, asked, &id);
	double start = now();

	if (named && recall(b, s, &id, p, &judge)) {
		if (!b->judge && !b->cli->script && recipe_step(s->recipe, judge))
			b->judge = judge;
	} else {
		if (build(b, s, whole, p, err))
			return -1;
		p->seconds = now() - start;
		if (named && !p->passing)
			remember(s, &id, p, b->judge);
	}
	tell(b, what, p);
	return 0;
}

int
bisect_probe(void *ctx, const bool *on, enum verdict *out, struct err *err)
{
	struct bisect *b = ctx;
	struct bisect_probe p = {.why = ""};
	struct bisect_side *s;
	struct err own = {0};
	const char *what;
	int r = 0;

	for (size_t i = 0; i < b->n; i++)
		p.on += on[i];
	what = arena_printf(b->a, "%zu of %zu changes", p.on, b->n);
	if (bisect_apply(b, on, &s, &own) || (b->judge && !recipe_step(s->recipe, b->judge))) {
		p.verdict = VERDICT_SKIP;
		p.why = step_says(b, NULL, &own);
		tell(b, what, &p);
	} else {
		r = judged(b, s, what, false, &p, err);
	}
	err_free(&own);
	*out = p.verdict;
	return r;
}

int
bisect_end(struct bisect *b, int which, enum verdict *out, struct err *err)
{
	struct bisect_probe p = {.on = which ? b->n : 0, .why = ""};
	int r = bisect_restore(&b->side[which], err);

	if (!r)
		r = judged(b, &b->side[which], b->side[which].shown, true, &p, err);
	*out = p.verdict;
	return r;
}
