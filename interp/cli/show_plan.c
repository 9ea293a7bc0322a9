#include <string.h>

#include "base/str.h"
#include "cli/sharing.h"
#include "cli/show.h"
#include "cli/table.h"
#include "data/json.h"
#include "model/matrix.h"

void
print_safe(FILE *out, const char *text)
{
	cleanup_str struct str safe = {0};

	str_add_safe(&safe, text, strlen(text));
	fputs(str_text(&safe), out);
}

bool
wants_json(const struct cli *cli)
{
	return cli->format && !strcmp(cli->format, "json");
}

static char *
place_text(struct arena *a, const struct place *at)
{
	return at->file ? arena_printf(a, "%s:%u", at->file, at->line) : arena_strdup(a, "");
}

/* The rows of a matrix that have the step. */
static void
rows_of(struct json *to, const struct recipe *r, const struct step *step)
{
	struct json *rows = r->nmembers ? json_add_array(to, "rows") : NULL;

	for (size_t i = 0; i < r->nmembers; i++)
		if (r->members[i].has[step - r->steps])
			json_string(rows, NULL, r->members[i].name);
}

static void
step_json(struct json *to, const struct session *s, const struct plan_step *ps)
{
	struct json *j = json_add_object(to, NULL);
	struct json *inputs;
	cleanup_arena struct arena a = {0};
	char hex[HASH_HEX];

	json_string(j, "name", ps->step->name);
	json_string(j, "primitive", ps->step->prim->name);
	json_string(j, "state", plan_state_name(ps->state));
	if (ps->state == PLAN_CACHED && ps->result.away)
		json_string(j, "away", shared_from(s->shared, &ps->key));
	json_string(j, "reason", ps->reason);
	if (ps->dirty)
		json_bool(j, "dirty", true);
	if (ps->step->edited)
		json_string(j, "folder", ps->step->edited);
	json_string(j, "key", ps->has_key ? hash_hex(&ps->key, hex) : NULL);
	inputs = json_add_array(j, "inputs");
	for (size_t i = 0; i < ps->step->ninputs; i++)
		json_string(inputs, NULL, s->recipe->steps[ps->step->inputs[i]].name);
	rows_of(j, s->recipe, ps->step);
	json_string(j, "place", place_text(&a, &ps->step->at));
	if (ps->state == PLAN_RUN && ps->download)
		json_int(j, "download", ps->download);
	if (ps->last_seconds >= 0)
		json_double(j, "last_seconds", ps->last_seconds);
}

static void
plan_json(const struct session *s, FILE *out)
{
	cleanup_json struct json *j = json_object();
	struct json *steps, *summary;
	cleanup_str struct str text = {0};

	json_string(j, s->recipe->nmembers ? "matrix" : "recipe", s->recipe->name);
	if (!s->recipe->nmembers)
		json_string(j, "version", s->recipe->version);
	steps = json_add_array(j, "steps");
	for (size_t i = 0; i < s->plan.n; i++)
		step_json(steps, s, &s->plan.v[s->plan.order[i]]);
	summary = json_add_object(j, "summary");
	for (enum plan_state st = PLAN_CACHED; st <= PLAN_SKIPPED; st++)
		json_uint(summary, plan_state_name(st), plan_count(&s->plan, st));
	json_print(j, true, &text);
	fputs(str_text(&text), out);
}

/* Who has it, and who made it. */
static const char *
away(struct arena *a, const struct session *s, const struct plan_step *ps)
{
	const char *machine = shared_machine(s->shared, &ps->key);

	return arena_printf(a, "in %s%s%s", shared_from(s->shared, &ps->key), machine ? ", built on " : "",
			    machine ? machine : "");
}

static size_t
count_away(const struct plan *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->v[p->order[i]].state == PLAN_CACHED && p->v[p->order[i]].result.away;
	return n;
}

static const char *
reason(struct arena *a, const struct session *s, const struct plan_step *ps)
{
	const char *folder = ps->step->edited ? ps->step->edited : "";

	if (ps->state == PLAN_CACHED && ps->result.away)
		return away(a, s, ps);
	if (!ps->dirty)
		return ps->reason;
	return arena_printf(a, "dirty%s%s%s%s", *folder ? " " : "", folder, *ps->reason ? ": " : "", ps->reason);
}

static const char *
cost(struct arena *a, const struct plan_step *ps)
{
	char size[32], time[32];
	struct str b = {0};
	const char *s;

	if (ps->state == PLAN_CACHED || ps->state == PLAN_SKIPPED)
		return "";
	if (ps->download > 0)
		str_addf(&b, "%s to fetch", format_size((unsigned long long)ps->download, size));
	else if (ps->download < 0)
		str_add(&b, "to fetch");
	if (ps->last_seconds >= 0)
		str_addf(&b, "%slast %s", b.len ? ", " : "", format_duration(ps->last_seconds, time));
	s = arena_strdup(a, str_text(&b));
	str_free(&b);
	return s;
}

static void
plan_rows(const struct session *s, FILE *out, bool cached)
{
	struct table t = {.columns = 5};
	cleanup_arena struct arena a = {0};

	for (size_t i = 0; i < s->plan.n; i++) {
		const struct plan_step *ps = &s->plan.v[s->plan.order[i]];

		if (ps->state == PLAN_CACHED && !cached)
			continue;
		TABLE_ROW(&t, ps->state == PLAN_CACHED && ps->result.away ? "away" : plan_state_name(ps->state),
			  ps->step->name, place_text(&a, &ps->step->at), reason(&a, s, ps), cost(&a, ps));
	}
	table_print(&t, out, 2);
	table_free(&t);
}

static size_t
shared_steps(const struct session *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->plan.n; i++)
		n += s->plan.v[s->plan.order[i]].step->sharers > 1;
	return n;
}

static void
plan_text(const struct session *s, FILE *out)
{
	size_t run = plan_count(&s->plan, PLAN_RUN), after = plan_count(&s->plan, PLAN_AFTER);
	size_t cached = plan_count(&s->plan, PLAN_CACHED), skipped = plan_count(&s->plan, PLAN_SKIPPED);
	const char *version = s->recipe->version ? s->recipe->version : "";

	fprintf(out, "%s%s%s: ", s->recipe->name, *version ? " " : "", version);
	if (s->recipe->nmembers)
		fprintf(out, "%zu row%s, %zu shared step%s: ", s->recipe->nmembers, s->recipe->nmembers == 1 ? "" : "s",
			shared_steps(s), shared_steps(s) == 1 ? "" : "s");
	if (!run && !after)
		fputs("nothing to do", out);
	else if (after)
		fprintf(out, "%zu to run, %zu after them", run, after);
	else
		fprintf(out, "%zu to run", run);
	fprintf(out, ", %zu cached", cached);
	if (count_away(&s->plan))
		fprintf(out, " (%zu of them away)", count_away(&s->plan));
	if (!skipped)
		fputs("\n", out);
	if (skipped)
		fprintf(out, ", %zu skipped\n", skipped);
	plan_rows(s, out, s->cli->verbose || (!run && !after) || s->cli->all);
	if (after)
		fputs("what is `after` runs only when the results it takes in are new\n", out);
}

void
show_plan(const struct session *s, FILE *out)
{
	if (wants_json(s->cli))
		plan_json(s, out);
	else
		plan_text(s, out);
}
