/* twice: what a plan built, built again from nothing and compared. */
#pragma once
#include "cli/session.h"

/* After a run of s->plan. A step that gave another result from the same inputs is a mistake (E1201); those that only
 * follow from it are counted. Afterwards s->plan holds the second build. */
int twice(struct session *s, int *interrupted, struct err *err);
