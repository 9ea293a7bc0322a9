#include "lua/toolchain_more.h"

#include <string.h>

#include "data/debian.h"
#include "lua/fault.h"

#define AT "/jkr/ccache" /* as make_in_container knows it */

static void
check_field(lua_State *L, const struct call *call, const char *key)
{
	struct child *c = child_of(L);

	if (key && (!strcmp(key, "ccache") || !strcmp(key, "packages")))
		return;
	fault_make(L, "E0009", &call->at, "toolchain `%s` takes no `%s`", call->name, key ? key : "second item");
	err_help(&c->raised, "it takes `ccache = true` and `packages = { \"sparse\" }`");
	fault_raise(L);
}

static void
check_fields(lua_State *L, const struct call *call)
{
	for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
		bool first = lua_type(L, -2) == LUA_TNUMBER && lua_tonumber(L, -2) == 1;

		if (!first)
			check_field(L, call, lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL);
	}
}

/* The list at the top of the stack. */
static size_t
take_packages(lua_State *L, const struct call *call, const char **v, size_t n)
{
	struct child *c = child_of(L);
	lua_Integer len = lua_istable(L, -1) ? (lua_Integer)lua_rawlen(L, -1) : 0;

	if (!lua_istable(L, -1) && !lua_isnil(L, -1))
		fault(L, "E0009", &call->at, "`packages` of toolchain `%s` is a list of names", call->name);
	for (lua_Integer i = 1; i <= len; i++) {
		if (lua_rawgeti(L, -1, i) != LUA_TSTRING || !debian_name_ok(lua_tostring(L, -1)))
			fault(L, "E0009", &call->at,
			      "item %d of `packages` of toolchain `%s` is not the name of a Debian package", (int)i,
			      call->name);
		/* it would have the name of what `ccache = true` makes, and not be it */
		if (!strcmp(lua_tostring(L, -1), "ccache"))
			fault(L, "E0009", &call->at,
			      "toolchain `%s` gets the package `ccache` by `ccache = true`, not by `packages`",
			      call->name);
		v[n++] = arena_strdup(&c->arena, lua_tostring(L, -1));
		lua_pop(L, 1);
	}
	return n;
}

struct toolchain_more
toolchain_more(lua_State *L, const struct call *call)
{
	struct toolchain_more more = {.suffix = ""};
	struct child *c = child_of(L);
	const char **v;
	int type;

	if (!lua_istable(L, 1))
		return more;
	check_fields(L, call);
	type = lua_getfield(L, 1, "ccache");
	if (type != LUA_TNIL && type != LUA_TBOOLEAN)
		fault(L, "E0009", &call->at, "`ccache` of toolchain `%s` is true or false", call->name);
	more.ccache = lua_toboolean(L, -1);
	lua_getfield(L, 1, "packages");
	v = arena_array(&c->arena, const char *, (lua_istable(L, -1) ? lua_rawlen(L, -1) : 0) + 1);
	if (more.ccache)
		v[more.npackages++] = "ccache";
	more.npackages = take_packages(L, call, v, more.npackages);
	more.packages = v;
	for (size_t i = 0; i < more.npackages; i++)
		more.suffix = arena_printf(&c->arena, "%s+%s", more.suffix, v[i]);
	lua_settop(L, 1);
	return more;
}

void
toolchain_packages(lua_State *L, const struct toolchain_more *more)
{
	if (!more->npackages)
		return;
	if (lua_getfield(L, -1, "packages") != LUA_TTABLE) {
		lua_pop(L, 1);
		lua_newtable(L);
		lua_pushvalue(L, -1);
		lua_setfield(L, -3, "packages");
	}
	for (size_t i = 0; i < more->npackages; i++) {
		lua_pushstring(L, more->packages[i]);
		lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
	}
	lua_pop(L, 1);
}

/* A text of the table at `t`, or "". */
static const char *
text_of(lua_State *L, int t, const char *key)
{
	struct child *c = child_of(L);
	const char *s;

	lua_getfield(L, t, key);
	s = lua_isstring(L, -1) ? arena_strdup(&c->arena, lua_tostring(L, -1)) : "";
	lua_pop(L, 1);
	return s;
}

/* What the kernel's make calls: CC where the flags say so; of LLVM=1, -14 or a folder clang by that; else gcc. */
static const char *
compiler(lua_State *L, int toolchain, int flags)
{
	struct child *c = child_of(L);
	const char *cc = text_of(L, flags, "CC"), *llvm = text_of(L, flags, "LLVM");

	if (*cc)
		return cc;
	if (!*llvm)
		return arena_printf(&c->arena, "%sgcc", text_of(L, toolchain, "prefix"));
	return arena_printf(&c->arena, "%sclang%s", strchr(llvm, '/') ? llvm : "", *llvm == '-' ? llvm : "");
}

void
toolchain_ccache(lua_State *L, bool on)
{
	struct child *c = child_of(L);
	int toolchain = lua_gettop(L), flags = toolchain + 1;

	lua_pushboolean(L, on);
	lua_setfield(L, toolchain, "ccache");
	if (!on)
		return;
	lua_getfield(L, toolchain, "flags");
	lua_pushstring(L, arena_printf(&c->arena, "ccache %s", compiler(L, toolchain, flags)));
	lua_setfield(L, flags, "CC");
	lua_getfield(L, toolchain, "env");
	lua_pushstring(L, AT);
	lua_setfield(L, -2, "CCACHE_DIR");
	lua_settop(L, toolchain);
}
