/* define_spec: params and outputs of a constructor, from its table as a value. */
#pragma once
#include "data/schema.h"

struct arena;
struct err;

struct define_spec {
	const char *name, *doc, *example, *file;
	const struct param *params;
	const char *const *outputs;     /* names, ended by NULL */
	const char *const *output_docs; /* "name: doc" */
};
int define_spec_read(const struct value *table, struct arena *a, struct define_spec *out, struct err *err);
