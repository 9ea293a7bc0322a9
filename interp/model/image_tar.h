/* image_tar: an image of Debian packages as one tar, so that it can be made without an archive of packages.
 *
 * The tar is written from the list of what was unpacked, sorted and without a clock, so equal images are equal tars,
 * and a tar gives the image that it was made of. */
#pragma once

struct err;
struct job;

/* What a record says of it where the lock has it, or sources are taken away: its SHA-256. */
#define IMAGE_TAR "image-tar"

/* The tar that is staged under this hash, proved and copied to the job's folder; the caller owns the descriptor. -1
 * without a sentence: none is. */
int image_tar_staged(struct job *job, const char *sha256, struct err *err);
/* Of what the job's layer holds by now: compares it with `pinned` (or NULL), and hands it over where sources are taken
 * away. `staged` is the tar that the layer was unpacked from, or -1. */
int image_tar_settle(struct job *job, int staged, const char *pinned, struct err *err);
