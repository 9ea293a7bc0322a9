/* run_in_container: programs, in a sandbox made of the toolchain's image */
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "model/inside.h"
#include "model/prim.h"

struct run_params {
	struct strings argv;
	struct source toolchain;
	struct strings commands;
	struct source script;
	struct mounts mounts;
	struct pairs env;
	struct pairs outputs;
	struct strings expect;
	struct strings exclude;
	const char *capture;
	const char *stdin;
	const char *cwd;
	bool jobs;
};

static const struct param params[] = {
	PARAM(run_params, argv, P_STRING, P_OPERAND | P_LIST,
	      "One program with its arguments, each an item; no shell looks at them."),
	PARAM(run_params, toolchain, P_STEP, P_REQUIRED, "The image with the programs, from `toolchain`."),
	PARAM(run_params, commands, P_STRING, P_LIST | P_PLAIN,
	      "Several programs, in order: each item is split at blanks and nothing else; the first failure ends the step."),
	PARAM(run_params, script, P_SOURCE, 0, "A file that is run by `/bin/sh -e`, with `argv` as its arguments."),
	PARAM(run_params, mounts, P_MOUNTS, 0,
	      "Trees, by the place below /jkr where they stand; changes are thrown away."),
	PARAM(run_params, env, P_MAP, 0, "Environment, besides PATH, HOME, the locale and the pinned dates."),
	PARAM(run_params, outputs, P_MAP, P_SELF,
	      "What the step gives, when it has no `on`: name in the result to path below /jkr/out; an item without a "
	      "name has its path as name. Without it, all of "
	      "/jkr/out. `*` and `?` match within a folder, `**/` at any depth."),
	PARAM(run_params, exclude, P_STRING, P_LIST | P_PLAIN, "Names of files that stay out of the outputs."),
	PARAM(run_params, capture, P_PATH, 0, "A file of the result that takes what the program says on stdout."),
	PARAM(run_params, expect, P_STRING, P_LIST | P_PLAIN,
	      "Texts that the programs must say; one that did not come is a failed check."),
	PARAM(run_params, stdin, P_STRING, 0, "A text that the program can read from its input."),
	PARAM(run_params, cwd, P_STRING, P_PLAIN,
	      "The folder that it starts in: /jkr/src with `on`, else /jkr/out, unless told."),
	PARAM(run_params, jobs, P_BOOL, 0,
	      "Whether the programs run makes, which then share the job slots of the run and need no -j."),
	{0},
};

static void
check_commands(const struct run_params *p, struct err *err)
{
	for (size_t i = 0; i < p->commands.n; i++) {
		if (!strcmp(p->commands.v[i], TEXT_LATER))
			continue;
		if (p->commands.v[i][strspn(p->commands.v[i], " ")] && !strpbrk(p->commands.v[i], "'\"`$;|&<>()*?\\"))
			continue;
		err_set(err, "E0320", "`%s` is not a plain command", p->commands.v[i]);
		if (p->commands.at)
			err_at(err, p->commands.at[i]);
		err_help(err, "commands are split at blanks and no shell reads them: write a `script` for more");
	}
}

static int
check(const void *arg, struct err *err)
{
	const struct run_params *p = arg;

	if (!p->argv.n && !p->commands.n && p->script.kind == SRC_NONE)
		err_set(err, "E0320", "nothing to run: give a program and its arguments, `commands`, or a `script`");
	if (p->commands.n && (p->argv.n || p->script.kind != SRC_NONE))
		err_set(err, "E0320", "`commands` stand alone: give them, or one program, or a `script`");
	if (p->cwd && *p->cwd != '/' && strcmp(p->cwd, TEXT_LATER))
		err_set(err, "E0320", "`cwd` is a path inside the sandbox and begins with `/`");
	check_commands(p, err);
	inside_check_env(&p->env, "env", err);
	inside_check_mounts(&p->mounts, err);
	return err_any(err) ? -1 : 0;
}

static int
assemble(struct inside *in, const struct run_params *p, struct err *err)
{
	const struct tree *below = job_below(in->job);
	struct bind out = {.kind = BIND_OUT, .at = "/jkr/out", .fd = -1};
	struct bind on = {.kind = BIND_LAYER, .at = "/jkr/src", .tree = below, .fd = -1};

	if (below && p->outputs.n) {
		err_set(err, "E0320", "with `on` the result is the whole tree: `outputs` cannot choose from it");
		return err_at(err, job_place(in->job));
	}
	if (inside_mounts(in, &p->mounts, err))
		return -1;
	inside_bind(in, below ? on : out);
	inside_envs(in, &p->env);
	in->cwd = p->cwd ? p->cwd : below ? "/jkr/src" : "/jkr/out";
	in->stdin_text = p->stdin;
	in->jobserver = p->jobs;
	return p->script.kind == SRC_NONE ? 0 : inside_source(in, &p->script, "/jkr/in/script", err);
}

static int
run_one(struct inside *in, const struct run_params *p, struct err *err)
{
	const char **v = arena_array(job_arena(in->job), const char *, p->argv.n + 4);
	const char *what = p->argv.n ? p->argv.v[0] : "";
	size_t n = 0;

	if (p->script.kind != SRC_NONE) {
		v[n++] = "/bin/sh";
		v[n++] = "-e";
		v[n++] = "/jkr/in/script";
		what = job_source_name(in->job, &p->script);
	}
	for (size_t i = 0; i < p->argv.n; i++)
		v[n++] = p->argv.v[i];
	return inside_run(in, v, what, err);
}

static int
run_command(struct inside *in, const char *command, struct err *err)
{
	struct arena *a = job_arena(in->job);
	const char **v = arena_array(a, const char *, strlen(command) / 2 + 2);
	size_t n = 0;

	for (const char *s = command; *s;) {
		size_t k = strcspn(s, " ");

		if (k)
			v[n++] = arena_strndup(a, s, k);
		s += k + (s[k] != 0);
	}
	return inside_run(in, v, command, err);
}

static int
run_all(struct inside *in, const struct run_params *p, struct err *err)
{
	if (!p->commands.n)
		return run_one(in, p, err);
	for (size_t i = 0; i < p->commands.n; i++)
		if (run_command(in, p->commands.v[i], err))
			return -1;
	return 0;
}

static int
take(struct inside *in, const struct run_params *p, const struct str *said, struct err *err)
{
	struct entry e = {.path = p->capture, .mode = S_IFREG | 0644};

	if (job_below(in->job))
		return 0;
	if (p->outputs.n && inside_outputs(in, &p->outputs, "/jkr/out", &p->exclude, err))
		return -1;
	if (!p->outputs.n && !p->capture && inside_all(in, &p->exclude, err))
		return -1;
	return p->capture ? layer_put(job_layer(in->job), &e, str_text(said), said->len, err) : 0;
}

/* What the programs said, from the log: where it stays even when the step runs out of time. */
static int
said_since(struct job *job, off_t from, struct str *said, struct err *err)
{
	char buf[1 << 16];
	ssize_t n;

	while ((n = pread(job_log(job), buf, sizeof buf, from)) > 0) {
		str_addn(said, buf, (size_t)n);
		from += n;
	}
	return n < 0 ? err_sys(err, "E0321", "cannot read the step's log again") : 0;
}

static int
check_expected(struct job *job, const struct run_params *p, const struct str *said, struct err *err)
{
	unsigned missing = 0;

	for (size_t i = 0; i < p->expect.n; i++) {
		if (memmem(str_text(said), said->len, p->expect.v[i], strlen(p->expect.v[i])))
			continue;
		missing++;
		err_set(err, "E0321", "`%s` did not say `%s`", job_name(job), p->expect.v[i]);
		if (p->expect.at)
			err_at(err, p->expect.at[i]);
	}
	return missing ? err_help(err, "what it said is in the step's log") : 0;
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct run_params *p = arg;
	struct str said = {0};
	struct inside in;
	off_t from = lseek(job_log(job), 0, SEEK_END);
	int r = inside_begin(&in, job, &p->toolchain, err);

	if (!r)
		r = assemble(&in, p, err);
	in.capture = p->capture && !p->expect.n ? &said : NULL;
	if (!r)
		r = run_all(&in, p, err);
	if (!r && p->expect.n) {
		r = said_since(job, from, &said, err);
		if (!r)
			r = check_expected(job, p, &said, err);
	}
	if (!r)
		r = take(&in, p, &said, err);
	inside_end(&in);
	str_free(&said);
	return r;
}

const struct prim prim_run_in_container = {
	.name = "run_in_container",
	.doc = "Runs programs in a sandbox that holds the toolchain's image, without network. With `on`, the tree stands "
	       "at /jkr/src and the result is that tree with what the programs changed; without, the result is what they "
	       "leave in /jkr/out.",
	.params = params,
	.size = sizeof(struct run_params),
	.version = 1,
	.flags = PRIM_CONTAINER | PRIM_ON,
	.example =
		"run_in_container \"nodes\" {\n"
		"  \"sh\", \"-c\", \"ls /jkr/fw > files.txt\", toolchain = gcc, mounts = { [\"/jkr/fw\"] = firmware },\n"
		"}\n",
	.run = run,
	.check = check,
};
