/* walk: every name that a recipe can reach, one a line, sorted: from the environment through fields, metatables
 * and what their __index reads, also those of strings and of a step. `NAME TYPE`, primitives too.
 * usage: walk       control: `walk LIBRARY` opens a library of Lua's own besides (io, os), which must show */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lualib.h>

#include "base/map.h"
#include "lua/child.h"
#include "lua/env.h"

struct walk {
	lua_State *L;
	struct map names; /* shown name → type */
	struct arena a;
	int seen; /* index of the table of what was visited */
};

static void visit(struct walk *w, const char *name, int depth);

/* In the order of the names: Lua's own differs from run to run, and what is met first gives the name. */
static void
visit_table(struct walk *w, const char *name, int depth)
{
	lua_State *L = w->L;
	struct map keys = {0};

	for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
		if (lua_type(L, -2) == LUA_TSTRING)
			map_set(&keys, arena_printf(&w->a, "%s", lua_tostring(L, -2)), w);
		else
			visit(w, *name ? arena_printf(&w->a, "%s.[]", name) : "[]", depth + 1);
	}
	map_sort(&keys);
	for (size_t i = 0; i < keys.n; i++) {
		const char *key = keys.v[i].key;

		lua_pushstring(L, key);
		lua_rawget(L, -2);
		visit(w, *name ? arena_printf(&w->a, "%s.%s", name, key) : key, depth + 1);
		lua_pop(L, 1);
	}
	map_free(&keys);
}

/* The value on top: its own fields, then its metatable's. */
static void
visit(struct walk *w, const char *name, int depth)
{
	lua_State *L = w->L;
	bool known;

	luaL_checkstack(L, 20, "deep");
	lua_pushvalue(L, -1);
	known = depth && lua_rawget(L, w->seen) != LUA_TNIL;
	lua_pop(L, 1);
	if (*name && !map_get(&w->names, name))
		map_set(&w->names, name, (void *)luaL_typename(L, -1));
	if (known || depth > 12)
		return;
	if (lua_istable(L, -1) || lua_isuserdata(L, -1) || lua_isfunction(L, -1)) {
		lua_pushvalue(L, -1);
		lua_pushboolean(L, 1);
		lua_rawset(L, w->seen);
	}
	if (lua_istable(L, -1))
		visit_table(w, name, depth);
	if (lua_getmetatable(L, -1)) {
		visit(w, arena_printf(&w->a, "%s<meta>", name), depth + 1);
		lua_pop(L, 1);
	}
}

int
main(int argc, char **argv)
{
	struct load_request rq = {0};
	struct child *c = calloc(1, sizeof *c);
	struct walk w = {.L = luaL_newstate()};

	c->rq = &rq;
	c->L = w.L;
	*(struct child **)lua_getextraspace(w.L) = c;
	if (argc > 1) { /* taken before env_open, which empties the table of globals */
		luaL_openlibs(w.L);
		lua_getglobal(w.L, argv[1]);
	}
	env_open(w.L);
	if (argc > 1)
		env_set(w.L, argv[1]);
	lua_newtable(w.L);
	w.seen = lua_gettop(w.L);
	lua_getfield(w.L, LUA_REGISTRYINDEX, "jkr.env");
	visit(&w, "", 0);
	lua_pushstring(w.L, "");
	visit(&w, "\"\"", 1);
	lua_getfield(w.L, LUA_REGISTRYINDEX, "jkr.globals");
	lua_getfield(w.L, -1, "y");
	visit(&w, "y", 1);
	map_sort(&w.names);
	for (size_t i = 0; i < w.names.n; i++)
		printf("%s %s\n", w.names.v[i].key, (const char *)w.names.v[i].value);
	return 0;
}
