/* why_symbol: what was asked of a Kconfig symbol, what it got, and why. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cli/build.h"
#include "cli/show.h"
#include "cli/why.h"
#include "data/json.h"
#include "lua/places.h"
#include "run/aside.h"

struct answer {
	struct session *s;
	const struct plan_step *check;
	const char *symbol;
	struct place asked; /* file NULL: nobody asked */
	struct json *list;  /* with --format json */
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
add_answer(const struct answer *a, const char *value, size_t first)
{
	struct json *j = json_add_object(a->list, NULL), *why;
	struct arena *arena = &a->s->arena;

	json_string(j, "symbol", a->symbol);
	json_string(j, "step", a->check->step->name);
	json_string(j, "got", arena_strndup(arena, value, first));
	json_string(j, "asked", a->asked.file ? arena_printf(arena, "%s:%u", a->asked.file, a->asked.line) : NULL);
	why = json_add_array(j, "why");
	for (const char *s = value + first; *s; s += strcspn(s, "\n")) {
		s++;
		json_string(why, NULL, arena_strndup(arena, s, strcspn(s, "\n")));
	}
}

static void
print_lines(const struct answer *a, const char *value, size_t first)
{
	printf("CONFIG_%s in %s: %.*s\n", a->symbol, a->check->step->name, (int)first, value);
	if (a->asked.file)
		printf("  asked for at %s:%u\n", a->asked.file, a->asked.line);
	for (const char *s = value + first; *s; s += strcspn(s, "\n")) {
		s++;
		printf("  %.*s\n", (int)strcspn(s, "\n"), s);
	}
}

static void
print_answer(void *ctx, const char *key, const char *value)
{
	struct answer *a = ctx;
	size_t n = strcspn(value, "\n");

	if (!strcmp(key, "place"))
		take_place(a, value);
	if (strcmp(key, a->symbol) != 0)
		return;
	if (a->list)
		add_answer(a, value, n);
	else
		print_lines(a, value, n);
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

static int
ask_all(struct session *s, const char *symbol, struct json *list, int *status, struct err *err)
{
	const char *questions[] = {symbol + strlen("CONFIG_"), NULL};
	struct run_options opt = build_options(s);
	const struct plan_step *other = NULL;
	size_t asked = 0;

	for (size_t i = 0; i < s->plan.n && !*status; i++) {
		const struct plan_step *ps = &s->plan.v[s->plan.order[i]];
		struct answer a = {s, ps, questions[0], {0}, list};
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

int
why_symbol(struct session *s, const char *symbol, int *status, struct err *err)
{
	cleanup_json struct json *list = wants_json(s->cli) ? json_array() : NULL;
	cleanup_str struct str text = {0};
	int r = ask_all(s, symbol, list, status, err);

	if (list && !r) {
		json_print(list, true, &text);
		fputs(str_text(&text), stdout);
	}
	return r;
}
