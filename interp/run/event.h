/* event: what is happening in a run; reporters turn events into words. */
#pragma once
#include <stdint.h>

#include "model/plan.h"

enum event_kind {
	EV_RUN_BEGIN,   /* plan known */
	EV_STEP_CACHED, /* result was there */
	EV_STEP_SKIPPED,
	EV_STEP_BEGIN,
	EV_STEP_NOTE,   /* a line of job_note */
	EV_STEP_OUTPUT, /* a line of the program's output (for -v -v) */
	EV_STEP_PROGRESS,
	EV_STEP_END,     /* ok */
	EV_STEP_FAILED,  /* err holds why */
	EV_STEP_STOPPED, /* not begun or killed because the run stops */
	EV_RUN_NOTE,     /* a line about the run as a whole */
	EV_RUN_END,
};

struct event {
	enum event_kind kind;
	const struct plan *plan;
	const struct plan_step *step;
	const char *text;
	uint64_t done, total;
	double seconds;
	const struct err *err;
};

struct reporter {
	void (*event)(struct reporter *r, const struct event *e);
	void (*tick)(struct reporter *r, double now); /* may be NULL; called at least each 100 ms */
	void (*free)(struct reporter *r);
};
struct reporter *reporter_plain(int fd, int verbose);
struct reporter *reporter_tty(int fd, int verbose, int colour);
struct reporter *reporter_json(int fd);
struct reporter *reporter_quiet(void);
