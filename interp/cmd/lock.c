/* lock: pins all inputs of a recipe in jkr.lock */
#include <stdio.h>

#include "cli/imports.h"
#include "cli/inputs.h"

/* What somebody lets in is shown when it comes in. */
static void
say_new(const struct import *m)
{
	if (m->was)
		return;
	printf("%s\n  now %s\n", m->at.pin, m->commit);
	imports_say_may(m, stdout);
}

static int
lock(struct session *s, struct err *err)
{
	size_t n;

	if (session_open_project(s, err) < 0 || inputs_lock(s, &n, err) < 0)
		return -1;
	if (s->cli->locked && s->lock.changed) {
		err_set(err, "E1010", "jkr.lock does not have all inputs of recipe `%s`, and --locked was given",
			s->recipe->name);
		for (size_t i = 0; i < s->lock.changes.n && i < 20; i++)
			err_help(err, "`%s`", s->lock.changes.v[i].key);
		return -1;
	}
	for (size_t i = 0; i < s->imports.n && !s->cli->quiet; i++)
		say_new(s->imports.v[i].value);
	if (!n && !s->cli->quiet)
		printf("`%s` takes nothing from elsewhere\n", s->recipe->name);
	else if (!s->cli->quiet)
		printf("jkr.lock: %zu input%s of `%s`, %zu of them new\n", n, n == 1 ? "" : "s", s->recipe->name,
		       s->lock.changes.n);
	return lock_write(&s->lock, s->project, "jkr.lock", err);
}

static enum status
run(struct cli *cli, struct err *err)
{
	struct session s;
	int r = session_load(&s, cli, cli->argv[0], err);

	if (!r)
		r = lock(&s, err);
	session_close(&s);
	return r < 0 ? err_status(err) : ST_OK;
}

const struct command cmd_lock = {
	.name = "lock",
	.usage = "RECIPE",
	.doc = "Pin all inputs of a recipe in jkr.lock. What is pinned stays as it is; what is not yet is looked up: commit and content of each "
	       "recipe that `use` takes from a repository, of each branch and tag, versions of packages and images. Hash and size of each address and the hash of each "
	       "toolchain's file are noted as well, so that a change of them shows. With --locked nothing is written, and a line that lacks or differs is "
	       "an error. Nothing is built.",
	.options = "define profile plugin locked offline no-wait",
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
