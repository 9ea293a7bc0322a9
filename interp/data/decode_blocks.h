/* decode_blocks: blocks of an .xz file, decoded by threads and handed out in their order. Private to decode_xz.c.
 *
 * All calls come from one thread. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct blocks;

/* With one thread it is the caller's. */
struct blocks *blocks_new(int threads);
void blocks_free(struct blocks *q);

/* Whether a block of `nin` bytes (data, padding, check) that become `nout` is ever taken. */
bool blocks_suit(uint64_t nin, uint64_t nout);
/* What a block says of itself. */
struct block {
	size_t ndata;   /* bytes of LZMA2 */
	size_t nin;     /* with padding and check */
	size_t nout;    /* that it decodes to */
	uint32_t dict;  /* how far its matches reach */
	uint32_t check; /* kind, as lzma_check */
	size_t ncheck;  /* bytes of it, at the end of the input */
};
/* Room for its `nin` bytes, or NULL: take something first. At most one at a time is being filled. */
unsigned char *blocks_begin(struct blocks *q, const struct block *b);
/* The room is filled. */
void blocks_filled(struct blocks *q);
/* Whether nothing is left to take, but for what is being filled. */
bool blocks_empty(const struct blocks *q);
/* Up to `n` bytes of the oldest block; waits for one of them. 0: that block is at its end and gone. -1: it is damaged.
 */
ssize_t blocks_take(struct blocks *q, unsigned char *out, size_t n);
