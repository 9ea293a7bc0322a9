#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "model/makecall.h"
#include "model/prim.h"

/* Splits at blanks; gives how many words there were. */
static size_t
split(const char **to, const char *s, struct arena *a)
{
	size_t n = 0;

	while (*s) {
		size_t k = strcspn(s, " ");

		if (k)
			to[n++] = arena_strndup(a, s, k);
		s += k + (s[k] != 0);
	}
	return n;
}

const char **
makecall_words(const struct makecall *m, const char *const *before, const struct strings *targets, const char *goal,
	       struct arena *a)
{
	size_t n = 0, most = 6 + m->variables->n + (targets ? targets->n : 0) + (goal ? strlen(goal) / 2 + 1 : 0);
	const char **v;

	while (before && before[n])
		n++;
	v = arena_array(a, const char *, n + most);
	for (size_t i = 0; i < n; i++)
		v[i] = before[i];
	v[n++] = "make";
	v[n++] = "--eval=.DELETE_ON_ERROR:"; /* what a failed rule left is newer than its sources */
	v[n++] = "-C";
	v[n++] = *m->dir ? arena_printf(a, "/jkr/src/%s", m->dir) : "/jkr/src";
	if (m->objdir)
		v[n++] = "O=/jkr/build";
	for (size_t i = 0; i < m->variables->n; i++)
		v[n++] = arena_printf(a, "%s=%s", m->variables->v[i].key, m->variables->v[i].value);
	for (size_t i = 0; targets && i < targets->n; i++)
		v[n++] = targets->v[i];
	if (goal)
		n += split(v + n, goal, a);
	v[n] = NULL;
	return v;
}

const char *
makecall_said(const struct strings *targets, const char *goal, struct arena *a)
{
	const char *said = "make";

	for (size_t i = 0; targets && i < targets->n; i++)
		said = arena_printf(a, "%s %s", said, targets->v[i]);
	return goal ? arena_printf(a, "%s %s", said, goal) : said;
}
