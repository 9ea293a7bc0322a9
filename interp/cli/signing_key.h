/* signing_key: a secret key that jkr reads to sign, and nothing else ever sees. */
#pragma once
#include "base/str.h"

struct cli;
struct err;

struct signing_key {
	const char *path;
	struct str text; /* of a .pub only what it names: an agent or a token has the secret */
};

/* Refused: one that others can read, and one that lies in the store. Freed in any case. */
int signing_key_read(const struct cli *cli, const char *path, struct signing_key *out, struct err *err);
void signing_key_free(struct signing_key *k);
