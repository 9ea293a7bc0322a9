/* outgoing: the files that `jkr push` gives a registry, and what is said of them. */
#pragma once
#include "cli/content.h"
#include "cli/signing_key.h"
#include "cli/sources.h"
#include "data/git.h"

struct outgoing {
	struct store *store;
	char tmp[64];              /* a folder of the store, for what is made on the way */
	struct sources_out files;  /* sorted */
	struct content_texts said; /* jkr.content, and who signed it; empty: nobody */
	char tree[HASH_HEX];       /* the identity of the files */
	char revision[GIT_HEX];    /* the commit that they are, or "" */
};

/* A folder: what HEAD of its repository holds, or all of it where it has none. Otherwise a recipe: the files of its
 * project that it is made of. With `key` it is signed. Freed in any case. */
int outgoing_collect(struct outgoing *o, struct cli *cli, const char *what, const struct signing_key *key,
		     struct err *err);
/* A tar of the files, equal for equal files: a descriptor of an unnamed file, at its start; -1 with a sentence. */
int outgoing_layer(struct outgoing *o, struct err *err);
void outgoing_free(struct outgoing *o);
