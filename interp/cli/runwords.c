#include "cli/runwords.h"

#include <string.h>

#include "cli/cli.h"

enum { WORDS = 64 };

/* Adds the options of the command that may stand with each. */
static int
add_given(const struct cli *main, const char **argv, int n)
{
	for (size_t i = 0; i < main->defs.n && n < WORDS; i++) {
		argv[n++] = "-D";
		argv[n++] = main->defs.v[i];
	}
	for (size_t i = 0; i < main->plugins.n && n < WORDS; i++) {
		argv[n++] = "--plugin";
		argv[n++] = main->plugins.v[i];
	}
	return n;
}

int
runwords(struct cli *main, const char *word, struct cli **out, struct err *err)
{
	char *copy = arena_strdup(&main->arena, word), *save = NULL;
	const char *argv[WORDS + 2] = {"jkr", "plan"};
	struct cli *c = *out = arena_new(&main->arena, struct cli);
	int n = 2;

	for (char *w = strtok_r(copy, " ", &save); w && n < WORDS; w = strtok_r(NULL, " ", &save))
		argv[n++] = w;
	if (n == 2)
		return err_set(err, "E1003", "`%s` names no recipe", word);
	n = add_given(main, argv, n);
	if (n >= WORDS)
		return err_set(err, "E1003", "`%.40s…` has more than %d words", word, WORDS - 2);
	if (cli_parse(c, n, (char **)argv, err))
		return err_wrap(err, "`%s`", word);
	if (c->argc > 1) {
		err_set(err, "E1003", "`%s` has `%s` behind the recipe, and takes only options", word, c->argv[1]);
		return err_help(err,
				"words are parted at blanks; a step is RECIPE:STEP for diff, and --judge for bisect");
	}
	c->store = main->store;
	c->profile = c->profile ? c->profile : main->profile;
	c->backend = main->backend ? main->backend : c->backend;
	c->offline |= main->offline;
	c->locked |= main->locked;
	c->no_wait |= main->no_wait;
	c->allow_host |= main->allow_host;
	c->fresh |= main->fresh;
	c->jobs = main->jobs ? main->jobs : c->jobs;
	return 0;
}
