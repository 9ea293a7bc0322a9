/* content: what a commit of recipes holds, as one hash that can be signed: the identity of its folder without the three
 * files that say so themselves. `jkr.content` says the hash, `jkr.content.minisig` or `jkr.content.sig` who signed it.
 */
#pragma once
#include "base/hash.h"
#include "base/str.h"
#include "data/trusted.h"

struct err;

#define CONTENT "jkr.content"
#define CONTENT_MINISIG CONTENT ".minisig"
#define CONTENT_SSHSIG CONTENT ".sig"

/* Writes what the commit of a repository holds below `to`, but for those three. */
int content_lay_out(int dir, const char *repository, const char *commit, int to, struct err *err);

struct content_texts {
	struct str text, minisig, sshsig; /* s NULL: there is none */
};
/* Only those three. The caller frees in any case. */
int content_texts(int dir, const char *repository, const char *commit, struct content_texts *out, struct err *err);
/* Where the text of that path goes; NULL: it is none of the three. */
struct str *content_text(struct content_texts *t, const char *path);
void content_texts_free(struct content_texts *t);
struct signed_by content_signed(const struct content_texts *t);

/* The text of jkr.content, and the hash that one says; -1: it is none. */
void content_format(const char tree[HASH_HEX], struct str *out);
int content_parse(const struct str *text, char tree[HASH_HEX]);
