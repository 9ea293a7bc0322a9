/* import: a folder of a recipe's sources */
#include "cli/sources.h"

static enum status
run(struct cli *cli, struct err *err)
{
	return sources_import(cli, err) < 0 ? err_status(err) : ST_OK;
}

const struct command cmd_import = {
	.name = "import",
	.usage = "FILE [DIR]",
	.doc = "Unpack what `jkr export --sources` wrote into a new folder, DIR or the one that it names. Everything in it is compared with its list, and what leaves the folder, or would be a "
	       "repository, is refused. In the folder `jkr run RECIPE --offline` builds it.",
	.options = "",
	.min_args = 1,
	.max_args = 2,
	.run = run,
};
