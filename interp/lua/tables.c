/* Lua's own table functions, counted: the count hook sees none of what C does. */
#include <limits.h>

#include "lua/child.h"
#include "lua/env.h"

/* How many values a call moves or reads; what it refuses Lua's function says itself. */
struct counted {
	const char *name;
	lua_Integer (*values)(lua_State *L);
};

static lua_Integer
length(lua_State *L)
{
	return lua_istable(L, 1) ? (lua_Integer)lua_rawlen(L, 1) : 0;
}

/* What stands behind the place. */
static lua_Integer
behind(lua_State *L)
{
	lua_Integer n = length(L), at = lua_isinteger(L, 2) ? lua_tointeger(L, 2) : n;

	return at > 0 && at < n ? n - at : 0;
}

/* From a place to another, or to the end. */
static lua_Integer
between(lua_State *L, int from, int to)
{
	lua_Integer first = luaL_optinteger(L, from, 1), last = luaL_optinteger(L, to, length(L));
	lua_Unsigned n = (lua_Unsigned)last - (lua_Unsigned)first;

	if (last < first)
		return 0;
	return n < INT_MAX ? (lua_Integer)n + 1 : INT_MAX;
}

static lua_Integer
range(lua_State *L)
{
	return between(L, 2, 3);
}

static lua_Integer
joined(lua_State *L)
{
	return between(L, 3, 4);
}

static const struct counted counted[] = {
	{"insert", behind}, {"remove", behind}, {"move", range}, {"unpack", range}, {"concat", joined}, {NULL, NULL},
};

static int
call(lua_State *L)
{
	const struct counted *c = lua_touserdata(L, lua_upvalueindex(2));

	child_spend_for(L, c->values(L));
	return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

void
tables_count(lua_State *L)
{
	for (const struct counted *c = counted; c->name; c++) {
		lua_getfield(L, -1, c->name);
		lua_pushlightuserdata(L, (void *)c);
		lua_pushcclosure(L, call, 2);
		lua_setfield(L, -2, c->name);
	}
}
