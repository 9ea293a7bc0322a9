/* give: what a run builds goes to the shared cache, by a process beside it, one result after the other. */
#pragma once
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct give;
struct runner;

/* Starts it, when the run may write to the cache: with what the store already has and was not sent. */
void give_begin(struct runner *r);
/* A step has a result: it is sent, unless it is for nobody else. */
void give_step(struct runner *r, uint32_t step);
/* A step turned out to be here already: so is what the store has and was not sent. */
void give_found(struct runner *r, uint32_t step);
/* What it has said and can take; called often. */
void give_turn(struct runner *r);
/* Waits until all is sent, or a signal comes. */
void give_end(struct runner *r);
/* A process has ended: whether it was this one. */
bool give_reap(struct runner *r, pid_t pid);
