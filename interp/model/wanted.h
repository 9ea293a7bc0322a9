/* wanted: which steps of a recipe a run needs. Arrays of marks are indexed like recipe->steps. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct recipe;
struct step;

/* Whether nothing is exported before the step has succeeded, though nothing takes in its result. */
bool step_is_check(const struct step *s);

/* Marks what the marked steps take in, and what that takes in. */
void want_inputs(const struct recipe *r, bool *wanted);
/* Marks `exports`, the checks `among` the steps (NULL: all), and what these take in; a check with `with_inputs` only
 * where one of its inputs is marked without it. */
void want_exports(const struct recipe *r, const uint32_t *exports, size_t n, const bool *among, bool *wanted);
