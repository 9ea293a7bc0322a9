/* farm: steps that other machines run. An executor is the front of a command line (`srun …`, `ssh host`), behind which
 * `jkr worker DIGEST` is put; everything else goes through the shared cache: a step's inputs and itself as a parcel
 * (model/parcel.h), its result back.
 *
 * A step has succeeded when its result is in the cache and came from there, every blob verified, and has failed when
 * the worker left there why it did; what the command's exit status is says nothing (srun gives 0 when a node dies).
 * Where neither is there the try is lost, and is made once more, elsewhere where the executor can say so. Where the
 * cache itself fails, the step is run here. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct runner;
struct slot;

struct executor {
	const char *name;
	const char *const
		*prefix;   /* words, ended by NULL; in them {cpus} {mem_mb} {features} {step} {digest} {avoid} */
	const char *jkr;   /* its path there */
	const char *cache; /* the cache's address as it is seen there, NULL: as here */
	int64_t slots, cpus, memory;
	bool all; /* every step that can travel, not only those that run programs */
};

/* Whether a step is to be run there; the first time it says why one that could be meant is not. */
bool farm_takes(struct runner *r, uint32_t step);
/* Whether there is no room for one more. */
bool farm_full(const struct runner *r);
/* The process of one step. */
_Noreturn void farm_child(struct slot *s, int wire);
/* Its end: true when the step is done, or goes on here; false when it failed or was stopped. */
bool farm_finish(struct runner *r, struct slot *s);
