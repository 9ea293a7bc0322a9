/* define "kernel" { params, outputs, build }: constructors written in Lua, checked like C's. */
#include <stdio.h>
#include <string.h>

#include "lua/child.h"
#include "lua/define_spec.h"
#include "lua/encode.h"
#include "lua/env.h"
#include "lua/fault.h"
#include "lua/ref.h"
#include "lua/shape.h"

struct define {
	struct define_spec spec;
	size_t off, len;  /* its table, in the pool */
	int table, build; /* in the registry */
	uint32_t unit;
};

bool
define_bytes(struct child *c, const char *name, size_t *off, size_t *len)
{
	const struct define *d = map_get(&c->defines, name);

	if (!d)
		return false;
	*off = d->off;
	*len = d->len;
	return true;
}

static int
decode(lua_State *L, size_t off, const struct origin *at, struct value *out)
{
	struct child *c = child_of(L);
	struct reader r = {.p = (const unsigned char *)c->pool.s + off,
			   .end = (const unsigned char *)c->pool.s + c->pool.len,
			   .a = &c->arena,
			   .units = &c->units,
			   .nsteps = c->nsteps};
	struct place place = origin_place(c, at);

	place.key = at->key;
	read_value(&r, place, out);
	return r.bad ? -1 : 0;
}

/* -- a call of a constructor --------------------------------------------------------------------- */
struct convert {
	const struct define *d;
	const struct call *call;
	struct str key;
};

static void copy_table(lua_State *L, int from, int mode, struct convert *v, unsigned depth);

static void
copy_value(lua_State *L, int mode, struct convert *v, unsigned depth)
{
	struct child *c = child_of(L);
	struct file_ref f;
	const char *s;

	if (lua_istable(L, -1)) {
		copy_table(L, lua_gettop(L), mode, v, depth + 1);
		lua_replace(L, -2);
		return;
	}
	if (mode != 1 || lua_type(L, -1) != LUA_TSTRING)
		return;
	s = lua_tostring(L, -1);
	if (unit_file(&c->arena, &c->unit[v->call->real.unit], s, &f)) {
		struct origin at = v->call->at;

		at.key = at.key ? arena_strdup(&c->arena, str_text(&v->key)) : NULL;
		fault(L, "E0011", &at, "path `%s` of %s leaves the folder of its project", s, v->call->what);
	}
	ref_push(L, REF_FILE, v->call->real.unit, s);
	lua_replace(L, -2);
}

static void
copy_entry(lua_State *L, int to, const char *key, lua_Integer index, int mode, struct convert *v, unsigned depth)
{
	size_t len = v->key.len;

	if (key)
		str_addf(&v->key, len ? ".%s" : "%s", key);
	else
		str_addf(&v->key, len ? ".%lld" : "%lld", (long long)index);
	copy_value(L, mode, v, depth);
	v->key.len = len;
	v->key.s[len] = '\0';
	if (key)
		lua_setfield(L, to, key);
	else
		lua_rawseti(L, to, (lua_Integer)lua_rawlen(L, to) + 1);
}

/* A copy without what was left out, with strings as files where files are meant; it remembers where
 * it was written. Leaves the copy. */
static void
copy_table(lua_State *L, int from, int mode, struct convert *v, unsigned depth)
{
	struct child *c = child_of(L);
	const struct param *params = v->d->spec.params;
	const struct origin *old = depth ? origin_get(L, from) : NULL;
	struct origin at = v->call->at;
	lua_Integer n = (lua_Integer)lua_rawlen(L, from);
	int to;

	if (depth > WIRE_DEPTH)
		luaL_error(L, "tables nest more than %d deep", WIRE_DEPTH);
	luaL_checkstack(L, 10, "tables nest too deep");
	lua_newtable(L);
	to = lua_gettop(L);
	for (lua_Integer i = 1; i <= n; i++) {
		lua_rawgeti(L, from, i);
		if (lua_isnil(L, -1) || is_absent(L, -1))
			lua_pop(L, 1);
		else
			copy_entry(L, to, NULL, i, depth ? mode : file_mode(item_param(params)), v, depth);
	}
	for (lua_pushnil(L); lua_next(L, from);) {
		const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;

		if (!key || is_absent(L, -1))
			lua_pop(L, 1);
		else
			copy_entry(L, to, key, 0, depth ? mode == 2 : file_mode(field_param(params, key)), v, depth);
	}
	if (old)
		at = *old;
	else if (at.key)
		at.key = arena_strdup(&c->arena, str_text(&v->key));
	origin_set(L, to, &at);
}

/* Checks what the copy on top holds. False: it does not fit, the mistakes are kept. */
static bool
check_call(lua_State *L, const struct define *d, const struct call *call)
{
	struct child *c = child_of(L);
	struct encode e = {.what = call->what, .at = call->at, .unit = call->real.unit, .uses_none = true};
	size_t off = c->pool.len;
	struct err err = {0};
	struct value v;
	int r;

	encode_value(L, -1, &e);
	r = decode(L, off, &call->at, &v);
	c->pool.len = off;
	if (e.poisoned)
		return false;
	if (r)
		return luaL_error(L, "the parameters of %s cannot be read", call->what);
	r = schema_check(d->spec.params, NULL, &v, call->what, &err);
	err_move(&c->errs, &err);
	return r == 0;
}

/* Positional items move to the parameter that takes them. */
static void
place_operands(lua_State *L, const struct define *d)
{
	const struct param *p = item_param(d->spec.params);
	lua_Integer n = (lua_Integer)lua_rawlen(L, -1);
	int t = lua_gettop(L);

	if (!p || !n)
		return;
	if (p->flags & P_LIST || p->type == P_SYMBOLS || p->type == P_MAP || p->type == P_ANY) {
		lua_createtable(L, (int)n, 0);
		for (lua_Integer i = 1; i <= n; i++) {
			lua_rawgeti(L, t, i);
			lua_rawseti(L, -2, i);
		}
		if (origin_get(L, t)) {
			struct origin o = *origin_get(L, t);

			origin_set(L, -1, &o);
		}
	} else {
		lua_rawgeti(L, t, 1);
	}
	lua_setfield(L, t, p->name);
	for (lua_Integer i = n; i; i--) {
		lua_pushnil(L);
		lua_rawseti(L, t, i);
	}
}

static void
push_default(lua_State *L, const struct define *d, const struct param *p)
{
	lua_rawgeti(L, LUA_REGISTRYINDEX, d->table);
	lua_getfield(L, -1, "params");
	lua_getfield(L, -1, p->name);
	lua_getfield(L, -1, "default");
	lua_replace(L, -4);
	lua_pop(L, 2);
	if (lua_type(L, -1) == LUA_TSTRING && file_mode(p) == 1) {
		ref_push(L, REF_FILE, d->unit, lua_tostring(L, -1));
		lua_replace(L, -2);
	}
}

/* build gets sizes as numbers, however they were written: "64M". */
static void
count_size(lua_State *L, const struct param *p)
{
	if (p->type != P_SIZE)
		return;
	if (lua_getfield(L, -1, p->name) == LUA_TSTRING && parse_size(lua_tostring(L, -1)) >= 0) {
		lua_pushinteger(L, parse_size(lua_tostring(L, -1)));
		lua_setfield(L, -3, p->name);
	}
	lua_pop(L, 1);
}

static void
fill_defaults(lua_State *L, const struct define *d, const struct call *call)
{
	for (const struct param *p = d->spec.params; p->name; p++) {
		int t = lua_getfield(L, -1, p->name);

		lua_pop(L, 1);
		if (t != LUA_TNIL) {
			count_size(L, p);
			if (!(p->flags & P_LIST) || t == LUA_TTABLE)
				continue;
			lua_createtable(L, 1, 0); /* one value alone is a list of one */
			lua_getfield(L, -2, p->name);
			lua_rawseti(L, -2, 1);
			lua_setfield(L, -2, p->name);
			continue;
		}
		push_default(L, d, p);
		lua_setfield(L, -2, p->name);
		count_size(L, p);
	}
	if (!field_param(d->spec.params, "name") && call->name) {
		lua_pushstring(L, call->name);
		lua_setfield(L, -2, "name");
	}
}

static void
enter(lua_State *L, struct scope *s, const struct call *call, const char *inner)
{
	struct child *c = child_of(L);

	*s = c->scope;
	c->scope.inner = inner;
	if (c->scope.inside)
		return;
	c->scope.inside = true;
	c->scope.outer = call->at;
	lua_pushvalue(L, 1);
	c->scope.args = luaL_ref(L, LUA_REGISTRYINDEX);
}

static int
finish(lua_State *L, const struct define *d, const struct call *call)
{
	struct ref *r = ref_at(L, -1);

	if (r && r->kind == REF_POISON)
		return 1;
	if (r) {
		lua_newtable(L);
	} else if (lua_istable(L, -1)) {
		lua_rawgeti(L, -1, 1);
		lua_insert(L, -2);
	} else {
		struct origin at = {d->unit, 1, ""};

		return fault(L, "E0015", &at, "build of `%s` returned %s, not a step or a table of outputs",
			     d->spec.name, luaL_typename(L, -1));
	}
	ref_push_object(L, call->what, d->spec.outputs);
	return 1;
}

static int
call_define(lua_State *L, const struct call *call)
{
	struct child *c = child_of(L);
	const struct define *d = call->data;
	struct convert v = {.d = d, .call = call};
	const char *base = scope_base(c), *inner;
	struct scope saved;

	check_holes(L, 1, call);
	inner = call->name ? name_in_scope(c, call->name) : made_up_name(c, base, call->verb);
	lua_rawgeti(L, LUA_REGISTRYINDEX, d->build);
	copy_table(L, 1, 0, &v, 0);
	str_free(&v.key);
	if (!check_call(L, d, call)) {
		ref_push(L, REF_POISON, 0, NULL);
		return 1;
	}
	place_operands(L, d);
	fill_defaults(L, d, call);
	enter(L, &saved, call, inner);
	lua_call(L, 1, 1);
	c->scope = saved;
	return finish(L, d, call);
}

/* -- define ------------------------------------------------------------------------------------------ */
static void
keep_table(lua_State *L, struct define *d)
{
	lua_pushnil(L);
	lua_setfield(L, 1, "build");
	lua_pushvalue(L, 1);
	d->table = luaL_ref(L, LUA_REGISTRYINDEX);
}

static int
make_define(lua_State *L, const struct call *call)
{
	static const struct shape shape = {"define", call_define, 0};
	struct child *c = child_of(L);
	struct encode e = {.what = call->what, .at = call->real, .unit = call->real.unit};
	struct define *d = arena_new(&c->arena, struct define);
	struct value v;

	if (!call->name)
		return fault(L, "E0015", &call->at, "define needs a name: define \"kernel\" { … }");
	if (env_has(L, call->name))
		return fault(L, "E0015", &call->at, "`%s` is already a word of the language", call->name);
	if (lua_getfield(L, 1, "build") != LUA_TFUNCTION)
		return fault(L, "E0015", &call->at, "%s has no build = function(p) … end", call->what);
	d->build = luaL_ref(L, LUA_REGISTRYINDEX);
	d->unit = call->real.unit;
	d->spec.name = call->name;
	keep_table(L, d);
	d->off = c->pool.len;
	encode_value(L, 1, &e);
	d->len = c->pool.len - d->off;
	if (decode(L, d->off, &call->real, &v))
		return luaL_error(L, "%s cannot be read", call->what);
	if (define_spec_read(&v, &c->arena, &d->spec, &c->raised))
		return fault_raise(L);
	map_set(&c->defines, call->name, d);
	shape_push(L, &shape, call->name, d);
	env_set(L, call->name);
	return 0;
}

const struct shape shape_define = {"define", make_define, 0};
