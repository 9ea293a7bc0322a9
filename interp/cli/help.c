/* Help, from the tables of commands and options. */
#include <string.h>

#include "cli/cli.h"
#include "base/str.h"

static int
first_sentence(const char *doc)
{
	const char *end = strstr(doc, ". ");

	return (int)(end ? end - doc : (ptrdiff_t)strcspn(doc, "."));
}

void
help_overview(FILE *out)
{
	fputs("jkr builds kernels, boards and drivers from recipes.\n\n"
	      "usage: jkr COMMAND [OPTION…] [ARGUMENT…]\n\n", out);
	for (const struct command *const *c = commands; *c; c++) {
		cleanup_str struct str left = {0};

		str_addf(&left, "%s %s", (*c)->name, (*c)->usage);
		fprintf(out, "  %-36s %.*s\n", str_text(&left), first_sentence((*c)->doc), (*c)->doc);
	}
	fputs("\nexamples:\n"
	      "  jkr plan qemu-arm64-rt.lua             what would run, and why\n"
	      "  jkr run qemu-arm64-rt.lua -o out       build it and export the artifacts\n"
	      "  jkr run qemu-arm64-rt.lua -D rt=false  with another option\n"
	      "  jkr doctor qemu-arm64-rt.lua           what this machine lacks\n\n"
	      "`jkr COMMAND --help` explains a command, `jkr doc` the language, `jkr doc E0203` an error.\n"
	      "exit status: 0 done, 1 a step failed, 2 wrong command line or recipe, 3 a check failed,\n"
	      "  4 work would be done, 5 --locked or --offline, 6 machine lacks something, 7 network, 8 busy\n", out);
}

static void
help_options(FILE *out, const struct command *cmd, bool everywhere)
{
	for (const struct option_spec *o = cli_options; o->name; o++) {
		cleanup_str struct str left = {0};

		if (o->everywhere != everywhere || !command_takes(cmd, o))
			continue;
		if (o->letter)
			str_addf(&left, "-%c, ", o->letter);
		else
			str_add(&left, "    ");
		str_addf(&left, "--%s", o->name);
		if (o->arg)
			str_addf(&left, "=%s", o->arg);
		fprintf(out, "  %-36s %s\n", str_text(&left), o->doc);
	}
}

void
help_command(FILE *out, const struct command *cmd)
{
	fprintf(out, "usage: jkr %s [OPTION…] %s\n\n%s\n\noptions:\n", cmd->name, cmd->usage, cmd->doc);
	help_options(out, cmd, false);
	help_options(out, cmd, true);
}
