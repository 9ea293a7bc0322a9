/* The checks of a recipe, run as any step, and told as rows. */
#include <string.h>

#include "base/str.h"
#include "cli/audit.h"
#include "cli/build.h"
#include "model/wanted.h"

static bool
takes_in(const struct step *s, const bool *named)
{
	for (size_t i = 0; i < s->ninputs; i++)
		if (named[s->inputs[i]])
			return true;
	return false;
}

/* The checks that are asked for, as names: all, or those of the steps named and those that look at their results. */
static int
find_checks(struct session *s, const char ***names, size_t *n, struct err *err)
{
	const struct recipe *r = s->recipe;
	const struct cli *cli = s->cli;
	uint32_t *found = arena_array(&s->arena, uint32_t, r->nsteps + 1);
	bool *named = arena_array(&s->arena, bool, r->nsteps + 1);

	*names = arena_array(&s->arena, const char *, r->nsteps + 1);
	*n = 0;
	if (cli->argc < 2)
		want_exports(r, r->exports, r->nexports, NULL, named);
	for (int i = 1; i < cli->argc; i++) {
		size_t k = session_find(s, cli->argv[i], found, err);

		if (!k)
			return -1;
		while (k--)
			named[found[k]] = true;
	}
	for (size_t i = 0; i < r->nsteps; i++)
		if (step_is_check(&r->steps[i]) && (named[i] || (cli->argc > 1 && takes_in(&r->steps[i], named))))
			(*names)[(*n)++] = r->steps[i].name;
	if (*n)
		return 0;
	if (cli->argc < 2)
		err_set(err, "E1309", "recipe `%s` has no check", r->name);
	else
		err_set(err, "E1309", "no check of recipe `%s` belongs to `%s` or looks at its result", r->name,
			cli->argv[1]);
	return err_help(err, "`jkr doc` lists the checks; `check = true` makes one of any step");
}

/* The step behind which this one was not begun: the first that failed. */
static const char *
cause_of(const struct plan *p, uint32_t i)
{
	const struct step *s = &p->recipe->steps[i];

	for (size_t k = 0; k < s->ninputs; k++) {
		const struct plan_step *in = &p->v[s->inputs[k]];
		const char *deeper;

		if (in->failed)
			return in->step->name;
		deeper = in->mistake ? cause_of(p, s->inputs[k]) : NULL;
		if (deeper)
			return deeper;
	}
	return NULL;
}

static const char *
why_open(struct audit *a, const struct plan *p, uint32_t i)
{
	const struct plan_step *ps = &p->v[i];
	const char *cause = ps->mistake ? cause_of(p, i) : NULL;

	if (cause)
		return arena_printf(&a->arena, "needs `%s`, which failed", cause);
	return arena_strdup(&a->arena, ps->mistake ? ps->mistake : ps->reason);
}

/* What the step noted when it ran, now or in an earlier run. */
static int
what_got(struct audit *a, struct session *s, const struct plan_step *ps, const char **got, struct err *err)
{
	cleanup_str struct str text = {0};
	struct record rec = {0};
	int r = store_record(s->store, &ps->key, &a->arena, &rec, err);

	for (size_t i = 0; r > 0 && i < rec.nnotes; i++)
		if (!strcmp(rec.notes[i].key, "note"))
			str_addf(&text, "%s%s", text.len ? "; " : "", rec.notes[i].value);
	*got = arena_strdup(&a->arena, text.len ? text.s : "as asked");
	return r < 0 ? -1 : 0;
}

static const char *
what_asked(struct audit *a, const struct plan_step *ps)
{
	cleanup_str struct str text = {0};
	const struct prim *p = ps->step->prim;

	if (p->asked)
		p->asked(ps->bound ? ps->bound : ps->step->bound, &text);
	return arena_strdup(&a->arena, text.len ? text.s : "it ends well");
}

static int
add_row(struct audit *a, struct session *s, uint32_t i, struct err *err)
{
	const struct plan_step *ps = &s->plan.v[i];
	struct audit_row row = {.check = arena_strdup(&a->arena, ps->step->name),
				.verb = ps->step->prim->name,
				.asked = what_asked(a, ps),
				.file = arena_strdup(&a->arena, ps->step->at.file),
				.line = ps->step->at.line};

	row.state = ps->failed ? AUDIT_FAILED : ps->state == PLAN_CACHED ? AUDIT_OK : AUDIT_OPEN;
	if (row.state == AUDIT_FAILED)
		row.got = arena_strdup(&a->arena, ps->mistake);
	else if (row.state == AUDIT_OPEN)
		row.got = why_open(a, &s->plan, i);
	else if (what_got(a, s, ps, &row.got, err))
		return -1;
	audit_add(a, &row);
	return 0;
}

static int
add_rows(struct audit *a, struct session *s, const char *const *names, size_t n, struct err *err)
{
	size_t k = 0;

	a->subject = arena_strdup(&a->arena, s->recipe->name);
	for (size_t i = 0; i < s->recipe->nsteps && k < n; i++)
		if (s->recipe->steps[i].name == names[k]) {
			k++;
			if (add_row(a, s, (uint32_t)i, err))
				return -1;
		}
	return 0;
}

int
audit_recipe(struct audit *a, struct cli *cli, int *interrupted, struct err *err)
{
	struct session s;
	const char **names;
	size_t n = 0;
	int r = session_load(&s, cli, cli->argv[0], err);

	a->open = "not run";
	cli->keep_going = true;
	if (!r)
		r = find_checks(&s, &names, &n, err);
	if (!r)
		r = session_plan(&s, names, n, true, err);
	if (!r) {
		r = build_plan(&s, &s.plan, interrupted, err);
		if (add_rows(a, &s, names, n, err))
			r = -1;
	}
	session_close(&s);
	return r;
}
