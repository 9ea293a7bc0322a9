/* packed: numbers and texts as bytes, and back, checked. Numbers are little-endian; a text has its length in front. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct str;

void pack_u8(struct str *b, unsigned v);
void pack_u32(struct str *b, uint32_t v);
void pack_u64(struct str *b, uint64_t v);
/* NULL comes back as NULL. */
void pack_text(struct str *b, const char *s);
void pack_bytes(struct str *b, const void *p, size_t n);

/* Bytes that are being read. When they end too early or are no text, `bad` is set, and what is given is 0 or NULL. */
struct packed {
	const unsigned char *p, *end;
	struct arena *a; /* of the texts */
	bool bad;
};

unsigned unpack_u8(struct packed *in);
uint32_t unpack_u32(struct packed *in);
uint64_t unpack_u64(struct packed *in);
/* Without a NUL inside, NULL where NULL was packed. */
const char *unpack_text(struct packed *in);
/* The same where NULL is a mistake: gives "" then. */
const char *unpack_word(struct packed *in);
void unpack_bytes(struct packed *in, void *out, size_t n);
/* A number of things that take `least` bytes each: no more than can still come. */
size_t unpack_count(struct packed *in, size_t least);
