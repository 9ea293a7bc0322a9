/* run: builds what a recipe returns */
#include <time.h>

#include "cli/build.h"
#include "cli/goal.h"
#include "cli/kept.h"
#include "cli/show.h"
#include "cli/twice.h"

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
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

/* One target, for its own sake. */
static enum status
run_goal(struct cli *cli, struct err *err)
{
	struct session s;
	int interrupted = 0;
	int r = session_load(&s, cli, cli->argv[0], err);

	if (!r)
		r = goal_run(&s, &interrupted, err);
	session_close(&s);
	if (interrupted)
		return (enum status)(128 + interrupted);
	return r < 0 ? err_status(err) : ST_OK;
}

static enum status
run_recipe(struct cli *cli, struct err *err)
{
	struct session s;
	double start = now();
	int interrupted = 0;
	int r = session_ready(&s, cli, !cli->dry_run, err);

	if (!r && cli->dry_run) {
		show_plan(&s, stdout);
	} else if (!r) {
		r = build_plan(&s, &s.plan, &interrupted, err);
		if (!r && cli->twice)
			r = twice(&s, &interrupted, err);
		if (!r)
			r = finish(&s, now() - start, err);
		if (!r)
			kept_put(&s);
	}
	session_close(&s);
	if (interrupted)
		return (enum status)(128 + interrupted);
	return r < 0 ? err_status(err) : ST_OK;
}

static enum status
run(struct cli *cli, struct err *err)
{
	return cli->targets.n ? run_goal(cli, err) : run_recipe(cli, err);
}

const struct command cmd_run = {
	.name = "run",
	.usage = "RECIPE [STEP…]",
	.doc = "Build what a recipe returns, and run its checks. Only what has no stored result runs; a second run has "
	       "nothing to do. The artifacts are listed at the end, and with -o copied to a folder, where what is already as it must be stays. With STEP only that step is built, with "
	       "what it needs, and its whole result is the artifact. "
	       "With --twice everything but the downloads is then built again from nothing and compared: a step that gave two results "
	       "from the same inputs is an error, with the place of the first difference in each file, and its cause where that can be told. The second build has one processor and one job "
	       "less than the first (or one job more than one), and begins in another second. "
	       "With -t the make of STEP runs with these targets in the place of its own, in its sandbox and over its build directory, such as "
	       "`-t drivers/tty/serial/amba-pl011.o`; -v shows whole commands. Nothing of that is stored. "
	       "With --matrix FILE it takes many recipes for one: FILE is YAML with `boards` (a name, and a recipe with its options) and `options` "
	       "(lists of values); each board with each of these is a row, such as `nx,rt=true`. What rows have in common is built once. STEP is then a "
	       "step, a row or a board, and -o exports each row to a folder of its own.",
	.options =
		"define profile plugin matrix with cache cache-write cache-key ccache-server distcc-hosts on format jobs keep-going dry-run output fresh locked offline no-wait backend "
		"twice allow-host progress all target",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
