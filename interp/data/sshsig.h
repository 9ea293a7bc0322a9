/* sshsig: signatures by ssh keys, as `ssh-keygen -Y sign` makes them: of ed25519 keys, also such in a FIDO token. */
#pragma once
#include <stdbool.h>

#include "data/ed25519.h"

struct arena;
struct err;

struct ssh_key {
	unsigned char key[ED25519_KEY];
	const char *application; /* of a key in a token, "ssh:"; NULL: it is none */
};

/* A public key as it stands in id_ed25519.pub: "ssh-ed25519 AAAA… comment". -1: it is none, or of another kind. */
int ssh_key_parse(const char *line, struct arena *a, struct ssh_key *out);
bool ssh_key_is(const struct ssh_key *x, const struct ssh_key *y);
/* Who made the signature for that text, in the namespace `space`. -1 with a sentence: it is none, of another text or
 * namespace, or of a key of another kind. */
int sshsig_check(const char *sig, size_t nsig, const char *shown, const char *space, const void *text, size_t n,
		 struct arena *a, struct ssh_key *by, struct err *err);
