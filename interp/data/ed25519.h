/* ed25519: detached signatures, by libcrypto. Keys are PEM texts. */
#pragma once
#include <stddef.h>

#define ED25519_SIGNATURE 64

struct err;

/* `shown` is how sentences name the key. */
int ed25519_sign(const char *pem, size_t npem, const char *shown, const void *text, size_t n,
		 unsigned char sig[ED25519_SIGNATURE], struct err *err);
/* 1: made with that key for that text; 0: not; -1 with a sentence when the key cannot be used. */
int ed25519_verify(const char *pem, size_t npem, const char *shown, const void *text, size_t n,
		   const unsigned char sig[ED25519_SIGNATURE], struct err *err);
