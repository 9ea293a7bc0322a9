/* notes: what a step tells for its record, within a bound: a step that a hostile input broke may tell without end. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "store/store.h"

#define NOTES_LINES 1000        /* of job_note */
#define NOTES_BYTES (16u << 20) /* of all, those of job_record as well */

struct notes {
	struct note *v; /* for the record */
	size_t n, cap;
	size_t lines, bytes;
	bool cut; /* a line was left out */
};

/* Keeps a line and gives what to show for it: the line; for the first that is left out a line that says where the
 * rest is; NULL for all after it. Borrowed from `t` or static. */
const char *notes_line(struct notes *t, const char *text);
/* Keeps a fact; -1 when there are too many: a record without some of its facts would be a wrong one. */
int notes_fact(struct notes *t, const char *key, const char *value);
void notes_free(struct notes *t);
