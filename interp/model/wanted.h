/* wanted: which steps of a recipe a run needs. Arrays of marks are indexed like recipe->steps. */
#pragma once
#include <stdbool.h>

struct recipe;
struct step;

/* Whether nothing is exported before the step has succeeded, though nothing takes in its result. */
bool step_is_check(const struct step *s);

/* Marks what the marked steps take in, and what that takes in. */
void want_inputs(const struct recipe *r, bool *wanted);
/* The same, and the checks `among` the steps (NULL: all) with what they take in; those with `with_inputs` only where
 * one of their inputs is marked without them. */
void want_checks(const struct recipe *r, const bool *among, bool *wanted);
