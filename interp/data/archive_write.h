/* archive_write: a tar file, plain or compressed, written so that equal members give equal bytes.
 *
 * Only what a member says is in it: no clock, no names of users, no number of processors. */
#pragma once
#include "data/archive.h"

struct arc_out;

struct arc_out_opts {
	const char *format; /* "tar", "tar.gz", "tar.xz", "tar.zst" */
	int level;          /* of compression, 0: the program's own default */
	int threads;        /* does not change the bytes */
};

/* The formats, ended by NULL; the highest level of one. */
extern const char *const arc_out_formats[];
int arc_out_max_level(const char *format);

/* Writes to a file that stays the caller's. */
struct arc_out *arc_out_open(int fd, const struct arc_out_opts *opts, struct err *err);
/* Adds a member: name, mode with type, owner, size, mtime, target, rdev and xattrs are read. `fd` holds
 * the bytes of a regular file, exactly m->size of them. */
int arc_out_add(struct arc_out *o, const struct member *m, int fd, struct err *err);
/* Ends the archive; without this the file is of no use. */
int arc_out_end(struct arc_out *o, struct err *err);
void arc_out_free(struct arc_out *o);
