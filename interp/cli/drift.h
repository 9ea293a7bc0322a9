/* drift: what differs between a bundle and what it is compared with, as rows. */
#pragma once
#include <stdio.h>

#include "base/mem.h"
#include "cli/cli.h"

struct json;

struct drift_row {
	const char *file, *state, *by, *what; /* state: "differs", "missing", "extra"; by: the list or machine */
};

struct drift {
	struct arena arena;
	struct drift_row *v;
	size_t n, cap;
	size_t equal; /* what was compared and is as it should be */
};

/* Strings are copied. */
void drift_add(struct drift *d, const char *file, const char *state, const char *by, const char *what);
/* One mistake with `code` for the rows from `first` on, which names the first of them; nothing when there are none.
 * It reads "3 files WHICH are not WHAT". Returns -1 when there are any. */
int drift_tell(const struct drift *d, size_t first, const char *code, const char *which, const char *what,
	       struct err *err);
void drift_print(const struct drift *d, FILE *out);
void drift_json(const struct drift *d, struct json *to);
void drift_free(struct drift *d);
