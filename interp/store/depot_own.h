/* depot_own: what a transport of depot.h does. It moves bytes; depot.c names, hashes and counts them. */
#pragma once
#include "store/depot.h"

#define DEPOT_NAME 72 /* "cas/" and 64 digits */

struct depot_transport {
	const char *scheme; /* what its addresses begin with, "http:" */
	/* State for an address, or NULL with a sentence; nothing is asked yet. */
	void *(*open)(const char *address, const struct depot_options *opt, struct err *err);
	void (*close)(void *state);
	/* From the descriptor's position, at most `max` bytes: 1, 0 not there. */
	int (*get)(void *state, const char *name, int fd, uint64_t max, struct err *err);
	int (*has)(void *state, const char *name, struct err *err);
	/* Its `size` bytes from the start: 1 there now, 0 something was there and stays. Never half of it. */
	int (*put)(void *state, const char *name, int fd, uint64_t size, struct err *err);
};

extern const struct depot_transport depot_file, depot_http, depot_ssh;
