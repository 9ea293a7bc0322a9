/* shell: the sandbox of a step, with a shell in the place of its program */
#include <stdio.h>
#include <string.h>

#include "cli/build.h"
#include "run/aside.h"

/* The one step that is meant, or -1. */
static int64_t
find_one(struct session *s, const char *name, struct err *err)
{
	uint32_t *steps = arena_array(&s->arena, uint32_t, s->recipe->nsteps + 1);
	size_t n = session_find(s, name, steps, err), sandboxes = 0;

	for (size_t i = 0; i < n; i++)
		if (n == 1 || !strcmp(s->recipe->steps[steps[i]].name, name))
			return steps[i];
	if (!n)
		return -1;
	err_set(err, "E1009", "`%s` stands for %zu steps of recipe `%s`", name, n, s->recipe->name);
	for (size_t i = 0; i < n; i++)
		if (s->recipe->steps[steps[i]].prim->flags & PRIM_CONTAINER && ++sandboxes)
			err_help(err, "%s", build_command(s, "shell", s->recipe->steps[steps[i]].name));
	if (!sandboxes)
		err_help(
			err,
			"none of them has a sandbox: they start no program; a step that takes their result can be entered");
	return -1;
}

static int
check_step(const struct step *step, struct err *err)
{
	if (step->prim->flags & PRIM_CONTAINER)
		return 0;
	err_set(err, "E0322", "step `%s` has no sandbox: `%s` starts no program", step->name, step->prim->name);
	err_at(err, step->at);
	return err_help(err, "`jkr log` has what it said; a step that takes its result can be entered");
}

static int
enter(struct session *s, int *status, struct err *err)
{
	struct run_options opt = build_options(s);
	struct aside a = {.plan = &s->plan, .store = s->store, .env = &s->env, .opt = &opt, .shell = true};
	int64_t i = find_one(s, s->cli->argv[1], err);
	uint32_t one;

	if (i < 0 || check_step(&s->recipe->steps[i], err))
		return -1;
	a.step = one = (uint32_t)i;
	if (build_inputs(s, one, status, err)) {
		if (*status)
			*status += 128;
		return *status ? 0 : -1;
	}
	return aside_run(&a, status, err);
}

static enum status
run(struct cli *cli, struct err *err)
{
	struct session s;
	int status = 0;
	int r = session_load(&s, cli, cli->argv[0], err);

	if (!r)
		r = session_plan(&s, cli->argv + 1, 1, true, err);
	if (!r)
		r = enter(&s, &status, err);
	session_close(&s);
	return r < 0 ? err_status(err) : (enum status)status;
}

const struct command cmd_shell = {
	.name = "shell",
	.usage = "RECIPE STEP",
	.doc = "Enter the sandbox of a step. A shell takes the place of its program: the same image, mounts, environment and "
	       "folder, and above the prompt the command that would have run. What the step takes in is built first where it "
	       "is not stored. What is written inside is thrown away, and nothing is stored. Without a terminal the shell "
	       "reads stdin. The exit status is the shell's.",
	.options = "define profile plugin matrix with jobs fresh locked offline no-wait backend allow-host progress",
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
