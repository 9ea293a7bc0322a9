/* fragment "file", and fragments { "core/64bit" … }: those of a project's library, in the canonical order. */
#include <stdlib.h>
#include <string.h>

#include "data/fragments.h"
#include "lua/child.h"
#include "lua/fault.h"
#include "lua/ref.h"
#include "lua/shape.h"

/* A fragment as written in `unit`, or the one that the profile has in its place. */
static int
push(lua_State *L, const struct origin *at, uint32_t unit, const char *path)
{
	struct child *c = child_of(L);
	struct file_ref f;

	if (unit >= c->units.n || unit_file(&c->arena, &c->unit[unit], path, &f))
		return fault(L, "E0011", at, "path `%s` leaves the folder of its project", path);
	for (size_t i = 0; i < c->rq->nfragments; i++)
		if (!strcmp(c->rq->fragments[i].rel, f.rel)) {
			map_set(&c->replaced, f.rel, (void *)f.rel);
			ref_push(L, REF_FILE, c->rq->profile_unit, c->rq->fragments[i].path);
			return 1;
		}
	ref_push(L, REF_FILE, unit, path);
	return 1;
}

static int
make_fragment(lua_State *L, const struct call *call)
{
	return push(L, &call->at, call->real.unit, call->name);
}

static int
compare(const void *a, const void *b)
{
	return fragments_compare(*(const char *const *)a, *(const char *const *)b);
}

/* What the table at 1 names, without what `when` left out, sorted; raises on what is no name and on one that comes
 * twice. */
static const char **
take_names(lua_State *L, const struct call *call, size_t *n)
{
	struct child *c = child_of(L);
	size_t len = lua_rawlen(L, 1);
	const char **v = arena_array(&c->arena, const char *, len + 1);

	for (size_t i = 1; i <= len; i++) {
		lua_rawgeti(L, 1, (lua_Integer)i);
		if (lua_type(L, -1) == LUA_TSTRING)
			v[(*n)++] = arena_strdup(&c->arena, lua_tostring(L, -1));
		else if (!is_absent(L, -1))
			fault(L, "E0009", &call->at,
			      "fragments takes names of the project's library, such as \"core/64bit\": item %zu is none",
			      i);
		lua_pop(L, 1);
	}
	qsort(v, *n, sizeof *v, compare);
	for (size_t i = 1; i < *n; i++)
		if (!strcmp(v[i - 1], v[i]))
			fault(L, "E0009", &call->at, "fragment `%s` is named twice", v[i]);
	return v;
}

/* Names belong to whom they are written for: inside a constructor to the recipe that calls it. */
static int
make_fragments(lua_State *L, const struct call *call)
{
	struct child *c = child_of(L);
	size_t n = 0;
	const char **v;

	if (call->name)
		return fault(L, "E0009", &call->at, "fragments takes no name of its own: fragments { \"%s\" }",
			     call->name);
	check_holes(L, 1, call);
	v = take_names(L, call, &n);
	lua_createtable(L, (int)n, 0);
	for (size_t i = 0; i < n; i++) {
		const char *file = fragments_file(&c->arena, v[i]);

		if (!file)
			return fault(L, "E0011", &call->at, "`%s` is not the name of a fragment below fragments/",
				     v[i]);
		push(L, &call->at, call->at.unit, arena_printf(&c->arena, "//%s", file));
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

const struct shape shape_fragment = {"fragment", make_fragment, SHAPE_TEXT};
const struct shape shape_fragments = {"fragments", make_fragments, 0};
