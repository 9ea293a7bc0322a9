/* why: why a step runs, or what became of a Kconfig symbol */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cli/session.h"
#include "model/key.h"

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

	printf("result %.16s, made in %s\n", hash_hex(&ps->result.tree, hex), format_duration(ps->result.seconds, time));
	(void)s;
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

/* Answers that kconfig_check recorded: "symbol:NAME" → a sentence for each. */
static int
why_symbol(struct session *s, const char *symbol, struct err *err)
{
	const char *name = str_starts(symbol, "CONFIG_") ? symbol + 7 : symbol;
	cleanup_free char *want = xasprintf("symbol:%s", name);
	bool found = false, checked = false;

	for (size_t i = 0; i < s->plan.n; i++) {
		const struct plan_step *ps = &s->plan.v[s->plan.order[i]];
		struct record rec = {0};
		struct arena a = {0};

		if (strcmp(ps->step->prim->name, "kconfig_check"))
			continue;
		if (ps->state == PLAN_CACHED && store_record(s->store, &ps->key, &a, &rec, err) > 0)
			checked = true;
		for (size_t k = 0; k < rec.nnotes; k++)
			if (!strcmp(rec.notes[k].key, want)) {
				printf("%s: %s\n", ps->step->name, rec.notes[k].value);
				found = true;
			}
		arena_free(&a);
	}
	if (found)
		return 0;
	if (checked)
		err_set(err, "E1009", "no configuration of recipe `%s` asks for `CONFIG_%s`", s->recipe->name, name);
	else
		err_set(err, "E1009", "no configuration of recipe `%s` was checked yet", s->recipe->name);
	return err_help(err, "`jkr run %s` makes the configuration and checks it", s->cli->argv[0]);
}

static enum status
run(struct cli *cli, struct err *err)
{
	struct session s;
	int r = session_load(&s, cli, cli->argv[0], err);

	if (!r)
		r = session_plan(&s, NULL, 0, false, err);
	if (!r && str_starts(cli->argv[1], "CONFIG_"))
		r = why_symbol(&s, cli->argv[1], err);
	else if (!r)
		r = why_steps(&s, cli->argv[1], err);
	session_close(&s);
	return r < 0 ? err_status(err) : ST_OK;
}

const struct command cmd_why = {
        .name = "why",
        .usage = "RECIPE STEP|CONFIG_X",
        .doc = "Say why a step runs: what differs between its key and that of its last run, line by line; --key shows the "
               "whole text. For CONFIG_X say what was asked, what the symbol got and why, as the kernel's own Kconfig "
               "answers it.",
        .options = "define profile plugin key locked offline fresh",
        .min_args = 2,
        .max_args = 2,
        .run = run,
};
