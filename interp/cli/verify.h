/* verify: a bundle compared with its lists, its manifest, its signatures, and with a machine. */
#pragma once
#include "cli/drift.h"
#include "data/checklist.h"
#include "data/contents.h"

struct verify {
	struct cli *cli;
	const char *shown; /* the bundle, as it was named */
	struct contents bundle;
	struct drift drift;
	unsigned lists, manifests;
	const char *signature; /* "none", "good", "unchecked" */
};

/* A list's own signature, its text in hand: NAME.sig or NAME.asc as `find` gives them. Says what was found. */
struct signed_text {
	const char *name, *text;
	size_t ntext;
	const char *sig, *asc; /* bytes of NAME.sig and NAME.asc, or NULL */
	size_t nsig, nasc;
};
/* Gives "good", "none" or "unchecked"; NULL with a sentence (E1203) when it is wrong or one is demanded. */
const char *verify_signature(const struct cli *cli, const struct signed_text *t, struct err *err);

/* Compares the bundle with BUILD_MANIFEST.json in it. */
int verify_manifest(struct verify *v, const struct content *manifest, struct err *err);
/* Compares a machine with the bundle: release, image, banner, modules. */
int verify_host(struct verify *v, const char *url, struct err *err);
