/* run: carries out a plan: jobs in parallel, results into the store. */
#pragma once
#include <stdbool.h>

#include "model/plan.h"
#include "run/event.h"
#include "store/store.h"

enum backend { BACKEND_BWRAP, BACKEND_DOCKER, BACKEND_PODMAN, BACKEND_NONE };

struct executor; /* run/farm.h */

struct run_options {
	int jobs; /* tokens in all; 0: number of processors */
	bool keep_going;
	bool fresh;      /* no warm directories, no cached results of what is wanted */
	bool no_wait;    /* do not wait for another run's lock */
	bool allow_host; /* backend none with another compiler than the toolchain's */
	bool offline, locked;
	enum backend backend;
	int64_t epoch; /* -1: of the source */
	struct reporter *reporter;
	int verbose;
	const char *keep;      /* a folder that gets a copy of every file that is downloaded, by its SHA-256; or NULL */
	struct shared *shared; /* store/shared.h, or NULL */
	const struct executor *on;             /* who runs what can travel, or NULL */
	bool give;                             /* what is built is sent there */
	const struct compile_helpers *helpers; /* model/helpers.h, or NULL */
	const char *again; /* how a command line names this recipe again, options included; or NULL */
};

struct lock; /* data/lock.h */

/* Runs every step of the plan that is not cached. The plan's decisions are brought up to date while
 * it goes. Returns 0, or -1 with the mistakes of all failed steps; `interrupted` gets the signal. */
int run_plan(struct plan *plan, struct store *store, struct plan_env *env, const struct run_options *opt,
	     int *interrupted, struct err *err);
