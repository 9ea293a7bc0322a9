#include "run/args.h"

#include "base/mem.h"

void
args_add(struct args *a, const char *word)
{
	GROW(a->v, a->n + 1, a->cap);
	a->v[a->n++] = word;
	a->v[a->n] = NULL;
}

void
args_add3(struct args *a, const char *x, const char *y, const char *z)
{
	args_add(a, x);
	args_add(a, y);
	args_add(a, z);
}

void
args_all(struct args *a, const char *const *words)
{
	for (; *words; words++)
		args_add(a, *words);
}
