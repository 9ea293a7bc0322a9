/* ref: steps, paths, files, texts, y m n and objects as Lua values. */
#pragma once
#include "lua/child.h"

enum ref_kind { REF_STEP, REF_TEXT, REF_FILE, REF_TRI, REF_OBJECT, REF_POISON, REF_KINDS };
struct ref {
	enum ref_kind kind;
	uint32_t n; /* step, unit or letter */
};
void refs_open(lua_State *L);
struct ref *ref_push(lua_State *L, enum ref_kind kind, uint32_t n, const char *path);
/* The object `what` ("kernel \"linux\"") with a main result and a table of outputs on the stack
 * (main below, table on top); both are popped. `names` NULL: any field of the table. */
void ref_push_object(lua_State *L, const char *what, const char *const *names);
struct ref *ref_at(lua_State *L, int i); /* NULL when it is none */
const char *ref_path(lua_State *L, int i);
/* Replaces an object at `i` by its main result; the ref that stands there, or NULL. */
struct ref *ref_main(lua_State *L, int i);
/* The mark of an item that `when` left out. */
bool is_absent(lua_State *L, int i);
void push_absent(lua_State *L);
