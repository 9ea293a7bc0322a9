/* why: why a step runs, what became of a Kconfig symbol, or which steps made a file */
#include <string.h>

#include "base/str.h"
#include "cli/why.h"

/* A name of a step comes first: files can be called by more of their path. */
static int
answer(struct session *s, const char *word, int *status, struct err *err)
{
	uint32_t *steps = arena_array(&s->arena, uint32_t, s->recipe->nsteps + 1);
	struct err no_step = {0};
	size_t n;
	int r;

	if (str_starts(word, "CONFIG_") && word[strlen("CONFIG_")])
		return why_symbol(s, word, status, err);
	n = session_find(s, word, steps, &no_step);
	r = n ? why_steps(s, word, steps, n, err) : why_file(s, word, err);
	if (r > 0) { /* neither: the sentence about steps has the nearest name */
		err_move(err, &no_step);
		err_help(err, "no result that is built holds a file `%s` either", word);
	}
	err_free(&no_step);
	return r ? -1 : 0;
}

static enum status
run(struct cli *cli, struct err *err)
{
	struct session s;
	int status = 0, r = session_load(&s, cli, cli->argv[0], err);

	if (!r)
		r = session_plan(&s, NULL, 0, str_starts(cli->argv[1], "CONFIG_"), err);
	if (!r)
		r = answer(&s, cli->argv[1], &status, err);
	session_close(&s);
	return r < 0 ? err_status(err) : (enum status)status;
}

const struct command cmd_why = {
	.name = "why",
	.usage = "RECIPE STEP|CONFIG_X|FILE",
	.doc = "Say why a step runs, a symbol has its value, or a file is what it is. For a step: what differs between its key and that of its last run, line by line, and when, where and by "
	       "which run its result was made; --key shows the "
	       "whole text; of a make of Kbuild also what its last run made, and in a warm build directory by reason: source, header, config symbol, command line. For CONFIG_X, any symbol of the kernel, say what was asked and where, what it got, and why: the "
	       "kernel's own Kconfig answers, in the configuration that was made, also when its check failed. For FILE, a path in a result or the end of one, or a file of this machine such as one that was "
	       "exported, say which steps made it, changed it and passed it on, from which inputs, and which patches touched it.",
	.options = "define profile plugin matrix with cache key format locked offline fresh no-wait backend allow-host",
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
