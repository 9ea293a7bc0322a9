/* Name calls: verb "name" { … }, verb { … }, and those that one string completes. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "lua/child.h"
#include "lua/encode.h"
#include "lua/env.h"
#include "lua/fault.h"
#include "lua/ref.h"
#include "lua/shape.h"
#include "model/prim.h"

enum { NAME_MAX_LEN = 200 };

const char *
what_of(struct child *c, const char *verb, const char *name)
{
	size_t n = strlen(verb), k = name ? strlen(name) : 0;
	char *s;

	if (!name)
		return verb;
	if (!k && c->scope.inner) { /* the constructor's own name */
		name = path_base(c->scope.inner);
		k = strlen(name);
	}
	s = arena_alloc(&c->arena, n + k + 4); /* every call comes by here: no printf */
	memcpy(s, verb, n);
	memcpy(s + n, " \"", 2);
	memcpy(s + n + 2, name, k);
	s[n + k + 2] = '"';
	return s;
}

const char *
scope_base(struct child *c)
{
	return c->scope.inner ? arena_printf(&c->arena, "%s/", c->scope.inner) : c->scope.prefix;
}

const char *
name_in_scope(struct child *c, const char *name)
{
	const char *base = scope_base(c);

	if (!*name)
		return c->scope.inner;
	return *base ? arena_printf(&c->arena, "%s%s", base, name) : name;
}

/* "untar", "untar-2": what is not named is named after its verb, in the order written. */
const char *
made_up_name(struct child *c, const char *base, const char *verb)
{
	const char *name = arena_printf(&c->arena, "%s%s", base, verb), *first = name;
	size_t n = (size_t)map_get(&c->taken, name);

	while (map_has(&c->taken, name))
		name = arena_printf(&c->arena, "%s-%zu", first, ++n + 1);
	map_set(&c->taken, first, (void *)n);
	if (name != first)
		map_set(&c->taken, name, NULL);
	return name;
}

static void
call_place(lua_State *L, struct call *call)
{
	struct child *c = child_of(L);

	call->real = call->at = caller(L);
	if (c->scope.inside) {
		call->at = c->scope.outer;
		call->at.key = NULL;
	}
}

static bool
good_name(const char *s, size_t n)
{
	if (!n || n > NAME_MAX_LEN || strlen(s) != n || *s == '-' || *s == '/')
		return false;
	for (; *s; s++)
		if (iscntrl((unsigned char)*s) || *s == ' ' || *s == '"' || *s == '\\')
			return false;
	return true;
}

static const struct shape *
shape_of(lua_State *L, struct call *call)
{
	call->verb = lua_touserdata(L, lua_upvalueindex(2));
	call->data = lua_touserdata(L, lua_upvalueindex(3));
	return lua_touserdata(L, lua_upvalueindex(1));
}

static int
wrong_shape(lua_State *L, const struct call *call, bool text)
{
	struct child *c = child_of(L);
	const char *got = lua_isnone(L, 1) ? "nothing" : lua_istable(L, 1) ? "a table" : luaL_typename(L, 1);

	if (lua_gettop(L) > 1)
		got = "several things";
	fault_make(L, "E0009", NULL, "%s takes %s, not %s", what_of(c, call->verb, call->name),
		   text         ? "one string"
		   : call->name ? "a table"
				: "a name and a table",
		   got);
	err_at(&c->raised, call_word(c, &call->at, call->verb));
	if (text)
		err_help(&c->raised, "its shape is %s \"name\"", call->verb);
	else
		err_help(&c->raised, "its shape is %s \"name\" { … } or %s { … }", call->verb, call->verb);
	return fault_raise(L);
}

static int
shape_table(lua_State *L)
{
	struct child *c = child_of(L);
	struct call call = {0};
	const struct shape *s = shape_of(L, &call);
	struct pending *p = &c->pending[lua_tointeger(L, lua_upvalueindex(4))];

	call.name = p->name;
	call_place(L, &call);
	call.real = p->at;
	if (!c->scope.inside)
		call.at = p->at;
	p->done = true;
	if (lua_gettop(L) != 1 || !lua_istable(L, 1))
		return wrong_shape(L, &call, false);
	call.what = what_of(c, call.verb, call.name);
	return s->make(L, &call);
}

static int
name_call(lua_State *L, const struct shape *s, const struct call *call)
{
	struct child *c = child_of(L);

	if (c->npending > (size_t)2 * WIRE_STEPS) {
		c->limit = LIMIT_STEPS;
		return lua_error(L);
	}
	GROW(c->pending, c->npending, c->cappending);
	c->pending[c->npending] = (struct pending){call->verb, call->name, call->real, false};
	lua_pushlightuserdata(L, (void *)s);
	lua_pushlightuserdata(L, (void *)call->verb);
	lua_pushlightuserdata(L, (void *)call->data);
	lua_pushinteger(L, (lua_Integer)c->npending++);
	lua_pushcclosure(L, shape_table, 4);
	return 1;
}

/* plugin { "zedx", camera = camera }: the first item is the name. */
static int
take_name(lua_State *L, struct call *call)
{
	struct child *c = child_of(L);

	if (lua_rawgeti(L, 1, 1) != LUA_TSTRING || lua_rawlen(L, 1) != 1)
		return -1;
	call->name = arena_strdup(&c->arena, lua_tostring(L, -1));
	call->what = what_of(c, call->verb, call->name);
	lua_settop(L, 1);
	return 0;
}

static int
shape_call(lua_State *L)
{
	struct child *c = child_of(L);
	struct call call = {0};
	const struct shape *s = shape_of(L, &call);
	bool text = s->flags & SHAPE_TEXT;
	size_t n;

	call_place(L, &call);
	if (lua_gettop(L) != 1)
		return wrong_shape(L, &call, text);
	if (lua_type(L, 1) == LUA_TSTRING) {
		const char *name = lua_tolstring(L, 1, &n);

		if (!text && s != &shape_use && !good_name(name, n) && (n || !c->scope.inner))
			return fault(L, "E0009", &call.at,
				     "`%s` is not a name for %s: use letters, digits and . _ - / : +", name, call.verb);
		call.name = arena_strdup(&c->arena, name);
		call.what = what_of(c, call.verb, call.name);
		return text ? s->make(L, &call) : name_call(L, s, &call);
	}
	if ((text && !(s->flags & SHAPE_TABLE)) || !lua_istable(L, 1))
		return wrong_shape(L, &call, text);
	call.what = call.verb;
	if (text && take_name(L, &call)) {
		lua_settop(L, 1);
		return wrong_shape(L, &call, text);
	}
	return s->make(L, &call);
}

void
shape_push(lua_State *L, const struct shape *s, const char *verb, const void *data)
{
	lua_pushlightuserdata(L, (void *)s);
	lua_pushlightuserdata(L, (void *)verb);
	lua_pushlightuserdata(L, (void *)data);
	lua_pushcclosure(L, shape_call, 3);
}

void
shapes_check(lua_State *L)
{
	struct child *c = child_of(L);

	for (size_t i = 0; i < c->npending; i++) {
		const struct pending *p = &c->pending[i];

		if (p->done)
			continue;
		err_set(&c->errs, "E0009", "%s \"%s\" has no table", p->verb, p->name);
		err_at(&c->errs, call_word(c, &p->at, p->verb));
		err_help(&c->errs, "a call needs its parameters: %s \"%s\" { … }", p->verb, p->name);
	}
}

/* -- steps ------------------------------------------------------------------------------------------ */
/* Inside imports two steps that ask for the same are one: what a step asks for, as a text. */
static const char *
same_key(struct child *c, const struct prim *prim, size_t off)
{
	char hex[HASH_HEX];
	struct hash h;

	if (!c->scope.import)
		return NULL;
	h = hash_of(c->pool.s + off, c->pool.len - off);
	return arena_printf(&c->arena, "%s %s", prim->name, hash_hex(&h, hex));
}

static void
new_draft(struct child *c, const struct call *call, const struct prim *prim, const struct encode *e, size_t off,
	  const char *same)
{
	struct draft *d;

	GROW(c->steps, c->nsteps, c->capsteps);
	d = &c->steps[c->nsteps++];
	*d = (struct draft){.prim = prim,
			    .verb = call->verb,
			    .at = call->at,
			    .real = call->real.unit,
			    .fields = e->at,
			    .off = off,
			    .len = c->pool.len - off,
			    .on = WIRE_NONE,
			    .has_on = e->has_on,
			    .lazy = c->scope.plugin,
			    .base = scope_base(c),
			    .same = same};
	if (!call->name)
		return;
	d->name = name_in_scope(c, call->name);
	map_set(&c->taken, d->name, NULL);
}

int
step_push(lua_State *L, const struct call *call, const struct prim *prim, struct encode *e, size_t off)
{
	struct child *c = child_of(L);
	const char *same;
	size_t old;

	if (e->poisoned) {
		c->pool.len = off;
		ref_push(L, REF_POISON, 0, NULL);
		return 1;
	}
	if (c->nsteps >= WIRE_STEPS) {
		c->limit = LIMIT_STEPS;
		return lua_error(L);
	}
	same = same_key(c, prim, off);
	old = same ? (size_t)map_get(&c->same, same) : 0;
	if (old && c->steps[old - 1].on == WIRE_NONE) {
		c->pool.len = off;
		ref_push(L, REF_STEP, (uint32_t)old - 1, NULL);
		return 1;
	}
	new_draft(c, call, prim, e, off, same);
	if (same)
		map_set(&c->same, same, (void *)c->nsteps);
	ref_push(L, REF_STEP, (uint32_t)c->nsteps - 1, NULL);
	return 1;
}

static int
make_step(lua_State *L, const struct call *call)
{
	struct child *c = child_of(L);
	const struct prim *prim = call->data;
	struct encode e = {.params = prim->params, .what = call->what, .at = call->at, .unit = call->real.unit};
	size_t off = c->pool.len;

	check_holes(L, 1, call);
	toolchain_inherit(L, prim);
	encode_value(L, 1, &e);
	return step_push(L, call, prim, &e, off);
}

void
steps_finish(struct child *c)
{
	for (size_t i = 0; i < c->nsteps; i++) {
		struct draft *d = &c->steps[i];

		if (!d->name && (!d->lazy || d->used))
			d->name = made_up_name(c, d->base, d->verb);
	}
}

/* -- the small ones ---------------------------------------------------------------------------------- */
static int
lib_text(lua_State *L)
{
	struct origin at = caller(L);
	struct ref *r = ref_main(L, 1);

	if (r && r->kind == REF_POISON)
		ref_push(L, REF_POISON, 0, NULL);
	else if (!r || r->kind != REF_STEP || !*ref_path(L, 1))
		return fault(L, "E0009", &at, "text takes a file in a step's result, such as text(src / \"VERSION\")");
	else
		ref_push(L, REF_TEXT, r->n, ref_path(L, 1));
	return 1;
}

void
shapes_open(lua_State *L)
{
	static const struct shape step = {"step", make_step, 0};
	static const struct shape *const all[] = {
		&shape_fragment,  &shape_fragments, &shape_define, &shape_use,  &shape_plugin,
		&shape_toolchain, &shape_tree,      &shape_recipe, &shape_pins,
	};

	for (const struct prim *const *p = prims; *p; p++) {
		shape_push(L, &step, (*p)->name, *p);
		env_set(L, (*p)->name);
	}
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		shape_push(L, all[i], all[i]->name, NULL);
		env_set(L, all[i]->name);
	}
	shape_push(L, &shape_plugins, shape_plugins.name, NULL);
	env_set(L, shape_plugins.name);
	lua_pushcfunction(L, lib_text);
	env_set(L, "text");
}
