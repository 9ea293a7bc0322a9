/* table.sort, stable. Lua's own takes its pivots from the clock when a partition is uneven: what compares equal
 * would stand elsewhere in every run. This one merges, so order and errors are a function of the table alone. */
#include <limits.h>
#include <stdint.h>

#include "lua/child.h"
#include "lua/env.h"

enum { TABLE = 1, BEFORE = 2, VALUES = 3 };
enum { COMPARE_COST = 4 }; /* instructions that Lua would take for it: two reads, a comparison, a jump */

/* Whether value `a` belongs before value `b`: both numbers of the copy. */
static bool
belongs_before(lua_State *L, uint32_t a, uint32_t b)
{
	bool r;

	child_spend(L, COMPARE_COST);
	if (lua_isnil(L, BEFORE)) {
		lua_rawgeti(L, VALUES, a);
		lua_rawgeti(L, VALUES, b);
		r = lua_compare(L, -2, -1, LUA_OPLT);
		lua_pop(L, 2);
		return r;
	}
	lua_pushvalue(L, BEFORE);
	lua_rawgeti(L, VALUES, a);
	lua_rawgeti(L, VALUES, b);
	lua_call(L, 2, 1);
	r = lua_toboolean(L, -1);
	lua_pop(L, 1);
	return r;
}

/* Two runs that are in order, from[begin…mid] and from[mid…end], become one. */
static void
merge_runs(lua_State *L, const uint32_t *from, uint32_t *to, size_t begin, size_t mid, size_t end)
{
	size_t left = begin, right = mid;
	/* most tables are nearly in order: then one question does */
	bool apart = mid < end && !belongs_before(L, from[mid], from[mid - 1]);

	for (size_t i = begin; i < end; i++) {
		bool take_left = right == end || (left < mid && (apart || !belongs_before(L, from[right], from[left])));

		to[i] = from[take_left ? left++ : right++];
	}
}

/* Numbers of the values in their order: `v`, or the `n` behind it. */
static const uint32_t *
sort_numbers(lua_State *L, uint32_t *v, size_t n)
{
	uint32_t *from = v, *to = v + n;

	for (size_t width = 1; width < n; width *= 2) {
		uint32_t *sorted = to;

		for (size_t begin = 0; begin < n; begin += 2 * width) {
			size_t mid = begin + width < n ? begin + width : n;

			merge_runs(L, from, to, begin, mid, mid + width < n ? mid + width : n);
		}
		to = from;
		from = sorted;
	}
	return from;
}

/* The values are copied, and written back when all are compared: a function that fails leaves the table as it
 * was, one that changes it changes nothing of the result. As Lua's, it minds __len, __index, __newindex, __lt. */
int
lib_sort(lua_State *L)
{
	const uint32_t *order;
	lua_Integer n;
	uint32_t *v;

	luaL_checktype(L, TABLE, LUA_TTABLE);
	n = luaL_len(L, TABLE);
	if (n < 2)
		return 0;
	luaL_argcheck(L, n < INT_MAX, TABLE, "array too big");
	if (!lua_isnoneornil(L, BEFORE))
		luaL_checktype(L, BEFORE, LUA_TFUNCTION);
	lua_settop(L, BEFORE);
	lua_createtable(L, (int)n, 0);
	v = lua_newuserdatauv(L, 2 * (size_t)n * sizeof *v, 0);
	for (uint32_t i = 0; i < n; i++) {
		v[i] = i + 1;
		lua_geti(L, TABLE, i + 1);
		lua_rawseti(L, VALUES, i + 1);
	}
	order = sort_numbers(L, v, (size_t)n);
	for (uint32_t i = 0; i < n; i++) {
		lua_rawgeti(L, VALUES, order[i]);
		lua_seti(L, TABLE, i + 1);
	}
	return 0;
}
