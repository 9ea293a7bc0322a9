/* export: a recipe's sources as one file */
#include "cli/sources.h"

static enum status
run(struct cli *cli, struct err *err)
{
	int interrupted = 0, r;

	if (!cli->sources) {
		err_set(err, "E1004", "`jkr export` needs more than that: --sources");
		err_help(err, "`jkr run %s -o DIR` exports what is built", cli->argv[0]);
		return err_status(err);
	}
	r = sources_export(cli, &interrupted, err);
	if (interrupted)
		return (enum status)(128 + interrupted);
	return r < 0 ? err_status(err) : ST_OK;
}

const struct command cmd_export = {
	.name = "export",
	.usage = "RECIPE --sources",
	.doc = "Write all that a recipe is built from into one file, NAME-sources.tar.zst or what -o names: the project's files, jkr.lock, recipes from elsewhere, and what its "
	       "steps fetch. `jkr import` makes a folder of it on another machine, where the recipe builds without a network. Everything is fetched anew for it, so that nothing is "
	       "forgotten. An image of Debian packages goes along as a tar, whose hash then stands in jkr.lock: no apt is needed there.",
	.options = "sources define profile plugin output locked offline no-wait progress",
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
