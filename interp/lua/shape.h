/* shape: name calls, and what they make. */
#pragma once
#include "lua/child.h"

struct encode;

struct call {
	const char *verb, *name; /* name NULL: not named */
	struct origin at;        /* where messages point: in a recipe, not in stdlib */
	struct origin real;      /* where the call stands */
	const void *data;        /* of the shape */
	const char *what;        /* write "goal" */
};
/* Raises when an item of the written constructor got lost. */
void check_holes(lua_State *L, int i, const struct call *call);
typedef int (*shape_fn)(lua_State *L, const struct call *call);
enum {
	SHAPE_TEXT = 1,  /* one string is all */
	SHAPE_TABLE = 2, /* with SHAPE_TEXT: or a table that begins with the string */
};
struct shape {
	const char *name;
	shape_fn make; /* the table is at index 1; for SHAPE_TEXT alone nothing */
	unsigned flags;
};
void shapes_open(lua_State *L);
void shape_push(lua_State *L, const struct shape *s, const char *verb, const void *data);
void shapes_check(lua_State *L); /* name calls that never got a table */
const char *scope_base(struct child *c);
/* The whole name of what is called `name` here; "" inside a constructor is the constructor's own. */
const char *name_in_scope(struct child *c, const char *name);
const char *made_up_name(struct child *c, const char *base, const char *verb);
int step_push(lua_State *L, const struct call *call, const struct prim *prim, struct encode *e, size_t off);
/* Raises: what `call` names is not there; `where` was looked at, and `names` are there. */
int shape_absent(lua_State *L, const struct call *call, const char *where, const char *const *names, size_t n);
/* Data that came from YAML as Lua values. */
struct value;
void data_push(lua_State *L, const struct value *v);
/* Puts the `env` and `flags` of the toolchain that the table at 1 names below the step's own `env` and
 * `variables`; the table at 1 is a copy then. */
void toolchain_inherit(lua_State *L, const struct prim *prim);
const char *what_of(struct child *c, const char *verb, const char *name);

extern const struct shape shape_define, shape_use, shape_plugin, shape_plugins, shape_toolchain, shape_tree,
	shape_recipe, shape_pins, shape_fragment, shape_fragments;
void options_open(lua_State *L);
void options_check(lua_State *L);   /* -D names that no one declared */
void plugins_check(lua_State *L);   /* steps of a plugin named by --plugin that stand nowhere */
void fragments_check(lua_State *L); /* fragments of the profile that no one has */
void given_check(lua_State *L, const struct origin *at, const char *what);
/* A constructor written in Lua. Its table as bytes stays in the pool, for documentation. */
struct define;
bool define_bytes(struct child *c, const char *name, size_t *off, size_t *len);
void steps_finish(struct child *c); /* names what has none, drops what a plugin made in vain */
