/* env: what a recipe can reach, its requests for files, and how files are run. */
#pragma once
#include "lua/child.h"

void env_open(lua_State *L);                   /* leaves nothing on the stack */
void env_set(lua_State *L, const char *name);  /* the value on top becomes a global */
bool env_has(lua_State *L, const char *name);  /* raw; pushes the value when it is there */
void env_names(lua_State *L, struct str *out); /* one reachable name a line, sorted; no primitives */
void libs_open(lua_State *L);
int lib_sort(lua_State *L); /* table.sort */
int lib_when(lua_State *L);
/* Counts what the functions of the table on top, Lua's `table`, move and read. */
void tables_count(lua_State *L);
/* Compiles a unit with its environment; raises. Leaves the function. */
void env_compile(lua_State *L, uint32_t unit);
/* Compiles and runs; leaves what it returned (one value). */
void env_run(lua_State *L, uint32_t unit);

/* -- requests to the parent -- */
/* Gives the number of the unit, or WIRE_NONE where there is none (names of what there is in
 * `names`); raises the parent's error. `known` says that it was read before. */
uint32_t ask_unit(lua_State *L, enum request_kind kind, const char *name, const struct origin *at, bool *known,
		  const char *const **names, size_t *nnames);
/* A value of the parent: bytes in the arena. */
const char *ask_value(lua_State *L, enum request_kind kind, const char *name, const struct origin *at, size_t *len,
		      const char *const **names, size_t *nnames);
int child_send(struct child *c, uint32_t kind, uint32_t unit, const void *p, size_t n);
