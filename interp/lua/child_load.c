/* The state of a load: its limits, a run of the first file in it, and what is handed up. */
#include "lua/child.h"
#include "lua/encode.h"
#include "lua/env.h"
#include "lua/fault.h"
#include "lua/shape.h"

#include <stdlib.h>
#include <string.h>

#include "model/prim.h"

#define MEMORY_MAX 240000000u /* bytes */

/* What glibc takes for a block: its size in front, whole 16 bytes, at least 32. Of many small ones that is a
 * third more than what Lua asked for. */
static size_t
block_cost(size_t n)
{
	size_t cost = (n + 8 + 15) & ~(size_t)15;

	return !n ? 0 : cost < 32 ? 32 : cost;
}

static void *
alloc(void *ud, void *p, size_t old, size_t n)
{
	struct child *c = ud;
	size_t had = p ? block_cost(old) : 0; /* without a block `old` is the kind of what it is for */
	size_t has = block_cost(n);

	if (!n) {
		free(p);
		c->memory -= had;
		return NULL;
	}
	if (n > c->memory_max || (has > had && c->memory + (has - had) > c->memory_max))
		return NULL;
	p = realloc(p, n);
	if (p)
		c->memory = c->memory - had + has;
	return p;
}

void
child_spend(lua_State *L, unsigned n)
{
	struct child *c = child_of(L);

	c->count += n;
	if (c->count > COUNT_MAX && !c->limit) {
		c->limit = LIMIT_COUNT;
		c->last = caller(L);
	}
	if (c->limit)
		luaL_error(L, "limit");
}

void
child_spend_for(lua_State *L, lua_Integer values)
{
	enum { COST = 4 }; /* two reads, a write or a comparison, a jump */

	if (values > 0)
		child_spend(L, (unsigned)((lua_Unsigned)values > COUNT_MAX / COST ? COUNT_MAX + 1
										  : (lua_Unsigned)values * COST));
}

static void
hook(lua_State *L, lua_Debug *ar)
{
	(void)ar;
	child_of(L)->last = caller(L);
	child_spend(L, COUNT_STEP);
}

static int
run_recipe(lua_State *L)
{
	struct child *c = child_of(L);
	struct origin at = {0, 1, ""};
	struct encode e = {.what = "the returned value", .at = {0, 0, NULL}};

	env_open(L);
	env_run(L, 0);
	if (c->rq->plugins && c->rq->plugins[0] && !c->plugins_placed) {
		fault_make(L, "E0018", &at, "the recipe takes no plugins, so `--plugin` has no place in it");
		err_help(&c->raised, "write `local p = plugins { }` and put `p.post_extract` into a tree");
		return fault_raise(L);
	}
	shapes_check(L);
	options_check(L);
	fragments_check(L);
	if (!lua_isnil(L, -1)) {
		c->result_at = c->pool.len;
		encode_value(L, -1, &e);
		c->result = true;
	}
	plugins_check(L);
	steps_finish(c);
	return 0;
}

static int
run_define(lua_State *L)
{
	env_open(L);
	child_of(L)->scope.plugin = true;
	env_run(L, 0);
	return 0;
}

static void
put_step(struct child *c, const struct draft *d, struct str *b)
{
	struct place at = origin_place(c, &d->at);
	bool wanted = d->name && (!d->lazy || d->used);

	wire_u8(b, wanted);
	if (!wanted)
		return;
	wire_str(b, d->name);
	wire_str(b, d->prim->name);
	wire_place(b, &at, &c->units);
	wire_u32(b, d->at.unit);
	wire_u32(b, d->real);
	wire_u32(b, d->fields.unit);
	wire_u32(b, d->fields.line);
	wire_str(b, d->fields.key);
	wire_u32(b, d->on);
	wire_str(b, d->on_path);
	str_addn(b, c->pool.s + d->off, d->len);
}

static void
put_options(struct child *c, struct str *b)
{
	wire_u32(b, (uint32_t)c->noptions);
	for (size_t i = 0; i < c->noptions; i++) {
		const struct found_option *o = &c->options[i];
		struct place at = origin_place(c, &o->at);

		wire_str(b, o->name);
		wire_str(b, o->type);
		wire_str(b, o->doc);
		wire_u8(b, o->given);
		wire_place(b, &at, &c->units);
		str_addn(b, c->pool.s + o->value, o->value_len);
		str_addn(b, c->pool.s + o->def, o->def_len);
	}
}

/* What the parent reads: mistakes, whether the file ran to its end, header, steps, options, result. */
static void
hand_up(struct child *c, bool whole, const char *define, struct str *b)
{
	size_t off, len;

	err_move(&c->errs, &c->raised);
	wire_errors(b, &c->errs, &c->units);
	wire_u8(b, whole);
	if (whole && define) {
		if (define_bytes(c, define, &off, &len))
			wire_u8(b, 1), str_addn(b, c->pool.s + off, len);
		else
			wire_u8(b, 0);
	} else if (whole) {
		for (size_t i = 0; i < ARRAY_LEN(c->recipe); i++)
			wire_str(b, c->recipe[i]);
		wire_u32(b, (uint32_t)c->nsteps);
		for (size_t i = 0; i < c->nsteps; i++)
			put_step(c, &c->steps[i], b);
		put_options(c, b);
		wire_u8(b, c->result);
		if (c->result)
			str_addn(b, c->pool.s + c->result_at, c->pool.len - c->result_at);
	}
}

int
child_open(struct child *c, const struct load_request *rq, const struct units *units)
{
	c->rq = rq;
	c->memory_max = rq->memory ? rq->memory : MEMORY_MAX;
	c->scope = (struct scope){.prefix = "", .options = "", .args = LUA_NOREF, .given = LUA_NOREF};
	c->units = (struct units){c->unit, units->n};
	memcpy(c->unit, units->v, units->n * sizeof *units->v);
	c->L = lua_newstate(alloc, c);
	c->last.unit = WIRE_NONE;
	if (!c->L)
		return -1;
	*(struct child **)lua_getextraspace(c->L) = c;
	lua_sethook(c->L, hook, LUA_MASKCOUNT, COUNT_STEP);
	lua_gc(c->L, LUA_GCINC, 400, 400, 0);
	return 0;
}

void
child_load(struct child *c, const char *define, struct str *out)
{
	int r;

	lua_pushcfunction(c->L, fault_handler);
	lua_pushcfunction(c->L, define ? run_define : run_recipe);
	r = lua_pcall(c->L, 0, 0, 1);
	if (r == LUA_ERRMEM || (r != LUA_OK && c->limit)) {
		c->limit = c->limit ? c->limit : LIMIT_MEMORY;
		fault_limit(c);
	} else if (r == LUA_ERRERR) {
		err_free(&c->raised);
		err_set(&c->raised, "E0005",
			"the recipe fails while it reports a mistake: functions call each other too deep");
	}
	err_at_all(&c->raised, (struct place){.file = c->unit[0].shown}); /* what knows no better place */
	hand_up(c, r == LUA_OK, define, out);
}
