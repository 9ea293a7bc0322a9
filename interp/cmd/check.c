/* check: loads a recipe and says whether it can be understood */
#include <stdio.h>

#include "cli/session.h"

static enum status
run(struct cli *cli, struct err *err)
{
	struct session s;
	int r = session_load(&s, cli, cli->argv[0], err);

	if (!r && !cli->quiet)
		printf("%s: %zu steps, %zu options, no mistakes\n", s.recipe->name, s.recipe->nsteps,
		       s.recipe->noptions);
	session_close(&s);
	return r < 0 ? err_status(err) : ST_OK;
}

const struct command cmd_check = {
	.name = "check",
	.usage = "RECIPE",
	.doc = "Load a recipe and report every mistake in it. Nothing is fetched, built or written.",
	.options = "define profile plugin matrix",
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
