/* mirror: what a server once gave, in mirrors/ID. A cache: no result holds it, and gc drops it by its age. */
#pragma once
#include <stdbool.h>

#include "base/hash.h"

struct err;
struct store;

struct mirror {
	struct hash id;
	int dir, lock; /* -1: none */
};

/* Opens the mirror of the address `url`, made when it lacks, and locks it. 0 got it, 1 somebody else has it (with
 * `wait` false), -1 with a sentence. */
int store_mirror(struct store *st, const char *url, bool wait, struct mirror *m, struct err *err);
/* Puts it into quarantine/; it stays locked. */
void store_mirror_damaged(struct store *st, struct mirror *m);
void store_mirror_close(struct mirror *m);
