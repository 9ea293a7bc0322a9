/* kconfig_check: asked for equals got, or the line of the recipe and the reason */
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/near.h"
#include "base/str.h"
#include "data/kwhy.h"
#include "data/schema.h"
#include "model/asked.h"
#include "model/job.h"
#include "model/kask.h"
#include "model/kbase.h"
#include "model/kdrawn.h"
#include "model/kquestions.h"
#include "model/kunasked.h"
#include "model/prim.h"
#include "model/rust.h"
#include "os/fs.h"

#define CONFIG_MAX ((size_t)16 << 20)

struct check_params {
	struct source config;
	struct symbols symbols;
	struct strings allow;
	struct source source, build, toolchain;
	const char *arch;
	struct pairs variables;
	struct strings base;
	struct source saved;
	struct source before;
};

static const struct param params[] = {
	PARAM(check_params, config, P_SOURCE, P_REQUIRED, "The .config that Kconfig made."),
	PARAM(check_params, symbols, P_SYMBOLS, P_REQUIRED, "What was asked for, as kconfig_append takes it."),
	PARAM(check_params, allow, P_STRING, P_LIST | P_PLAIN,
	      "Symbols that may differ; each must be asked for and differ."),
	PARAM(check_params, source, P_SOURCE, 0, "The kernel's source, to ask its own Kconfig for reasons."),
	PARAM(check_params, build, P_SOURCE, 0, "The build folder in which `make *config` ran."),
	PARAM(check_params, toolchain, P_STEP, 0, "The image whose compilers configured it."),
	PARAM_DEF(check_params, arch, P_STRING, P_PLAIN, "x86_64", "ARCH as make got it."),
	PARAM(check_params, variables, P_MAP, 0, "Variables that make got: CROSS_COMPILE, LLVM, CC."),
	PARAM(check_params, base, P_STRING, P_LIST | P_PLAIN,
	      "Goals of make that the configuration began with, whose lines `jkr why` names."),
	PARAM(check_params, saved, P_SOURCE, 0, "The kept .config that it began with, in their place."),
	PARAM(check_params, before, P_SOURCE, 0,
	      "The .config that the symbols were put onto: what else differs from it is told in a note and kept as unasked.config."),
	{0},
};

/* One symbol that is not as asked. */
struct difference {
	const struct config_line *asked;
	const char *got; /* NULL: unset */
};

struct check {
	struct job *job;
	const struct check_params *p;
	struct kconfig asked, config;
	struct difference *v; /* in the job's arena */
	size_t n;
	struct kwhy_answers why;
};

static int
read_text(struct job *job, const struct source *src, size_t max, struct str *out, struct err *err)
{
	cleanup_fd int fd = job_open(job, src, err);

	if (fd < 0)
		return err_at(err, src->at);
	if (fs_read(fd, out, max)) {
		err_sys(err, "E0206", "cannot read `%s`", job_source_name(job, src));
		return err_at(err, src->at);
	}
	return 0;
}

static bool
is_allowed(const struct check_params *p, const char *name, bool *used)
{
	for (size_t i = 0; i < p->allow.n; i++)
		if (!strcmp(p->allow.v[i], name)) {
			used[i] = true;
			return true;
		}
	return false;
}

/* Collects what differs and is not allowed; an allowed one that does not differ is a mistake. */
static int
compare(struct check *c, struct err *err)
{
	struct arena *a = job_arena(c->job);
	const struct map *m = &c->asked.last;
	bool *used = arena_array(a, bool, c->p->allow.n + 1);
	int rc = 0;

	c->v = arena_array(a, struct difference, m->n + 1);
	for (size_t i = 0; i < m->n; i++) {
		const struct config_line *l = m->v[i].value;
		const char *got = kconfig_get(&c->config, l->name);

		if (!kconfig_equal(l->value, got) && !is_allowed(c->p, l->name, used))
			c->v[c->n++] = (struct difference){l, got};
	}
	for (size_t i = 0; i < c->p->allow.n; i++) {
		const char *name = c->p->allow.v[i];

		if (used[i])
			continue;
		rc = err_set(err, "E0204", "`allow` names `%s`, which %s", name,
			     map_has(m, name) ? "has the value that was asked for" : "is not asked for");
		err_at(err, c->p->allow.at ? c->p->allow.at[i] : job_place(c->job));
		err_help(err, "take it off the list");
	}
	return rc;
}

/* What we are asked, or every difference. */
static const char *const *
questions_of(const struct check *c, size_t *n, struct arena *a)
{
	const char *const *given = job_questions(c->job);
	const char **names = arena_array(a, const char *, c->n + 1);
	size_t k = 0;

	while (given && given[k])
		k++;
	for (size_t i = 0; i < c->n; i++)
		names[i] = c->v[i].asked->name;
	return kquestions(a, &c->asked, &c->config, given ? given : names, given ? k : c->n, !given, n);
}

static struct kask
where(const struct check *c)
{
	return (struct kask){&c->p->config,    &c->p->source, &c->p->build,
			     &c->p->toolchain, c->p->arch,    &c->p->variables};
}

/* Asks the tree's own Kconfig about every difference, or about what we are asked. */
static int
ask(struct check *c, struct err *err)
{
	const struct kask from = where(c);
	size_t n;
	const char *const *questions = questions_of(c, &n, job_arena(c->job));

	return kask(c->job, &from, questions, n, &c->why, err);
}

static const char *
shown(const char *value)
{
	return value && strcmp(value, "n") ? value : "unset";
}

static void
say_help(const struct check *c, const struct difference *d, const struct kwhy_answer *w, struct err *err)
{
	struct str cleanup_str advice = {0};
	const struct config_line *rival = w && w->chosen ? map_get(&c->asked.last, w->chosen) : NULL;
	const char *near = NULL;

	if (rival && rival != d->asked && !strcmp(rival->value, "y"))
		err_help(err, "a choice has one member, and `%s` is asked for as well", rival->name);
	if (w && !w->exists)
		near = near_name(d->asked->name, c->why.names.v, c->why.names.n);
	if (near)
		err_help(err, "did you mean `%s`?", near);
	if (w && w->exists)
		kwhy_advice(w, &advice);
	err_help(err, "%s%sdrop the line, or allow = { \"%s\" }", str_text(&advice), advice.len ? ", " : "",
		 d->asked->name);
}

/* RUST depends on what a script of the tree finds, and only that can tell what is missing. */
static void
say_rust(const struct check *c, struct err *err)
{
	const struct kask from = where(c);
	struct str cleanup_str words = {0};

	rust_unavailable(c->job, &from, &words);
	if (words.len)
		err_help(err, "`make rustavailable`: %s", words.s);
}

static void
say_difference(const struct check *c, const struct difference *d, struct err *err)
{
	const struct kwhy_answer *w = kwhy_find(&c->why, d->asked->name);
	struct str cleanup_str reason = {0};
	const char *wanted = !strcmp(d->asked->value, "n") ? "n" : d->asked->value;

	if (w)
		kwhy_reason(w, kconfig_plain(job_arena(c->job), d->asked->value), &reason);
	if (w && !w->exists)
		err_label(err, "%s", str_text(&reason));
	else
		err_label(err, "wanted %s, got %s%s%s", wanted, shown(d->got), reason.len ? ": " : "",
			  str_text(&reason));
	if (w && !strcmp(d->asked->name, "RUST"))
		say_rust(c, err);
	say_help(c, d, w, err);
}

static void
say_together(const struct check *c, struct err *err)
{
	struct str cleanup_str words = {0};

	kwhy_together(&c->why, &words);
	if (words.len)
		err_help(err, "%s", words.s);
}

/* The reader asked the constructor: "linux", not "linux/honoured". */
static const char *
whose(struct job *job)
{
	const char *name = job_name(job), *slash = strrchr(name, '/');

	return slash ? arena_strndup(job_arena(job), name, (size_t)(slash - name)) : name;
}

/* One mistake for each symbol, at its own line; the first one counts them. */
static int
report(struct check *c, const char *unasked, struct err *err)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct difference *d = &c->v[i];

		if (i == 0 && c->n > 1)
			err_set(err, "E0203", "%zu config symbols were not honoured in `%s`", c->n, whose(c->job));
		else
			err_set(err, "E0203", "config symbol `%s` was not honoured in `%s`", d->asked->name,
				whose(c->job));
		err_at(err, d->asked->at);
		say_difference(c, d, err);
		if (i == 0)
			say_together(c, err);
		if (i == 0 && unasked)
			err_help(err, "why could not be found out: %s", unasked);
	}
	return -1;
}

/* The result keeps what was asked, and the configuration itself: a compile that takes it from here
 * cannot begin before the check is through. */
static int
keep(struct check *c, const struct str *config, struct err *err)
{
	const struct entry checked = {.path = ".config", .mode = S_IFREG | 0644};
	const struct entry e = {.path = "asked.config", .mode = S_IFREG | 0644};
	struct str cleanup_str text = {0};

	for (size_t i = 0; i < c->asked.last.n; i++) {
		const struct config_line *l = c->asked.last.v[i].value;
		const char *got = kconfig_get(&c->config, l->name);

		kconfig_write_line(&text, l->name, l->value);
		if (!kconfig_equal(l->value, got))
			job_note(c->job, "%s: wanted %s, got %s, which is allowed", l->name, l->value, shown(got));
	}
	job_note(c->job, "%zu config symbols as asked", c->asked.last.n - c->p->allow.n);
	kdrawn_note(c->job, &c->config);
	if (kunasked_keep(c->job, &c->p->before, &c->config, &c->asked, err) ||
	    layer_put(job_layer(c->job), &checked, str_text(config), config->len, err))
		return -1;
	return layer_put(job_layer(c->job), &e, str_text(&text), text.len, err);
}

/* "asked for m, got unset: depends on INET, which is n", and in a second line what would help. */
static void
answer(const struct check *c, const char *name)
{
	const struct config_line *l = map_get(&c->asked.last, name);
	const struct kwhy_answer *w = kwhy_find(&c->why, name);
	const char *got = kconfig_get(&c->config, name), *near = NULL;
	const char *base = kbase_line(c->job, &c->p->source, c->p->arch, &c->p->base, &c->p->saved, name);
	bool met = l && kconfig_equal(l->value, got);
	struct str cleanup_str text = {0}, advice = {0};

	if (l)
		job_record(c->job, "place",
			   arena_printf(job_arena(c->job), "%u\t%s\t%s", l->at.line, l->at.key ? l->at.key : "",
					l->at.file));
	if (!w || !w->exists) {
		near = near_name(name, c->why.names.v, c->why.names.n);
		str_addf(&text, "no such symbol in this tree%s%s%s", near ? "; did you mean `" : "", near ? near : "",
			 near ? "`?" : "");
		job_record(c->job, name, str_text(&text));
		return;
	}
	if (l)
		str_addf(&text, "asked for %s, got %s%s", l->value, shown(got), met ? "" : ": ");
	else
		str_addf(&text, "%s (%s), and the recipe does not ask for it: ", shown(got), w->type);
	if (l && !met)
		kwhy_reason(w, kconfig_plain(job_arena(c->job), l->value), &text);
	else if (!l)
		kwhy_state(w, &text);
	if (!met && (l || !got || !strcmp(got, "n")))
		kwhy_advice(w, &advice);
	if (base)
		str_addf(&text, "\nthe base sets it at %s", base);
	str_addf(&text, "%s%s", advice.len ? "\n" : "", str_text(&advice));
	job_record(c->job, name, str_text(&text));
}

static int
answer_all(struct check *c, bool can_ask, struct err *err)
{
	if (!can_ask) {
		err_set(err, "E0206", "`%s` cannot ask Kconfig: it has no `source`, `build` and `toolchain`",
			job_name(c->job));
		return err_at(err, job_place(c->job));
	}
	if (ask(c, err))
		return -1;
	for (const char *const *q = job_questions(c->job); *q; q++)
		answer(c, *q);
	return 0;
}

static int
check_all(struct check *c, struct err *err)
{
	struct err unasked = {0};
	struct str cleanup_str text = {0};
	bool can_ask =
		c->p->source.kind != SRC_NONE && c->p->build.kind != SRC_NONE && c->p->toolchain.kind != SRC_NONE;
	int rc;

	if (asked_symbols(c->job, &c->p->symbols, &c->asked, err) ||
	    read_text(c->job, &c->p->config, CONFIG_MAX, &text, err))
		return -1;
	kconfig_parse_config(".config", str_text(&text), text.len, job_arena(c->job), &c->config);
	if (job_questions(c->job))
		return answer_all(c, can_ask, err);
	if (compare(c, err))
		return -1;
	if (!c->n)
		return keep(c, &text, err);
	if (can_ask && ask(c, &unasked))
		job_logf(c->job, "%s\n", unasked.head ? unasked.head->msg : "");
	rc = report(c, unasked.head ? unasked.head->msg : NULL, err);
	err_free(&unasked);
	return rc;
}

static int
run(struct job *job, const void *params_, struct err *err)
{
	struct check c = {.job = job, .p = params_};
	int rc = check_all(&c, err);

	kconfig_free(&c.asked);
	kconfig_free(&c.config);
	return rc;
}

static void
asked(const void *params_, struct str *out)
{
	const struct check_params *p = params_;

	if (p->symbols.n)
		str_addf(out, "%zu symbol%s", p->symbols.n, p->symbols.n == 1 ? "" : "s");
	if (p->symbols.fragments.n)
		str_addf(out, "%s%zu fragment%s", out->len ? " and " : "", p->symbols.fragments.n,
			 p->symbols.fragments.n == 1 ? "" : "s");
}

const struct prim prim_kconfig_check = {
	.name = "kconfig_check",
	.doc = "Fails unless every config symbol has the value that was asked for. The reason comes from the tree's own "
	       "Kconfig: the dependency that is not met, the symbol that selects it, the choice it lost. So does what would help: the "
	       "fewest lines with which a symbol is as asked and all that is asked beside it stays, tried out by that Kconfig, or "
	       "what proves that no line helps; and for several symbols the fewest with which all of them hold together, or which of "
	       "them contradict each other. It looks for them for a minute of processor time at most, and says so when that is over. "
	       "The result holds the "
	       "checked `.config`, so that a compile that takes it from here waits for the check.",
	.params = params,
	.size = sizeof(struct check_params),
	.version = 1,
	.flags = PRIM_CHECK | PRIM_CONTAINER,
	.example =
		"kconfig_check \"config\" { config = conf / \".config\", symbols = { PREEMPT_RT = y }, source = src,\n"
		"                         build = conf, toolchain = gcc, arch = \"arm64\",\n"
		"                         variables = { CROSS_COMPILE = \"aarch64-linux-gnu-\" } }\n",
	.run = run,
	.asked = asked,
};
