/* lock: jkr.lock, the pins of inputs that a recipe names without their content: one line each, sorted,
 * so that version control merges it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/map.h"
#include "base/mem.h"

struct err;

struct lock {
	struct arena arena;
	struct map pins;    /* name such as "deb:linux-source-6.12" → text (char *) */
	const char *shown;  /* how messages name the file */
	struct map changes; /* what was set since it was read, with NULL for a pin taken away */
	bool changed;
};

/* Reads `name` below `dir`; no such file is an empty lock. The caller frees in any case. */
int lock_read(struct lock *l, int dir, const char *name, const char *shown, struct err *err);
int lock_parse(struct lock *l, const char *text, size_t len, const char *shown, struct err *err);
void lock_free(struct lock *l);

const char *lock_get(const struct lock *l, const char *name); /* NULL: not pinned */
/* Pins, or takes the pin away (text NULL). Both texts are copied. */
void lock_set(struct lock *l, const char *name, const char *text);
/* Takes what changed into the file as it is by now (another run may have written), at once. */
int lock_write(struct lock *l, int dir, const char *name, struct err *err);
