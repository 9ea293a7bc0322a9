/* toolchain "name": compilers and their image, from a YAML file. */
#include <string.h>

#include "lua/child.h"
#include "lua/encode.h"
#include "lua/env.h"
#include "lua/fault.h"
#include "lua/ref.h"
#include "lua/shape.h"
#include "lua/toolchain_more.h"
#include "model/prim.h"

static int
unusable(lua_State *L, const struct call *call, const char *why)
{
	return fault(L, "E0018", &call->at, "toolchain `%s` cannot be used: %s", call->name, why);
}

/* A step of the toolchain with what is at the top of the stack, a table, as its parameters; pops it. */
static void
push_step(lua_State *L, const struct call *call, const char *verb, const char *name)
{
	struct child *c = child_of(L);
	const struct prim *prim = prim_find(verb);
	struct call step = {.verb = verb, .at = call->at, .real = call->real, .what = call->what};
	struct encode e = {.what = call->what, .at = call->at, .unit = call->real.unit};
	size_t off = c->pool.len;

	if (!prim)
		unusable(L, call, arena_printf(&c->arena, "this jkr has no `%s`", verb));
	e.params = prim->params;
	step.name = name;
	encode_value(L, -1, &e);
	lua_pop(L, 1);
	step_push(L, &step, prim, &e, off);
}

/* The image of a tarball that a person stages, whose table is on top: the tarball is a `fetch` of its own. */
static void
push_staged(lua_State *L, const struct call *call, const char *name)
{
	static const char *const of_fetch[] = {"file", "get", "sha256"};
	struct child *c = child_of(L);
	int table = lua_gettop(L);

	lua_newtable(L);
	for (size_t i = 0; i < ARRAY_LEN(of_fetch); i++) {
		lua_getfield(L, table, of_fetch[i]);
		lua_setfield(L, -2, of_fetch[i]);
		lua_pushnil(L);
		lua_setfield(L, table, of_fetch[i]);
	}
	push_step(L, call, "fetch", arena_printf(&c->arena, "%s/tarball", name));
	lua_setfield(L, table, "tarball");
	push_step(L, call, "image", name);
}

/* The answer holds the toolchain as a table, and then the parameters of its image. */
static int
push_toolchain(lua_State *L, const struct call *call, const struct toolchain_more *more, const char *bytes, size_t len)
{
	struct child *c = child_of(L);
	struct reader r = {.p = (const unsigned char *)bytes,
			   .end = (const unsigned char *)bytes + len,
			   .a = &c->arena,
			   .units = &c->units};
	struct call step = {.verb = "image", .at = call->at, .real = call->real, .what = call->what};
	struct encode e = {.what = call->what, .at = call->at, .unit = call->real.unit};
	const struct value *image;
	size_t off = c->pool.len;
	struct value v;

	step.name = arena_printf(&c->arena, "toolchain/%s%s", call->name, more->suffix);
	read_value(&r, (struct place){0}, &v);
	image = v.type == V_TABLE ? value_field(&v, "image") : NULL;
	if (r.bad || !image || !prim_find("image"))
		return unusable(L, call, r.bad ? "its description is damaged" : "this jkr has no `image`");
	if (value_field(image, "file") || more->npackages) {
		data_push(L, image);
		toolchain_packages(L, more);
		if (value_field(image, "file"))
			push_staged(L, call, step.name);
		else
			push_step(L, call, "image", step.name);
	} else {
		str_addn(&c->pool, r.p, (size_t)(r.end - r.p));
		step_push(L, &step, prim_find("image"), &e, off);
	}
	data_push(L, &v);
	toolchain_compiler(L, more);
	ref_push_object(L, call->what, NULL);
	return 1;
}

static int
make_toolchain(lua_State *L, const struct call *call)
{
	struct child *c = child_of(L);
	struct toolchain_more more = toolchain_more(L, call);
	const char *key = arena_printf(&c->arena, "T%s%s%s", c->scope.prefix, call->name, more.suffix), *bytes;
	size_t old = (size_t)map_get(&c->plugins, key), len = 0, n = 0;
	const char *const *names = NULL;
	struct scope saved = c->scope;

	if (old) {
		lua_rawgeti(L, LUA_REGISTRYINDEX, (lua_Integer)old - 1);
		return 1;
	}
	bytes = ask_value(L, ASK_TOOLCHAIN, call->name, &call->real, &len, &names, &n);
	if (!bytes)
		return shape_absent(L, call, "toolchains/NAME.yaml in the project and the search path", names, n);
	c->scope.inner = NULL;
	push_toolchain(L, call, &more, bytes, len);
	c->scope = saved;
	lua_pushvalue(L, -1);
	map_set(&c->plugins, key, (void *)((size_t)luaL_ref(L, LUA_REGISTRYINDEX) + 1));
	return 1;
}

static void
copy_fields(lua_State *L, int from, int to)
{
	for (lua_pushnil(L); lua_next(L, from);) {
		lua_pushvalue(L, -2);
		lua_insert(L, -2);
		lua_rawset(L, to);
	}
}

/* What the toolchain says (at `said`) comes below what the step says in its field `name`. */
static void
inherit(lua_State *L, int said, const char *name)
{
	int own = said + 2, merged = said + 3;

	lua_pushstring(L, name);
	lua_pushstring(L, name);
	lua_rawget(L, 1);
	if (!lua_isnil(L, own) && !lua_istable(L, own))
		return; /* a mistake, told where all are */
	lua_newtable(L);
	copy_fields(L, said, merged);
	if (lua_istable(L, own))
		copy_fields(L, own, merged);
	lua_remove(L, own);
	lua_rawset(L, 1);
}

void
toolchain_inherit(lua_State *L, const struct prim *prim)
{
	static const struct {
		const char *said, *param;
	} fields[] = {{"env", "env"}, {"flags", "variables"}};
	int top = lua_gettop(L);
	struct ref *r;

	lua_pushstring(L, "toolchain");
	lua_rawget(L, 1);
	r = ref_at(L, -1);
	if (r && r->kind == REF_OBJECT && lua_getiuservalue(L, -1, 1) == LUA_TTABLE) {
		lua_newtable(L);
		copy_fields(L, 1, top + 3);
		lua_replace(L, 1); /* the recipe's table stays as it was written */
		for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
			lua_settop(L, top + 2);
			lua_pushstring(L, fields[i].said);
			if (lua_rawget(L, top + 2) != LUA_TTABLE || !field_param(prim->params, fields[i].param))
				continue;
			lua_pushnil(L);
			if (lua_next(L, top + 3)) {
				lua_settop(L, top + 3);
				inherit(L, top + 3, fields[i].param);
			}
		}
	}
	lua_settop(L, top);
}

const struct shape shape_toolchain = {"toolchain", make_toolchain, SHAPE_TEXT | SHAPE_TABLE};
