/* jkr: argv to a command to an exit status; the only place that prints an error. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <fcntl.h>

#include "cli/cli.h"
#include "cli/session.h"

/* The descriptors 0 to 2 must be open, or a file of ours would take their place. */
static void
open_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

static enum status
run(struct cli *cli, int argc, char **argv, struct err *err)
{
	if (argc == 2 && !strcmp(argv[1], "--version")) {
		puts("jkr " JKR_VERSION);
		return ST_OK;
	}
	if (cli_parse(cli, argc, argv, err) < 0)
		return err_status(err);
	if (!cli->cmd) {
		help_overview(stdout);
		return argc > 1 ? ST_OK : ST_USAGE;
	}
	if (cli->help) {
		help_command(stdout, cli->cmd);
		return ST_OK;
	}
	return cli->cmd->run(cli, err);
}

int
main(int argc, char **argv)
{
	struct cli cli = {0};
	struct err err = {0};
	enum status status;

	open_standard();
	signal(SIGCHLD, SIG_DFL); /* ignored by a careless caller, it makes the kernel forget how our children ended */
	umask(022);
	unsetenv("POSIXLY_CORRECT"); /* options may stand behind the recipe, whoever calls */
	setlocale(LC_CTYPE, "C.UTF-8");
	status = run(&cli, argc, argv, &err);
	if (fflush(stdout) || ferror(stdout)) {
		err_sys(&err, "E1006", "cannot write the output");
		status = ST_STEP;
	}
	session_print_errors(&cli, &err);
	err_free(&err);
	session_end(&cli);
	cli_free(&cli);
	return status;
}
