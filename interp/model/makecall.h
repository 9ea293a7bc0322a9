/* makecall: one call of make over /jkr/src, as the words of a program. */
#pragma once
#include <stdbool.h>

struct arena;
struct pairs;
struct strings;

struct makecall {
	const char *dir; /* below /jkr/src, "" for itself */
	bool objdir;     /* with O=/jkr/build */
	const struct pairs *variables;
};

/* The words, NULL at the end: those of `before` (ended by NULL, may be NULL), make's own, then the targets (may be
 * NULL) and what a goal holds, split at blanks (may be NULL). */
const char **makecall_words(const struct makecall *m, const char *const *before, const struct strings *targets,
			    const char *goal, struct arena *a);
/* What of it a message says. */
const char *makecall_said(const struct strings *targets, const char *goal, struct arena *a);
