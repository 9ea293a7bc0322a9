/* Steps, paths in results, files, texts, y m n and constructors' objects as Lua values. */
#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "lua/child.h"
#include "lua/fault.h"
#include "lua/places.h"
#include "lua/ref.h"

/* User values: 1 the path (of an object: its table of outputs), 2 what it is called (object), 3 its
 * main result, 4 its names (light pointer). */
static const char *const type_names[REF_KINDS] = {
	[REF_STEP] = "step", [REF_TEXT] = "text",     [REF_FILE] = "file",
	[REF_TRI] = "y/m/n", [REF_OBJECT] = "object", [REF_POISON] = "poison",
};

static const char absent_mark;

void
push_absent(lua_State *L)
{
	lua_pushlightuserdata(L, (void *)&absent_mark);
}

bool
is_absent(lua_State *L, int i)
{
	return lua_type(L, i) == LUA_TLIGHTUSERDATA && lua_touserdata(L, i) == &absent_mark;
}

static struct ref *
new_ref(lua_State *L, enum ref_kind kind, uint32_t n)
{
	struct ref *r = lua_newuserdatauv(L, sizeof *r, kind == REF_OBJECT ? 4 : 1);

	r->kind = kind;
	r->n = n;
	luaL_setmetatable(L, type_names[kind]);
	return r;
}

struct ref *
ref_push(lua_State *L, enum ref_kind kind, uint32_t n, const char *path)
{
	struct ref *r = new_ref(L, kind, n);

	if (path && *path) {
		lua_pushstring(L, path);
		lua_setiuservalue(L, -2, 1);
	}
	return r;
}

void
ref_push_object(lua_State *L, const char *what, const char *const *names)
{
	new_ref(L, REF_OBJECT, 0);
	lua_insert(L, -3); /* object main table */
	lua_setiuservalue(L, -3, 1);
	lua_setiuservalue(L, -2, 3);
	lua_pushstring(L, what);
	lua_setiuservalue(L, -2, 2);
	lua_pushlightuserdata(L, (void *)names);
	lua_setiuservalue(L, -2, 4);
}

struct ref *
ref_at(lua_State *L, int i)
{
	if (lua_type(L, i) != LUA_TUSERDATA)
		return NULL;
	return lua_touserdata(L, i); /* all full userdata of a recipe are refs */
}

const char *
ref_path(lua_State *L, int i)
{
	const char *s;

	if (lua_getiuservalue(L, i, 1) != LUA_TSTRING) {
		lua_pop(L, 1);
		return "";
	}
	s = lua_tostring(L, -1); /* the ref keeps it */
	lua_pop(L, 1);
	return s;
}

struct ref *
ref_main(lua_State *L, int i)
{
	struct ref *r = ref_at(L, i);

	i = lua_absindex(L, i);
	for (int n = 0; r && r->kind == REF_OBJECT && n < WIRE_DEPTH; n++) {
		lua_getiuservalue(L, i, 3);
		lua_replace(L, i);
		r = ref_at(L, i);
	}
	return r && r->kind == REF_OBJECT ? NULL : r;
}

static const char *
step_name(const struct child *c, uint32_t n)
{
	if (n >= c->nsteps)
		return "a step";
	return c->steps[n].name ? c->steps[n].name : c->steps[n].verb;
}

static int
ref_tostring(lua_State *L)
{
	struct child *c = child_of(L);
	struct ref *r = ref_at(L, 1);
	const char *path = r ? ref_path(L, 1) : "";

	if (!r)
		return luaL_error(L, "not a step");
	switch (r->kind) {
	case REF_TRI: lua_pushfstring(L, "%c", (int)r->n); break;
	case REF_FILE: lua_pushstring(L, path); break;
	case REF_OBJECT: lua_getiuservalue(L, 1, 2); break;
	case REF_STEP: lua_pushfstring(L, *path ? "%s/%s" : "%s", step_name(c, r->n), path); break;
	default: return luaL_error(L, "a %s is known only when the step ran; pass it on as it is", type_names[r->kind]);
	}
	return 1;
}

static int
ref_eq(lua_State *L)
{
	struct ref *a = ref_at(L, 1), *b = ref_at(L, 2);
	bool same = a && b && a->kind == b->kind && a->n == b->n;

	if (same && a->kind == REF_OBJECT)
		same = lua_rawequal(L, 1, 2);
	else if (same)
		same = !strcmp(ref_path(L, 1), ref_path(L, 2));
	lua_pushboolean(L, same);
	return 1;
}

static int
ref_div(lua_State *L)
{
	struct child *c = child_of(L);
	struct origin at = caller(L);
	const char *sub = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : NULL;
	struct ref *r = ref_main(L, 1);
	const char *old;
	char *path;

	if (r && r->kind == REF_POISON) {
		ref_push(L, REF_POISON, 0, NULL);
		return 1;
	}
	if (!r || (r->kind != REF_STEP && r->kind != REF_FILE) || !sub)
		return fault(L, "E0011", &at, "`/` stands between a step and a path, such as src / \"drivers/pci\"");
	old = ref_path(L, 1);
	path = arena_strdup(&c->arena, sub);
	if (path_clean(path)) {
		fault_make(L, "E0011", &at, "path `%s` leaves the result it starts in", sub);
		err_help(&c->raised, "a path below a step is relative and has no `..` above its start");
		return fault_raise(L);
	}
	path = *old ? arena_printf(&c->arena, *path ? "%s/%s" : "%s", old, path) : path;
	ref_push(L, r->kind, r->n, path);
	return 1;
}

/* Collects the keys of the table on top that are strings, sorted, ended by NULL. */
static const char **
table_names(lua_State *L, size_t *n)
{
	struct child *c = child_of(L);
	const char **v = arena_array(&c->arena, const char *, 257);

	*n = 0;
	if (!lua_istable(L, -1))
		return v;
	for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
		if (lua_type(L, -2) != LUA_TSTRING || *n == 256)
			continue;
		size_t i = (*n)++;
		const char *s = lua_tostring(L, -2);

		for (; i && strcmp(v[i - 1], s) > 0; i--)
			v[i] = v[i - 1];
		v[i] = s;
	}
	return v;
}

static int
no_output(lua_State *L, const char *key, const char *const *names, size_t n, const char *word)
{
	struct child *c = child_of(L);
	struct origin at = caller(L);
	const char *near = near_name(key, names, n), *what;
	cleanup_str struct str list = {0};
	struct place p;

	lua_getiuservalue(L, 1, 2);
	what = lua_tostring(L, -1);
	fault_make(L, "E0012", NULL, "%s has no %s `%s`", what ? what : "this step", word, key);
	p = origin_place(c, &at);
	if (p.file)
		place_token(c->unit[at.unit].text, &p, key, strlen(key));
	err_at(&c->raised, p);
	err_label(&c->raised, "unknown %s", word);
	if (near)
		err_help(&c->raised, "did you mean `%s`?", near);
	for (size_t i = 0; i < n; i++)
		str_addf(&list, i ? ", %s" : "%s", names[i]);
	if (n)
		err_help(&c->raised, "%ss: %s", word, str_text(&list));
	str_free(&list);
	return fault_raise(L);
}

/* The constructor declares it, and its build returned a table without it. */
static int
missing_output(lua_State *L, const char *key)
{
	struct child *c = child_of(L);
	struct origin at = caller(L);
	cleanup_str struct str list = {0};
	const char **names;
	size_t n;

	names = table_names(L, &n);
	for (size_t i = 0; i < n; i++)
		str_addf(&list, i ? ", %s" : "%s", names[i]);
	lua_getiuservalue(L, 1, 2);
	fault_make(L, "E0015", &at, "build of %s did not return its output `%s`", lua_tostring(L, -1), key);
	err_help(&c->raised, "it returned: %s", n ? str_text(&list) : "nothing");
	str_free(&list);
	return fault_raise(L);
}

static int
object_index(lua_State *L, const char *key)
{
	const char *const *declared;
	const char **names;
	size_t n = 0;

	lua_getiuservalue(L, 1, 4);
	declared = lua_touserdata(L, -1);
	lua_getiuservalue(L, 1, 1);
	if (lua_istable(L, -1)) {
		lua_pushstring(L, key);
		lua_rawget(L, -2);
		if (!lua_isnil(L, -1))
			return 1;
		lua_pop(L, 1);
	}
	if (declared) {
		for (; declared[n]; n++)
			if (!strcmp(declared[n], key))
				return missing_output(L, key);
		return no_output(L, key, declared, n, "output");
	}
	names = table_names(L, &n);
	return no_output(L, key, names, n, "field"); /* of a toolchain, of pins */
}

static int
ref_index(lua_State *L)
{
	struct ref *r = ref_at(L, 1);
	const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
	struct origin at = caller(L);

	if (!r || r->kind == REF_POISON) {
		lua_settop(L, 1);
		return 1;
	}
	if (r->kind == REF_OBJECT)
		return object_index(L, key);
	if (r->kind != REF_STEP)
		return fault(L, "E0012", &at, "a %s has no field `%s`", type_names[r->kind], key);
	fault_make(L, "E0012", &at, "step `%s` has no output `%s`", step_name(child_of(L), r->n), key);
	err_help(&child_of(L)->raised, "a path inside its result is written with a stroke: / \"%s\"", key);
	return fault_raise(L);
}

static int
ref_newindex(lua_State *L)
{
	struct origin at = caller(L);

	return fault(L, "E0004", &at, "a step cannot be changed after it was made");
}

void
refs_open(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"__tostring", ref_tostring}, {"__eq", ref_eq}, {"__div", ref_div}, {"__index", ref_index},
		{"__newindex", ref_newindex}, {NULL, NULL},
	};

	for (int k = 0; k < REF_KINDS; k++) {
		luaL_newmetatable(L, type_names[k]);
		luaL_setfuncs(L, methods, 0);
		lua_pushboolean(L, 0);
		lua_setfield(L, -2, "__metatable");
		lua_pop(L, 1);
	}
}
