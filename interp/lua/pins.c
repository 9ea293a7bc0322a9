/* pins "file.yaml": versions, names and hashes, apart from options; and data from YAML as Lua values. */
#include <string.h>

#include "lua/child.h"
#include "lua/env.h"
#include "lua/fault.h"
#include "lua/ref.h"
#include "lua/shape.h"

void
data_push(lua_State *L, const struct value *v)
{
	luaL_checkstack(L, 6, "a value nests too deep");
	switch (v->type) {
	case V_BOOL: lua_pushboolean(L, v->b); return;
	case V_INT: lua_pushinteger(L, v->i); return;
	case V_STRING: lua_pushlstring(L, v->str.s, v->str.len); return;
	case V_TABLE: break;
	default: lua_pushnil(L); return;
	}
	lua_newtable(L);
	for (size_t i = 0; i < v->table.nitems; i++) {
		data_push(L, &v->table.items[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	for (size_t i = 0; i < v->table.nfields; i++) {
		data_push(L, &v->table.fields[i].value);
		lua_setfield(L, -2, v->table.fields[i].key);
	}
}

/* Tables with names become objects, so that a misspelt pin is a mistake and no nil; null is what `when`
 * leaves out: a pin that nobody knows. */
static void
push_pins(lua_State *L, const struct value *v, const char *what)
{
	struct child *c = child_of(L);

	luaL_checkstack(L, 6, "pins nest too deep");
	if (v->type == V_NIL) {
		push_absent(L);
		return;
	}
	if (v->type != V_TABLE || v->table.nitems) {
		data_push(L, v);
		return;
	}
	lua_pushnil(L);
	lua_newtable(L);
	for (size_t i = 0; i < v->table.nfields; i++) {
		const struct field *f = &v->table.fields[i];

		push_pins(L, &f->value, arena_printf(&c->arena, "%s of %s", f->key, what));
		lua_setfield(L, -2, f->key);
	}
	ref_push_object(L, what, NULL);
}

static int
make_pins(lua_State *L, const struct call *call)
{
	struct child *c = child_of(L);
	const char *const *names = NULL;
	struct reader r = {.a = &c->arena, .units = &c->units};
	size_t len = 0, n = 0;
	const char *bytes = ask_value(L, ASK_PINS, call->name, &call->real, &len, &names, &n);
	struct value v;

	if (!bytes)
		return fault(L, "E0008", &call->at, "there is no file `%s`", call->name);
	r.p = (const unsigned char *)bytes;
	r.end = r.p + len;
	read_value(&r, (struct place){0}, &v);
	if (r.bad || v.type != V_TABLE)
		return fault(L, "E0018", &call->at, "the pins of `%s` cannot be read", call->name);
	push_pins(L, &v, call->what);
	return 1;
}

const struct shape shape_pins = {"pins", make_pins, SHAPE_TEXT};
