/* The part of Lua's own libraries that recipes have: pure, ordered, without addresses, frozen. */
#include <string.h>

#include <lualib.h>

#include "lua/child.h"
#include "lua/env.h"
#include "lua/fault.h"
#include "lua/ref.h"

enum { REP_MAX = 16 << 20 };

/* -- order: numbers, then strings, then booleans -------------------------------------------------- */
static int
rank(lua_State *L, int i)
{
	switch (lua_type(L, i)) {
	case LUA_TNUMBER: return 0;
	case LUA_TSTRING: return 1;
	case LUA_TBOOLEAN: return 2;
	default: return luaL_error(L, "keys that are a %s have no order; use numbers or strings", luaL_typename(L, i));
	}
}

static bool
before(lua_State *L, int a, int b)
{
	int x = rank(L, a), y = rank(L, b);

	if (x != y)
		return x < y;
	if (x == 2)
		return !lua_toboolean(L, a) && lua_toboolean(L, b);
	return lua_compare(L, a, b, LUA_OPLT);
}

/* The smallest key behind the one given: the order is the same in every run. */
static int
lib_next(lua_State *L)
{
	bool found = false;

	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 2);
	lua_pushnil(L); /* 3: the best so far */
	for (lua_pushnil(L); lua_next(L, 1);) {
		lua_pop(L, 1);
		child_spend_for(L, 1);
		if ((lua_isnil(L, 2) || before(L, 2, -1)) && (!found || before(L, -1, 3))) {
			lua_pushvalue(L, -1);
			lua_replace(L, 3);
			found = true;
		}
	}
	if (!found) {
		lua_pushnil(L);
		return 1;
	}
	lua_pushvalue(L, 3);
	lua_pushvalue(L, 3);
	lua_rawget(L, 1);
	return 2;
}

struct key {
	int rank;
	double n;
	lua_Integer i;
	bool whole;
	const char *s;
	size_t len;
	int at; /* index in the list of keys */
};

static int
key_cmp(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	size_t n = x->len < y->len ? x->len : y->len;
	int c;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->rank != 1) {
		if (x->whole && y->whole)
			return x->i < y->i ? -1 : x->i > y->i;
		return x->n < y->n ? -1 : x->n > y->n;
	}
	c = n ? memcmp(x->s, y->s, n) : 0;
	return c ? c : x->len < y->len ? -1 : x->len > y->len;
}

static int
pairs_step(lua_State *L)
{
	lua_Integer i = lua_tointeger(L, lua_upvalueindex(2)) + 1;

	lua_pushinteger(L, i);
	lua_replace(L, lua_upvalueindex(2));
	if (lua_rawgeti(L, lua_upvalueindex(1), i) == LUA_TNIL)
		return 1;
	lua_pushvalue(L, -1);
	lua_rawget(L, lua_upvalueindex(3));
	return 2;
}

static void
key_of(lua_State *L, struct key *k, int at)
{
	*k = (struct key){.rank = rank(L, -1), .at = at};
	if (k->rank == 1) {
		k->s = lua_tolstring(L, -1, &k->len);
	} else if (k->rank == 0) {
		k->n = lua_tonumber(L, -1);
		k->whole = lua_isinteger(L, -1);
		k->i = lua_tointeger(L, -1);
	} else {
		k->n = lua_toboolean(L, -1);
	}
}

static int
lib_pairs(lua_State *L)
{
	struct key *v;
	int n = 0;

	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	lua_newtable(L); /* 2: keys as they come */
	for (lua_pushnil(L); lua_next(L, 1);) {
		lua_pop(L, 1);
		lua_pushvalue(L, -1);
		lua_rawseti(L, 2, ++n);
	}
	child_spend_for(L, n);
	v = lua_newuserdatauv(L, sizeof *v * (size_t)(n + 1), 0); /* 3 */
	for (int i = 0; i < n; i++) {
		lua_rawgeti(L, 2, i + 1);
		key_of(L, &v[i], i + 1);
		lua_pop(L, 1);
	}
	qsort(v, (size_t)n, sizeof *v, key_cmp);
	lua_createtable(L, n, 0); /* 4: keys in order */
	for (int i = 0; i < n; i++) {
		lua_rawgeti(L, 2, v[i].at);
		lua_rawseti(L, 4, i + 1);
	}
	lua_pushinteger(L, 0);
	lua_pushvalue(L, 1);
	lua_pushcclosure(L, pairs_step, 3);
	return 1;
}

/* -- texts ------------------------------------------------------------------------------------------ */
static void
refuse_address(lua_State *L, int i)
{
	int t = lua_type(L, i);

	if (t == LUA_TTABLE || t == LUA_TFUNCTION || t == LUA_TLIGHTUSERDATA || t == LUA_TTHREAD)
		luaL_error(L, "a %s has no text", t == LUA_TLIGHTUSERDATA ? "left-out item" : lua_typename(L, t));
}

static int
lib_tostring(lua_State *L)
{
	luaL_checkany(L, 1);
	refuse_address(L, 1);
	luaL_tolstring(L, 1, NULL);
	return 1;
}

static int
lib_format(lua_State *L)
{
	const char *s = luaL_checkstring(L, 1);

	for (; (s = strchr(s, '%')); s += 1 + (s[1] != '\0')) {
		size_t n = strspn(s + 1, "-+ #0123456789.");

		if (s[1 + n] == 'p')
			return luaL_error(L, "string.format has no %%p in recipes: addresses differ in every run");
	}
	for (int i = 2; i <= lua_gettop(L); i++)
		refuse_address(L, i);
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, lua_gettop(L) - 1, 1);
	return 1;
}

static int
lib_rep(lua_State *L)
{
	size_t n, sep = 0;
	lua_Integer times = luaL_checkinteger(L, 2);

	luaL_checklstring(L, 1, &n);
	luaL_optlstring(L, 3, "", &sep);
	if (times > 0 && (n + sep) && (size_t)times > REP_MAX / (n + sep))
		return luaL_error(L, "string.rep makes more than 16 MiB");
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, lua_gettop(L) - 1, 1);
	return 1;
}

/* -- errors ------------------------------------------------------------------------------------------ */
static int
lib_pcall(lua_State *L)
{
	struct child *c = child_of(L);
	struct scope scope = c->scope;
	unsigned depth = c->depth;
	int r;

	luaL_checkany(L, 1);
	lua_pushcfunction(L, fault_handler);
	lua_insert(L, 1);
	r = lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 1);
	if (r == LUA_OK) {
		lua_pushboolean(L, 1);
		lua_replace(L, 1);
		return lua_gettop(L);
	}
	if (r == LUA_ERRMEM && !c->limit)
		c->limit = LIMIT_MEMORY;
	c->scope = scope;
	c->depth = depth;
	lua_pushboolean(L, 0);
	if (!fault_caught(L))
		return lua_error(L);
	return 2;
}

static int
frozen_write(lua_State *L)
{
	struct origin at = caller(L);

	return fault(L, "E0004", &at, "the library tables of a recipe cannot be changed");
}

static int
frozen_read(lua_State *L)
{
	return luaL_error(L, "`%s` has no `%s` in recipes", lua_tostring(L, lua_upvalueindex(1)),
			  lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?");
}

/* Replaces the table on top by an empty one that reads it and refuses writes. */
static void
freeze(lua_State *L, const char *name)
{
	lua_newtable(L);
	lua_pushstring(L, name);
	lua_pushcclosure(L, frozen_read, 1);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, -2);
	lua_newtable(L); /* proxy */
	lua_newtable(L);
	lua_pushvalue(L, -3);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, frozen_write);
	lua_setfield(L, -2, "__newindex");
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_setmetatable(L, -2);
	lua_remove(L, -2);
}

static void
drop(lua_State *L, const char *const *names)
{
	for (; *names; names++) {
		lua_pushnil(L);
		lua_setfield(L, -2, *names);
	}
}

static void
wrap(lua_State *L, const char *name, lua_CFunction f)
{
	lua_getfield(L, -1, name);
	lua_pushcclosure(L, f, 1);
	lua_setfield(L, -2, name);
}

static void
open_table(lua_State *L)
{
	luaL_requiref(L, "table", luaopen_table, 0);
	tables_count(L);
	lua_pushcfunction(L, lib_sort);
	lua_setfield(L, -2, "sort");
	freeze(L, "table");
	env_set(L, "table");
}

static void
open_string(lua_State *L)
{
	static const char *const gone[] = {"dump", NULL};

	lua_pushcfunction(L, luaopen_string);
	lua_call(L, 0, 1);
	drop(L, gone);
	wrap(L, "format", lib_format);
	wrap(L, "rep", lib_rep);
	/* the metatable of all strings reads the same table and shows itself to no one */
	lua_pushliteral(L, "");
	lua_getmetatable(L, -1);
	lua_pushvalue(L, -3);
	lua_setfield(L, -2, "__index");
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 2);
	freeze(L, "string");
	env_set(L, "string");
}

static void
open_base(lua_State *L)
{
	static const char *const kept[] = {"assert", "error", "ipairs", "select", "tonumber", "type", NULL};

	lua_pushcfunction(L, luaopen_base);
	lua_call(L, 0, 1);
	for (const char *const *k = kept; *k; k++) {
		lua_getfield(L, -1, *k);
		env_set(L, *k);
	}
	lua_pop(L, 1);
	/* luaopen_base filled the table of globals; chunks never see it, and it is emptied */
	lua_newtable(L);
	lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
}

void
libs_open(lua_State *L)
{
	static const luaL_Reg own[] = {
		{"next", lib_next},         {"pairs", lib_pairs}, {"pcall", lib_pcall},
		{"tostring", lib_tostring}, {"when", lib_when},   {NULL, NULL},
	};
	static const char *const no_random[] = {"random", "randomseed", NULL};

	open_base(L);
	open_string(L);
	open_table(L);
	luaL_requiref(L, "math", luaopen_math, 0);
	drop(L, no_random);
	freeze(L, "math");
	env_set(L, "math");
	luaL_requiref(L, "utf8", luaopen_utf8, 0);
	freeze(L, "utf8");
	env_set(L, "utf8");
	for (const luaL_Reg *r = own; r->name; r++) {
		lua_pushcfunction(L, r->func);
		env_set(L, r->name);
	}
}
