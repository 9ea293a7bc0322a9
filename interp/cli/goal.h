/* goal: single targets of a step's make, for their own sake (run -t). */
#pragma once
#include <stdbool.h>

struct err;
struct session;

/* Runs the make of the step that the command line names with the targets of -t in the place of its own: in its sandbox,
 * over its warm build directory, on this terminal. Nothing of it stays. `interrupted` gets the signal, if any. */
int goal_run(struct session *s, int *interrupted, struct err *err);
