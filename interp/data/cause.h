/* cause: why two builds of the same inputs differ; what a comparison finds after them and what a look at scripts finds
 * before are told in the same words. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct cause {
	const char *name; /* "the time of the build" */
	const char *fix;  /* what to do */
};

extern const struct cause cause_time, cause_key, cause_path, cause_jobs, cause_host, cause_archive, cause_random;

/* What two runs of printable bytes (not ended by a NUL) tell that are equal up to byte `at`, which both have; NULL
 * where they tell nothing. */
const struct cause *cause_of_text(const char *a, size_t na, const char *b, size_t nb, size_t at);
/* Whether two texts hold the same lines in another order. */
bool cause_is_order(const char *a, size_t na, const char *b, size_t nb);
