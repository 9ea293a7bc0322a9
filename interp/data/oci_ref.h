/* oci_ref: where an artifact lies in a registry: oci://HOST[:PORT]/NAME, then :TAG or @sha256:HEX or both. */
#pragma once
#include <stdbool.h>

struct arena;
struct err;

#define OCI_DIGEST "sha256:"
#define OCI_LATEST "latest" /* the tag of an address that says none */

struct oci_ref {
	const char *url;    /* oci://HOST/NAME, as the address had its scheme */
	const char *host;   /* with its port */
	const char *name;   /* the repository */
	const char *tag;    /* NULL: there is none */
	const char *digest; /* "sha256:HEX", NULL: there is none */
	const char *base;   /* "https://HOST"; http for this machine's own, and where oci+http says so */
	bool clear;         /* what is sent can be read on the way */
};

/* oci, oci+http or oci+https */
bool oci_ref_is(const char *s);
int oci_ref_parse(const char *s, struct arena *a, struct oci_ref *out, struct err *err);
/* "sha256:" and 64 digits in lower case */
bool oci_is_digest(const char *s);
/* Whether an address (host and port, with an end or a slash behind) is on this machine. */
bool oci_is_loopback(const char *host);
