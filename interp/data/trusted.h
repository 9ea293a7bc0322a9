/* trusted: public keys that a project trusts, and texts that one of them signed. */
#pragma once
#include "data/minisign.h"
#include "data/sshsig.h"

#define TRUSTED_SPACE "jkr" /* the namespace of signatures by ssh keys */

struct trusted_key {
	const char *shown;
	bool ssh;
	struct minisign_key mini;
	struct ssh_key by_ssh;
};

/* A line of `trusted_keys`: minisign's public key, or an ed25519 key of ssh. `shown` becomes the line. */
int trusted_parse(const char *line, struct arena *a, struct trusted_key *out, struct err *err);
/* The same of several; memory of the arena. */
int trusted_parse_all(const char *const *lines, size_t n, struct arena *a, struct trusted_key **out, struct err *err);
/* The same of a file of a key: .pub of minisign or ssh, or PEM. */
int trusted_parse_file(const char *text, size_t n, const char *shown, struct arena *a, struct trusted_key *out,
		       struct err *err);

/* A text with its signatures, each NULL where there is none. */
struct signed_by {
	const char *name; /* how messages call the text; its signatures are NAME.minisig and NAME.sig */
	const char *text, *minisig, *sshsig;
	size_t n, nminisig, nsshsig;
};
/* The key among these that signed it; NULL with a sentence. */
const struct trusted_key *trusted_check(const struct trusted_key *v, size_t n, const struct signed_by *s,
					struct arena *a, struct err *err);
