/* use, plugin, plugins, toolchain: what a recipe takes from other files. */
#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "lua/child.h"
#include "lua/encode.h"
#include "lua/env.h"
#include "lua/fault.h"
#include "lua/ref.h"
#include "lua/shape.h"
#include "model/prim.h"

static const char *const hooks[] = {"doctor", "post_extract", "post_defconfig", "post_build", "pre_bundle", "audit"};

int
shape_absent(lua_State *L, const struct call *call, const char *where, const char *const *names, size_t n)
{
	struct child *c = child_of(L);
	const char *near = near_name(call->name, names, n);

	fault_make(L, "E0008", NULL, "there is no %s `%s`", strcmp(call->verb, "use") ? call->verb : "recipe",
		   call->name);
	err_at(&c->raised, call_word(c, &call->at, call->verb));
	if (near)
		err_help(&c->raised, "did you mean `%s`?", near);
	err_help(&c->raised, "looked for %s", where);
	return fault_raise(L);
}

/* What `as` says, else "zedx" for "drivers/zedx.lua", and "zedx-2" when that is taken by another use. */
static const char *
import_name(lua_State *L, const char *path)
{
	struct child *c = child_of(L);
	const char *base = path_base(arena_strndup(&c->arena, path, strcspn(path, "?")));
	const char *name = arena_strndup(&c->arena, base, strcspn(base, "."));
	const char *full;
	size_t n;

	if (lua_getfield(L, 1, "as") == LUA_TSTRING)
		name = arena_strdup(&c->arena, lua_tostring(L, -1));
	lua_pushnil(L);
	lua_setfield(L, 1, "as");
	lua_pop(L, 1);
	full = arena_printf(&c->arena, "%s%s", c->scope.prefix, name);
	n = (size_t)map_get(&c->uses, full);
	map_set(&c->uses, full, (void *)(n + 1));
	return n ? arena_printf(&c->arena, "%s-%zu", name, n + 1) : name;
}

static void
enter_import(lua_State *L, const char *name, struct map *asked)
{
	struct child *c = child_of(L);
	struct scope s = {.args = LUA_NOREF, .import = true, .asked = asked};

	s.prefix = arena_printf(&c->arena, "%s%s:", c->scope.prefix, name);
	s.options = arena_printf(&c->arena, "%s%s.", c->scope.options, name);
	lua_pushvalue(L, 1);
	s.given = luaL_ref(L, LUA_REGISTRYINDEX);
	c->scope = s;
}

static int
make_use(lua_State *L, const struct call *call)
{
	struct child *c = child_of(L);
	struct scope saved = c->scope;
	struct map *asked = arena_new(&c->arena, struct map);
	const char *const *names = NULL;
	size_t n = 0;
	bool known;
	uint32_t unit;

	if (!call->name)
		return fault(L, "E0009", &call->at, "use takes a file and a table: use \"zedx.lua\" { … }");
	unit = ask_unit(L, ASK_USE, call->name, &call->real, &known, &names, &n);
	if (unit == WIRE_NONE)
		return shape_absent(L, call, "it beside this file and in the folders `recipes`", names, n);
	enter_import(L, import_name(L, call->name), asked);
	env_run(L, unit);
	given_check(L, &call->at, call->what);
	c->scope = saved;
	return 1;
}

const struct shape shape_use = {"use", make_use, 0};

/* -- plugins ---------------------------------------------------------------------------------------- */
/* The list `doctor` names what the plugin cannot do without: inputs, which can be looked at and say themselves whether
 * they are there. They count though nothing takes them in. */
static int
check_doctor(lua_State *L, const struct origin *at, const char *name)
{
	struct child *c = child_of(L);
	lua_Integer n = (lua_Integer)lua_rawlen(L, -1);

	for (lua_Integer k = 1; k <= n; k++, lua_pop(L, 1)) {
		const struct ref *r;
		struct draft *d;

		lua_rawgeti(L, -1, k);
		if (is_absent(L, -1))
			continue;
		r = ref_main(L, -1);
		d = r && r->kind == REF_STEP ? &c->steps[r->n] : NULL;
		if (!d || !d->prim->absent) {
			fault_make(L, "E0018", at, "item %lld of `doctor` of plugin `%s` is no input but a %s",
				   (long long)k, name, d ? d->verb : luaL_typename(L, -1));
			err_help(&c->raised,
				 "`jkr doctor` runs nothing: it looks whether a `fetch` finds its file or folder");
			return fault_raise(L);
		}
		d->used = true;
	}
	return 0;
}

/* A list under another name is placed by nobody: a misspelt one would be steps that never run. */
static void
check_names(lua_State *L, const struct origin *at, const char *name)
{
	struct child *c = child_of(L);

	for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
		const char *word = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL, *near;
		size_t i = 0;

		while (word && i < ARRAY_LEN(hooks) && strcmp(word, hooks[i]))
			i++;
		if (word && i < ARRAY_LEN(hooks))
			continue;
		near = word ? near_name(word, hooks, ARRAY_LEN(hooks)) : NULL;
		if (word)
			fault_make(L, "E0018", at, "plugin `%s` returned `%s`, which no board places", name, word);
		else
			fault_make(L, "E0018", at, "plugin `%s` returned an item without a name, which no board places",
				   name);
		if (near)
			err_help(&c->raised, "did you mean `%s`?", near);
		else
			err_help(
				&c->raised,
				"a plugin returns doctor, post_extract, post_defconfig, post_build, pre_bundle, audit");
		fault_raise(L);
	}
}

static int
check_hooks(lua_State *L, uint32_t unit, const char *name)
{
	struct origin at = {unit, 1, ""};

	if (!lua_istable(L, -1))
		return fault(L, "E0018", &at, "plugin `%s` returned a %s, not a table of lists", name,
			     luaL_typename(L, -1));
	check_names(L, &at, name);
	for (size_t i = 0; i < ARRAY_LEN(hooks); i++) {
		int t = lua_getfield(L, -1, hooks[i]);

		lua_pop(L, 1);
		if (t != LUA_TTABLE && t != LUA_TNIL)
			return fault(L, "E0018", &at, "`%s` of plugin `%s` is a %s, not a list of steps", hooks[i],
				     name, lua_typename(L, t));
		if (t == LUA_TNIL) {
			lua_newtable(L);
			lua_setfield(L, -2, hooks[i]);
		}
	}
	lua_getfield(L, -1, "doctor");
	check_doctor(L, &at, name);
	lua_pop(L, 1);
	return 0;
}

/* Two plugins of one name would share the names of their steps and options. */
static void
take_plugin_name(lua_State *L, const struct call *call, const char *name, uint32_t unit)
{
	struct child *c = child_of(L);
	const char *key = arena_printf(&c->arena, "N%s", name);
	size_t old = (size_t)map_get(&c->plugins, key);

	if (old && old != (size_t)unit + 1)
		fault(L, "E0018", &call->at, "two plugins are called `%s`: `%s` and `%s`", name, c->unit[old - 1].shown,
		      c->unit[unit].shown);
	map_set(&c->plugins, key, (void *)((size_t)unit + 1));
}

/* Runs the plugin, with the options of the table at 1 when they are given; leaves its table. */
static void
run_plugin(lua_State *L, const struct call *call, uint32_t unit, bool given)
{
	struct child *c = child_of(L);
	const char *name = path_base(c->unit[unit].dir);
	struct scope saved = c->scope;

	take_plugin_name(L, call, name, unit);
	c->scope = (struct scope){.prefix = arena_printf(&c->arena, "%s:", name),
				  .options = arena_printf(&c->arena, "%s.", name),
				  .args = LUA_NOREF,
				  .given = LUA_NOREF,
				  .asked = arena_new(&c->arena, struct map),
				  .plugin = true,
				  .import = true};
	if (given) {
		lua_pushnil(L);
		lua_rawseti(L, 1, 1);
		lua_pushvalue(L, 1);
		c->scope.given = luaL_ref(L, LUA_REGISTRYINDEX);
	}
	env_run(L, unit);
	if (given)
		given_check(L, &call->at, call->what);
	c->scope = saved;
	check_hooks(L, unit, name);
}

/* Leaves the plugin's table; each plugin is loaded once. */
static bool
load_plugin(lua_State *L, enum request_kind kind, const char *name, const struct call *call, const char *const **names,
	    size_t *n)
{
	struct child *c = child_of(L);
	const char *key = arena_printf(&c->arena, "%c%s", kind, name);
	size_t old = (size_t)map_get(&c->plugins, key);
	bool known, given = kind == ASK_PLUGIN && lua_istable(L, 1);
	uint32_t unit;

	if (old && given)
		return fault(L, "E0009", &call->at, "plugin `%s` is loaded already: its options are given once", name);
	if (old) {
		lua_rawgeti(L, LUA_REGISTRYINDEX, (lua_Integer)old - 1);
		return true;
	}
	unit = ask_unit(L, kind, name, &call->real, &known, names, n);
	if (unit == WIRE_NONE)
		return false;
	run_plugin(L, call, unit, given);
	lua_pushvalue(L, -1);
	map_set(&c->plugins, key, (void *)((size_t)luaL_ref(L, LUA_REGISTRYINDEX) + 1));
	return true;
}

static int
make_plugin(lua_State *L, const struct call *call)
{
	const char *const *names = NULL;
	size_t n = 0;

	if (load_plugin(L, ASK_PLUGIN, call->name, call, &names, &n))
		return 1;
	return shape_absent(L, call, "plugins/NAME/plugin.lua in the project and the search path", names, n);
}

const struct shape shape_plugin = {"plugin", make_plugin, SHAPE_TEXT | SHAPE_TABLE};

/* Adds the lists of the plugin on top to those of the set at `set`. */
static void
append(lua_State *L, int set)
{
	for (size_t i = 0; i < ARRAY_LEN(hooks); i++) {
		lua_Integer n, at;

		lua_getfield(L, set, hooks[i]);
		lua_getfield(L, -2, hooks[i]);
		at = (lua_Integer)lua_rawlen(L, -2);
		n = (lua_Integer)lua_rawlen(L, -1);
		for (lua_Integer k = 1; k <= n; k++) {
			lua_rawgeti(L, -1, k);
			lua_rawseti(L, -3, at + k);
		}
		lua_pop(L, 2);
	}
}

static int
make_plugins(lua_State *L, const struct call *call)
{
	struct child *c = child_of(L);
	lua_Integer n = (lua_Integer)lua_rawlen(L, 1);
	const char *const *names = NULL;
	size_t nnames = 0;
	char number[16];

	check_holes(L, 1, call);
	lua_newtable(L);
	for (size_t i = 0; i < ARRAY_LEN(hooks); i++) {
		lua_newtable(L);
		lua_setfield(L, 2, hooks[i]);
	}
	for (lua_Integer k = 1; k <= n; k++, lua_pop(L, 1)) {
		struct origin at = call->at;

		at.key = arena_printf(&c->arena, "%lld", (long long)k);
		lua_rawgeti(L, 1, k);
		if (is_absent(L, -1))
			continue;
		if (!lua_istable(L, -1))
			return fault(L, "E0009", &at, "item %lld of plugins is a %s, not a plugin", (long long)k,
				     luaL_typename(L, -1));
		check_hooks(L, call->real.unit, "here");
		append(L, 2);
	}
	for (int i = 0; c->rq->plugins && c->rq->plugins[i] && !c->scope.import; i++) {
		snprintf(number, sizeof number, "%d", i);
		if (load_plugin(L, ASK_PLUGIN_DIR, number, call, &names, &nnames))
			append(L, 2);
		lua_settop(L, 2);
	}
	c->plugins_placed |= !c->scope.import;
	return 1;
}

/* Whether every step of the list on top is somewhere; lists nest. */
static bool
all_placed(lua_State *L)
{
	struct child *c = child_of(L);
	lua_Integer n = lua_istable(L, -1) ? (lua_Integer)lua_rawlen(L, -1) : 0;
	const struct ref *r = n ? NULL : ref_main(L, -1);
	bool ok = !r || r->kind != REF_STEP || c->steps[r->n].placed;

	luaL_checkstack(L, 4, "lists");
	for (lua_Integer k = 1; k <= n && ok; k++, lua_pop(L, 1)) {
		lua_rawgeti(L, -1, k);
		ok = all_placed(L);
	}
	return ok;
}

/* Who names a plugin on the command line wants all of it. */
void
plugins_check(lua_State *L)
{
	struct child *c = child_of(L);
	const struct origin at = {0, 1, ""};

	for (int i = 0; c->rq->plugins && c->rq->plugins[i]; i++) {
		size_t ref = (size_t)map_get(&c->plugins, arena_printf(&c->arena, "%c%d", ASK_PLUGIN_DIR, i));

		if (!ref)
			continue;
		lua_rawgeti(L, LUA_REGISTRYINDEX, (lua_Integer)ref - 1);
		for (size_t k = 1; k < ARRAY_LEN(hooks); k++) { /* `doctor` is looked at wherever it is */
			lua_getfield(L, -1, hooks[k]);
			if (!all_placed(L)) {
				fault_make(L, "E0018", &at, "the recipe has no place for `%s` of plugin `%s`", hooks[k],
					   path_base(c->rq->plugins[i]));
				err_help(&c->raised, "put `%s` of its `plugins { }` into a tree", hooks[k]);
				fault_raise(L);
			}
			lua_pop(L, 1);
		}
		lua_pop(L, 1);
	}
}

const struct shape shape_plugins = {"plugins", make_plugins, 0};
