/* kwhy_advice: which lines would make symbols as asked, or why none would, in words. */
#include <string.h>

#include "base/str.h"
#include "data/kwhy.h"

#define SHOWN 12

static const char *
between(size_t i, size_t n)
{
	return i == 0 ? "" : i + 1 == n ? " and " : ", ";
}

/* "A = y, B = m and C = n" of "A=y" and so on. */
static void
add_lines(const struct strings *v, struct str *out)
{
	size_t shown = v->n > SHOWN ? SHOWN : v->n;

	for (size_t i = 0; i < shown; i++) {
		const char *s = v->v[i], *eq = strchr(s, '='), *value = eq ? eq + 1 : "";
		bool plain = *value && strspn(value, "ymn0123456789abcdefxABCDEFX") == strlen(value);

		str_add(out, between(i, v->n == shown ? shown : shown + 1));
		str_addf(out, "%.*s = %s%s%s", eq ? (int)(eq - s) : (int)strlen(s), s, plain ? "" : "\"", value,
			 plain ? "" : "\"");
	}
	if (v->n > shown)
		str_addf(out, " and %zu more", v->n - shown);
}

/* "it depends on A, which depends on B, which nothing sets here". */
static void
add_proof(const struct kwhy_answer *w, struct str *out)
{
	if (w->selected && w->never.n) {
		str_addf(out, ": it is selected by `%s`, whatever the lines are", w->never.v[0].text);
		return;
	}
	for (size_t i = 0; i < w->never.n; i++) {
		const struct kwhy_clause *c = &w->never.v[i];
		const char *tick = *c->symbol ? "" : "`";

		str_addf(out, "%s %s%s%s", i ? ", which depends on" : ": it depends on", tick,
			 *c->symbol ? c->symbol : c->text, tick);
	}
	if (w->never.n && w->unset)
		str_add(out, ", which nothing can set here");
	else if (!w->never.n && w->unset)
		str_add(out, ": it has no prompt, and no default or `select` that lines can reach gives it");
}

void
kwhy_advice(const struct kwhy_answer *w, struct str *out)
{
	if (w->found == KWHY_NEVER && w->against.n) {
		str_add(out, "no line helps beside ");
		add_lines(&w->against, out);
	} else if (w->found == KWHY_NEVER) {
		str_add(out, "no line helps");
		add_proof(w, out);
	} else if (w->found == KWHY_OPEN) {
		str_add(out, "whether lines would help was not found out in time");
	} else if (w->fix.n) {
		str_add(out, "add ");
		add_lines(&w->fix, out);
	}
}

void
kwhy_together(const struct kwhy_answers *all, struct str *out)
{
	const struct kwhy_answer *t = &all->together;

	if (t->found == KWHY_FIX) {
		str_addf(out, "with %zu more line%s all that is asked holds, and not with fewer: ", t->fix.n,
			 t->fix.n == 1 ? "" : "s");
		add_lines(&t->fix, out);
	} else if (t->found == KWHY_NEVER && t->against.n == 1) {
		str_add(out, "no line makes all that is asked hold, because of ");
		add_lines(&t->against, out);
	} else if (t->found == KWHY_NEVER) {
		str_add(out, "no line makes these hold together: ");
		add_lines(&t->against, out);
	} else if (t->found == KWHY_OPEN) {
		str_add(out, "which lines make all that is asked hold together was not found out in time");
	}
}
