/* Which changes are found, and in how many probes: judges that are rules over what is on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/str.h"
#include "data/culprit.h"

enum { MOST = 128 };

struct judge {
	size_t bad[4], nbad;           /* all of them on: bad */
	size_t broken_from, broken_to; /* how many are on: does not build */
	bool needs_before;             /* one that is on without the one before it does not build */
	size_t n, probes, stop;
};

static int
probe(void *ctx, const bool *on, enum verdict *out, struct err *err)
{
	struct judge *j = ctx;
	size_t count = 0;
	bool bad = true;

	(void)err;
	if (j->stop && j->probes == j->stop)
		return -1;
	j->probes++;
	for (size_t i = 0; i < j->n; i++)
		count += on[i];
	for (size_t i = 0; i < j->nbad; i++)
		bad &= on[j->bad[i]];
	*out = bad ? VERDICT_BAD : VERDICT_GOOD;
	if (count >= j->broken_from && count < j->broken_to)
		*out = VERDICT_SKIP;
	for (size_t i = 1; i < j->n && j->needs_before; i++)
		if (on[i] && !on[i - 1])
			*out = VERDICT_SKIP;
	return 0;
}

/* "36 12+3?": what was found, `?` where it is not proven. */
static void
finds(struct judge *j, unsigned chain, const char *want, size_t most)
{
	unsigned chains[MOST];
	cleanup_str struct str got = {0};
	struct err err = {0};
	struct culprit c;

	for (size_t i = 0; i < MOST; i++)
		chains[i] = chain;
	assert_int_equal(culprit_find(chains, j->n, probe, j, &c, &err), 0);
	for (size_t i = 0; i < c.n; i++) {
		str_addf(&got, "%s%zu", i ? " " : "", c.v[i].first);
		if (c.v[i].n > 1)
			str_addf(&got, "+%zu", c.v[i].n - 1);
	}
	str_add(&got, c.proven ? "" : "?");
	culprit_free(&c);
	assert_string_equal(str_text(&got), want);
	assert_in_range(j->probes, 0, most);
}

static void
one_of_many(void **state)
{
	char want[24];

	(void)state;
	for (size_t n = 1; n <= 64; n++)
		for (size_t bad = 0; bad < n; bad++) {
			struct judge set = {.bad = {bad}, .nbad = 1, .n = n}, chain = set;

			snprintf(want, sizeof want, "%zu", bad);
			finds(&set, 0, want, 7); /* log2 64, and that it is bad alone */
			finds(&chain, 1, want, 6);
		}
}

static void
several_that_are_bad_together(void **state)
{
	struct judge two = {.bad = {3, 30}, .nbad = 2, .n = 40}, three = {.bad = {0, 17, 39}, .nbad = 3, .n = 40};

	(void)state;
	finds(&two, 0, "30 3", 14);
	finds(&three, 0, "39 17 0", 20);
}

static void
what_does_not_build(void **state)
{
	struct judge around = {.bad = {20}, .nbad = 1, .n = 64, .broken_from = 30, .broken_to = 35};
	struct judge at = {.bad = {20}, .nbad = 1, .n = 64, .broken_from = 19, .broken_to = 23};
	struct judge leans = {.bad = {20}, .nbad = 1, .n = 64, .needs_before = true};

	(void)state;
	finds(&around, 1, "20", 11);
	/* between 18 and 23 nothing can be told */
	finds(&at, 1, "18+4", 12);
	/* the change alone cannot be tried: those before it may be needed */
	finds(&leans, 0, "20?", 8);
}

static void
stopped(void **state)
{
	struct judge j = {.bad = {20}, .nbad = 1, .n = 64, .stop = 3};
	unsigned chains[MOST] = {0};
	struct err err = {0};
	struct culprit c;

	(void)state;
	assert_int_equal(culprit_find(chains, j.n, probe, &j, &c, &err), -1);
	assert_int_equal(j.probes, 3);
	culprit_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_of_many),
		cmocka_unit_test(several_that_are_bad_together),
		cmocka_unit_test(what_does_not_build),
		cmocka_unit_test(stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
