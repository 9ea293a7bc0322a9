/* plan: what would run, and why */
#include "cli/session.h"
#include "cli/show.h"

static enum status
run(struct cli *cli, struct err *err)
{
	struct session s;
	enum status st = ST_OK;
	int r = session_ready(&s, cli, false, err);

	if (!r && !cli->quiet)
		show_plan(&s, stdout);
	if (!r && cli->fail_if_changes && plan_count(&s.plan, PLAN_RUN) + plan_count(&s.plan, PLAN_AFTER))
		st = ST_CHANGES;
	session_close(&s);
	return r < 0 ? err_status(err) : st;
}

const struct command cmd_plan = {
	.name = "plan",
	.usage = "RECIPE [STEP…]",
	.doc = "Show what would run, and why. A plan writes nothing, and what it says is what a run does: `cached` has a "
	       "stored result, `away` is one that the shared cache has, `run` has none, with the one reason, `after` depends on results that are not there yet, "
	       "`skipped` lacks an optional input.",
	.options = "define profile plugin matrix with cache format locked offline fresh backend fail-if-changes all",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
