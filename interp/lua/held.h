/* held: who of a load is held to what it states (model/capabilities.h): each repository of an import, by `capabilities`
 * of its jkr.yaml; each plugin whose plugin.yaml states some, and one that is neither of the project nor of jkr also
 * when it states none. */
#pragma once
#include "model/capabilities.h"

struct parent;
struct unit;

struct held {
	const char *root, *dir; /* what lies there; "": all of the root */
	struct capabilities may;
	struct held *next;
};

/* An import whose commit lies in `root`. */
int held_import(struct parent *p, const char *root, const char *address, struct err *err);
/* A plugin: its plugin.lua, and the table of its plugin.yaml. */
int held_plugin(struct parent *p, const struct unit *u, const struct value *yaml, struct err *err);
/* Whether `from` may use a recipe of another repository. */
int held_use(struct parent *p, const struct unit *from, const char *address, struct err *err);
/* Whether the recipe's steps, bound by now, do what those who asked for them state. */
int held_check(struct parent *p, struct err *err);
