/* imports: recipes of other teams, from git repositories and registries, as jkr.lock pins them. */
#pragma once
#include <stdio.h>

#include "cli/session.h"
#include "data/use_address.h"

struct import {
	struct use_address at;
	const char *root;   /* the folder that holds the commit */
	const char *commit; /* that is used; of a registry the digest of the manifest */
	const char *was;    /* the commit that jkr.lock had, NULL: none */
	const char *may;    /* what its repository states (model/capabilities.h), as words */
	const char *might;  /* what jkr.lock had of that */
};

/* The `import` of a load (lua/load.h): fetches what the store lacks, proves that it holds what jkr.lock says, and sets
 * the pin, which a command that keeps pins writes. */
int imports_open(void *session, const char *address, struct arena *a, struct file_ref *out, struct err *err);
/* Calls `fn` with the path of each blob that an import from a registry is made of, below the mirror's folder `dir`. */
typedef int (*imports_blob_fn)(void *ctx, const char *path, struct err *err);
int imports_oci_blobs(struct session *s, const struct import *m, int dir, imports_blob_fn fn, void *ctx,
		      struct err *err);
/* Whether the command line (behind the recipe) names the pin, or names none: "use:git://…/bsp#v2", without the kind, or
 * by the repository's name. */
bool imports_named(const struct cli *cli, const char *pin);
/* Prints what an import may do that it might not before, each a line; all of it when it was not pinned. */
void imports_say_may(const struct import *m, FILE *out);
/* Prints the commits that come in with an import that has another commit than before; of an artifact, the files. */
void imports_say(struct session *s, const struct import *m, FILE *out);
