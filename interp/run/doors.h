/* doors: the servers that a program in a sandbox reaches; it has no other network. Each stands behind a port of the
 * sandbox's loopback, the first behind DOOR_FIRST, the next ones behind the numbers that follow. */
#pragma once
#include <stddef.h>

#include "model/job.h"
#include "os/relay.h"

struct err;

struct doors {
	const char *const *servers; /* "HOST:PORT" …, n of them */
	size_t n;
	int pass[2]; /* from the child, which has the sandbox's network, to us */
	struct relay *relays[DOORS_MAX];
};

/* Before the child is forked; -1 with a sentence. */
int doors_begin(struct doors *d, const char *const *servers, struct err *err);
/* In the child, in the namespaces of ns_enter: makes the network, and passes on what listens in it. */
int doors_open(struct doors *d, struct err *err);
/* The child is on its way: carries what connects. A server that cannot be carried to is one that does not answer. */
void doors_carry(struct doors *d);
void doors_end(struct doors *d);
