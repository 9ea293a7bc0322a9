/* cli: what the command line, the environment and the configuration files said. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/map.h"
#include "base/mem.h"
#include "cli/command.h"

struct recipe;

struct words {
	const char **v; /* ended by NULL */
	size_t n, cap;
};

struct cli {
	struct arena arena;
	const struct command *cmd;
	int argc; /* positional arguments behind the command */
	const char **argv;
	int64_t jobs; /* 0: as many as processors */
	bool keep_going, dry_run, quiet, locked, offline, fresh, no_wait, allow_host, fail_if_changes;
	bool twice, gpg, all, sources, repair, help, first_error, key, dot, mermaid;
	int64_t verbose;
	const char *dir, *profile, *format, *progress, *color, *output, *backend, *store, *max_size, *max_age;
	const char *root, *host, *pubkey, *support, *to, *only;
	const char *from_config, *source, *toolchain;
	const char *judge, *script;
	const char *on;       /* an executor */
	struct map executors; /* of the configuration: name → struct executor (run/farm.h) */
	const char *matrix;   /* stands in argv where other commands have the recipe */
	const char *cache, *cache_key;
	bool cache_write;
	const char *ccache_server, *distcc_hosts; /* not of a project's file */
	struct words defs, plugins, with, targets, kinds;
	struct words trusted_keys; /* of the configuration: public keys that imports must be signed with */
	struct words peers;        /* the same: shared caches that are only read */
	struct recipe *recipe;     /* loaded last, or NULL */
};

enum option_kind { OPT_FLAG, OPT_COUNT, OPT_INT, OPT_TEXT, OPT_LIST };

/* One option. Everything about options comes from this table: parsing, JKR_* variables, configuration
 * files, help, the man page and completions. */
struct option_spec {
	const char *name; /* long name, without -- */
	char letter;      /* 0: none */
	enum option_kind kind;
	size_t offset;   /* in struct cli */
	const char *arg; /* "DIR"; for fixed words "auto|tty|plain|json" */
	const char *doc;
	bool everywhere; /* every command takes it */
	bool config;     /* may stand in a configuration file and in JKR_NAME */
};

extern const struct option_spec cli_options[]; /* ended by {0} */

const struct command *command_find(const char *name);
/* Whether `cmd` takes the option. */
bool command_takes(const struct command *cmd, const struct option_spec *o);
/* Parses argv into `cli` (zeroed). On --help or no command, cli->help is set. */
int cli_parse(struct cli *cli, int argc, char **argv, struct err *err);
void cli_free(struct cli *cli);

/* Help texts, from the tables. */
void help_overview(FILE *out);
void help_command(FILE *out, const struct command *cmd);

/* Whether `out` gets colours: --color, NO_COLOR, CLICOLOR_FORCE, TERM=dumb, a terminal. */
bool cli_colour(const struct cli *cli, FILE *out);
