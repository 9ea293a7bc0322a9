#include "cli/cli.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/near.h"
#include "base/str.h"
#include "cli/config.h"

#define AT(field) offsetof(struct cli, field)

const struct option_spec cli_options[] = {
	{"directory", 'C', OPT_TEXT, AT(dir), "DIR", "Work in DIR.", true, false},
	{"help", 'h', OPT_FLAG, AT(help), NULL, "Show what a command does and takes.", true, false},
	{"quiet", 'q', OPT_FLAG, AT(quiet), NULL, "Say only what went wrong.", true, false},
	{"verbose", 'v', OPT_COUNT, AT(verbose), NULL, "Say more; twice shows the programs' output.", true, false},
	{"color", 0, OPT_TEXT, AT(color), "auto|always|never", "When to use colours.", true, true},
	{"store", 0, OPT_TEXT, AT(store), "DIR", "Where results are kept.", true, true},
	{"define", 'D', OPT_LIST, AT(defs), "KEY=VALUE", "Set an option of the recipe.", false, false},
	{"profile", 0, OPT_TEXT, AT(profile), "NAME", "Take options from profiles/NAME.yaml.", false, true},
	{"plugin", 0, OPT_LIST, AT(plugins), "DIR", "Add a plugin to the recipe's set.", false, false},
	{"matrix", 0, OPT_TEXT, AT(matrix), "FILE", "In place of a recipe, all boards and options of FILE.", false,
	 false},
	{"with", 0, OPT_LIST, AT(with), "STEP=DIR", "Take a folder in the place of a step's result.", false, false},
	{"format", 0, OPT_TEXT, AT(format), "text|json", "How stdout is written.", false, false},
	{"jobs", 'j', OPT_INT, AT(jobs), "N", "Run N jobs at once in all, makes included.", false, true},
	{"cache", 0, OPT_TEXT, AT(cache), "URL",
	 "Take results from the shared cache at https://, http://, ssh:// or file:///; `none` is none.", false, true},
	{"cache-write", 0, OPT_FLAG, AT(cache_write), NULL, "Send what is built to the shared cache.", false, true},
	{"cache-key", 0, OPT_TEXT, AT(cache_key), "FILE", "The secret key of minisign that signs what is sent.", false,
	 true},
	{"ccache-server", 0, OPT_TEXT, AT(ccache_server), "URL",
	 "Share what ccache keeps with those who use the server at http://; `none` is none.", false, true},
	{"distcc-hosts", 0, OPT_TEXT, AT(distcc_hosts), "HOST/JOBS…",
	 "Where distcc compiles for toolchains that ask for it; `none` is nowhere.", false, true},
	{"on", 0, OPT_TEXT, AT(on), "NAME",
	 "Let the executor NAME of the configuration run what can be run elsewhere; `none` is none.", false, true},
	{"keep-going", 'k', OPT_FLAG, AT(keep_going), NULL, "Go on with what does not depend on a failed step.", false,
	 true},
	{"dry-run", 'n', OPT_FLAG, AT(dry_run), NULL, "Show the plan and run nothing.", false, false},
	{"output", 'o', OPT_TEXT, AT(output), "DIR", "Export the artifacts to DIR.", false, false},
	{"target", 't', OPT_LIST, AT(targets), "GOAL",
	 "Only this target of the step's make, on this terminal; store nothing.", false, false},
	{"fresh", 0, OPT_FLAG, AT(fresh), NULL, "Use no stored result and no warm directory; downloads are kept.",
	 false, false},
	{"twice", 0, OPT_FLAG, AT(twice), NULL, "Build again from nothing, and compare.", false, false},
	{"locked", 0, OPT_FLAG, AT(locked), NULL, "Fail where jkr.lock would have to change.", false, true},
	{"offline", 0, OPT_FLAG, AT(offline), NULL, "Fail where the network would be needed.", false, true},
	{"no-wait", 0, OPT_FLAG, AT(no_wait), NULL, "Fail where another run holds a lock.", false, true},
	{"backend", 0, OPT_TEXT, AT(backend), "bwrap|docker|podman|none", "What runs containers.", false, true},
	{"allow-host", 0, OPT_FLAG, AT(allow_host), NULL, "Let backend none use the host's compilers.", false, false},
	{"progress", 0, OPT_TEXT, AT(progress), "auto|tty|plain|json|quiet", "How a run is shown.", false, true},
	{"fail-if-changes", 0, OPT_FLAG, AT(fail_if_changes), NULL, "Exit with 4 when work would be done.", false,
	 false},
	{"dot", 0, OPT_FLAG, AT(dot), NULL, "Write the graph for Graphviz.", false, false},
	{"mermaid", 0, OPT_FLAG, AT(mermaid), NULL, "Write the graph for Mermaid.", false, false},
	{"first-error", 0, OPT_FLAG, AT(first_error), NULL, "Only the first error of a log.", false, false},
	{"support", 0, OPT_TEXT, AT(support), "FILE", "Write all that a bug report needs into FILE.tar.zst.", false,
	 false},
	{"only", 0, OPT_TEXT, AT(only), "host|docker|sources|network|flash", "Only these checks.", false, false},
	{"to", 0, OPT_TEXT, AT(to), "FILE", "The fragment that takes the difference.", false, false},
	{"from-config", 0, OPT_TEXT, AT(from_config), "FILE", "The .config that a board runs with.", false, false},
	{"source", 0, OPT_TEXT, AT(source), "DIR", "The folder of the project that holds the kernel's source.", false,
	 false},
	{"toolchain", 0, OPT_TEXT, AT(toolchain), "NAME", "A toolchain of the project or of jkr.", false, false},
	{"kind", 0, OPT_LIST, AT(kinds), "KIND", "Compare only this kind of things.", false, false},
	{"judge", 0, OPT_TEXT, AT(judge), "STEP", "The step whose failure is what is looked for.", false, false},
	{"script", 0, OPT_TEXT, AT(script), "FILE", "A program that says whether a build is good.", false, false},
	{"key", 0, OPT_FLAG, AT(key), NULL, "Show the whole text of the key.", false, false},
	{"max-size", 0, OPT_TEXT, AT(max_size), "SIZE", "Shrink the store to SIZE, such as 20G.", false, false},
	{"max-age", 0, OPT_TEXT, AT(max_age), "DAYS", "Drop results not used for DAYS days.", false, false},
	{"root", 0, OPT_TEXT, AT(root), "DIR", "The folder that the paths of a list start at.", false, false},
	{"host", 0, OPT_TEXT, AT(host), "URL", "A machine to compare with, as ssh://[USER@]HOST[:PORT].", false, false},
	{"pubkey", 0, OPT_TEXT, AT(pubkey), "FILE", "The public ed25519 key that lists must be signed with.", false,
	 false},
	{"gpg", 0, OPT_FLAG, AT(gpg), NULL, "GPG signatures, by gpg and its keyring.", false, false},
	{"sources", 0, OPT_FLAG, AT(sources), NULL, "What it is built from, in one file.", false, false},
	{"repair", 0, OPT_FLAG, AT(repair), NULL, "Set damaged objects aside, so that they are built again.", false,
	 false},
	{"all", 0, OPT_FLAG, AT(all), NULL, "Everything.", false, false},
	{0},
};

const struct command *
command_find(const char *name)
{
	for (const struct command *const *c = commands; *c; c++)
		if (!strcmp((*c)->name, name))
			return *c;
	return NULL;
}

static bool
listed(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *s = list; s && *s; s += strspn(s, " ")) {
		size_t k = strcspn(s, " ");

		if (k == n && !memcmp(s, name, n))
			return true;
		s += k;
	}
	return false;
}

bool
command_takes(const struct command *cmd, const struct option_spec *o)
{
	return o->everywhere || (cmd && listed(cmd->options, o->name));
}

static int
unknown_command(const char *name, struct err *err)
{
	const char *names[64];
	size_t n = 0;
	const char *near;

	for (const struct command *const *c = commands; *c && n < ARRAY_LEN(names); c++)
		names[n++] = (*c)->name;
	err_set(err, "E1001", "there is no command `%s`", name);
	near = near_name(name, names, n);
	if (near)
		err_help(err, "did you mean `jkr %s`?", near);
	return err_help(err, "`jkr --help` lists the commands");
}

static int
unknown_option(const struct cli *cli, const char *word, struct err *err)
{
	const char *names[ARRAY_LEN(cli_options)];
	size_t n = 0, len = strcspn(word, "=");
	cleanup_free char *name = xstrndup(word, len);
	const char *near, *s = name + strspn(name, "-");

	for (const struct option_spec *o = cli_options; o->name; o++)
		if (command_takes(cli->cmd, o))
			names[n++] = o->name;
	err_set(err, "E1002", "`jkr %s` has no option `%s`", cli->cmd ? cli->cmd->name : "", name);
	near = near_name(s, names, n);
	if (near)
		err_help(err, "did you mean `--%s`?", near);
	return err_help(err, "`jkr %s --help` lists them", cli->cmd ? cli->cmd->name : "");
}

/* A word of an option like --progress must be one of those between the bars. */
static int
check_word(const struct option_spec *o, const char *value, struct err *err)
{
	size_t n = strlen(value);

	if (!o->arg || !strchr(o->arg, '|'))
		return 0;
	for (const char *s = o->arg; *s; s += *s == '|') {
		size_t k = strcspn(s, "|");

		if (k == n && !memcmp(s, value, n))
			return 0;
		s += k;
	}
	err_set(err, "E1003", "`--%s` takes %s, not `%s`", o->name, o->arg, value);
	return -1;
}

static int
set_int(const struct option_spec *o, const char *value, int64_t *out, struct err *err)
{
	char *end;

	errno = 0;
	*out = strtoll(value, &end, 10);
	if (errno || !*value || *end || *out < 0 || *out > 100000)
		return err_set(err, "E1003", "`--%s` takes a number from 0 to 100000, not `%s`", o->name, value);
	return 0;
}

int
option_set(struct cli *cli, const struct option_spec *o, const char *value, struct err *err)
{
	void *at = (char *)cli + o->offset;
	struct words *w = at;

	if (value && check_word(o, value, err) < 0)
		return -1;
	switch (o->kind) {
	case OPT_FLAG: *(bool *)at = true; return 0;
	case OPT_COUNT: ++*(int64_t *)at; return 0;
	case OPT_INT: return set_int(o, value, at, err);
	case OPT_TEXT: *(const char **)at = value; return 0;
	case OPT_LIST:
		GROW(w->v, w->n + 1, w->cap);
		w->v[w->n++] = value;
		w->v[w->n] = NULL;
		return 0;
	}
	return 0;
}

static const struct option_spec *
by_letter(const struct cli *cli, int letter)
{
	for (const struct option_spec *o = cli_options; o->name; o++)
		if (o->letter == letter && command_takes(cli->cmd, o))
			return o;
	return NULL;
}

/* getopt's two tables, from ours; only what the command takes. */
static size_t
getopt_tables(const struct cli *cli, struct option *longs, const struct option_spec **specs, struct str *shorts)
{
	size_t n = 0;

	str_add(shorts, ":");
	for (const struct option_spec *o = cli_options; o->name; o++) {
		bool arg = o->kind != OPT_FLAG && o->kind != OPT_COUNT;

		if (!command_takes(cli->cmd, o))
			continue;
		longs[n].name = o->name;
		longs[n].has_arg = arg ? required_argument : no_argument;
		longs[n].val = 256 + (int)n;
		specs[n++] = o;
		if (o->letter) {
			str_addc(shorts, o->letter);
			if (arg)
				str_addc(shorts, ':');
		}
	}
	return n;
}

static int
parse_options(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct option longs[ARRAY_LEN(cli_options)] = {0};
	const struct option_spec *specs[ARRAY_LEN(cli_options)];
	cleanup_str struct str shorts = {0};
	size_t n = getopt_tables(cli, longs, specs, &shorts);
	int c;

	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, str_text(&shorts), longs, NULL)) != -1) {
		const struct option_spec *o = c >= 256 && (size_t)(c - 256) < n ? specs[c - 256] : by_letter(cli, c);
		char letter[3] = {'-', (char)optopt, 0};

		if (c == ':')
			return err_set(err, "E1003", "`%s` needs a value", optopt ? letter : argv[optind - 1]);
		if (!o)
			return unknown_option(cli, optopt && optopt < 256 ? letter : argv[optind - 1], err);
		if (option_set(cli, o, optarg, err) < 0)
			return -1;
	}
	cli->argc = argc - optind;
	cli->argv = (const char **)argv + optind;
	return 0;
}

/* With --matrix all words are steps. */
static void
put_matrix(struct cli *cli)
{
	const char **v = arena_array(&cli->arena, const char *, (size_t)cli->argc + 2);

	v[0] = cli->matrix;
	memcpy(v + 1, cli->argv, sizeof *v * (size_t)cli->argc);
	cli->argv = v;
	cli->argc++;
}

static int
check_args(const struct cli *cli, struct err *err)
{
	const struct command *c = cli->cmd;

	if (cli->argc < c->min_args) {
		err_set(err, "E1004", "`jkr %s` needs more than that: it takes %s", c->name, c->usage);
		return err_help(err, "`jkr %s --help` explains it", c->name);
	}
	if (c->max_args >= 0 && cli->argc > c->max_args) {
		err_set(err, "E1004", "`jkr %s` does not take `%s`", c->name, cli->argv[c->max_args]);
		return err_help(err, "it takes: %s", *c->usage ? c->usage : "nothing");
	}
	return 0;
}

/* Options in front of the command (`jkr -C dir run …`) move behind it. */
static int
find_command(struct cli *cli, int argc, char **argv, int *at, struct err *err)
{
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] != '-') {
			cli->cmd = command_find(argv[i]);
			*at = i;
			return cli->cmd ? 0 : unknown_command(argv[i], err);
		}
		if (!strcmp(argv[i], "-C") || !strcmp(argv[i], "--store") || !strcmp(argv[i], "--color") ||
		    !strcmp(argv[i], "--directory"))
			i++;
	}
	cli->help = true;
	return 0;
}

int
cli_parse(struct cli *cli, int argc, char **argv, struct err *err)
{
	cleanup_free char **rest = xcalloc((size_t)argc + 1, sizeof *rest);
	int at = 0, n = 0;

	if (find_command(cli, argc, argv, &at, err) < 0)
		return -1;
	for (int i = 0; i < argc; i++)
		if (!at || i != at)
			rest[n++] = argv[i];
	cli->argv = NULL;
	if (parse_options(cli, n, rest, err) < 0)
		return -1;
	/* positional words outlive the copy of argv */
	cli->argv = arena_memdup(&cli->arena, cli->argv, sizeof *cli->argv * ((size_t)cli->argc + 1));
	if (cli->dir && chdir(cli->dir) < 0)
		return err_sys(err, "E1005", "cannot work in `%s`", cli->dir);
	if (!cli->cmd || cli->help)
		return 0;
	if (config_apply(cli, err) < 0)
		return -1;
	if (cli->matrix)
		put_matrix(cli);
	return check_args(cli, err);
}

void
cli_free(struct cli *cli)
{
	free(cli->defs.v);
	free(cli->plugins.v);
	free(cli->with.v);
	free(cli->targets.v);
	free(cli->kinds.v);
	free(cli->trusted_keys.v);
	free(cli->peers.v);
	map_free(&cli->executors);
	arena_free(&cli->arena);
}

static bool
set(const char *name)
{
	const char *v = getenv(name);

	return v && *v;
}

bool
cli_colour(const struct cli *cli, FILE *out)
{
	const char *term = getenv("TERM");

	if (cli->color && strcmp(cli->color, "auto"))
		return !strcmp(cli->color, "always");
	if (set("NO_COLOR"))
		return false;
	if (set("CLICOLOR_FORCE") || set("FORCE_COLOR"))
		return true;
	return isatty(fileno(out)) && term && strcmp(term, "dumb");
}
