/* artifact: what `jkr push` gave a registry: its manifest and config, and below that the files. Blobs are kept in a
 * folder under the names of their hashes, and each is proved whenever it is read. */
#pragma once
#include <stdbool.h>

#include "cli/content.h"
#include "data/oci_registry.h"

struct err;

/* Starts with what artifact_open takes: registry, dir, and the rest where it applies. */
struct artifact {
	struct oci_registry registry;
	int dir;          /* that keeps the blobs */
	const char *root; /* of a project where they may be staged, or NULL */
	bool offline, quiet;
	const char *digest; /* of the manifest */
	struct oci_manifest manifest;
	struct oci_config config;
};

/* The manifest's digest that a tag leads to now. Asks the server. */
int artifact_resolve(struct oci_registry *r, const char *tag, const char **digest, struct err *err);
/* Manifest and config, fetched where they are not here. */
int artifact_open(struct artifact *a, const char *digest, struct err *err);
/* The text that is signed, and who signed it. The caller frees. */
void artifact_texts(const struct artifact *a, struct content_texts *out);
/* Fetches the layers that are not here, and lays all out in an empty folder: what the config says, or nothing that
 * counts. `max` bytes at most, 0: no bound. */
int artifact_lay_out(struct artifact *a, int to, uint64_t max, struct err *err);

/* A blob by its hash, among those that are kept. */
const char *artifact_blob_path(const struct artifact *a, const struct hash *h);
