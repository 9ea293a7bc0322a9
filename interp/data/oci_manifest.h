/* oci_manifest: an artifact of jkr in a registry, as the two texts that say what it is: an image manifest with a type
 * of its own, and the config, which says the hash of all that the layers hold together and who signed that. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

struct arena;
struct err;
struct str;

#define OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define OCI_BUNDLE "application/vnd.jkr.bundle.v1"
#define OCI_CONFIG "application/vnd.jkr.bundle.config.v1+json"
#define OCI_LAYER_ZSTD "application/vnd.oci.image.layer.v1.tar+zstd"

#define OCI_MANIFEST_MAX ((size_t)1 << 20)
#define OCI_CONFIG_MAX ((size_t)256 << 10)
#define OCI_LAYERS_MAX 64

struct oci_blob {
	const char *type;
	struct hash hash;
	uint64_t size;
};

struct oci_manifest {
	struct oci_blob config, *layers;
	size_t n;
	const char *revision; /* the commit that it was made of, NULL: nobody says */
};

/* Refused: what is no artifact of jkr, an index of several, layers that are no tar, more than 64 of them. `shown` is
 * how messages name it; it must live as long as `a`. */
int oci_manifest_parse(const char *text, size_t len, const char *shown, struct arena *a, struct oci_manifest *out,
		       struct err *err);
/* Equal manifests give equal bytes. */
void oci_manifest_format(const struct oci_manifest *m, struct str *out);

struct oci_config {
	const char *tree;             /* the identity of what the layers hold, in hex */
	const char *minisig, *sshsig; /* signatures of "jkr.content" (cli/content.h) with that hash, each NULL: none */
};
int oci_config_parse(const char *text, size_t len, const char *shown, struct arena *a, struct oci_config *out,
		     struct err *err);
void oci_config_format(const struct oci_config *c, struct str *out);
