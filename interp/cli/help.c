/* Help, from the tables of commands and options. */
#include <string.h>

#include "cli/cli.h"
#include "cli/table.h"
#include "cli/wrap.h"
#include "base/str.h"

void
help_overview(FILE *out)
{
	struct table t = {.columns = 2};

	fputs("jkr builds kernels, boards and drivers from recipes.\n\n"
	      "usage: jkr COMMAND [OPTION…] [ARGUMENT…]\n\n",
	      out);
	for (const struct command *const *c = commands; *c; c++)
		TABLE_ROW(&t, arena_printf(&t.arena, "%s %s", (*c)->name, (*c)->usage),
			  arena_strndup(&t.arena, (*c)->doc, (size_t)first_sentence((*c)->doc)));
	table_print(&t, out, 2);
	table_free(&t);
	fputs("\nexamples:\n"
	      "  jkr plan qemu-arm64-rt.lua             what would run, and why\n"
	      "  jkr run qemu-arm64-rt.lua -o out       build it and export the artifacts\n"
	      "  jkr run qemu-arm64-rt.lua -D rt=false  with another option\n"
	      "  jkr doctor qemu-arm64-rt.lua           what this machine lacks\n\n"
	      "`jkr COMMAND --help` explains a command, `jkr doc` the language, `jkr doc E0203` an error.\n"
	      "exit status: 0 done, 1 a step failed, 2 wrong command line or recipe, 3 a check failed,\n"
	      "  4 work would be done, 5 --locked or --offline, 6 machine lacks something, 7 network, 8 busy\n",
	      out);
}

static void
help_options(struct table *t, const struct command *cmd, bool everywhere)
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
		TABLE_ROW(t, str_text(&left), o->doc);
	}
}

void
help_command(FILE *out, const struct command *cmd)
{
	struct table t = {.columns = 2};

	fprintf(out, "usage: jkr %s [OPTION…] %s\n\n", cmd->name, cmd->usage);
	wrap_text(out, cmd->doc, 0);
	fputs("\noptions:\n", out);
	help_options(&t, cmd, false);
	help_options(&t, cmd, true);
	table_print(&t, out, 2);
	table_free(&t);
}
