/* modsign: signatures at the end of kernel modules, and the keys that a kernel believes. */
#pragma once
#include <stddef.h>

struct arena;
struct err;

struct modsign_keys {
	void *certificates; /* libcrypto's list */
	size_t n;
};

/* Adds a certificate, in DER (certs/signing_key.x509) or PEM (also behind the private key, as in signing_key.pem). */
int modsign_add(struct modsign_keys *k, const void *p, size_t n, const char *shown, struct err *err);
/* Adds those that are built into an image of a kernel, and gives their number. */
size_t modsign_scan(struct modsign_keys *k, const void *image, size_t n);
void modsign_free(struct modsign_keys *k);

enum modsign { SIGN_NONE, SIGN_GOOD, SIGN_FOREIGN, SIGN_BROKEN };
/* Whether a module ends in a signature, by one of the keys, over what stands before it. `signer` gets the name by which
 * a foreign one knows its key. */
enum modsign modsign_verify(const struct modsign_keys *k, const void *p, size_t n, struct arena *a,
			    const char **signer);
