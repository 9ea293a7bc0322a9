/* growth.h: work that grows with its input is told from work that grows with the square of it, on any machine and under
 * any sanitizer */
#ifndef JKR_TEST_GROWTH_H
#define JKR_TEST_GROWTH_H

#include <time.h>

typedef void growth_work(size_t n, void *of);

/* Processor time of `work` on n; of several times the least, for the first one also fills caches. */
static inline double
growth_seconds(growth_work *work, size_t n, void *of)
{
	double least = 0;

	for (int i = 0; i < 3; i++) {
		clock_t begun = clock();
		double took;

		work(n, of);
		took = (double)(clock() - begun) / CLOCKS_PER_SEC;
		least = i && least < took ? least : took;
	}
	return least;
}

/* Four times the input: the square of it would take sixteen times as long. A hundredth of a second is noise. */
static inline void
assert_grows_with_input(growth_work *work, size_t n, void *of)
{
	double small = growth_seconds(work, n, of), large = growth_seconds(work, 4 * n, of);

	assert_true(large < 9 * small + 0.01);
}

#endif
