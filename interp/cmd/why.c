/* why: why a step runs, or what became of a Kconfig symbol */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cli/build.h"
#include "cli/remade.h"
#include "lua/places.h"
#include "model/key.h"
#include "os/fs.h"
#include "run/aside.h"
#include "run/logs.h"

#define LOG_READ ((size_t)256 << 20)

static void
print_lines(const char *mark, const char *text, const char *other)
{
	for (const char *s = text; *s;) {
		size_t n = strcspn(s, "\n");
		cleanup_free char *line = xasprintf("\n%.*s\n", (int)n, s);
		cleanup_free char *all = xasprintf("\n%s", other);

		if (!strstr(all, line))
			printf("  %s %.*s\n", mark, (int)n, s);
		s += n + (s[n] == '\n');
	}
}

static void
print_difference(struct session *s, const struct plan_step *ps)
{
	cleanup_free char *before = NULL;
	struct hash key;

	if (!ps->has_key || !store_last(s->store, s->recipe->name, ps->step->name, &key, NULL))
		return;
	before = store_key_text(s->store, &key);
	if (!before || !strcmp(before, ps->key_text))
		return;
	puts("since it last ran:");
	print_lines("-", before, ps->key_text);
	print_lines("+", ps->key_text, before);
}

static void
print_result(struct session *s, const struct plan_step *ps)
{
	char hex[HASH_HEX], time[32];

	printf("result %.16s, made in %s\n", hash_hex(&ps->result.tree, hex),
	       format_duration(ps->result.seconds, time));
	(void)s;
}

/* The log of the run that made the result; without one, the newest of a step of that name. */
static int
open_log(struct session *s, const struct plan_step *ps)
{
	struct err quiet = {0};
	struct record rec;
	int fd = -1;

	if (strcmp(ps->step->prim->name, "make_in_container") || !s->store)
		return -1;
	if (ps->state != PLAN_CACHED)
		return log_open_last(s->store, ps->step->name);
	if (store_record(s->store, &ps->key, &s->arena, &rec, &quiet) == 1 && rec.log)
		fd = log_open(s->store, rec.log);
	err_free(&quiet);
	return fd;
}

/* What Kbuild made in the step's last run, from its log. */
static void
print_remade(struct session *s, const struct plan_step *ps)
{
	cleanup_fd int fd = open_log(s, ps);
	cleanup_str struct str log = {0}, text = {0};

	if (fd < 0 || fs_read(fd, &log, LOG_READ))
		return;
	remade_text(str_text(&log), log.len, &text);
	fputs(str_text(&text), stdout);
}

static void
why_step(struct session *s, const struct plan_step *ps)
{
	printf("%s (%s, %s:%u): %s%s%s\n", ps->step->name, ps->step->prim->name, ps->step->at.file, ps->step->at.line,
	       plan_state_name(ps->state), *ps->reason ? ": " : "", ps->reason);
	for (size_t i = 0; i < ps->step->ninputs; i++) {
		const struct plan_step *in = &s->plan.v[ps->step->inputs[i]];

		printf("  takes in %s: %s%s%s\n", in->step->name, plan_state_name(in->state), *in->reason ? ": " : "",
		       in->reason);
	}
	if (ps->state == PLAN_CACHED)
		print_result(s, ps);
	else
		print_difference(s, ps);
	print_remade(s, ps);
	if (s->cli->key && ps->has_key)
		fputs(ps->key_text, stdout);
}

static int
why_steps(struct session *s, const char *name, struct err *err)
{
	uint32_t *steps = arena_array(&s->arena, uint32_t, s->recipe->nsteps + 1);
	size_t n = session_find(s, name, steps, err);

	for (size_t i = 0; i < n; i++)
		if (s->plan.v[steps[i]].step)
			why_step(s, &s->plan.v[steps[i]]);
	return n ? 0 : -1;
}

struct answer {
	struct session *s;
	const struct plan_step *check;
	const char *symbol;
	struct place asked; /* file NULL: nobody asked */
};

/* "31\tconfig.PREEMPT_RT\trecipes/board.lua", completed from the recipe's text. */
static void
take_place(struct answer *a, const char *text)
{
	char *copy = arena_strdup(&a->s->arena, text), *key = strchr(copy, '\t'),
	     *file = key ? strchr(key + 1, '\t') : NULL;
	const char *source;

	if (!file)
		return;
	*key++ = *file++ = '\0';
	a->asked = (struct place){.file = file, .key = *key ? key : NULL, .line = (unsigned)strtoul(copy, NULL, 10)};
	source = recipe_source(a->s->recipe, file);
	if (source && a->asked.key)
		place_find(source, &a->asked);
}

static void
print_answer(void *ctx, const char *key, const char *value)
{
	struct answer *a = ctx;
	size_t n = strcspn(value, "\n");

	if (!strcmp(key, "place"))
		take_place(a, value);
	if (strcmp(key, a->symbol))
		return;
	printf("CONFIG_%s in %s: %.*s\n", a->symbol, a->check->step->name, (int)n, value);
	if (a->asked.file)
		printf("  asked for at %s:%u\n", a->asked.file, a->asked.line);
	for (const char *s = value + n; *s; s += strcspn(s, "\n")) {
		s++;
		printf("  %.*s\n", (int)strcspn(s, "\n"), s);
	}
}

/* Whether everything that a check takes in is there. */
static bool
can_ask(struct session *s, const struct plan_step *ps)
{
	for (size_t i = 0; i < ps->step->ninputs; i++)
		if (s->plan.v[ps->step->inputs[i]].state != PLAN_CACHED)
			return false;
	return ps->has_key;
}

static int
no_configuration(struct session *s, const struct plan_step *check, struct err *err)
{
	if (!check) {
		err_set(err, "E1009", "recipe `%s` checks no configuration", s->recipe->name);
		return err_help(err, "`kernel` checks its own; elsewhere it is `kconfig_check`");
	}
	err_set(err, "E1015", "the configuration that `%s` checks is not made yet", check->step->name);
	for (size_t i = 0; i < check->step->ninputs; i++) {
		const struct plan_step *in = &s->plan.v[check->step->inputs[i]];

		if (in->state != PLAN_CACHED)
			err_help(err, "`%s` makes what it takes in", build_command(s, "run", in->step->name));
	}
	return -1;
}

/* Asks every configuration of the recipe that was made. */
static int
why_symbol(struct session *s, const char *symbol, int *status, struct err *err)
{
	const char *questions[] = {symbol + strlen("CONFIG_"), NULL};
	struct run_options opt = build_options(s);
	const struct plan_step *other = NULL;
	size_t asked = 0;

	for (size_t i = 0; i < s->plan.n && !*status; i++) {
		const struct plan_step *ps = &s->plan.v[s->plan.order[i]];
		struct answer a = {s, ps, questions[0], {0}};
		struct aside one = {.plan = &s->plan,
				    .step = s->plan.order[i],
				    .store = s->store,
				    .env = &s->env,
				    .opt = &opt,
				    .questions = questions,
				    .record = print_answer,
				    .ctx = &a};

		if (strcmp(ps->step->prim->name, "kconfig_check"))
			continue;
		if (!can_ask(s, ps)) {
			other = ps;
			continue;
		}
		if (aside_run(&one, status, err))
			return -1;
		asked++;
	}
	return asked || *status ? 0 : no_configuration(s, other, err);
}

static enum status
run(struct cli *cli, struct err *err)
{
	struct session s;
	bool symbol = str_starts(cli->argv[1], "CONFIG_") && cli->argv[1][7];
	int status = 0, r = session_load(&s, cli, cli->argv[0], err);

	if (!r)
		r = session_plan(&s, NULL, 0, symbol, err);
	if (!r && symbol)
		r = why_symbol(&s, cli->argv[1], &status, err);
	else if (!r)
		r = why_steps(&s, cli->argv[1], err);
	session_close(&s);
	return r < 0 ? err_status(err) : (enum status)status;
}

const struct command cmd_why = {
	.name = "why",
	.usage = "RECIPE STEP|CONFIG_X",
	.doc = "Say why a step runs, or a symbol has its value. For a step: what differs between its key and that of its last run, line by line; --key shows the "
	       "whole text; of a make of Kbuild also what its last run made, and in a warm build directory by reason: source, header, config symbol, command line. For CONFIG_X, any symbol of the kernel, say what was asked and where, what it got, and why: the "
	       "kernel's own Kconfig answers, in the configuration that was made, also when its check failed.",
	.options = "define profile plugin with key locked offline fresh no-wait backend allow-host",
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
