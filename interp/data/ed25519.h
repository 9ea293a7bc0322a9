/* ed25519: detached signatures, by libcrypto. Keys are PEM texts, or their 32 bytes. */
#pragma once
#include <stddef.h>

#define ED25519_SIGNATURE 64
#define ED25519_KEY 32

struct err;

/* `shown` is how sentences name the key. */
int ed25519_sign(const char *pem, size_t npem, const char *shown, const void *text, size_t n,
		 unsigned char sig[ED25519_SIGNATURE], struct err *err);
/* 1: made with that key for that text; 0: not; -1 with a sentence when the key cannot be used. */
int ed25519_verify(const char *pem, size_t npem, const char *shown, const void *text, size_t n,
		   const unsigned char sig[ED25519_SIGNATURE], struct err *err);

/* The bytes of a key in PEM: a private one's seed, a public one's point. */
int ed25519_seed(const char *pem, size_t npem, const char *shown, unsigned char seed[ED25519_KEY], struct err *err);
int ed25519_point(const char *pem, size_t npem, const char *shown, unsigned char key[ED25519_KEY], struct err *err);
/* The public half of a seed; -1 where libcrypto cannot. */
int ed25519_public(const unsigned char seed[ED25519_KEY], unsigned char key[ED25519_KEY]);
int ed25519_make(const unsigned char seed[ED25519_KEY], const void *text, size_t n,
		 unsigned char sig[ED25519_SIGNATURE]);
/* Whether it was made with that key for that text. */
int ed25519_good(const unsigned char key[ED25519_KEY], const void *text, size_t n,
		 const unsigned char sig[ED25519_SIGNATURE]);
/* What forms of signatures hash a text with before they sign it: 64 bytes, of SHA-512 or BLAKE2b. */
int ed25519_sha512(const void *text, size_t n, unsigned char out[64]);
int ed25519_blake2b(const void *text, size_t n, unsigned char out[64]);
