#include "cli/build.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

static const char *const backends[] = {
	[BACKEND_BWRAP] = "bwrap", [BACKEND_DOCKER] = "docker", [BACKEND_PODMAN] = "podman", [BACKEND_NONE] = "none"};

static enum backend
backend_of(const struct cli *cli)
{
	for (size_t i = 0; cli->backend && i < ARRAY_LEN(backends); i++)
		if (!strcmp(backends[i], cli->backend))
			return (enum backend)i;
	return BACKEND_BWRAP;
}

static struct reporter *
reporter_of(const struct cli *cli)
{
	const char *p = cli->progress ? cli->progress : "auto";
	int verbose = (int)cli->verbose;
	const char *term = getenv("TERM");
	/* NO_COLOR is about colours: the footer needs a terminal that can move its cursor */
	bool tty = isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb");

	if (cli->quiet || !strcmp(p, "quiet"))
		return reporter_quiet();
	if (!strcmp(p, "json"))
		return reporter_json(STDERR_FILENO);
	if (!strcmp(p, "tty") || (!strcmp(p, "auto") && tty))
		return reporter_tty(STDERR_FILENO, verbose, cli_colour(cli, stderr));
	return reporter_plain(STDERR_FILENO, verbose);
}

/* The recipe, and what changes its steps, as the user wrote them. */
static const char *
again(struct session *s)
{
	const struct cli *cli = s->cli;
	cleanup_str struct str b = {0};

	if (cli->dir)
		str_addf(&b, "-C %s ", cli->dir);
	str_addf(&b, "%s%s", cli->matrix ? "--matrix " : "", cli->argv[0]);
	if (cli->profile)
		str_addf(&b, " --profile %s", cli->profile);
	for (size_t i = 0; i < cli->plugins.n; i++)
		str_addf(&b, " --plugin %s", cli->plugins.v[i]);
	for (size_t i = 0; i < cli->with.n; i++)
		str_addf(&b, " --with %s", cli->with.v[i]);
	for (size_t i = 0; i < cli->defs.n; i++)
		str_addf(&b, strpbrk(cli->defs.v[i], " \t'\"$*?&;|<>()\\") ? " -D '%s'" : " -D %s", cli->defs.v[i]);
	return arena_strdup(&s->arena, str_text(&b));
}

const char *
build_command(struct session *s, const char *command, const char *step)
{
	return arena_printf(&s->arena, "jkr %s %s %s", command, again(s), step);
}

struct run_options
build_options(struct session *s)
{
	const struct cli *cli = s->cli;

	return (struct run_options){
		.jobs = (int)cli->jobs,
		.keep_going = cli->keep_going,
		.fresh = cli->fresh,
		.no_wait = cli->no_wait,
		.allow_host = cli->allow_host,
		.offline = cli->offline,
		.locked = cli->locked,
		.backend = backend_of(cli),
		.epoch = s->env.epoch,
		.verbose = (int)cli->verbose,
		.keep = s->keep,
		.shared = s->shared,
		.give = cli->cache_write,
		.helpers = s->helpers,
		.on = s->on,
		.again = again(s),
	};
}

/* What was found damaged on the way was built again: nothing failed, but the disk may be worth a look. */
static void
say_set_aside(const struct session *s)
{
	const char *lines = store_set_aside(s->store);

	if (!lines || s->cli->quiet)
		return;
	fprintf(stderr, "damaged in the store, set aside in %s/quarantine:\n", store_path(s->store));
	for (const char *p = lines; *p; p += *p == '\n') {
		size_t n = strcspn(p, "\n");

		fprintf(stderr, "  %.*s\n", (int)n, p);
		p += n;
	}
}

int
build_aside(struct session *s, struct plan *plan, int *interrupted, struct err *err)
{
	struct run_options opt = build_options(s);
	int r;

	opt.reporter = reporter_of(s->cli);
	r = run_plan(plan, s->store, &s->env, &opt, interrupted, err);
	opt.reporter->free(opt.reporter);
	say_set_aside(s);
	return r;
}

int
build_plan(struct session *s, struct plan *plan, int *interrupted, struct err *err)
{
	int r = build_aside(s, plan, interrupted, err);

	/* the pins of what was built count also when something else failed */
	if (session_keep_pins(s, plan, err) < 0)
		r = -1;
	return r;
}

int
build_inputs(struct session *s, uint32_t number, int *interrupted, struct err *err)
{
	const struct step *step = &s->recipe->steps[number];
	struct plan inputs;
	size_t missing = 0;
	int r = 0;

	for (size_t i = 0; i < step->ninputs; i++)
		missing += s->plan.v[step->inputs[i]].state != PLAN_CACHED;
	if (missing) {
		if (!s->cli->quiet)
			fprintf(stderr, "what `%s` takes in is not all there: it is built first\n", step->name);
		r = plan_make(&inputs, s->recipe, step->inputs, step->ninputs, &s->env, err);
		if (!r)
			r = build_plan(s, &inputs, interrupted, err);
		plan_free(&inputs);
	}
	plan_free(&s->plan);
	if (r || plan_make(&s->plan, s->recipe, &number, 1, &s->env, err))
		return -1;
	if (s->plan.v[number].state != PLAN_SKIPPED && s->plan.v[number].has_key)
		return 0;
	err_set(err, "E0322", "step `%s` cannot be entered: %s", step->name, s->plan.v[number].reason);
	return err_at(err, step->at);
}
