#include "base/near.h"

#include <ctype.h>
#include <string.h>

#define WORD_MAX 64

static int
equal(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static unsigned
min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

/* Optimal string alignment: insert, delete, replace, swap neighbours. */
static unsigned
edits(const char *a, size_t n, const char *b, size_t k)
{
	unsigned row[3][WORD_MAX + 1];
	unsigned *before = row[0], *prev = row[1], *cur = row[2], *t;

	for (size_t j = 0; j <= k; j++)
		prev[j] = (unsigned)j;
	memset(before, 0, sizeof row[0]);
	for (size_t i = 1; i <= n; i++) {
		cur[0] = (unsigned)i;
		for (size_t j = 1; j <= k; j++) {
			unsigned cost = !equal(a[i - 1], b[j - 1]);

			cur[j] = min3(cur[j - 1] + 1, prev[j] + 1, prev[j - 1] + cost);
			if (i > 1 && j > 1 && equal(a[i - 1], b[j - 2]) && equal(a[i - 2], b[j - 1]) &&
			    before[j - 2] + 1 < cur[j])
				cur[j] = before[j - 2] + 1;
		}
		t = before, before = prev, prev = cur, cur = t;
	}
	return prev[k];
}

const char *
near_name(const char *word, const char *const *names, size_t n)
{
	size_t len = strlen(word);
	unsigned best = (unsigned)(len / 3 + 1);
	const char *found = NULL;

	if (len > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t k = strlen(names[i]);
		unsigned d;

		if (k > WORD_MAX)
			continue;
		d = edits(word, len, names[i], k);
		if (d < best || (d == best && !found)) {
			best = d;
			found = names[i];
		}
	}
	return found;
}
