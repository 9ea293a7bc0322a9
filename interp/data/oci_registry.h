/* oci_registry: talking to a registry (the distribution protocol, version 2). What it gives is proved by who asked for
 * it by its digest; what it says of itself is believed in nothing else. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "data/oci_manifest.h"
#include "data/oci_ref.h"

struct err;
struct str;

/* Starts with `ref` and `arena`; one repository of a registry. */
struct oci_registry {
	const struct oci_ref *ref;
	struct arena *arena;
	const char *auth; /* a header, once the server asked for it */
};

/* The manifest of a tag or a digest, whatever it is. 1: there is none. */
int oci_get_manifest(struct oci_registry *r, const char *name, struct str *out, struct err *err);
/* A blob into the file `fd`, which may hold the first part of it: whole, with this size and hash. */
int oci_get_blob(struct oci_registry *r, const struct oci_blob *b, int fd, struct err *err);
/* Gives the registry a blob, from the start of a file, where it has none of the kind. 1: it had it already. */
int oci_put_blob(struct oci_registry *r, const struct oci_blob *b, int fd, struct err *err);
int oci_put_manifest(struct oci_registry *r, const char *tag, const struct str *text, struct err *err);

/* The value of `name="…"` in the `len` bytes of a challenge, a part of a text; NULL: it is not there. */
const char *oci_challenge_word(const char *challenge, size_t len, const char *name, struct arena *a);
/* oci_login.c: the header Authorization, or NULL, that answers a server's challenges (lines of WWW-Authenticate), with
 * what `skopeo login`, `podman login` or `docker login` keep of this host. -1 with a sentence. */
int oci_login(struct oci_registry *r, const char *challenges, bool push, const char **auth, struct err *err);
