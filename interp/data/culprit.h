/* culprit: which of many changes turns good into bad, in as few probes as can be. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct err;

enum verdict { VERDICT_GOOD, VERDICT_BAD, VERDICT_SKIP /* cannot be told: it does not even build */ };

/* Tries a state: the changes that are on. -1 ends the search. */
typedef int (*culprit_probe_fn)(void *ctx, const bool *on, enum verdict *out, struct err *err);

struct culprit {
	/* What has to be on together for bad; each is one change, or several neighbours where no state between them
	 * could be told: then it is one of those. */
	struct culprit_part {
		size_t first, n;
	} * v;
	size_t n, cap;
	bool proven; /* these alone are bad; else others before them may have to be on, too */
};

/* Without any of the `n` changes it is good, with all of them bad: who calls has seen both. `chain[i]` is 0 for a
 * change that may be on by itself, else the number of a chain, whose changes go on only in their order, each with all
 * before it (the patches of a series). Bisects over prefixes of all changes; while what was found does not suffice
 * alone, what it needs besides is looked for in the same way among those before it, so that k changes that are bad only
 * together are found in k times log n probes. No state is tried twice. */
int culprit_find(const unsigned *chain, size_t n, culprit_probe_fn probe, void *ctx, struct culprit *out,
		 struct err *err);
void culprit_free(struct culprit *c);
