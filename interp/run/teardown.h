/* teardown: the mounts of a program that has ended are taken down beside the job, not before it goes on.
 *
 * With the last of them the kernel forgets every file that was looked up through an overlay: 50 ms after a make on a
 * kernel's tree. Nobody sees the overlay any more by then, so its upper is only ours. */
#pragma once
#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

struct teardown {
	pthread_t thread;
	bool threaded;
	int mounts; /* the namespace, -1: it goes with the process */
};

#define TEARDOWN_NONE ((struct teardown){.mounts = -1})

/* Keeps the mounts that the process `pid` has for itself; where they cannot be kept they end with it, as ever. */
void teardown_hold(struct teardown *t, pid_t pid);
/* All that used them is dead: takes them down. */
void teardown_begin(struct teardown *t);
/* Waits until they are gone; nothing without any. */
void teardown_end(struct teardown *t);
