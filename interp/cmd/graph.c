/* graph: which step takes in which */
#include <stdio.h>

#include "cli/session.h"

static const char *const fills[] = {
	[PLAN_CACHED] = "#d9ead3", [PLAN_RUN] = "#f9cb9c", [PLAN_AFTER] = "#fff2cc", [PLAN_SKIPPED] = "#eeeeee"};

/* Step names hold what a recipe's author wrote; quotes and backslashes must not end the label. */
static void
put_label(const char *name, const char *quote)
{
	for (; *name; name++) {
		if (*name == '"')
			fputs(quote, stdout);
		else if (*name == '\\')
			fputs("/", stdout);
		else
			putchar(*name);
	}
}

static void
graph_dot(const struct session *s)
{
	printf("digraph \"");
	put_label(s->recipe->name, "'");
	printf("\" {\n  rankdir=LR;\n  node [shape=box, style=filled, fontname=\"sans-serif\"];\n");
	for (size_t i = 0; i < s->plan.n; i++) {
		const struct plan_step *ps = &s->plan.v[s->plan.order[i]];

		printf("  s%u [fillcolor=\"%s\", label=\"", s->plan.order[i], fills[ps->state]);
		put_label(ps->step->name, "'");
		printf("\\n%s\"];\n", ps->step->prim->name);
		for (size_t k = 0; k < ps->step->ninputs; k++)
			printf("  s%u -> s%u;\n", ps->step->inputs[k], s->plan.order[i]);
	}
	puts("}");
}

static void
graph_mermaid(const struct session *s)
{
	puts("graph LR");
	for (size_t i = 0; i < s->plan.n; i++) {
		const struct plan_step *ps = &s->plan.v[s->plan.order[i]];

		printf("  s%u[\"", s->plan.order[i]);
		put_label(ps->step->name, "#quot;");
		printf("<br/>%s\"]\n", ps->step->prim->name);
		printf("  style s%u fill:%s\n", s->plan.order[i], fills[ps->state]);
		for (size_t k = 0; k < ps->step->ninputs; k++)
			printf("  s%u --> s%u\n", ps->step->inputs[k], s->plan.order[i]);
	}
}

static enum status
run(struct cli *cli, struct err *err)
{
	struct session s;
	int r = session_load(&s, cli, cli->argv[0], err);

	if (!r)
		r = session_plan(&s, cli->argv + 1, (size_t)cli->argc - 1, false, err);
	if (!r)
		(cli->mermaid ? graph_mermaid : graph_dot)(&s);
	session_close(&s);
	return r < 0 ? err_status(err) : ST_OK;
}

const struct command cmd_graph = {
	.name = "graph",
	.usage = "RECIPE [STEP…]",
	.doc = "Write the graph of a plan, for Graphviz (the default) or Mermaid. An arrow goes from a step to the one that "
	       "takes in its result; colours show the plan's states.",
	.options = "define profile plugin matrix dot mermaid",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
