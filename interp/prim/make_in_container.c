/* make_in_container: make, in a sandbox made of the toolchain's image */
#include <ctype.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "model/ccache.h"
#include "model/distcc.h"
#include "model/inside.h"
#include "model/kgoals.h"
#include "model/ksettled.h"
#include "model/makecall.h"
#include "model/prim.h"

struct make_params {
	struct source source;
	struct source toolchain;
	struct strings targets;
	struct strings goals;
	struct pairs variables;
	struct pairs env;
	struct source config;
	struct source objects;
	struct mounts mounts;
	struct source after;
	struct mounts after_mounts;
	struct pairs outputs;
	struct strings exclude;
	const char *dir;
	const char *build;
	bool objdir;
	bool readonly;
	bool allow_warnings;
};

static const char *const builds[] = {"warm", "fresh", NULL};

static const struct param params[] = {
	PARAM(make_params, source, P_SOURCE, P_OPERAND | P_REQUIRED,
	      "The source tree, at /jkr/src. What make writes into it is thrown away."),
	PARAM(make_params, toolchain, P_STEP, P_REQUIRED, "The image with make and the compilers, from `toolchain`."),
	PARAM(make_params, targets, P_STRING, P_LIST | P_PLAIN, "The targets of one call of make; none: its default."),
	PARAM(make_params, goals, P_STRING, P_LIST | P_PLAIN,
	      "Several calls of make, in order: each item holds the targets of one and variables of its own (NAME=VALUE), "
	      "separated by blanks."),
	PARAM(make_params, variables, P_MAP, 0, "Variables of make's command line, such as ARCH and CROSS_COMPILE."),
	PARAM(make_params, env, P_MAP, 0,
	      "Environment, besides PATH, HOME, the locale and the pinned dates. "
	      "CCACHE_DIR=" CCACHE_AT " with `build = \"warm\"` has the store's folder of ccache there; with "
	      "DISTCC_HOSTS compiles may go to the machines of `--distcc-hosts`, in place of those that it names."),
	PARAM(make_params, config, P_SOURCE, 0, "A file that becomes `.config` of the build folder before make runs."),
	PARAM(make_params, objects, P_SOURCE, 0,
	      "A result that /jkr/build begins as, such as the `devel` of a kernel; changes are thrown away."),
	PARAM(make_params, mounts, P_MOUNTS, 0,
	      "More trees, by the place below /jkr where they stand; changes are thrown away."),
	PARAM(make_params, after, P_SOURCE, 0,
	      "A script for `/bin/sh -e` that runs when make ended, with make's words without targets as its arguments; what it "
	      "writes into the build folder stays there."),
	PARAM(make_params, after_mounts, P_MOUNTS, 0,
	      "More trees for that script alone, by place as in `mounts`: another one of them compiles nothing again."),
	PARAM(make_params, outputs, P_MAP, P_REQUIRED | P_SELF,
	      "What the step gives: name in the result to path in the build folder (in the source without `objdir`), or "
	      "\"out:PATH\", \"build:PATH\", \"src:PATH\", \"/jkr/PATH\"; an item without a name has its path as name. `*` and `?` match within a folder, `**/` at any depth. Each must "
	      "be there and hold something after make ended."),
	PARAM(make_params, exclude, P_STRING, P_LIST | P_PLAIN,
	      "Names of files that stay out of the outputs, such as \"*.o\"."),
	PARAM_DEF(make_params, dir, P_PATH, 0, "", "The folder inside the source that holds the makefile."),
	PARAM_CHOICE(
		make_params, build, 0, builds, "warm",
		"Whether /jkr/build is kept on the side for the next run of this step; the result is the same. Not kept where an output is "
		"a pattern in it, which would match what an earlier build left."),
	PARAM_DEF(make_params, objdir, P_BOOL, 0, "true",
		  "Whether make gets O=/jkr/build; otherwise it builds in the source."),
	PARAM(make_params, readonly, P_BOOL, 0,
	      "Whether what make writes into the source fails. To open its files is quicker then, which who compiles by "
	      "ccache notices."),
	PARAM(make_params, allow_warnings, P_BOOL, 0,
	      "Whether undefined symbols that modpost only warns about are let pass."),
	{0},
};

static int
bad_target(const struct strings *list, size_t i, struct err *err)
{
	err_set(err, "E0320", "`%s` is not a target of make", list->v[i]);
	if (list->at)
		err_at(err, list->at[i]);
	return err_help(err, "options do not belong there; variables go into `variables`");
}

/* Words of a goal are targets and NAME=VALUE; make would take an option for itself. */
static bool
is_goal(const char *s)
{
	bool any = false;

	while (*s) {
		size_t n = strcspn(s, " ");

		if (n && (*s == '-' || *s == '='))
			return false;
		any = any || n;
		s += n + (s[n] != 0);
	}
	return any;
}

static int
check_targets(const struct strings *list, bool several, struct err *err)
{
	for (size_t i = 0; i < list->n; i++) {
		const char *s = list->v[i];

		if (strcmp(s, TEXT_LATER) && (!is_goal(s) || (!several && strpbrk(s, " ="))))
			bad_target(list, i, err);
	}
	return err_any(err) ? -1 : 0;
}

static int
check(const void *arg, struct err *err)
{
	const struct make_params *p = arg;

	if (p->targets.n && p->goals.n)
		err_set(err, "E0320", "`targets` is one call of make and `goals` are several: give one of them");
	check_targets(&p->targets, false, err);
	check_targets(&p->goals, true, err);
	if (p->readonly && !p->objdir)
		err_set(err, "E0320", "`readonly` is for builds with `objdir`: without it make builds in the source");
	inside_check_variables(&p->variables, "variables", err);
	inside_check_env(&p->env, "env", err);
	inside_check_mounts(&p->mounts, err);
	inside_check_mounts(&p->after_mounts, err);
	for (size_t i = 0; i < p->variables.n; i++)
		if (p->objdir && !strcmp(p->variables.v[i].key, "O")) {
			err_set(err, "E0320", "`O` is /jkr/build here and cannot be set");
			err_at(err, p->variables.v[i].at);
		}
	return err_any(err) ? -1 : 0;
}

/* What a warm build folder may be used again for: all that make does not notice by itself. */
static const char *
identity(struct inside *in, const struct make_params *p, const struct tree *src, const char *sub)
{
	cleanup_free char *makefile = xasprintf("%s%sMakefile", sub, *sub ? "/" : "");
	const struct entry *e = tree_find(src, makefile);
	struct arena *a = job_arena(in->job);
	struct str b = {0};
	const char *text;
	char hex[HASH_HEX];

	str_addf(&b, "toolchain %s\n", hash_hex(&in->image->id, hex));
	/* a kernel's release stands there */
	if (e && S_ISREG(e->mode))
		str_addf(&b, "makefile %s\n", hash_hex(&e->digest, hex));
	if (p->allow_warnings) /* modpost warns once; a run without it must see that */
		str_add(&b, "allow_warnings\n");
	/* another folder of one tree brings no file that is new in the tree */
	if (*sub)
		str_addf(&b, "source %s\n", sub);
	str_addf(&b, "dir %s\nepoch %lld\n", p->dir, (long long)job_epoch(in->job));
	for (size_t i = 0; i < p->variables.n; i++)
		str_addf(&b, "variable %s=%s\n", p->variables.v[i].key, p->variables.v[i].value);
	for (size_t i = 0; i < p->env.n; i++)
		str_addf(&b, "env %s=%s\n", p->env.v[i].key, p->env.v[i].value);
	for (size_t i = 0; i < in->nbinds; i++)
		if (in->binds[i].tree && strcmp(in->binds[i].at, "/jkr/src"))
			str_addf(&b, "mount %s %s %s\n", in->binds[i].at, hash_hex(&in->binds[i].tree->id, hex),
				 in->binds[i].sub ? in->binds[i].sub : "");
	text = arena_strdup(a, str_text(&b));
	str_free(&b);
	return text;
}

static int
bind_build(struct inside *in, const struct make_params *p, const struct bind *src, struct err *err)
{
	struct bind b = {.kind = BIND_SCRATCH, .at = "/jkr/build", .fd = -1};
	bool fresh;

	if (!p->objdir && p->objects.kind == SRC_NONE)
		return 0;
	if (p->objects.kind != SRC_NONE) {
		b.tree = job_folder(in->job, &p->objects, &b.sub, err);
		if (!b.tree)
			return -1;
	} else if (!strcmp(p->build, "warm") && !inside_has_patterns(&p->outputs)) {
		b.kind = BIND_WARM;
		if (job_warm(in->job, identity(in, p, src->tree, src->sub), &fresh, err) < 0)
			return -1;
		if (!fresh) /* Kbuild then says why it makes each thing, for `jkr why` */
			inside_env(in, "KBUILD_VERBOSE", "2");
	}
	inside_bind(in, b);
	return 0;
}

/* Whether an output lies beside the build folder, where `make bindeb-pkg` puts packages: that is a folder of the
 * sandbox which goes with each program, unless it is mounted. */
static bool
leaves_beside(const struct pairs *outputs)
{
	for (size_t i = 0; i < outputs->n; i++)
		if (str_starts(outputs->v[i].value, "/jkr/") && !strchr(outputs->v[i].value + strlen("/jkr/"), '/'))
			return true;
	return false;
}

/* make compiles with what CC says, or with cc. */
static int
bind_distcc(struct inside *in, const struct make_params *p, struct err *err)
{
	const char *compiler = pairs_value(&p->variables, "CC");

	if (!distcc_asked(&p->env) || strcmp(p->build, "warm") != 0)
		return 0;
	return distcc_bind(in, compiler ? compiler : "cc", err);
}

static int
assemble(struct inside *in, const struct make_params *p, struct err *err)
{
	struct bind src = {.kind = p->readonly ? BIND_TREE : BIND_SCRATCH, .at = "/jkr/src", .fd = -1, .freshen = true};
	struct bind out = {.kind = BIND_OUT, .at = "/jkr/out", .fd = -1};

	src.tree = job_folder(in->job, &p->source, &src.sub, err);
	if (!src.tree || inside_mounts(in, &p->mounts, err) || bind_build(in, p, &src, err))
		return -1;
	inside_bind(in, src);
	inside_bind(in, out);
	inside_envs(in, &p->env);
	if (ccache_asked(&p->env))
		ccache_bind(in, !strcmp(p->build, "warm"));
	if (bind_distcc(in, p, err))
		return -1;
	if (leaves_beside(&p->outputs))
		inside_bind(in, (struct bind){.kind = BIND_SCRATCH, .at = "/jkr", .fd = -1});
	return p->config.kind == SRC_NONE ? 0 : inside_source(in, &p->config, "/jkr/in/config", err);
}

/* Whether the build folder holds the very .config that is asked for. */
static bool
is_placed(struct inside *in, const struct make_params *p)
{
	cleanup_fd int there = p->objdir ? inside_look(in, "/jkr/build", ".config") : -1;
	struct err unsaid = {0};
	cleanup_fd int asked = there < 0 ? -1 : job_open(in->job, &p->config, &unsaid);
	struct hash a, b;

	err_free(&unsaid);
	return asked >= 0 && !hash_fd(there, &a, NULL) && !hash_fd(asked, &b, NULL) && !hash_cmp(&a, &b);
}

/* Only where it differs, so that a warm folder does not see a newer file for nothing. */
static int
place_config(struct inside *in, const struct make_params *p, struct err *err)
{
	static const char *const argv[] = {
		"/bin/sh", "-ec", "cmp -s \"$1\" \"$2\" || cat \"$1\" > \"$2\"", "jkr", "/jkr/in/config", NULL, NULL,
	};
	const char *v[ARRAY_LEN(argv)];
	int r;

	if (p->config.kind == SRC_NONE || is_placed(in, p))
		return 0;
	memcpy(v, argv, sizeof argv);
	v[5] = p->objdir ? "/jkr/build/.config" : "/jkr/src/.config";
	in->prepares = true;
	r = inside_run(in, v, "the copy of .config", err);
	in->prepares = false;
	return r;
}

/* One call of make; the targets come last. */
static int
call(struct inside *in, const struct make_params *p, const struct strings *targets, const char *goal, struct err *err)
{
	const struct makecall m = {p->dir, p->objdir, &p->variables};
	struct arena *a = job_arena(in->job);
	int r;

	in->jobserver = true;
	r = inside_run(in, makecall_words(&m, NULL, targets, goal, a), makecall_said(targets, goal, a), err);
	in->jobserver = false;
	return r;
}

/* What has nothing to say to make, and so nothing to the build directory: it is there for the script alone. */
static int
run_after(struct inside *in, const struct make_params *p, struct err *err)
{
	static const char *const shell[] = {"/bin/sh", "-e", "/jkr/in/after", NULL};
	const struct makecall m = {p->dir, p->objdir, &p->variables};
	int r;

	if (p->after.kind == SRC_NONE)
		return 0;
	if (inside_mounts(in, &p->after_mounts, err) || inside_source(in, &p->after, "/jkr/in/after", err))
		return -1;
	in->jobserver = true;
	r = inside_run(in, makecall_words(&m, shell, NULL, NULL, job_arena(in->job)),
		       job_source_name(in->job, &p->after), err);
	in->jobserver = false;
	return r;
}

/* make failed: where a goal is no configuration of the kernel, that is all that there is to say. */
static int
explain_goals(struct inside *in, const struct make_params *p, const struct strings *list, struct err *err)
{
	const char *sub = NULL, *arch = pairs_value(&p->variables, "ARCH"), *near;
	struct arena *a = job_arena(in->job);
	struct err unsaid = {0};
	const struct tree *src = job_folder(in->job, &p->source, &sub, &unsaid);

	err_free(&unsaid);
	for (size_t i = 0; src && i < list->n; i++)
		for (const char *s = list->v[i], *goal; *s; s += strspn(s, " ")) {
			goal = arena_strndup(a, s, strcspn(s, " "));
			s += strlen(goal);
			if (!kgoals_lack(src, sub ? sub : "", arch, goal, a, &near))
				continue;
			err_free(err);
			err_set(err, "E0207",
				"`%s` configures no kernel: no Kconfig has such a goal, and no file of that name lies in "
				"arch/%s/configs or kernel/configs",
				goal, arch ? arch : "*");
			err_at(err, list->at ? list->at[i] : job_place(in->job));
			return near ? err_help(err, "did you mean `%s`?", near) : -1;
		}
	return -1;
}

static int
calls(struct inside *in, const struct make_params *p, struct err *err)
{
	if (!p->goals.n)
		return call(in, p, &p->targets, NULL, err) ? explain_goals(in, p, &p->targets, err) : 0;
	for (size_t i = 0; i < p->goals.n; i++)
		if (call(in, p, NULL, p->goals.v[i], err))
			return explain_goals(in, p, &p->goals, err);
	return 0;
}

/* What only configures may change what the .config says of its compiler. */
static bool
compiles(const struct make_params *p)
{
	return !strcmp(p->build, "warm") || !(kgoals_configure(&p->targets) || kgoals_configure(&p->goals));
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct make_params *p = arg;
	struct inside in;
	int r = inside_begin(&in, job, &p->toolchain, err);

	if (!r)
		r = assemble(&in, p, err);
	if (!r)
		r = place_config(&in, p, err);
	if (!r)
		r = calls(&in, p, err);
	if (!r)
		r = run_after(&in, p, err);
	ccache_tell(&in);
	if (!r && p->objdir && p->config.kind != SRC_NONE && compiles(p))
		r = ksettled_check(&in, &p->config, err);
	if (!p->allow_warnings)
		r = inside_modpost(&in, r, err);
	if (!r)
		r = inside_outputs(&in, &p->outputs, p->objdir ? "/jkr/build" : "/jkr/src", &p->exclude, err);
	inside_end(&in);
	return r;
}

const struct prim prim_make_in_container = {
	.name = "make_in_container",
	.doc = "Runs make in a sandbox that holds the toolchain's image and the source, without network, and takes the "
	       "declared outputs. Dates, user, host and locale are pinned, and all makes of a run share its job slots. "
	       "Undefined symbols that modpost only warns about are a failure, and so is an output that is missing.",
	.params = params,
	.size = sizeof(struct make_params),
	.version = 1,
	.flags = PRIM_CONTAINER,
	.example = "make_in_container \"tools\" {\n"
		   "  src, toolchain = gcc, targets = { \"all\" }, objdir = false,\n"
		   "  outputs = { [\"bin/tool\"] = \"tool\" },\n"
		   "}\n",
	.run = run,
	.check = check,
};
