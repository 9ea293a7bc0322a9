#include "data/culprit.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A state that was tried. */
struct tried {
	bool *on;
	enum verdict verdict;
};

struct search {
	const unsigned *chain;
	size_t n;
	culprit_probe_fn probe;
	void *ctx;
	struct err *err;
	bool *need; /* what was found to be needed */
	struct tried *v;
	size_t ntried, cap;
};

/* `need` and the first `k` changes, and of each chain all before what is on of it. */
static bool *
state_of(const struct search *s, size_t k)
{
	bool *on = xcalloc(s->n + 1, sizeof *on);

	for (size_t i = 0; i < s->n; i++)
		on[i] = i < k || s->need[i];
	for (size_t i = s->n; i-- > 0;)
		for (size_t j = i; on[i] && s->chain[i] && j-- > 0;)
			on[j] |= s->chain[j] == s->chain[i];
	return on;
}

static int
try(struct search *s, size_t k, enum verdict *out)
{
	bool *on = state_of(s, k);

	for (size_t i = 0; i < s->ntried; i++)
		if (!memcmp(s->v[i].on, on, s->n * sizeof *on)) {
			*out = s->v[i].verdict;
			free(on);
			return 0;
		}
	if (s->probe(s->ctx, on, out, s->err)) {
		free(on);
		return -1;
	}
	GROW(s->v, s->ntried, s->cap);
	s->v[s->ntried++] = (struct tried){on, *out};
	return 0;
}

/* Both ends are known. */
static void
know(struct search *s, size_t k, enum verdict verdict)
{
	GROW(s->v, s->ntried, s->cap);
	s->v[s->ntried++] = (struct tried){state_of(s, k), verdict};
}

/* A state between two that can be told, near the middle. Steps double at first, for what does not build comes in rows;
 * then every other one is tried. 0: none of them can be told. */
static int
try_between(struct search *s, size_t lo, size_t hi, size_t *mid, enum verdict *verdict)
{
	size_t middle = lo + (hi - lo) / 2;

	for (int all = 0; all < 2; all++)
		for (size_t d = 0; d < hi - lo; d += all || !d ? 1 : d)
			for (int side = 0; side < 2; side++) {
				if ((side && !d) || (side ? middle + d >= hi : middle < d || middle - d <= lo))
					continue;
				*mid = side ? middle + d : middle - d;
				if (try(s, *mid, verdict))
					return -1;
				if (*verdict != VERDICT_SKIP)
					return 1;
			}
	return 0;
}

/* Good with the first `*lo` changes, bad with the first `*hi`: brings both together. */
static int
close_in(struct search *s, size_t *lo, size_t *hi)
{
	enum verdict verdict;
	size_t mid;
	int r = 1;

	while (r > 0 && *hi - *lo > 1) {
		r = try_between(s, *lo, *hi, &mid, &verdict);
		if (r > 0 && verdict == VERDICT_BAD)
			*hi = mid;
		else if (r > 0)
			*lo = mid;
	}
	return r < 0 ? -1 : 0;
}

static int
search(struct search *s, struct culprit *out)
{
	enum verdict verdict = VERDICT_GOOD;
	size_t lo, hi = s->n;

	do {
		lo = 0;
		if (close_in(s, &lo, &hi))
			return -1;
		GROW(out->v, out->n, out->cap);
		out->v[out->n++] = (struct culprit_part){lo, hi - lo};
		for (size_t i = lo; i < hi; i++)
			s->need[i] = true;
		hi = lo;
		if (!lo) /* bad with these alone was seen */
			verdict = VERDICT_BAD;
		else if (try(s, 0, &verdict))
			return -1;
	} while (verdict == VERDICT_GOOD);
	out->proven = verdict == VERDICT_BAD;
	return 0;
}

int
culprit_find(const unsigned *chain, size_t n, culprit_probe_fn probe, void *ctx, struct culprit *out, struct err *err)
{
	struct search s = {.chain = chain, .n = n, .probe = probe, .ctx = ctx, .err = err};
	int r;

	*out = (struct culprit){0};
	s.need = xcalloc(n + 1, sizeof *s.need);
	know(&s, 0, VERDICT_GOOD);
	know(&s, n, VERDICT_BAD);
	r = search(&s, out);
	for (size_t i = 0; i < s.ntried; i++)
		free(s.v[i].on);
	free(s.v);
	free(s.need);
	return r;
}

void
culprit_free(struct culprit *c)
{
	free(c->v);
	*c = (struct culprit){0};
}
