/* The helper's solver (stdlib/kwhy) against all assignments of few variables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../stdlib/kwhy/sat.c"
#include "../../stdlib/kwhy/sat_heap.c"
#include "../../stdlib/kwhy/sat_learn.c"

#define VARS 9
#define CLAUSES 42

static unsigned
next(unsigned *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

static int
holds(unsigned bits, int lit)
{
	int var = lit >> 1;

	return (var == 0 ? 1 : (int)(bits >> (var - 1)) & 1) != (lit & 1);
}

/* Whether any assignment makes all clauses and all of `assumed` hold. */
static int
any_holds(int clauses[][3], int n, const int *assumed, int nassumed)
{
	for (unsigned bits = 0; bits < 1u << VARS; bits++) {
		int ok = 1;

		for (int i = 0; ok && i < nassumed; i++)
			ok = holds(bits, assumed[i]);
		for (int i = 0; ok && i < n; i++)
			ok = holds(bits, clauses[i][0]) || holds(bits, clauses[i][1]) || holds(bits, clauses[i][2]);
		if (ok)
			return 1;
	}
	return 0;
}

static void
assert_solution(const struct sat *s, int clauses[][3], int n, const int *assumed, int nassumed)
{
	for (int i = 0; i < nassumed; i++)
		assert_true(sat_holds(s, assumed[i]));
	for (int i = 0; i < n; i++)
		assert_true(sat_holds(s, clauses[i][0]) || sat_holds(s, clauses[i][1]) || sat_holds(s, clauses[i][2]));
}

/* A blamed set is of the assumptions, and cannot hold. */
static void
assert_core(const struct sat *s, int clauses[][3], int n, const int *assumed, int nassumed)
{
	int ncore;
	const int *core = sat_core(s, &ncore);

	for (int i = 0; i < ncore; i++) {
		int k = 0;

		while (k < nassumed && assumed[k] != core[i])
			k++;
		assert_true(k < nassumed);
	}
	assert_false(any_holds(clauses, n, core, ncore));
}

static void
agrees_with_all_assignments(void **state)
{
	int met[2] = {0};

	(void)state;
	for (unsigned round = 1; round <= 400; round++) {
		unsigned seed = round;
		struct sat *s = sat_new();
		int clauses[CLAUSES][3], n = 10 + (int)(next(&seed) % (CLAUSES - 10));

		for (int i = 0; i < VARS; i++)
			sat_var(s);
		for (int i = 0; i < n; i++) {
			for (int k = 0; k < 3; k++)
				clauses[i][k] = (int)(next(&seed) % (2 * VARS)) + 2;
			sat_clause(s, clauses[i], 3);
			if (i % 7)
				continue;
			for (int ask = 0; ask < 3; ask++) {
				int assumed[4], na = (int)(next(&seed) % 5), r;

				for (int k = 0; k < na; k++)
					assumed[k] = (int)(next(&seed) % (2 * VARS)) + 2;
				r = sat_solve(s, assumed, na, 100000);
				assert_int_equal(r, any_holds(clauses, i + 1, assumed, na));
				met[r]++;
				if (r)
					assert_solution(s, clauses, i + 1, assumed, na);
				else
					assert_core(s, clauses, i + 1, assumed, na);
			}
		}
		sat_free(s);
	}
	assert_true(met[0] > 300 && met[1] > 300);
}

static void
gives_up(void **state)
{
	struct sat *s = sat_new();
	int in[6][5];

	(void)state; /* six pigeons, five holes */
	for (int p = 0; p < 6; p++) {
		for (int h = 0; h < 5; h++)
			in[p][h] = sat_var(s);
		sat_clause(s, in[p], 5);
	}
	for (int h = 0; h < 5; h++)
		for (int p = 0; p < 6; p++)
			for (int q = 0; q < p; q++)
				sat_clause(s, (int[]){in[p][h] ^ 1, in[q][h] ^ 1}, 2);
	assert_int_equal(sat_solve(s, NULL, 0, 3), -1);
	assert_int_equal(sat_solve(s, NULL, 0, 100000), 0);
	assert_true(sat_conflicts(s) > 3);
	sat_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_all_assignments),
		cmocka_unit_test(gives_up),
	};

	return cmocka_run_group_tests_name("sat", tests, NULL, NULL);
}
