/* away: results that only the shared cache has. They come when a step or an artifact needs them, each in a process of
 * its own, beside the steps. One that turns out not to be had is built here after all. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct err;
struct hash;
struct plan;
struct runner;
struct slot;

/* Whether any step's result is away. */
bool away_any(const struct plan *p);
void away_begin(struct runner *r);
/* Before a step begins: true when it has to wait for what it takes in, which is on its way now. */
bool away_inputs(struct runner *r, uint32_t step);
/* The same, then: 1 it has a result, now that what it takes in is known; 0 it is to be run; -1 a mistake. */
int away_decide(struct runner *r, uint32_t step, struct err *err);
/* A step gave this tree: whether those that use it were decided on another. */
void away_differs(struct runner *r, uint32_t step, const struct hash *tree);
/* A step could not be decided, for what it takes in was away and is not to be had: true when that is built now. */
bool away_lost(struct runner *r, uint32_t step);
/* Fetches what the run is for: true while there is something to wait for. */
bool away_exports(struct runner *r);
/* The process that fetched has ended. */
void away_finish(struct runner *r, struct slot *s);
/* What the process does. */
_Noreturn void away_child(struct slot *s, int wire);
