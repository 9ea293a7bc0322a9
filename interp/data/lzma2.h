/* lzma2: one block of an .xz file, decoded from memory to memory. Private to decode_blocks.c and the tests.
 *
 * liblzma keeps a dictionary of its own, is ready to stop at each byte of its input, and copies what it made. Here all
 * input is there, and what was made is the dictionary: a fifth less processor time. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes behind the input that must be readable; they are never used. */
#define LZMA2_PAD 32

struct lzma2_block {
	const unsigned char *in;
	size_t nin;
	unsigned char *out;
	size_t nout;   /* what it must come to, exactly */
	uint32_t dict; /* how far back a match may reach */
	/* Told after each piece how many bytes of `out` stand; false ends it. May be NULL. */
	bool (*made)(void *ctx, size_t n);
	void *ctx;
};

/* 0, or -1: the data is damaged, or `made` said so. Nothing but `out` is written. */
int lzma2_decode(const struct lzma2_block *b);
