/* tree "name" { step, step, … }: steps in order, each on the result of the one before. */
#include <string.h>

#include "lua/child.h"
#include "lua/fault.h"
#include "lua/ref.h"
#include "lua/shape.h"
#include "model/prim.h"

struct chain {
	const struct call *call;
	const char *name; /* of the tree */
	unsigned count;   /* items so far */
	uint32_t last;    /* the step before, WIRE_NONE */
	const char *path; /* inside its result */
	bool poisoned;
};

static int
refuse_item(lua_State *L, const struct chain *t, const char *fmt, const char *word)
{
	struct child *c = child_of(L);
	struct origin at = t->call->at;

	if (at.key)
		at.key = arena_printf(&c->arena, "%u", t->count + 1);
	fault_make(L, "E0009", &at, fmt, word);
	err_wrap(&c->raised, "item %u of %s", t->count + 1, t->call->what);
	return fault_raise(L);
}

/* A step that a tree puts somewhere else than another one did is a step of its own. */
static uint32_t
copy_draft(lua_State *L, uint32_t n)
{
	struct child *c = child_of(L);

	if (c->nsteps >= WIRE_STEPS) {
		c->limit = LIMIT_STEPS;
		lua_error(L);
	}
	GROW(c->steps, c->nsteps, c->capsteps);
	c->steps[c->nsteps] = c->steps[n];
	/* the one of a plugin that nothing used yet was only written down there: this is it, under its name */
	if (!c->steps[n].lazy || c->steps[n].used)
		c->steps[c->nsteps].name = NULL;
	else
		c->steps[n].name = NULL;
	c->steps[n].lazy = true;
	return (uint32_t)c->nsteps++;
}

/* Two imports that put equal steps on one tree share them. */
static uint32_t
share_step(struct child *c, uint32_t n)
{
	struct draft *d = &c->steps[n];
	const char *key;
	size_t old;

	if (!d->same)
		return n;
	key = arena_printf(&c->arena, "%s on %u/%s", d->same, d->on, d->on_path ? d->on_path : "");
	old = (size_t)map_get(&c->same, key);
	if (!old) {
		map_set(&c->same, key, (void *)((size_t)n + 1));
		return n;
	}
	d->lazy = true;
	d->used = false;
	return (uint32_t)old - 1;
}

static uint32_t
place_step(lua_State *L, struct chain *t, uint32_t n)
{
	struct child *c = child_of(L);
	struct draft *d = &c->steps[n];

	if (!(d->prim->flags & PRIM_ON))
		refuse_item(L, t, "%s does not write onto a tree; only the first item may be one that does not",
			    d->verb);
	if (d->has_on)
		refuse_item(L, t, "%s says `on` itself; inside a tree a step stands on the one before", d->verb);
	if (d->on == t->last && str_eq(d->on_path, t->path))
		return n;
	if (d->on != WIRE_NONE || n < t->last)
		n = copy_draft(L, n);
	d = &c->steps[n];
	d->on = t->last;
	d->on_path = t->path;
	c->steps[t->last].used = true;
	return share_step(c, n);
}

static void
add_step(lua_State *L, struct chain *t, const struct ref *r, const char *path)
{
	struct child *c = child_of(L);
	uint32_t n = r->n;
	struct draft *d;

	c->steps[n].placed = true;
	if (t->count) {
		if (*path)
			refuse_item(L, t, "%s is a path in a result; only the first item may be one", path);
		n = place_step(L, t, n);
	}
	d = &c->steps[n];
	d->used = true;
	if (!d->name && !*path) {
		d->name = arena_printf(&c->arena, "%s/%u-%s", t->name, t->count + 1, d->verb);
		map_set(&c->taken, d->name, NULL);
	}
	t->last = n;
	t->path = *path ? arena_strdup(&c->arena, path) : NULL;
}

static void
add_items(lua_State *L, int i, struct chain *t, unsigned depth)
{
	lua_Integer n = (lua_Integer)lua_rawlen(L, i);

	if (depth > WIRE_DEPTH)
		refuse_item(L, t, "lists nest %s", "too deep");
	luaL_checkstack(L, 8, "lists nest too deep");
	for (lua_Integer k = 1; k <= n; k++, lua_pop(L, 1)) {
		struct ref *r;

		lua_rawgeti(L, i, k);
		if (is_absent(L, -1))
			continue;
		if (lua_istable(L, -1)) {
			add_items(L, lua_gettop(L), t, depth + 1);
			continue;
		}
		r = ref_main(L, -1);
		if (r && r->kind == REF_POISON) {
			t->poisoned = true;
			continue;
		}
		if (!r || r->kind != REF_STEP)
			refuse_item(L, t, "a tree is made of steps, not of a %s", luaL_typename(L, -1));
		if (!t->poisoned)
			add_step(L, t, r, ref_path(L, -1));
		t->count++;
	}
}

static int
make_tree(lua_State *L, const struct call *call)
{
	struct child *c = child_of(L);
	const char *base = scope_base(c);
	struct chain t = {.call = call, .last = WIRE_NONE};

	check_holes(L, 1, call);
	for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1))
		if (lua_type(L, -2) == LUA_TSTRING) {
			struct origin at = call->at;

			at.key = arena_strdup(&c->arena, lua_tostring(L, -2));
			return fault(L, "E0009", &at, "%s has no parameter `%s`: a tree takes only steps, in order",
				     call->what, at.key);
		}
	t.name = call->name ? name_in_scope(c, call->name) : made_up_name(c, base, "tree");
	if (call->name && *call->name && map_has(&c->taken, t.name))
		return fault(L, "E0009", &call->at, "the name `%s` is taken by another step", t.name);
	map_set(&c->taken, t.name, NULL);
	add_items(L, 1, &t, 0);
	if (t.poisoned)
		ref_push(L, REF_POISON, 0, NULL);
	else if (!t.count)
		return fault(L, "E0009", &call->at, "%s has no steps", call->what);
	else
		ref_push(L, REF_STEP, t.last, t.path);
	return 1;
}

const struct shape shape_tree = {"tree", make_tree, 0};

static int
make_recipe(lua_State *L, const struct call *call)
{
	static const char *const fields[] = {"name", "version", "license", "summary"};
	struct child *c = child_of(L);
	bool own = !c->scope.import && !c->scope.plugin;

	if (own)
		c->recipe[0] = call->name;
	for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
		struct origin at = call->at;
		const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;
		size_t k;

		for (k = 1; key && k < ARRAY_LEN(fields) && strcmp(fields[k], key); k++)
			;
		at.key = key ? arena_strdup(&c->arena, key) : "1";
		if (!key || k == ARRAY_LEN(fields)) {
			fault_make(L, "E0009", &at, "%s has no field `%s`", call->what, at.key);
			err_help(&c->raised, "fields: license, summary, version");
			return fault_raise(L);
		}
		if (lua_type(L, -1) != LUA_TSTRING)
			return fault(L, "E0009", &at, "`%s` of %s is not a string", key, call->what);
		if (own)
			c->recipe[k] = arena_strdup(&c->arena, lua_tostring(L, -1));
	}
	return 0;
}

const struct shape shape_recipe = {"recipe", make_recipe, 0};
