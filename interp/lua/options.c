/* option.bool { "rt", true, "doc" }: what may be set from outside; a plain value when read. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "lua/asked.h"
#include "lua/child.h"
#include "lua/encode.h"
#include "lua/env.h"
#include "lua/fault.h"
#include "lua/ref.h"
#include "lua/shape.h"

static const struct load_option *
find_given(const struct child *c, const char *name)
{
	for (size_t i = c->rq->noptions; i--;)
		if (!strcmp(c->rq->options[i].name, name))
			return &c->rq->options[i];
	return NULL;
}

static void
parse_bool(lua_State *L, const struct asked *o, const char *s)
{
	static const char *const yes[] = {"true", "yes", "y", "on", "1"};
	static const char *const no[] = {"false", "no", "n", "off", "0"};

	for (size_t i = 0; i < ARRAY_LEN(yes); i++)
		if (!strcmp(s, yes[i]) || !strcmp(s, no[i])) {
			lua_pushboolean(L, !strcmp(s, yes[i]));
			return;
		}
	asked_bad(L, o, "true or false", s);
}

static void
parse_int(lua_State *L, const struct asked *o, const char *s)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(s, &end, 0);
	if (!*s || *end || errno || *s == ' ')
		asked_bad(L, o, "a whole number", s);
	lua_pushinteger(L, n);
}

enum kind { O_BOOL, O_INT, O_STRING, O_CHOICE, O_STEP };
static const char *const kinds[] = {"bool", "int", "string", "choice", "step"};

/* Index 2 holds a value that Lua gave (a default, or what `use` gives): is it of the kind? */
static void
check_kind(lua_State *L, enum kind k, const struct asked *o)
{
	switch (k) {
	case O_BOOL:
		if (!lua_isboolean(L, 2))
			asked_refuse(L, o, "true or false");
		break;
	case O_INT:
		if (!lua_isinteger(L, 2))
			asked_refuse(L, o, "a whole number");
		asked_range(L, o);
		break;
	case O_STRING:
		if (lua_type(L, 2) != LUA_TSTRING)
			asked_refuse(L, o, "a string");
		asked_text(L, o);
		break;
	case O_CHOICE: asked_choice(L, o); break;
	case O_STEP:
		if (!ref_at(L, 2))
			asked_refuse(L, o, "a step");
	}
}

static void
parse_given(lua_State *L, enum kind k, const struct asked *o)
{
	const char *s = o->given->value;

	if (k == O_BOOL)
		parse_bool(L, o, s);
	else if (k == O_INT)
		parse_int(L, o, s);
	else if (k == O_STEP)
		fault(L, "E0014", &o->at, "option `%s` is a step; it is given by `use`, not by -D", o->name);
	else
		lua_pushstring(L, s);
}

/* The default: the second item (of a choice the first of its list), or `default`. A function gives
 * a step only when it is asked for. */
static void
push_default(lua_State *L, enum kind k, bool run)
{
	if (lua_getfield(L, 1, "default") != LUA_TNIL)
		return;
	lua_pop(L, 1);
	lua_rawgeti(L, 1, 2);
	if (k == O_CHOICE && lua_istable(L, -1)) {
		lua_rawgeti(L, -1, 1);
		lua_remove(L, -2);
	}
	if (k == O_STEP && run && lua_isfunction(L, -1))
		lua_call(L, 0, 1);
}

static bool
push_given(lua_State *L, const struct asked *o)
{
	struct child *c = child_of(L);

	if (c->scope.given == LUA_NOREF)
		return false;
	lua_rawgeti(L, LUA_REGISTRYINDEX, c->scope.given);
	lua_pushstring(L, o->local);
	lua_rawget(L, -2);
	lua_remove(L, -2);
	if (!lua_isnil(L, -1) && !is_absent(L, -1))
		return true;
	lua_pop(L, 1);
	return false;
}

static void
record(lua_State *L, enum kind k, const struct asked *o, bool given)
{
	struct child *c = child_of(L);
	struct encode e = {.what = o->name, .at = o->at, .unit = o->at.unit};
	struct found_option *f;

	if (c->noptions >= WIRE_OPTIONS)
		luaL_error(L, "a recipe has at most %d options", WIRE_OPTIONS);
	GROW(c->options, c->noptions, c->capoptions);
	f = &c->options[c->noptions++];
	*f = (struct found_option){
		.name = o->name, .type = kinds[k], .at = o->at, .given = given, .plugin = c->scope.plugin};
	lua_rawgeti(L, 1, 3);
	f->doc = lua_type(L, -1) == LUA_TSTRING ? arena_strdup(&c->arena, lua_tostring(L, -1)) : "";
	lua_pop(L, 1);
	f->value = c->pool.len;
	encode_value(L, 2, &e);
	f->value_len = c->pool.len - f->value;
	push_default(L, k, false);
	if (lua_isfunction(L, -1)) {
		lua_pop(L, 1);
		lua_pushnil(L);
	}
	f->def = c->pool.len;
	encode_value(L, -1, &e);
	f->def_len = c->pool.len - f->def;
	lua_pop(L, 1);
}

/* A plugin and the recipe of one name are two halves of one thing, and share the options that both have: a
 * board that gives each another value has made a mistake. */
static void
check_shared(lua_State *L, const struct asked *o, const struct found_option *before)
{
	struct child *c = child_of(L);
	struct encode e = {.what = o->name, .at = o->at, .unit = o->at.unit};
	struct place other = origin_place(c, &before->at);
	size_t off = c->pool.len;
	bool same;

	encode_value(L, 2, &e);
	same = c->pool.len - off == before->value_len &&
	       !memcmp(c->pool.s + off, c->pool.s + before->value, before->value_len);
	c->pool.len = off;
	if (same)
		return;
	fault_make(L, "E0014", &o->at, "option `%s` has another value here than at %s:%u", o->name, other.file,
		   other.line);
	err_help(&c->raised, "a plugin and the recipe of its name share it: give both the same value");
	fault_raise(L);
}

static int
make_option(lua_State *L)
{
	struct child *c = child_of(L);
	enum kind k = (enum kind)lua_tointeger(L, lua_upvalueindex(1));
	struct asked o = {.at = caller(L)};
	struct found_option *before = NULL;
	bool given = false;

	if (lua_gettop(L) != 1 || !lua_istable(L, 1) || lua_rawgeti(L, 1, 1) != LUA_TSTRING) {
		fault_make(L, "E0009", &o.at, "option.%s takes a table that begins with a name", kinds[k]);
		err_help(&c->raised, "write option.%s { \"name\", default, \"what it does\" }", kinds[k]);
		return fault_raise(L);
	}
	o.local = arena_strdup(&c->arena, lua_tostring(L, 2));
	o.name = arena_printf(&c->arena, "%s%s", c->scope.options, o.local);
	lua_settop(L, 1);
	asked_keys(L, &o);
	if (c->scope.asked)
		map_set(c->scope.asked, o.local, (void *)o.local);
	for (size_t i = 0; i < c->noptions && !before; i++)
		before = strcmp(c->options[i].name, o.name) ? NULL : &c->options[i];
	if (before && (before->plugin == c->scope.plugin || strcmp(before->type, kinds[k])))
		return fault(L, "E0009", &o.at, "option `%s` is declared twice", o.name);
	o.given = find_given(c, o.name);
	if (o.given) {
		parse_given(L, k, &o);
		given = true;
	} else if (push_given(L, &o)) {
		given = true;
	} else {
		push_default(L, k, true);
		if (lua_isnil(L, 2))
			return fault(L, "E0014", &o.at, "option `%s` has no default and was not given", o.name);
	}
	check_kind(L, k, &o);
	if (before)
		check_shared(L, &o, before);
	else
		record(L, k, &o, given);
	lua_settop(L, 2);
	return 1;
}

static int
refuse_write(lua_State *L)
{
	struct origin at = caller(L);

	return fault(L, "E0004", &at, "`option` cannot be changed");
}

void
options_open(lua_State *L)
{
	lua_newtable(L); /* proxy: reads, refuses writes */
	lua_newtable(L);
	lua_newtable(L);
	for (int k = 0; k < (int)ARRAY_LEN(kinds); k++) {
		lua_pushinteger(L, k);
		lua_pushcclosure(L, make_option, 1);
		lua_setfield(L, -2, kinds[k]);
	}
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, refuse_write);
	lua_setfield(L, -2, "__newindex");
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_setmetatable(L, -2);
	env_set(L, "option");
}

/* The option that may be meant: one like it, or one of that name in an imported recipe. */
static const char *
nearest(const char *name, const char *const *names, size_t n)
{
	const char *near = near_name(name, names, n);

	for (size_t i = 0; i < n && !near; i++) {
		const char *dot = strrchr(names[i], '.');

		if (dot && !strcmp(dot + 1, name))
			near = names[i];
	}
	return near;
}

void
options_check(lua_State *L)
{
	struct child *c = child_of(L);
	const char **names = arena_array(&c->arena, const char *, c->noptions + 1);

	for (size_t i = 0; i < c->noptions; i++)
		names[i] = c->options[i].name;
	for (size_t i = 0; i < c->rq->noptions; i++) {
		const struct load_option *o = &c->rq->options[i];
		const char *near;
		size_t k = 0;

		while (k < c->noptions && strcmp(names[k], o->name))
			k++;
		if (k < c->noptions || !strcmp(o->name, "epoch"))
			continue;
		near = nearest(o->name, names, c->noptions);
		err_set(&c->errs, "E0013", "the recipe has no option `%s`", o->name);
		err_at(&c->errs, o->at);
		if (near)
			err_help(&c->errs, "did you mean `%s`?", near);
		else
			err_help(&c->errs, c->noptions ? "`jkr ls options` lists those that it has" : "it has none");
	}
}

void
fragments_check(lua_State *L)
{
	struct child *c = child_of(L);

	for (size_t i = 0; i < c->rq->nfragments; i++) {
		const struct load_fragment *f = &c->rq->fragments[i];

		if (map_has(&c->replaced, f->rel))
			continue;
		err_set(&c->errs, "E0013", "the recipe has no fragment `%s`, which the profile replaces", f->rel);
		err_at(&c->errs, f->at);
	}
}

void
given_check(lua_State *L, const struct origin *at, const char *what)
{
	struct child *c = child_of(L);
	struct map *asked = c->scope.asked;
	const char **names = arena_array(&c->arena, const char *, asked->n + 1);

	for (size_t i = 0; i < asked->n; i++)
		names[i] = asked->v[i].key;
	lua_rawgeti(L, LUA_REGISTRYINDEX, c->scope.given);
	for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
		struct origin o = *at;
		const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "1";
		const char *near = near_name(key, names, asked->n);

		if (map_has(asked, key))
			continue;
		o.key = arena_strdup(&c->arena, key);
		err_set(&c->errs, "E0013", "%s has no option `%s`", what, key);
		err_at(&c->errs, origin_place(c, &o));
		if (near)
			err_help(&c->errs, "did you mean `%s`?", near);
	}
	lua_pop(L, 1);
}
