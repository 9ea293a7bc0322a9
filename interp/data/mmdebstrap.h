/* mmdebstrap: makes a root file system from Debian packages, as a tar file. */
#pragma once
#include <stddef.h>

struct err;

struct mmdebstrap {
	const char *suite, *arch, *variant; /* "essential" */
	const char *const *packages;
	size_t npackages;
	const char *sources; /* lines for its sources.list */
};

/* How this user may build images: "root", "unshare" or "fakechroot". NULL: not at all, with what to install. */
const char *mmdebstrap_mode(struct err *err);
/* Writes the tar to `tar`; what the program says goes to `log`. Equal package versions give equal trees. */
int mmdebstrap_run(const struct mmdebstrap *m, int tar, int log, struct err *err);
