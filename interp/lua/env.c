/* The environment of recipes: a list of names; what is not on it is a mistake that explains itself. */
#include "lua/env.h"

#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "lua/child.h"
#include "lua/fault.h"
#include "lua/ref.h"
#include "lua/shape.h"
#include "model/prim.h"

#define GLOBALS "jkr.globals" /* the names themselves */
#define ENV "jkr.env"         /* what chunks see: empty, reads the names, refuses writes */

struct child *
child_of(lua_State *L)
{
	return *(struct child **)lua_getextraspace(L);
}

/* Names that Lua programs use and recipes do not have, with what to do instead. */
static const struct {
	const char *name, *help;
} denied[] = {
	{"os", "declare an input with fetch { }, git_checkout { } or option.*; actions run later, in the sandbox"},
	{"io", "a file of the project is named as a parameter, or with fragment \"file\"; steps read it later"},
	{"print", "a recipe only declares; `jkr plan` shows what it means"},
	{"require", "another recipe is loaded with use \"name.lua\" { }, a plugin with plugin \"name\""},
	{"dofile", "another recipe is loaded with use \"name.lua\" { }"},
	{"loadfile", "another recipe is loaded with use \"name.lua\" { }"},
	{"load", "recipes are texts that are checked as a whole"},
	{"package", "another recipe is loaded with use \"name.lua\" { }"},
	{"debug", "mistakes show the line of the recipe by themselves"},
	{"coroutine", "write a function that returns a list"},
	{"collectgarbage", "memory is bounded; there is nothing to collect"},
	{"setmetatable", "write a function, or a constructor with define \"name\" { }"},
	{"getmetatable", "write a function, or a constructor with define \"name\" { }"},
	{"rawset", "assign the field"},
	{"rawget", "read the field"},
	{"rawequal", "compare with =="},
	{"rawlen", "use #"},
	{"xpcall", "use pcall"},
	{"warn", "raise an error with error(\"text\")"},
	{"_G", "globals cannot be reached as a table"},
};

static int
refuse_denied(lua_State *L, const char *key, const char *help)
{
	struct child *c = child_of(L);
	struct origin at = caller(L);

	fault_make(L, "E0002", NULL, "`%s` is not available in recipes", key);
	err_at(&c->raised, call_word(c, &at, key));
	err_label(&c->raised, "recipes are pure");
	err_help(&c->raised, "%s", help);
	return fault_raise(L);
}

static size_t
known_names(lua_State *L, const char **v, size_t max)
{
	size_t n = 0;

	lua_getfield(L, LUA_REGISTRYINDEX, GLOBALS);
	for (lua_pushnil(L); lua_next(L, -2) && n < max; lua_pop(L, 1))
		v[n++] = lua_tostring(L, -2);
	return n;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
unknown_name(lua_State *L, const char *key, const char *const *more, size_t nmore)
{
	struct child *c = child_of(L);
	struct origin at = caller(L);
	const char *v[512], *near;
	size_t n = known_names(L, v, 256);

	for (size_t i = 0; i < nmore && n < 512; i++)
		v[n++] = more[i];
	qsort(v, n, sizeof *v, by_text);
	near = near_name(key, v, n);
	fault_make(L, "E0003", NULL, "unknown name `%s`", key);
	err_at(&c->raised, call_word(c, &at, key));
	if (near)
		err_help(&c->raised, "did you mean `%s`?", near);
	else
		err_help(&c->raised, "declare it before with `local %s = …`", key);
	return fault_raise(L);
}

static bool
is_name(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return n && n < 64 && !s[n] && *s >= 'a';
}

/* An unknown name is looked for as a constructor of stdlib. */
static int
env_unknown(lua_State *L)
{
	const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
	struct origin at = caller(L);
	const char *const *names = NULL;
	size_t n = 0;
	uint32_t unit = WIRE_NONE;
	bool known = false;

	for (size_t i = 0; i < ARRAY_LEN(denied); i++)
		if (!strcmp(key, denied[i].name))
			return refuse_denied(L, key, denied[i].help);
	if (is_name(key))
		unit = ask_unit(L, ASK_MODULE, key, &at, &known, &names, &n);
	if (unit == WIRE_NONE)
		return unknown_name(L, key, names, n);
	if (!known) {
		struct child *c = child_of(L);
		struct scope saved = c->scope;

		c->scope = (struct scope){.prefix = "", .options = "", .args = LUA_NOREF, .given = LUA_NOREF};
		env_run(L, unit);
		c->scope = saved;
	}
	if (env_has(L, key))
		return 1;
	at = (struct origin){.unit = unit, .line = 1, .key = ""};
	return fault(L, "E0015", &at, "this file does not define `%s`", key);
}

static int
env_write(lua_State *L)
{
	struct child *c = child_of(L);
	const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
	struct origin at = caller(L);

	fault_make(L, "E0004", NULL, "global `%s` is assigned; recipes have no global variables", key);
	err_at(&c->raised, call_word(c, &at, key));
	err_help(&c->raised, "write `local %s = …`", key);
	return fault_raise(L);
}

void
env_set(lua_State *L, const char *name)
{
	lua_getfield(L, LUA_REGISTRYINDEX, GLOBALS);
	lua_insert(L, -2);
	lua_pushstring(L, name);
	lua_insert(L, -2);
	lua_rawset(L, -3);
	lua_pop(L, 1);
}

bool
env_has(lua_State *L, const char *name)
{
	lua_getfield(L, LUA_REGISTRYINDEX, GLOBALS);
	lua_pushstring(L, name);
	lua_rawget(L, -2);
	lua_remove(L, -2);
	if (!lua_isnil(L, -1))
		return true;
	lua_pop(L, 1);
	return false;
}

static void
set_meta(lua_State *L, const char *name, lua_CFunction f)
{
	lua_pushcfunction(L, f);
	lua_setfield(L, -2, name);
}

void
env_open(lua_State *L)
{
	static const char letters[] = "ymn";

	lua_newtable(L); /* names */
	lua_newtable(L);
	set_meta(L, "__index", env_unknown);
	lua_setmetatable(L, -2);
	lua_pushvalue(L, -1);
	lua_setfield(L, LUA_REGISTRYINDEX, GLOBALS);
	lua_newtable(L); /* what chunks see */
	lua_newtable(L);
	lua_pushvalue(L, -3);
	lua_setfield(L, -2, "__index");
	set_meta(L, "__newindex", env_write);
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_setmetatable(L, -2);
	lua_setfield(L, LUA_REGISTRYINDEX, ENV);
	lua_pop(L, 1);
	refs_open(L);
	libs_open(L);
	for (const char *p = letters; *p; p++) {
		char name[2] = {*p, 0};

		ref_push(L, REF_TRI, (uint32_t)*p, NULL);
		env_set(L, name);
	}
	shapes_open(L);
	options_open(L);
}

void
env_compile(lua_State *L, uint32_t unit)
{
	struct child *c = child_of(L);
	const struct unit *u = &c->unit[unit];
	struct origin at = {.unit = unit, .line = 0, .key = ""};
	char name[32];
	int r;

	snprintf(name, sizeof name, "=#%u", unit);
	r = luaL_loadbufferx(L, u->text, u->len, name, "t");
	if (r == LUA_ERRRUN && !c->limit) { /* the reader calls itself for what is nested */
		fault_make(L, "E0001", &at, "brackets, operators or blocks are nested more than 200 deep");
		fault_raise(L);
	}
	if (r != LUA_OK) {
		if (lua_type(L, -1) != LUA_TSTRING || c->limit)
			lua_error(L);
		fault_syntax(c, unit, lua_tostring(L, -1));
		fault_raise(L);
	}
	lua_getfield(L, LUA_REGISTRYINDEX, ENV);
	lua_setupvalue(L, -2, 1);
}

void
env_run(lua_State *L, uint32_t unit)
{
	struct child *c = child_of(L);
	struct origin at = caller(L);

	if (++c->depth > 32)
		fault(L, "E0006", &at, "files load one another more than 32 deep");
	luaL_checkstack(L, 20, "files load one another too deep");
	env_compile(L, unit);
	lua_call(L, 0, 1);
	c->depth--;
}

/* -- the list of what can be reached besides primitives, for a golden test ---------------------------------------- */
static void
add_names(lua_State *L, const char *prefix, struct map *found, struct arena *a)
{
	for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
		char *name;

		if (lua_type(L, -2) != LUA_TSTRING || prim_find(lua_tostring(L, -2)))
			continue;
		name = arena_printf(a, "%s%s", prefix, lua_tostring(L, -2));
		map_set(found, name, name);
		if (lua_istable(L, -1) && !*prefix && luaL_getmetafield(L, -1, "__index") != LUA_TNIL) {
			add_names(L, arena_printf(a, "%s.", name), found, a);
			lua_pop(L, 1);
		}
	}
}

void
env_names(lua_State *L, struct str *out)
{
	struct child *c = child_of(L);
	struct map found = {0};

	lua_getfield(L, LUA_REGISTRYINDEX, GLOBALS);
	add_names(L, "", &found, &c->arena);
	lua_pop(L, 1);
	map_sort(&found);
	for (size_t i = 0; i < found.n; i++)
		str_addf(out, "%s\n", found.v[i].key);
	map_free(&found);
}
