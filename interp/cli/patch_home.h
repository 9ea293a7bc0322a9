/* patch_home: where a recipe takes new patches for the tree of a step. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct session;

struct patch_home {
	int64_t step;       /* whose result they go onto: what the `patch` step writes onto it gives; -1: they go
			     * behind all, and the recipe does not name them yet */
	const char *folder; /* of the project, without a slash at its end; "": the top */
	const char *series; /* a file of it that lists them; NULL: the recipe takes what matches */
	const char *match;  /* then: the pattern of the names */
	unsigned first;     /* number of the next one */
	const char *last;   /* name of the last one by its order, or NULL */
};

/* Finds the last `patch` of the tree that takes patches of the project from a series, or by a pattern that the next
 * name ends; else a series of its own, patches/NAME/series. */
void patch_home_find(struct session *s, uint32_t step, const char *name, struct patch_home *out);
