/* minisign: signatures in the form of minisign(1): a text of four lines, with a comment that is signed, too. */
#pragma once
#include <stdbool.h>

#include "data/ed25519.h"

struct err;
struct str;

#define MINISIGN_ID 8
#define MINISIGN_PUBLIC 57 /* letters of a public key, with the end */

struct minisign_key {
	unsigned char id[MINISIGN_ID]; /* which of several keys */
	unsigned char key[ED25519_KEY];
};

/* A public key as minisign writes it, "RW" and 54 letters more. -1: it is none. */
int minisign_public(const char *s, size_t n, struct minisign_key *out);
void minisign_shown(const struct minisign_key *public, char out[MINISIGN_PUBLIC]);
/* A file of a secret key without a password; `key` is its seed. */
int minisign_secret(const char *text, size_t n, const char *shown, struct minisign_key *out, struct err *err);
/* The id that a key has which minisign did not make: the first bytes of its public half's hash. */
void minisign_name(const unsigned char public[ED25519_KEY], unsigned char id[MINISIGN_ID]);

/* The text of a signature, hashed first, as minisign makes them since 0.8. `comment` is one line. */
int minisign_make(const struct minisign_key *secret, const void *text, size_t n, const char *comment, struct str *out);
/* 1 made with that key for that text, comment and all; 0 not with that key; -1 with a sentence: it is no signature, or
 * of another text. */
int minisign_check(const struct minisign_key *public, const char *sig, size_t nsig, const char *shown, const void *text,
		   size_t n, struct err *err);
