/* imports_own: what the files of imports share. */
#pragma once
#include "base/hash.h"
#include "cli/content.h"
#include "cli/imports.h"
#include "store/mirror.h"

/* Whether its server may be asked: --offline leaves those of this machine. */
bool imports_may_ask(const struct session *s, const struct import *m);
/* Fetches the commit where the mirror lacks it, and does something with it; once more with a new mirror where it was
 * the mirror's fault. */
typedef int (*import_fn)(struct session *s, const struct import *m, const struct mirror *mirror, void *ctx,
			 struct err *err);
int imports_in_mirror(struct session *s, const struct import *m, import_fn use, void *ctx, struct err *err);

/* The same of those that lie in a registry (imports_oci.c); `dir` is the mirror's folder. */
int imports_oci_resolve(struct session *s, struct import *m, struct err *err);
int imports_oci_texts(struct session *s, const struct import *m, int dir, struct content_texts *out, struct err *err);
int imports_oci_lay_out(struct session *s, const struct import *m, int dir, int to, struct err *err);
/* The commit that it was made of, as it says; NULL: it does not. */
const char *imports_oci_revision(struct session *s, const struct import *m, int dir);
/* The file that an address without a path means. */
const char *imports_oci_main(const struct import *m, struct arena *a);

/* Its folder in the store, with the content that is wanted (NULL: what it holds, which nobody has pinned yet), and that
 * content. */
int imports_place(struct session *s, struct import *m, const char *want, char got[HASH_HEX], struct err *err);

/* "commit 0123456789ab", "artifact 0123456789ab": for sentences. */
const char *imports_what(struct session *s, const struct import *m);

/* With trusted keys: which content a trusted key signed, before anything of it is laid out. "": nobody asks for that.
 */
int imports_signed(struct session *s, const struct import *m, char tree[HASH_HEX], struct err *err);
int imports_fail_signed(struct session *s, const struct import *m, const char *want, const char *got, struct err *err);
