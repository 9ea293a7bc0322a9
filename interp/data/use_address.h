/* use_address: where a recipe of another team lies: git+URL//PATH?ref=REF or ?commit=ID, or in a registry
 * oci://HOST/NAME:TAG//PATH or oci://HOST/NAME@sha256:DIGEST//PATH. */
#pragma once
#include <stdbool.h>

#include "data/oci_ref.h"

struct arena;
struct err;

struct use_address {
	const char *url;    /* as git takes it; of a registry oci://HOST/NAME */
	const char *path;   /* of the file in the repository, clean; NULL: the one that is called like the artifact */
	const char *ref;    /* a name always, a tag; NULL: HEAD */
	const char *commit; /* a full id, or a digest, or NULL */
	const char *pin;    /* what it is called in jkr.lock: all files of one repository and ref have one pin */
	const char *reach;  /* what `network` of capabilities has to name */
	struct oci_ref oci; /* url NULL: it is of git */
};

/* Whether it lies in a registry. */
static inline bool
use_address_is_oci(const struct use_address *u)
{
	return u->oci.url;
}

bool use_address_is(const char *s);
/* Whether a pin's first word says what is used: a commit's id, or a digest. */
bool use_address_is_id(const struct use_address *u, const char *id);
int use_address_parse(const char *s, struct arena *a, struct use_address *out, struct err *err);
