/* mounted: the layers that a step's sandboxes show. A program reads them without us, so nobody hashes what it reads;
 * what lstat says of their files is asked while it runs, and a step that was shown a damaged one is stopped, for it may
 * wait for ever at what is none of its files, and has no result.
 *
 * Each layer once a run: its name in the folder of the run says that it was asked. */
#pragma once
#include <pthread.h>
#include <stdbool.h>

#include "base/err.h"

struct hash;
struct job;

struct mounted {
	struct job *job;
	pthread_t thread;
	bool threaded;
	int found; /* readable once one is damaged; -1: there is no thread */
	/* the thread's until mounted_end */
	bool damaged;
	struct err err;
};

/* A layer that the next sandbox shows. */
void mounted_add(struct job *job, const struct hash *layer);
/* Begins to ask, beside the caller, who adds none meanwhile. */
void mounted_begin(struct mounted *m, struct job *job);
/* Asks what was not asked yet, unless the program was `stopped` and nobody wants the result. 0, or -1 with a sentence:
 * one of them is damaged, and whatever else was said comes of it. */
int mounted_end(struct mounted *m, bool stopped, struct err *err);
