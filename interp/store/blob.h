/* blob: a layer as one file, to be sent: a .tar.zst of its files, in the order of its list, which goes beside it. */
#pragma once
#include "store/store_own.h"

/* Writes the layer over `fd`, a regular file. Equal layers give equal bytes. Nothing is hashed: who takes it compares
 * every file with the list. */
int blob_pack(struct store *st, const struct hash *layer, int fd, struct err *err);
/* Adds the bytes of one file of a blob, which are what `e` of a list says: 0, or -1 with E0813. */
int blob_file(int fd, const struct entry *e, struct str *out, struct err *err);
/* Makes the layer `id` of its list and a blob, both from anywhere: the text must be the list that `id` names, each file
 * of it must come, in order, with the hash that the list says, and nothing else. 0 it is in the store now; -1 with
 * E0813: what came was not it; with any other: this store could not take it. */
int blob_unpack(struct store *st, const struct hash *id, const struct str *list, int fd, struct err *err);
