/* kquestions: what is asked of a tree's Kconfig (model/kask.h) about a configuration. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "data/kconfig.h"

/* A question for each name, as the recipe has it, else whether it could be y; then what the recipe asks for and got,
 * which must stay. With `together` also what makes all of it hold. */
const char *const *kquestions(struct arena *a, const struct kconfig *asked, const struct kconfig *config,
			      const char *const *names, size_t nnames, bool together, size_t *n);
