/* worker: runs one step that another jkr put into the shared cache */
#include "cli/cli.h"
#include "cli/worker.h"

static enum status
run(struct cli *cli, struct err *err)
{
	return worker_run(cli, cli->argv[0], err) ? err_status(err) : ST_OK;
}

const struct command cmd_worker = {
	.name = "worker",
	.usage = "DIGEST",
	.doc = "Run one step that `jkr run --on NAME` put into the shared cache, on the machine where this command stands. It is started by the executor's command, and needs "
	       "neither the recipe nor Lua: the step, the results that it takes in and the files of the project that it names come from the cache, and its result goes there. It is "
	       "run by the code that runs it anywhere else, in the same sandbox, and only when its key comes out the same. What it says on stdout is for the jkr that waits for it.",
	.options = "cache cache-write cache-key backend allow-host no-wait",
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
