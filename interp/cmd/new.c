/* new: something to begin with, which runs and tests itself */
#include <string.h>

#include "cli/new_board.h"
#include "cli/new_kind.h"

static enum status
run(struct cli *cli, struct err *err)
{
	if (!strcmp(cli->argv[0], "board"))
		return new_board(cli, cli->argv[1], err);
	if (cli->from_config || cli->source || cli->toolchain) {
		err_set(err, "E1004", "--%s is of `jkr new board`",
			cli->from_config ? "from-config"
			: cli->source    ? "source"
					 : "toolchain");
		return ST_USAGE;
	}
	return new_kind(cli, cli->argv[0], cli->argv[1], err) < 0 ? err_status(err) : ST_OK;
}

const struct command cmd_new = {
	.name = "new",
	.usage = "board|driver|plugin|recipe NAME",
	.doc = "Write something to begin with, which runs and tests itself. `recipe` is a few files with an option and a check; `plugin` "
	       "a plugin and the smallest board that places it; `driver` a kernel module, built for the kernel that a board gives it or for one of QEMU's, in "
	       "which it is loaded. A folder stdlib/new/KIND of a project is one more kind: its files are copied, @NAME@ and @IDENT@ in them "
	       "and in their names stand for NAME. Recipes go into recipes/ where this folder is a project with one. Nothing that is there is written over. "
	       "`board NAME --from-config FILE` writes a recipe for a board from the .config that it runs with. The file's head says architecture and version: "
	       "Debian's source of that version and its compiler are taken, or those of --source and --toolchain. The kernel's own make brings the file to that "
	       "source and tells it by what "
	       "differs from defconfig, from allnoconfig and from the defaults of Kconfig, until each gives exactly that configuration; the one with the "
	       "fewest lines goes into NAME/board.config, and NAME.lua is the recipe. A symbol that this source or toolchain cannot have is named, with the "
	       "reason that Kconfig gives. Nothing is compiled.",
	.options = "jobs locked offline no-wait backend allow-host progress from-config source toolchain",
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
