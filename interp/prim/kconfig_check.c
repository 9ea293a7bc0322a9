/* kconfig_check: asked for equals got, or the line of the recipe and the reason */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/near.h"
#include "base/str.h"
#include "data/kwhy.h"
#include "data/schema.h"
#include "model/asked.h"
#include "model/job.h"
#include "model/prim.h"
#include "os/fs.h"
#include "os/proc.h"

#define CONFIG_MAX ((size_t)16 << 20)
#define MAKEFILE_MAX ((size_t)1 << 20)

struct check_params {
	struct source config;
	struct symbols symbols;
	struct strings allow;
	struct source source, build, toolchain;
	const char *arch;
	struct pairs variables;
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
	{0}
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

static const char *const *
objects_of(const struct tree *t, const char *sub, struct arena *a, size_t *n)
{
	const char *dir = *sub ? arena_printf(a, "%s/" KWHY_OBJECTS, sub) : KWHY_OBJECTS;
	size_t count, first = tree_range(t, dir, &count), skip = strlen(dir) + 1;
	const char **v = arena_array(a, const char *, count + 1);

	*n = 0;
	for (size_t i = first; i < first + count; i++) {
		const char *name = t->v[i].path + skip;

		if (S_ISREG(t->v[i].mode) && !strchr(name, '/') && kwhy_takes(name))
			v[(*n)++] = arena_printf(a, KWHY_OBJECTS "/%s", name);
	}
	return v;
}

/* "NAME=WANTED" for each difference, texts without their quotes. */
static const char *const *
questions_of(const struct check *c, struct arena *a)
{
	const char **v = arena_array(a, const char *, c->n + 1);

	for (size_t i = 0; i < c->n; i++)
		v[i] = arena_printf(a, "%s=%s", c->v[i].asked->name, kconfig_plain(a, c->v[i].asked->value));
	return v;
}

/* The folders and files that the helper sees. */
struct view {
	const struct tree *source, *build, *image;
	const char *source_sub, *build_sub;
	struct kwhy_setup setup;
};

static int
open_view(struct check *c, struct view *v, struct err *err)
{
	struct arena *a = job_arena(c->job);
	struct str cleanup_str makefile = {0};

	v->image = job_tree(c->job, &c->p->toolchain, err);
	v->source = v->image ? job_folder(c->job, &c->p->source, &v->source_sub, err) : NULL;
	v->build = v->source ? job_folder(c->job, &c->p->build, &v->build_sub, err) : NULL;
	if (!v->build)
		return -1;
	v->source_sub = v->source_sub ? v->source_sub : "";
	v->build_sub = v->build_sub ? v->build_sub : "";
	if (tree_read(v->source, *v->source_sub ? arena_printf(a, "%s/Makefile", v->source_sub) : "Makefile", &makefile,
	              MAKEFILE_MAX, err))
		return -1;
	v->setup = (struct kwhy_setup){c->p->arch, kwhy_version(str_text(&makefile), a), &c->p->variables};
	return 0;
}

static int
run_helper(struct check *c, const struct view *v, const char *const *argv, const char *const *env, struct str *answer,
           struct err *err)
{
	cleanup_fd int helper = kwhy_open_source(err);
	cleanup_fd int config = helper < 0 ? -1 : job_open(c->job, &c->p->config, err);
	const struct bind binds[] = {
		{.kind = BIND_TREE, .at = KWHY_SRC, .tree = v->source, .sub = v->source_sub},
		{.kind = BIND_SCRATCH, .at = KWHY_BUILD, .tree = v->build, .sub = v->build_sub},
		{.kind = BIND_OUT, .at = KWHY_OUT},
		{.kind = BIND_FD, .at = KWHY_C, .fd = helper},
		{.kind = BIND_FD, .at = KWHY_CONFIG, .fd = config},
	};
	const struct sandbox sb = {.image = v->image, .argv = argv, .env = env, .binds = binds, .nbinds = ARRAY_LEN(binds),
	                           .cwd = KWHY_BUILD, .capture = answer, .capture_max = answer ? KWHY_ANSWER_MAX : 0};
	char text[64];
	int status;

	if (config < 0)
		return -1;
	status = job_exec(c->job, &sb, err);
	if (status <= 0)
		return status;
	return err_set(err, "E0206", "%s %s", answer ? "the helper that asks Kconfig" : "compiling the helper that asks Kconfig",
	               proc_status_text(status, text));
}

/* Asks the tree's own Kconfig about every difference. */
static int
ask(struct check *c, struct err *err)
{
	struct arena *a = job_arena(c->job);
	struct str answer = {0};
	struct view v = {0};
	const char *const *objects, *const *env;
	size_t n;
	int rc;

	if (open_view(c, &v, err))
		return -1;
	objects = objects_of(v.build, v.build_sub, a, &n);
	if (!n)
		return err_set(err, "E0206", "the build folder has no objects in `" KWHY_OBJECTS "`");
	env = kwhy_env(&v.setup, a);
	if (run_helper(c, &v, kwhy_build_argv(&v.setup, objects, n, a), env, NULL, err))
		return -1;
	rc = run_helper(c, &v, kwhy_ask_argv(questions_of(c, a), c->n, a), env, &answer, err);
	if (!rc)
		rc = kwhy_parse(arena_strndup(a, str_text(&answer), answer.len), answer.len, a, &c->why, err);
	str_free(&answer);
	return rc;
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
	const char *near = NULL;

	if (w && !w->exists)
		near = near_name(d->asked->name, c->why.names.v, c->why.names.n);
	if (near)
		err_help(err, "did you mean `%s`?", near);
	if (w && w->exists)
		kwhy_advice(w, &advice);
	err_help(err, "%s%sdrop the line, or allow = { \"%s\" }", str_text(&advice), advice.len ? ", " : "", d->asked->name);
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
		err_label(err, "wanted %s, got %s%s%s", wanted, shown(d->got), reason.len ? ": " : "", str_text(&reason));
	say_help(c, d, w, err);
}

/* One mistake for each symbol, at its own line; the first one counts them. */
/* The reader asked the constructor: "linux", not "linux/honoured". */
static const char *
whose(struct job *job)
{
	const char *name = job_name(job), *slash = strrchr(name, '/');

	return slash ? arena_strndup(job_arena(job), name, (size_t)(slash - name)) : name;
}

static int
report(struct check *c, const char *unasked, struct err *err)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct difference *d = &c->v[i];

		if (i == 0 && c->n > 1)
			err_set(err, "E0203", "%zu config symbols were not honoured in `%s`", c->n, whose(c->job));
		else
			err_set(err, "E0203", "config symbol `%s` was not honoured in `%s`", d->asked->name, whose(c->job));
		err_at(err, d->asked->at);
		say_difference(c, d, err);
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
	if (layer_put(job_layer(c->job), &checked, str_text(config), config->len, err))
		return -1;
	return layer_put(job_layer(c->job), &e, str_text(&text), text.len, err);
}

static int
check_all(struct check *c, struct err *err)
{
	struct err unasked = {0};
	struct str cleanup_str text = {0};
	bool can_ask = c->p->source.kind != SRC_NONE && c->p->build.kind != SRC_NONE && c->p->toolchain.kind != SRC_NONE;
	int rc;

	if (asked_symbols(c->job, &c->p->symbols, &c->asked, err) ||
	    read_text(c->job, &c->p->config, CONFIG_MAX, &text, err))
		return -1;
	kconfig_parse_config(".config", str_text(&text), text.len, job_arena(c->job), &c->config);
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

const struct prim prim_kconfig_check = {
	.name = "kconfig_check",
	.doc = "Fails unless every config symbol has the value that was asked for. The reason comes from the tree's own "
	       "Kconfig: the dependency that is not met, the symbol that selects it, the choice it lost. The result holds the "
	       "checked `.config`, so that a compile that takes it from here waits for the check.",
	.params = params,
	.size = sizeof(struct check_params),
	.version = 1,
	.flags = PRIM_CHECK | PRIM_CONTAINER,
	.example = "kconfig_check \"config\" { config = conf / \".config\", symbols = { PREEMPT_RT = y }, source = src,\n"
	           "                         build = conf, toolchain = gcc, arch = \"arm64\",\n"
	           "                         variables = { CROSS_COMPILE = \"aarch64-linux-gnu-\" } }\n",
	.run = run,
};
