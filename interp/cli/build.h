/* build: carrying out a plan as the command line asks for it. */
#pragma once
#include "cli/session.h"
#include "run/run.h"

/* Everything but the reporter. */
struct run_options build_options(struct session *s);
/* Runs what is not cached, tells about it, and keeps the pins of what was used. */
int build_plan(struct session *s, struct plan *plan, int *interrupted, struct err *err);
/* The same without keeping pins: of a plan that is nobody's recipe. */
int build_aside(struct session *s, struct plan *plan, int *interrupted, struct err *err);
/* Builds what a step takes in, where that is not stored, and plans the step alone: its sandbox can stand then. */
int build_inputs(struct session *s, uint32_t step, int *interrupted, struct err *err);
/* The same command for a step of this recipe: "jkr shell board.lua -D rt=false linux/build". */
const char *build_command(struct session *s, const char *command, const char *step);
