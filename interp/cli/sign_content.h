/* sign_content: signing what a repository of recipes holds, and saying who did. */
#pragma once
#include <stdbool.h>

#include "cli/signing_key.h"

/* Whether `path` is a folder with a repository of git in it, and with jkr.content. */
bool content_is_signed(const char *path);
/* Writes jkr.content, of what HEAD holds, into the repository `dir`, and beside it the signature by the key, of ssh by
 * ssh-keygen; `key` NULL: no signature. */
int sign_content(const struct cli *cli, const char *dir, const struct signing_key *key, struct err *err);
/* The same of content of this hash; `path` is where jkr.content is written. */
int sign_tree(const struct cli *cli, const char *tree, const char *path, const struct signing_key *key,
	      struct err *err);
/* Whether what HEAD holds is what jkr.content in it says, and signed: with --pubkey by that key, else by one of
 * `trusted_keys`. Says so. */
int verify_content(const struct cli *cli, const char *dir, struct err *err);
