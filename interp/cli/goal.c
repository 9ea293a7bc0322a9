#include "cli/goal.h"

#include <string.h>

#include "base/str.h"
#include "cli/build.h"
#include "os/proc.h"
#include "run/aside.h"

/* The words of the step's own make but for its targets. */
static const char script[] =
	"for word; do\n"
	"  shift\n"
	"  case $word in make | -C | /jkr/src | /jkr/src/* | *=*) set -- \"$@\" \"$word\" ;; esac\n"
	"done\n";

static int
check_goals(const struct session *s, struct err *err)
{
	const struct cli *cli = s->cli;
	const char *other = cli->output ? "-o" : cli->twice ? "--twice" : cli->dry_run ? "-n" : NULL;

	if (other)
		return err_set(err, "E1003", "`-t` stores no result, so that `%s` has nothing to work on", other);
	if (cli->argc != 2) {
		err_set(err, "E1004", "`-t` needs the one step whose make is meant: RECIPE STEP");
		return err_help(err, "`jkr plan` lists the steps");
	}
	for (size_t i = 0; i < cli->targets.n; i++) {
		const char *t = cli->targets.v[i];

		if (!*t || *t == '-' || t[strcspn(t, "=\n")]) {
			err_set(err, "E1003", "`%s` is not a target of make", t);
			return err_help(err, "options and variables do not belong there; -v shows whole commands");
		}
	}
	return 0;
}

/* Of a constructor the last step that runs make: that which compiles. */
static const struct step *
find_make(struct session *s, uint32_t *number, struct err *err)
{
	uint32_t *v = arena_array(&s->arena, uint32_t, s->recipe->nsteps + 1);
	size_t n = session_find(s, s->cli->argv[1], v, err);
	const struct step *found = NULL;

	for (size_t i = 0; i < n; i++)
		if (!strcmp(s->recipe->steps[v[i]].prim->name, "make_in_container"))
			found = &s->recipe->steps[ *number = v[i]];
	if (n && !found)
		err_set(err, "E0322", "`%s` runs no make", s->cli->argv[1]);
	return found;
}

static void
add_quoted(struct str *b, const char *word)
{
	str_add(b, " '");
	for (; *word; word++)
		str_add(b, *word == '\'' ? "'\\''" : (char[]){*word, 0});
	str_addc(b, '\'');
}

static const char *
make_script(struct session *s)
{
	cleanup_str struct str b = {0};

	str_add(&b, script);
	str_add(&b, s->cli->verbose ? "set -- \"$@\" V=1" : "set -- \"$@\"");
	for (size_t i = 0; i < s->cli->targets.n; i++)
		add_quoted(&b, s->cli->targets.v[i]);
	str_add(&b, s->cli->verbose ? "\necho \"$*\"\n" : "\n");
	str_add(&b, "exec \"$@\"\n");
	return arena_strdup(&s->arena, str_text(&b));
}

static int
fail(struct session *s, const struct step *step, int status, struct err *err)
{
	cleanup_str struct str goals = {0};
	char buf[64];

	for (size_t i = 0; i < s->cli->targets.n; i++)
		str_addf(&goals, " %s", s->cli->targets.v[i]);
	err_set(err, "E0317", "`make%s` of step `%s` %s", str_text(&goals), step->name, proc_status_text(status, buf));
	return err_at(err, step->at);
}

int
goal_run(struct session *s, int *interrupted, struct err *err)
{
	struct run_options opt = build_options(s);
	struct aside a = {.plan = &s->plan, .store = s->store, .env = &s->env, .opt = &opt, .shell = true};
	const struct step *step;
	int status = 0;

	if (check_goals(s, err))
		return -1;
	step = find_make(s, &a.step, err);
	if (!step || session_plan(s, &step->name, 1, true, err) || build_inputs(s, a.step, interrupted, err))
		return -1;
	a.store = s->store;
	a.script = make_script(s);
	if (aside_run(&a, &status, err))
		return -1;
	if (status > 128 && status < 128 + 32)
		*interrupted = status - 128;
	return !status ? 0 : *interrupted ? -1 : fail(s, step, status, err);
}
