/* run: builds what a recipe returns */
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/session.h"
#include "cli/show.h"
#include "run/run.h"

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
	bool tty = isatty(STDERR_FILENO) && cli_colour(cli, stderr);

	if (cli->quiet || !strcmp(p, "quiet"))
		return reporter_quiet();
	if (!strcmp(p, "json"))
		return reporter_json(STDERR_FILENO);
	if (!strcmp(p, "tty") || (!strcmp(p, "auto") && tty))
		return reporter_tty(STDERR_FILENO, verbose, cli_colour(cli, stderr));
	return reporter_plain(STDERR_FILENO, verbose);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
build(struct session *s, int *interrupted, struct err *err)
{
	const struct cli *cli = s->cli;
	struct run_options opt = {
	        .jobs = (int)cli->jobs, .keep_going = cli->keep_going, .fresh = cli->fresh, .no_wait = cli->no_wait,
	        .allow_host = cli->allow_host, .offline = cli->offline, .locked = cli->locked,
	        .backend = backend_of(cli), .epoch = s->env.epoch, .reporter = reporter_of(cli),
	        .verbose = (int)cli->verbose,
	};
	int r = run_plan(&s->plan, s->store, &s->env, &opt, interrupted, err);

	opt.reporter->free(opt.reporter);
	/* the pins of what was built count also when something else failed */
	if (session_keep_pins(s, err) < 0)
		r = -1;
	return r;
}

static int
finish(struct session *s, double seconds, struct err *err)
{
	struct artifact *v;
	size_t n;

	if (artifacts_collect(s, s->cli->output, &v, &n, err) < 0)
		return -1;
	if (!s->cli->quiet || wants_json(s->cli))
		show_artifacts(s, v, n, seconds, stdout);
	return 0;
}

static enum status
run(struct cli *cli, struct err *err)
{
	struct session s;
	double start = now();
	int interrupted = 0;
	int r = session_load(&s, cli, cli->argv[0], err);

	if (!r)
		r = session_plan(&s, cli->argv + 1, (size_t)cli->argc - 1, !cli->dry_run, err);
	if (!r && cli->dry_run) {
		show_plan(&s, stdout);
	} else if (!r) {
		r = build(&s, &interrupted, err);
		if (!r)
			r = finish(&s, now() - start, err);
	}
	session_close(&s);
	if (interrupted)
		return (enum status)(128 + interrupted);
	return r < 0 ? err_status(err) : ST_OK;
}

const struct command cmd_run = {
        .name = "run",
        .usage = "RECIPE [STEP…]",
        .doc = "Build what a recipe returns, and run its checks. Only what has no stored result runs; a second run has "
               "nothing to do. The artifacts are listed at the end, and with -o copied to a folder.",
        .options = "define profile plugin format jobs keep-going dry-run output fresh locked offline no-wait backend "
                   "allow-host progress all",
        .min_args = 1,
        .max_args = -1,
        .run = run,
};
