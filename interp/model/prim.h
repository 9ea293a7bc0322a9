/* prim: a verb of the language, as a const descriptor. One file in interp/prim is one of them. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "data/schema.h"

struct arena;
struct err;
struct file_content;
struct job;
struct str;

enum {
	PRIM_ON = 1,        /* writes onto a tree: takes `on`, or the step before it inside tree { } */
	PRIM_NETWORK = 2,   /* fetches: refused under --offline unless stored */
	PRIM_CHECK = 4,     /* a check: gates the export, result is an empty tree or a report */
	PRIM_CONTAINER = 8, /* runs a sandbox: holds job slots, takes part in the jobserver */
	PRIM_IMPURE = 16,   /* its key depends on a pin (see `pin`) */
	PRIM_NEEDS_ON = 32, /* with PRIM_ON: has nothing to write onto without a tree (patch, edit) */
	PRIM_LINEAGE = 128, /* tells what its inputs were made of (job_lineage): their keys enter its own */
	PRIM_LOOKS =
		256,     /* with PRIM_ON: looks at its operand or, without one, at the tree it stands on, which stays */
	PRIM_EPOCH = 64, /* its result depends on SOURCE_DATE_EPOCH (PRIM_CONTAINER implies it) */
};

/* What pins an input whose identity is not in the recipe (a Debian package, an image): text that
 * enters the key. Lives in jkr.lock under lock_name. */
struct pin_request {
	const void *params;
	const char *locked; /* text from the lock, or NULL */
	bool offline;
	/* what a file holds, read again only when it changed; NULL: read it whole */
	int (*file)(void *ctx, const struct file_ref *file, struct file_content *out, struct err *err);
	void *ctx;
};

struct prim {
	const char *name;
	const char *doc;            /* sentences; the first stands alone in lists */
	const struct param *params; /* ended by {0} */
	size_t size;                /* of the bound struct */
	unsigned version;           /* raise it when equal params give another result */
	unsigned flags;
	const char *example; /* a few lines for the reference, may be NULL */
	int (*run)(struct job *job, const void *params, struct err *err);
	/* optional, at load: what the table cannot say (params that exclude each other); err_field says
	 * which parameter a mistake is about */
	int (*check)(const void *params, struct err *err);
	/* optional, by recipe_resolve right after binding: takes what a file of the parameters names in its
	 * turn (the patches of a series) into the bound struct, so that it enters the key like the rest.
	 * Reads project files only; memory lives in the arena. */
	int (*expand)(void *params, struct arena *a, struct err *err);
	/* optional, for PRIM_IMPURE: name in the lock ("deb:linux-source-6.12"), and the text to pin: what is
	 * locked, unless the input lies here and is another, which is a mistake */
	int (*pin_name)(const void *params, struct str *name);
	int (*pin)(const struct pin_request *rq, struct str *text, struct err *err);
	/* optional: bytes that a run would download, -1 unknown */
	long long (*download)(const void *params, const char *pinned);
	/* optional, for steps whose input may be absent (fetch file =): 0 present, 1 absent, with what it
	 * is and how to get it in `why`; looked at before any work starts. Such a step can still be stored:
	 * `pin` then gives what is locked */
	int (*absent)(const void *params, struct str *why);
	/* optional, for PRIM_CHECK: what is asked, in a few words; what was got are the step's notes */
	void (*asked)(const void *params, struct str *out);
};

/* The registry, written by the Makefile from the file names; ended by NULL. */
extern const struct prim *const prims[];
const struct prim *prim_find(const char *name);
/* Parameters that every step takes: on, timeout, cpus, memory, processes, optional, check, with_inputs,
 * features. */
extern const struct param step_params[];

struct step_common {
	struct source on;
	int64_t timeout;   /* seconds, 0: none */
	int64_t cpus;      /* 0: 1 */
	int64_t memory;    /* bytes, 0: what the machine has */
	int64_t processes; /* and threads, at once; 0: enough for any build */
	bool optional;
	bool check;       /* gates the export, though nothing takes in its result */
	bool with_inputs; /* a check where one of its inputs is wanted without it */
	struct strings features;
};
