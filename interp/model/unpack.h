/* unpack: archives into a layer, with everything refused that a hostile one may try.
 *
 * Several archives are unpacked one over the other, in order. Names are refused that climb, are
 * absolute or go through a symlink; of links, only hard links to an earlier file of the same
 * archive are made. The layer is of no use after an error. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "data/schema.h"

struct err;
struct layer;
struct unpack;

struct unpack_opts {
	int64_t strip;              /* leading components taken off */
	const struct strings *only; /* patterns of names before strip, NULL or empty: all */
	const struct strings *skip;
	const struct strings *inner;                 /* the archive inside the archive, and so on inwards */
	bool plain_modes;                            /* 0755 and 0644, as dpkg has it */
	bool one_top;                                /* stop where not all lies in one folder: sums.several */
	bool rootfs;                                 /* owners, setuid, devices and xattrs are kept */
	const char *into;                            /* folder of the layer, NULL: its root */
	uint64_t max_size;                           /* bytes of all files, 0: no bound */
	uint64_t max_files;                          /* entries, 0: no bound */
	uint64_t ratio;                              /* bytes out for one byte in, 0: no bound */
	int threads;                                 /* 1: all in the caller's thread */
	void (*note)(void *ctx, const char *line);   /* a thing worth knowing; may be NULL */
	void (*progress)(void *ctx, uint64_t taken); /* bytes of the archive; may be NULL */
	void *ctx;
};

struct unpack_sums {
	uint64_t entries, bytes; /* that were written */
	int64_t newest;          /* latest time of a file, 0 when none has one */
	bool several;            /* with `one_top`: it was stopped, and the layer holds a part */
};

/* `opts` and what it points to is borrowed. */
struct unpack *unpack_new(struct layer *l, const struct unpack_opts *opts);
/* Unpacks a regular file from its start; `label` names it in sentences. */
int unpack_archive(struct unpack *u, int fd, const char *label, struct err *err);
/* Waits until all is written, then asks whether every pattern matched. */
int unpack_end(struct unpack *u, struct unpack_sums *sums, struct err *err);
void unpack_free(struct unpack *u);
