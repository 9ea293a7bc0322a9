/* when(condition, item): an item of a list that may be absent. */
#include "lua/child.h"
#include "lua/env.h"
#include "lua/ref.h"

/* Who writes `when(rt, patch { … })` in a tree means no patch where rt is false, and no step that stands alone either.
 * A step with a name of its own may be asked for by it, so it stays, unless it cannot be without a tree; one that
 * others take in stays anyway. */
static void
leave_step_out(struct draft *d)
{
	bool alone = !d->name || ((d->prim->flags & PRIM_NEEDS_ON) && !d->has_on);

	if (alone && !d->placed && d->on == WIRE_NONE)
		d->lazy = true;
}

static void
leave_out(lua_State *L, int i, unsigned depth)
{
	struct ref *r = ref_main(L, i);

	if (r && r->kind == REF_STEP)
		leave_step_out(&child_of(L)->steps[r->n]);
	if (r || !lua_istable(L, i) || depth > WIRE_DEPTH)
		return;
	luaL_checkstack(L, 4, "lists nest too deep");
	for (lua_Integer k = 1, n = (lua_Integer)lua_rawlen(L, i); k <= n; k++, lua_pop(L, 1)) {
		lua_rawgeti(L, i, k);
		leave_out(L, lua_gettop(L), depth + 1);
	}
}

int
lib_when(lua_State *L)
{
	lua_settop(L, 2);
	if (lua_toboolean(L, 1))
		return lua_isnil(L, 2) ? luaL_error(L, "when(cond, item): the item is nil") : 1;
	leave_out(L, 2, 0);
	push_absent(L);
	return 1;
}
