/* jobserver: jkr as the GNU make jobserver of all steps at once, through a FIFO.
 *
 * The FIFO is bound into every sandbox; whoever opens it for both ends serves make 4.3 as well. Each
 * step holds one token while it runs (the implicit slot of its make). */
#pragma once
#include <stdbool.h>

struct err;

#define JOBSERVER_NAME "jobserver"

struct jobserver {
	int fd;    /* read and write, non-blocking; -1: closed */
	int total; /* tokens that exist when all is well */
	int held;  /* by running steps, for their implicit slots */
};

/* Makes the FIFO in `dir` and fills it. */
int jobserver_open(struct jobserver *js, int dir, int tokens, struct err *err);
void jobserver_close(struct jobserver *js);
/* Takes a token for a step; false when none is there now. */
bool jobserver_take(struct jobserver *js);
void jobserver_give(struct jobserver *js);
/* Puts back what killed makes took along, and takes away what was given twice. Only when no make runs. */
void jobserver_refill(struct jobserver *js);
int jobserver_count(const struct jobserver *js); /* tokens that lie in the FIFO */
