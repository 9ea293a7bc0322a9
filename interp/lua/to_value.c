/* Lua values become bytes: flat, sorted, bounded, each with the place where it was written. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lua/child.h"
#include "lua/encode.h"
#include "lua/fault.h"
#include "lua/ref.h"
#include "lua/shape.h"

#define ORIGINS "jkr.origins"

struct walk {
	struct encode *e;
	struct str key; /* path of the value below the call */
	unsigned depth;
};

void
origin_set(lua_State *L, int i, const struct origin *at)
{
	struct child *c = child_of(L);

	i = lua_absindex(L, i);
	if (luaL_getsubtable(L, LUA_REGISTRYINDEX, ORIGINS) == 0) {
		lua_createtable(L, 0, 1);
		lua_pushstring(L, "k");
		lua_setfield(L, -2, "__mode");
		lua_setmetatable(L, -2);
	}
	GROW(c->origins, c->norigins, c->caporigins);
	c->origins[c->norigins++] = *at;
	lua_pushvalue(L, i);
	lua_pushinteger(L, (lua_Integer)c->norigins);
	lua_rawset(L, -3);
	lua_pop(L, 1);
}

const struct origin *
origin_get(lua_State *L, int i)
{
	struct child *c = child_of(L);
	lua_Integer n;

	if (!c->norigins)
		return NULL;
	i = lua_absindex(L, i);
	luaL_getsubtable(L, LUA_REGISTRYINDEX, ORIGINS);
	lua_pushvalue(L, i);
	lua_rawget(L, -2);
	n = lua_tointeger(L, -1);
	lua_pop(L, 2);
	return n > 0 && (size_t)n <= c->norigins ? &c->origins[n - 1] : NULL;
}

int
file_mode(const struct param *p)
{
	if (!p)
		return 0;
	if (p->type == P_FILE || p->type == P_SOURCE)
		return 1;
	return p->type == P_MOUNTS ? 2 : 0;
}

const struct param *
field_param(const struct param *params, const char *key)
{
	for (; params && params->name; params++)
		if (!strcmp(params->name, key))
			return params;
	return NULL;
}

const struct param *
item_param(const struct param *params)
{
	for (; params && params->name; params++)
		if (params->flags & P_OPERAND)
			return params;
	return NULL;
}

static int
refuse_as(lua_State *L, struct walk *w, const char *code, const char *fmt, const char *word)
{
	struct child *c = child_of(L);
	struct origin at = w->e->at;

	at.key = w->key.s && at.key ? arena_strdup(&c->arena, w->key.s) : "";
	fault_make(L, code, &at, fmt, word);
	if (w->key.len)
		err_wrap(&c->raised, "`%s` of %s", str_text(&w->key), w->e->what);
	else
		err_wrap(&c->raised, "%s", w->e->what);
	str_free(&w->key);
	return fault_raise(L);
}

static int
refuse(lua_State *L, struct walk *w, const char *fmt, const char *word)
{
	return refuse_as(L, w, "E0017", fmt, word);
}

static void
encode_number(lua_State *L, int i, struct walk *w)
{
	struct child *c = child_of(L);
	int whole;
	lua_Integer n = lua_tointegerx(L, i, &whole);

	if (!whole)
		refuse(L, w, "%s", "numbers in a recipe are whole; write a fraction as a string");
	wire_u8(&c->pool, 'i');
	wire_i64(&c->pool, n);
}

static void
encode_file(lua_State *L, uint32_t unit, const char *path, struct walk *w)
{
	struct child *c = child_of(L);
	struct file_ref f;

	if (unit >= c->units.n || unit_file(&c->arena, &c->unit[unit], path, &f))
		refuse_as(L, w, "E0011", "path `%s` leaves the folder of its project", path);
	wire_u8(&c->pool, 'f');
	wire_u32(&c->pool, unit);
	wire_str(&c->pool, path);
}

static void
encode_string(lua_State *L, int i, int mode, struct walk *w)
{
	struct child *c = child_of(L);
	size_t n;
	const char *s = lua_tolstring(L, i, &n);

	if (memchr(s, 0, n))
		refuse(L, w, "%s", "a string holds a NUL byte");
	if (mode == 1) {
		encode_file(L, w->e->unit, s, w);
		return;
	}
	wire_u8(&c->pool, 's');
	wire_strn(&c->pool, s, n);
}

static void
encode_ref(lua_State *L, int i, struct walk *w)
{
	struct child *c = child_of(L);
	struct ref *r;

	lua_pushvalue(L, i);
	r = ref_main(L, -1);
	if (!r || r->kind == REF_POISON) {
		w->e->poisoned = r != NULL;
		if (!r)
			refuse(L, w, "%s", "the constructor gave no main result; use one of its outputs");
		wire_u8(&c->pool, 'n');
	} else if (r->kind == REF_TRI) {
		wire_u8(&c->pool, 'k');
		wire_u8(&c->pool, (unsigned char)r->n);
	} else if (r->kind == REF_FILE) {
		encode_file(L, r->n, ref_path(L, -1), w);
	} else {
		wire_u8(&c->pool, r->kind == REF_TEXT ? 'x' : 'r');
		wire_u32(&c->pool, r->n);
		wire_str(&c->pool, ref_path(L, -1));
		if (r->n < c->nsteps && !w->e->uses_none)
			c->steps[r->n].used = c->steps[r->n].placed = true;
	}
	lua_pop(L, 1);
}

static void encode_any(lua_State *L, int i, int mode, struct walk *w);

static void
encode_child(lua_State *L, int mode, struct walk *w, const char *key)
{
	size_t len = w->key.len;

	if (len)
		str_addc(&w->key, '.');
	str_add(&w->key, key);
	encode_any(L, -1, mode, w);
	w->key.len = len;
	w->key.s[len] = '\0';
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Counts items and puts the names of fields on the stack of keys; gives the largest index. */
static lua_Integer
collect(lua_State *L, int i, struct walk *w, uint32_t *nitems)
{
	struct child *c = child_of(L);
	lua_Integer max = 0;

	*nitems = 0;
	for (lua_pushnil(L); lua_next(L, i); lua_pop(L, 1)) {
		bool absent = is_absent(L, -1);

		if (lua_isinteger(L, -2) && lua_tointeger(L, -2) > 0) {
			if (lua_tointeger(L, -2) > max)
				max = lua_tointeger(L, -2);
			*nitems += !absent;
		} else if (lua_type(L, -2) != LUA_TSTRING) {
			refuse(L, w, "a table has a key that is %s", luaL_typename(L, -2));
		} else if (strlen(lua_tostring(L, -2)) != lua_rawlen(L, -2)) {
			refuse(L, w, "%s", "a key holds a NUL byte");
		} else if (!absent) {
			GROW(c->keys, c->nkeys, c->capkeys);
			c->keys[c->nkeys++] = lua_tostring(L, -2);
		}
	}
	if (max > 1000000)
		refuse(L, w, "%s", "a list has an index above a million");
	return max;
}

static void
encode_items(lua_State *L, int i, int mode, struct walk *w, lua_Integer max, uint32_t n)
{
	struct child *c = child_of(L);
	char key[24];

	wire_u32(&c->pool, n);
	for (lua_Integer k = 1; k <= max; k++) {
		lua_rawgeti(L, i, k);
		snprintf(key, sizeof key, "%lld", (long long)k);
		if (!lua_isnil(L, -1) && !is_absent(L, -1)) {
			wire_u32(&c->pool, (uint32_t)k);
			encode_child(L, mode, w, key);
		}
		lua_pop(L, 1);
	}
}

/* A scalar that a constructor hands on under its own name stands where the user wrote it. */
static void
borrowed_place(lua_State *L, const char *key)
{
	struct child *c = child_of(L);
	bool same;

	if (!c->scope.inside || c->scope.args == LUA_NOREF || lua_istable(L, -1))
		return;
	lua_rawgeti(L, LUA_REGISTRYINDEX, c->scope.args);
	lua_pushstring(L, key);
	lua_rawget(L, -2);
	same = !lua_isnil(L, -1) && lua_rawequal(L, -1, -3);
	lua_pop(L, 2);
	if (!same)
		return;
	wire_u8(&c->pool, 'O');
	wire_u32(&c->pool, c->scope.outer.unit);
	wire_u32(&c->pool, c->scope.outer.line);
	wire_str(&c->pool, key);
}

static void
encode_fields(lua_State *L, int i, int mode, struct walk *w, size_t first)
{
	struct child *c = child_of(L);
	size_t n = c->nkeys - first;

	if (n > 1)
		qsort(c->keys + first, n, sizeof *c->keys, by_text);
	wire_u32(&c->pool, (uint32_t)n);
	for (size_t k = first; k < first + n; k++) {
		const char *key = c->keys[k];

		lua_pushstring(L, key);
		lua_rawget(L, i);
		wire_str(&c->pool, key);
		if (w->depth == 1) {
			w->e->has_on |= !strcmp(key, "on");
			borrowed_place(L, key);
		}
		encode_child(L, w->depth > 1 ? mode == 2 : file_mode(field_param(w->e->params, key)), w, key);
		lua_pop(L, 1);
	}
	c->nkeys = first;
}

static void
encode_table(lua_State *L, int i, int mode, struct walk *w)
{
	struct child *c = child_of(L);
	const struct origin *o = w->depth ? origin_get(L, i) : NULL;
	size_t first = c->nkeys;
	lua_Integer max;
	uint32_t n;

	if (++w->depth > WIRE_DEPTH)
		refuse(L, w, "%s", "tables nest more than 32 deep");
	luaL_checkstack(L, 8, "tables nest too deep");
	if (o) {
		wire_u8(&c->pool, 'O');
		wire_u32(&c->pool, o->unit);
		wire_u32(&c->pool, o->line);
		wire_str(&c->pool, o->key);
	}
	max = collect(L, i, w, &n);
	wire_u8(&c->pool, 't');
	if (w->depth == 1)
		encode_items(L, i, file_mode(item_param(w->e->params)), w, max, n);
	else
		encode_items(L, i, mode, w, max, n);
	encode_fields(L, i, mode, w, first);
	w->depth--;
}

static void
encode_any(lua_State *L, int i, int mode, struct walk *w)
{
	struct child *c = child_of(L);

	if (c->pool.len > WIRE_MAX / 2) {
		c->limit = LIMIT_OUTPUT;
		lua_pushnil(L);
		lua_error(L);
	}
	i = lua_absindex(L, i);
	switch (lua_type(L, i)) {
	case LUA_TBOOLEAN: wire_u8(&c->pool, lua_toboolean(L, i) ? 'T' : 'F'); break;
	case LUA_TNUMBER: encode_number(L, i, w); break;
	case LUA_TSTRING: encode_string(L, i, mode, w); break;
	case LUA_TTABLE: encode_table(L, i, mode, w); break;
	case LUA_TUSERDATA: encode_ref(L, i, w); break;
	case LUA_TNIL:
	case LUA_TLIGHTUSERDATA: wire_u8(&c->pool, 'n'); break;
	default: refuse(L, w, "a %s cannot be part of a recipe", luaL_typename(L, i));
	}
}

void
encode_value(lua_State *L, int i, struct encode *e)
{
	struct child *c = child_of(L);
	struct walk w = {.e = e};

	c->nkeys = 0;
	encode_any(L, i, 0, &w);
	str_free(&w.key);
}
