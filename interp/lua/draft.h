/* draft: what a load makes, as it grows: steps, name calls that wait, options. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct prim;

/* Where a call or a table was written; `key` is below the call, NULL: nothing below has a place. */
struct origin {
	uint32_t unit;
	unsigned line;
	const char *key;
};

/* A step as it grows; its parameters are bytes in the pool. */
struct draft {
	const char *name; /* NULL until a tree or the end of the load names it */
	const char *base; /* what stands before a name that is made up */
	const struct prim *prim;
	const char *verb;
	struct origin at;
	uint32_t real;        /* the file whose code calls it: at.unit, or that of a constructor */
	struct origin fields; /* where its parameters stand */
	size_t off, len;      /* params in the pool */
	uint32_t on;          /* the step it writes onto, set by `tree`; WIRE_NONE */
	const char *on_path;
	bool has_on;      /* the recipe says it */
	const char *same; /* what it asks for, as a text: steps of imports are told apart by it */
	bool lazy;        /* made by a plugin: counts only where it is used */
	bool used;
	bool placed; /* stands in a tree or is taken in by a step, itself or a copy of it */
};

/* A name call that waits for its table. */
struct pending {
	const char *verb, *name;
	struct origin at;
	bool done;
};

struct found_option {
	const char *name, *type, *doc;
	size_t value, value_len, def, def_len; /* in the pool */
	bool given, plugin;
	struct origin at;
};
