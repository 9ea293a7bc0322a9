/* audit: whether what a recipe makes, or a tree that lies here, is as it was asked for */
#include <fcntl.h>

#include "cli/audit.h"
#include "cli/cli.h"
#include "cli/show.h"

static int
look(struct audit *a, struct cli *cli, int *interrupted, struct err *err)
{
	cleanup_fd int dir = open(cli->argv[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return audit_recipe(a, cli, interrupted, err);
	if (cli->argc > 1)
		return err_set(err, "E1004", "`%s` is a folder, which has no step `%s`", cli->argv[0], cli->argv[1]);
	return audit_folder(a, dir, cli->argv[0], err);
}

static enum status
run(struct cli *cli, struct err *err)
{
	struct audit a = {.open = ""};
	int interrupted = 0, r = look(&a, cli, &interrupted, err);
	bool failed = audit_count(&a, AUDIT_FAILED) != 0;

	if (a.n && wants_json(cli))
		audit_print_json(&a, stdout);
	else if (a.n && (!cli->quiet || failed))
		audit_print(&a, stdout);
	audit_free(&a);
	if (interrupted)
		return (enum status)(128 + interrupted);
	return failed ? ST_CHECK : r < 0 ? err_status(err) : ST_OK;
}

const struct command cmd_audit = {
	.name = "audit",
	.usage = "RECIPE|DIR [STEP…]",
	.doc = "Run a recipe's checks, and say in a table what was asked, what was got, and on which line. What they need is built as in a run, and "
	       "checked results are kept, so that a second audit has nothing to do. A check that fails stops no other. With STEP only the "
	       "checks of that step and those that look at its result. With DIR, NVIDIA's Linux_for_Tegra or a root file system, a tree that "
	       "jkr need not have made is looked at, and nothing is written: kernel image, modules, boot menu, device trees, overlays, headers, "
	       "host keys, manifest. The exit status is 3 when a check failed.",
	.options = "define profile plugin format jobs fresh locked offline no-wait backend allow-host progress",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
