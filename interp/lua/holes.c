/* Items that got lost: the written constructor is compared with what arrived. */
#include <stdio.h>
#include <string.h>

#include "lua/child.h"
#include "lua/fault.h"
#include "lua/places.h"
#include "lua/shape.h"

/* The text from the start of a line of a unit. */
static const char *
line_text(struct child *c, uint32_t unit, unsigned line)
{
	struct lines *l = &c->lines[unit];
	const char *text = c->unit[unit].text;

	if (!l->v) {
		size_t n = 1;

		for (const char *p = text; (p = strchr(p, '\n')); p++)
			n++;
		l->v = arena_array(&c->arena, size_t, n);
		for (const char *p = text; (p = strchr(p, '\n')); p++)
			l->v[++l->n] = (size_t)(p + 1 - text);
		l->n++;
	}
	return line && line <= l->n ? text + l->v[line - 1] : NULL;
}

static int
hole(lua_State *L, const char *what, const struct origin *at, const char *key, bool is_false)
{
	struct child *c = child_of(L);
	struct origin o = *at;

	o.key = arena_strdup(&c->arena, key);
	fault_make(L, "E0010", &o, "item %s of %s is %s", key, what, is_false ? "false" : "nil");
	err_label(&c->raised, is_false ? "this is false, not an item" : "this is nil");
	err_help(&c->raised, "an item that may be left out is written when(cond, item)");
	return fault_raise(L);
}

static void
holes_at(lua_State *L, int i, const char *verb, const char *name, const char *what, const struct origin *at,
	 const char *key)
{
	struct child *c = child_of(L);
	const char *text = at->unit < c->units.n ? line_text(c, at->unit, at->line) : NULL;
	bool open = false;
	int written = text ? place_items(text, verb, name, key, &open) : -1;
	lua_Integer max = 0;
	char path[300];

	for (lua_pushnil(L); lua_next(L, i); lua_pop(L, 1))
		if (lua_isinteger(L, -2) && lua_tointeger(L, -2) > max && lua_tointeger(L, -2) < 1000000)
			max = lua_tointeger(L, -2);
	if (written - open > max)
		max = written - open;
	for (lua_Integer k = 1; k <= max; k++) {
		int t = lua_rawgeti(L, i, k);
		bool bad = t == LUA_TNIL || (t == LUA_TBOOLEAN && !lua_toboolean(L, -1));

		lua_pop(L, 1);
		snprintf(path, sizeof path, *key ? "%s.%lld" : "%s%lld", key, (long long)k);
		if (bad)
			hole(L, what, at, path, t == LUA_TBOOLEAN);
	}
}

void
check_holes(lua_State *L, int i, const struct call *call)
{
	const char *verb = call->verb, *name = call->name, *what = call->what;
	const struct origin *at = &call->real;

	i = lua_absindex(L, i);
	holes_at(L, i, verb, name, what, at, "");
	for (lua_pushnil(L); lua_next(L, i); lua_pop(L, 1))
		if (lua_type(L, -2) == LUA_TSTRING && lua_istable(L, -1) && strlen(lua_tostring(L, -2)) < 200)
			holes_at(L, lua_gettop(L), verb, name, what, at, lua_tostring(L, -2));
}
