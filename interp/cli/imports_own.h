/* imports_own: what the files of imports share. */
#pragma once
#include "base/hash.h"
#include "cli/imports.h"
#include "store/mirror.h"

/* Whether its server may be asked: --offline leaves those of this machine. */
bool imports_may_ask(const struct session *s, const struct import *m);
/* Fetches the commit where the mirror lacks it, and does something with it; once more with a new mirror where it was
 * the mirror's fault. */
typedef int (*import_fn)(struct session *s, const struct import *m, const struct mirror *mirror, void *ctx,
			 struct err *err);
int imports_in_mirror(struct session *s, const struct import *m, import_fn use, void *ctx, struct err *err);

/* With trusted keys: which content a trusted key signed, before anything of it is laid out. "": nobody asks for that.
 */
int imports_signed(struct session *s, const struct import *m, char tree[HASH_HEX], struct err *err);
int imports_fail_signed(const struct import *m, const char *want, const char *got, struct err *err);
