#include "model/wanted.h"

#include "model/recipe.h"

bool
step_is_check(const struct step *s)
{
	return s->prim->flags & PRIM_CHECK || s->common.check || s->common.with_inputs;
}

void
want_inputs(const struct recipe *r, bool *wanted)
{
	/* inputs stand before their users, so one pass from the end reaches everything */
	for (size_t i = r->nsteps; i-- > 0;)
		if (wanted[i])
			for (size_t k = 0; k < r->steps[i].ninputs; k++)
				wanted[r->steps[i].inputs[k]] = true;
}

static bool
counts(const struct step *s, const bool *wanted)
{
	bool any = !s->common.with_inputs;

	for (size_t k = 0; k < s->ninputs && !any; k++)
		any = wanted[s->inputs[k]];
	return any;
}

void
want_exports(const struct recipe *r, const uint32_t *exports, size_t n, const bool *among, bool *wanted)
{
	bool more;

	for (size_t i = 0; i < n; i++)
		wanted[exports[i]] = true;
	do { /* what one takes in, another may go with */
		more = false;
		want_inputs(r, wanted);
		for (size_t i = 0; i < r->nsteps; i++) {
			const struct step *s = &r->steps[i];

			if (wanted[i] || (among && !among[i]) || !step_is_check(s) || !counts(s, wanted))
				continue;
			wanted[i] = more = true;
		}
	} while (more);
}
