/* import: what commits of repositories of recipes hold, as plain files in imports/ID, ID of address and commit. A
 * cache: who uses one proves its content, and gc drops it by its age. */
#pragma once
#include <stdbool.h>

#include "base/hash.h"

struct err;
struct store;

#define IMPORT_PATH 96 /* of "imports/ID", below the store */

/* The folder of a commit: whether it is there. */
bool store_import(struct store *st, const struct hash *id, char path[IMPORT_PATH]);
/* Takes the folder tmp/`tmpname`/`sub` as it; one that is there by now stays. */
int store_import_put(struct store *st, const struct hash *id, const char *tmpname, const char *sub, struct err *err);
/* Puts it into quarantine/. */
void store_import_damaged(struct store *st, const struct hash *id);
