/* steplog: which of a step's logs tells of it as the recipe is now. */
#pragma once

struct plan_step;
struct session;

/* The log of the run that made the result that the step has; of one that has none its newest, which tells why. A name
 * for run/logs.h; NULL where there is none: what was fetched has left its log where it ran. */
const char *steplog(struct session *s, const struct plan_step *ps);
/* The newest log of that step, whatever its inputs were; NULL where there is none. */
const char *steplog_newest(struct session *s, const char *step);
