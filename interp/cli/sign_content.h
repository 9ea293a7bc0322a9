/* sign_content: signing what a repository of recipes holds, and saying who did. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct cli;
struct err;

/* Whether `path` is a folder with a repository of git in it, and with jkr.content. */
bool content_is_signed(const char *path);
/* Writes jkr.content, of what HEAD holds, into the repository `dir`, and beside it the signature by the key in `pem`
 * (npem bytes of the file `key`), or, by ssh-keygen, of ssh; `key` NULL: no signature. */
int sign_content(const struct cli *cli, const char *dir, const char *key, const char *pem, size_t npem,
		 struct err *err);
/* Whether what HEAD holds is what jkr.content in it says, and signed: with --pubkey by that key, else by one of
 * `trusted_keys`. Says so. */
int verify_content(const struct cli *cli, const char *dir, struct err *err);
