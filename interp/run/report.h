/* report: what the reporters share: which steps run, and what each said last. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "run/event.h"

#define TAIL 15

struct track {
	struct track *next;
	const struct plan_step *step;
	double begun; /* monotonic */
	uint64_t done, total;
	struct str tail[TAIL]; /* last lines of output, a ring */
	size_t nlines;
};

struct tracks {
	struct track *head;
	size_t cached, finished, failed, skipped, stopped, all;
	double start;
};

/* Keeps the books for an event; gives the running step's track where there is one. A track that ends
 * lives until track_drop. */
struct track *tracks_event(struct tracks *t, const struct event *e);
void track_drop(struct tracks *t, struct track *tr);
void tracks_free(struct tracks *t);
/* The newest line, "" when there is none. */
const char *track_line(const struct track *tr);
double report_now(void);
void report_write(int fd, const struct str *b);
/* Adds `s`, control bytes replaced, cut to `max` columns (0: whole). */
void report_text(struct str *b, const char *s, size_t max);
/* "12 done, 7 cached, 1 failed of 20 steps". */
void report_counts(struct str *b, const struct tracks *t);
