/* decoder: a stream of bytes with the compression taken off, by what its first bytes say.
 *
 * gzip, bzip2, xz, lzma and zstd, also one in the other, also several members one after the other.
 * Checksums are compared and a stream that is cut off is an error, wherever the cut is. */
#pragma once
#include <stdint.h>
#include <sys/types.h>

struct err;
struct decoder;

/* Gives up to `n` bytes, 0 at the end, -1 with a sentence. */
typedef ssize_t (*pull_fn)(void *ctx, void *buf, size_t n, struct err *err);

struct decoder_source {
	pull_fn pull;
	void *ctx;
	int fd;            /* the same bytes as a regular file at its start, or -1: for a helper program */
	const char *label; /* how sentences name it; borrowed */
	uint64_t *base;    /* bytes read of the outermost file: what the ratio is measured by */
	uint64_t ratio;    /* refuse more than this many bytes out for one of `base`, 0: no bound */
	uint64_t floor;    /* below so many bytes no ratio is asked */
	int threads;
};

/* The source's label stays the caller's; `fd` is not taken over. */
struct decoder *decoder_open(const struct decoder_source *src, struct err *err);
void decoder_close(struct decoder *d);
/* The next bytes, borrowed until the next call. Gives their number, 0 at the end, -1. */
ssize_t decoder_block(struct decoder *d, const void **p, struct err *err);
/* What decoder_block will give first, without taking it. */
size_t decoder_peek(const struct decoder *d, const unsigned char **p);
/* Reads to the end, so that every checksum was compared; counts bytes other than 0 in `rest`. */
int decoder_drain(struct decoder *d, uint64_t *rest, struct err *err);
/* Bytes behind the last member that belong to no format. */
uint64_t decoder_trailing(const struct decoder *d);
/* The outermost compression, such as "xz", or NULL. */
const char *decoder_name(const struct decoder *d);
