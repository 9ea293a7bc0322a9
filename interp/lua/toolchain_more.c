#include "lua/toolchain_more.h"

#include <string.h>

#include "data/debian.h"
#include "lua/fault.h"

#define AT "/jkr/ccache" /* as make_in_container knows it */

/* What stands before the compiler: a field of the table, and the package of that name. */
static const char *const before[] = {"ccache", "distcc"};

static void
check_field(lua_State *L, const struct call *call, const char *key)
{
	struct child *c = child_of(L);

	for (size_t i = 0; key && i < ARRAY_LEN(before); i++)
		if (!strcmp(key, before[i]))
			return;
	if (key && !strcmp(key, "packages"))
		return;
	fault_make(L, "E0009", &call->at, "toolchain `%s` takes no `%s`", call->name, key ? key : "second item");
	err_help(&c->raised, "it takes `ccache = true`, `distcc = true` and `packages = { \"sparse\" }`");
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
		for (size_t k = 0; k < ARRAY_LEN(before); k++)
			if (!strcmp(lua_tostring(L, -1), before[k]))
				fault(L, "E0009", &call->at,
				      "toolchain `%s` gets the package `%s` by `%s = true`, not by `packages`",
				      call->name, before[k], before[k]);
		v[n++] = arena_strdup(&c->arena, lua_tostring(L, -1));
		lua_pop(L, 1);
	}
	return n;
}

static bool
is_asked(lua_State *L, const struct call *call, const char *key)
{
	int type = lua_getfield(L, 1, key);
	bool asked = lua_toboolean(L, -1);

	if (type != LUA_TNIL && type != LUA_TBOOLEAN)
		fault(L, "E0009", &call->at, "`%s` of toolchain `%s` is true or false", key, call->name);
	lua_pop(L, 1);
	return asked;
}

struct toolchain_more
toolchain_more(lua_State *L, const struct call *call)
{
	struct toolchain_more more = {.suffix = ""};
	struct child *c = child_of(L);
	const char **v;

	if (!lua_istable(L, 1))
		return more;
	check_fields(L, call);
	more.ccache = is_asked(L, call, "ccache");
	more.distcc = is_asked(L, call, "distcc");
	lua_getfield(L, 1, "packages");
	v = arena_array(&c->arena, const char *, (lua_istable(L, -1) ? lua_rawlen(L, -1) : 0) + ARRAY_LEN(before));
	if (more.ccache)
		v[more.npackages++] = "ccache";
	if (more.distcc)
		v[more.npackages++] = "distcc";
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

static void
set_text(lua_State *L, int t, const char *key, const char *text)
{
	lua_pushstring(L, text);
	lua_setfield(L, t, key);
}

/* What is compiled elsewhere was preprocessed here: behind a macro its columns are others, and the debug information
 * is, too. Without columns both are equal to the byte. */
static void
set_distcc(lua_State *L, int flags, int env)
{
	struct child *c = child_of(L);
	const char *more = text_of(L, flags, "KCFLAGS");

	set_text(L, flags, "KCFLAGS", arena_printf(&c->arena, "%s%s-gno-column-info", more, *more ? " " : ""));
	set_text(L, env, "DISTCC_HOSTS", "localhost"); /* until a step knows who helps */
	set_text(L, env, "DISTCC_DIR", "/tmp");        /* it makes folders in it, and not the folder itself */
}

void
toolchain_compiler(lua_State *L, const struct toolchain_more *more)
{
	struct child *c = child_of(L);
	int toolchain = lua_gettop(L), flags = toolchain + 1, env = toolchain + 2;

	lua_pushboolean(L, more->ccache);
	lua_setfield(L, toolchain, "ccache");
	if (!more->ccache && !more->distcc)
		return;
	lua_getfield(L, toolchain, "flags");
	lua_getfield(L, toolchain, "env");
	set_text(L, flags, "CC",
		 arena_printf(&c->arena, "%s %s", more->ccache ? "ccache" : "distcc", compiler(L, toolchain, flags)));
	if (more->ccache)
		set_text(L, env, "CCACHE_DIR", AT);
	if (more->ccache && more->distcc)
		set_text(L, env, "CCACHE_PREFIX", "distcc");
	if (more->distcc)
		set_distcc(L, flags, env);
	lua_settop(L, toolchain);
}
