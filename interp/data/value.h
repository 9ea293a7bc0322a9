/* value: what was written in a recipe, as data, with the place where it stands. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct arena;
struct str;

enum value_type {
	V_NIL,
	V_BOOL,
	V_INT,
	V_TRI,    /* y, m, n */
	V_STRING, /* bytes without NUL */
	V_TABLE,  /* items and fields */
	V_FILE,   /* a file or folder of a project */
	V_REF,    /* a step's result, or a path inside it */
	V_TEXT,   /* the trimmed content of a file inside a result, known after that step ran */
};

/* A path of a project: `rel` is clean and lies below the folder `root`. */
struct file_ref {
	const char *root;  /* absolute folder of the project or import */
	const char *rel;   /* "" is the root itself */
	const char *shown; /* how messages name it, such as "recipes/qemu/virt.dts" */
	bool checkout;     /* a folder that a person edits: what tools leave in it is no part of it */
};

/* A result or a path inside it: step index in the recipe's list, and a clean path ("" is all). */
struct step_ref {
	uint32_t step;
	const char *path;
};

struct value {
	enum value_type type;
	struct place at; /* of the value; at.key names the field below the name call */
	union {
		bool b;
		int64_t i;
		char tri;
		struct {
			const char *s;
			size_t len;
		} str;
		struct {
			struct value *items;
			size_t nitems;
			struct field *fields;
			size_t nfields; /* sorted by key */
		} table;
		struct file_ref file;
		struct step_ref ref; /* V_REF and V_TEXT */
	};
};

struct field {
	const char *key;
	struct value value;
};

/* The field of a table, or NULL. */
const struct value *value_field(const struct value *table, const char *key);
/* "a string", "a list", "a step": for sentences. */
const char *value_type_name(const struct value *v);

/* Calls `fn` for `v` and everything in it, in written order (items, then fields by name); stops on
 * nonzero and returns that. */
typedef int (*value_fn)(void *ctx, const struct value *v);
int value_walk(const struct value *v, value_fn fn, void *ctx);

/* Texts that are known only later. Before the step that made them has run, schema_bind puts the
 * words TEXT_LATER in their place. After it, the planner copies the step's params with value_fill,
 * which asks `text` for each V_TEXT and leaves a V_STRING, and binds the copy. */
#define TEXT_LATER "(known later)"
typedef int (*value_text_fn)(void *ctx, const struct step_ref *ref, struct str *out, struct err *err);
bool value_has_text(const struct value *v);
/* The copy shares strings with `v`; new tables and strings live in the arena. */
int value_fill(const struct value *v, value_text_fn text, void *ctx, struct arena *a, struct value *out,
	       struct err *err);
