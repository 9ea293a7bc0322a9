/* modscan: the modules below a folder of this machine, as rows of a table. */
#pragma once
#include <stdbool.h>

#include "data/modset.h"

struct err;

struct modscan_row {
	const char *path; /* below the folder */
	const char *name, *vermagic, *arch, *depends;
	const char *packing; /* "gzip", "xz", "zstd", or "" */
	bool is_signed;
	const char *damage; /* what is wrong with it, or NULL: then the others are "" */
};

struct modscan {
	struct modset set;     /* holds the strings */
	struct modscan_row *v; /* by path */
	size_t n, cap, damaged;
};

/* Walks `dir`; damaged modules are rows too. -1 only when the folder cannot be read. */
int modscan(int dir, struct modscan *out, struct err *err);
void modscan_free(struct modscan *s);
