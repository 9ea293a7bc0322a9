/* schema_take: how one written value becomes one bound field; shared by the schema_*.c files. */
#pragma once
#include "data/schema.h"

#define SCHEMA_DEPTH 16 /* lists in lists */

/* One call that is checked or bound. */
struct taking {
	const char *what;                 /* untar "src" */
	struct place at;                  /* of the call */
	const struct param *own, *common; /* what is known to the call, when it is checked */
	struct arena *a;
	bool binding; /* files are resolved, globs are expanded */
	unsigned depth;
	struct err *err;
};

/* Takes `v` for the parameter into `out`; nil leaves it alone. Adds mistakes. */
int take_value(struct taking *t, const struct param *p, const struct value *v, void *out);
int take_symbols(struct taking *t, const struct param *p, const struct value *v, void *out);
int take_map(struct taking *t, const struct param *p, const struct value *v, void *out);
int take_mounts(struct taking *t, const struct param *p, const struct value *v, void *out);
/* One source; `out` is a struct source. */
int take_source(struct taking *t, const struct param *p, const struct value *v, void *out);
/* Adds a source, or all that its pattern matches, to a list. */
int take_sources(struct taking *t, const struct param *p, const struct value *v, struct sources *out);

/* Mistakes; each returns -1. */
int bad_type(struct taking *t, const struct param *p, const struct value *v, const char *expected);
int bad_path(struct taking *t, const struct param *p, const struct value *v, const char *path);
/* Where a value stands, or at least its parameter. */
struct place place_of(const struct taking *t, const char *key, const struct value *v);

/* Makes room for one more in an arena's array that was only ever grown by this. */
void *take_more(struct arena *a, void *v, size_t n, size_t size);
