/* lint: reads what a recipe runs, and names what would make two builds of it differ */
#include <stdio.h>

#include "cli/lint.h"
#include "cli/session.h"

static enum status
run(struct cli *cli, struct err *err)
{
	struct lint_result got = {0};
	struct session s;
	int r = session_load(&s, cli, cli->argv[0], err);

	if (!r)
		r = lint_recipe(s.recipe, cli->quiet, &got, err);
	if (!r && got.found > got.told)
		err_set(err, "E1210", "and %zu more places", got.found - got.told);
	if (!r && !got.found && !cli->quiet)
		printf("%s: %zu steps and %zu file%s read: nothing in them makes two builds differ\n", s.recipe->name,
		       s.recipe->nsteps, got.files, got.files == 1 ? "" : "s");
	if (!r && got.absent && !cli->quiet)
		fprintf(stderr, "note: %zu input%s not here yet, and not read\n", got.absent,
			got.absent == 1 ? " is" : "s are");
	if (!r && got.unread && !cli->quiet)
		fprintf(stderr,
			"note: what %zu step%s unpack%s or check%s out is not read; `jkr run --twice` shows what a "
			"build of it does\n",
			got.unread, got.unread == 1 ? "" : "s", got.unread == 1 ? "s" : "", got.unread == 1 ? "s" : "");
	session_close(&s);
	return r < 0 || err_any(err) ? err_status(err) : ST_OK;
}

const struct command cmd_lint = {
	.name = "lint",
	.usage = "RECIPE",
	.doc = "Read what a recipe runs (scripts, makefiles, C sources, configurations, commands; those of the project and of the recipe) and name each place that "
	       "would make two builds differ: the time of the build, a key or a number that is drawn, the path, the number of jobs and their order, the machine's name, "
	       "order and times in archives. Nothing is fetched, built or written. What jkr keeps the same by itself is only noted. It reads and does not run: "
	       "what is downloaded or unpacked is not looked into, and `jkr run --twice` shows what a build really does. A line of a file with the words `jkr: fine` is "
	       "passed over.",
	.options = "define profile plugin",
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
