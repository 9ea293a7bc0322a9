/* bound: the struct that parameters were bound to, as bytes and back, by their table; for who runs a step on another
 * machine, without the recipe. Only what the table names is told; a P_ANY is not. */
#pragma once
#include "base/packed.h"
#include "data/schema.h"

struct str;

/* Steps and roots of projects are numbered anew: a source is told by the number that these give it. */
struct bound_numbers {
	void *ctx;
	uint32_t (*step)(void *ctx, uint32_t step);
	uint32_t (*root)(void *ctx, const char *root);
};

/* And what the numbers stand for there. */
struct bound_names {
	uint32_t nsteps, nroots;
	const char *const *roots;
};

void place_pack(const struct place *at, struct str *out);
struct place place_unpack(struct packed *in);
void source_pack(const struct source *s, const struct bound_numbers *numbers, struct str *out);
void source_unpack(struct packed *in, const struct bound_names *names, struct source *s);
void bound_pack(const struct param *params, const void *bound, const struct bound_numbers *numbers, struct str *out);
/* Into `bound`, zeroed by the caller. What the table would refuse sets `in->bad`. */
void bound_unpack(struct packed *in, const struct param *params, const struct bound_names *names, void *bound);
