/* Mistakes found while Lua runs: as a diag that travels as a Lua error. */
#include "lua/fault.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lua/child.h"
#include "lua/places.h"

static const char raised_mark;

struct place
origin_place(const struct child *c, const struct origin *at)
{
	struct place p = {0};

	if (at->unit >= c->units.n)
		return p;
	p.file = c->unit[at->unit].shown;
	p.line = at->line;
	p.key = at->key && *at->key ? at->key : NULL;
	return p;
}

struct place
call_word(const struct child *c, const struct origin *at, const char *word)
{
	struct place p = origin_place(c, at);

	if (p.file && !p.key)
		place_token(c->unit[at->unit].text, &p, word, strlen(word));
	return p;
}

int
fault_raise(lua_State *L)
{
	lua_pushlightuserdata(L, (void *)&raised_mark);
	return lua_error(L);
}

static void
make(struct child *c, const char *code, const struct origin *at, const char *fmt, va_list ap)
{
	char msg[1024];

	vsnprintf(msg, sizeof msg, fmt, ap);
	err_free(&c->raised);
	err_set(&c->raised, code, "%s", msg);
	if (at)
		err_at(&c->raised, origin_place(c, at));
}

struct err *
fault_make(lua_State *L, const char *code, const struct origin *at, const char *fmt, ...)
{
	struct child *c = child_of(L);
	va_list ap;

	va_start(ap, fmt);
	make(c, code, at, fmt, ap);
	va_end(ap);
	return &c->raised;
}

int
fault(lua_State *L, const char *code, const struct origin *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	make(child_of(L), code, at, fmt, ap);
	va_end(ap);
	return fault_raise(L);
}

/* The number of the unit that a chunk name "=#12" stands for. */
static bool
unit_number(const char *s, uint32_t *unit, const char **rest)
{
	char *end;

	if (*s != '#' || !isdigit((unsigned char)s[1]))
		return false;
	*unit = (uint32_t)strtoul(s + 1, &end, 10);
	*rest = end;
	return true;
}

static bool
frame_origin(lua_State *L, lua_Debug *ar, struct origin *at)
{
	const char *rest;

	if (!lua_getinfo(L, "Sl", ar) || ar->currentline <= 0 || *ar->source != '=')
		return false;
	if (!unit_number(ar->source + 1, &at->unit, &rest) || at->unit >= child_of(L)->units.n)
		return false;
	at->line = (unsigned)ar->currentline;
	at->key = "";
	return true;
}

struct origin
caller(lua_State *L)
{
	struct origin at = {.unit = WIRE_NONE};
	lua_Debug ar;

	for (int level = 0; level < 64 && lua_getstack(L, level, &ar); level++)
		if (frame_origin(L, &ar, &at))
			return at;
	return (struct origin){.unit = WIRE_NONE};
}

void
fault_limit(struct child *c)
{
	struct origin at = caller(c->L);

	if (at.unit == WIRE_NONE)
		at = c->last;
	err_free(&c->raised);
	switch (c->limit) {
	case LIMIT_COUNT:
		err_set(&c->raised, "E0006", "the recipe runs for too long: more than %llu million instructions",
			COUNT_MAX / 1000000);
		err_help(&c->raised, "look for a loop that does not end; a recipe only declares what is built");
		break;
	case LIMIT_STEPS: err_set(&c->raised, "E0006", "the recipe makes more than %d steps", WIRE_STEPS); break;
	case LIMIT_OUTPUT: err_set(&c->raised, "E0006", "the recipe is larger than %d MiB", WIRE_MAX >> 20); break;
	default:
		err_set(&c->raised, "E0006", "the recipe needs more than %zu MB of memory", c->memory_max / 1000000);
		break;
	}
	/* once the stack is gone, only the file is known */
	err_at(&c->raised, origin_place(c, &at));
	err_at(&c->raised, (struct place){.file = c->unit[0].shown});
}

/* "#12:5: message" → its place, and what follows. */
static const char *
strip_place(const struct child *c, const char *msg, struct origin *at)
{
	const char *rest;
	char *end;
	uint32_t unit;
	unsigned long line;

	if (!unit_number(msg, &unit, &rest) || *rest != ':' || unit >= c->units.n)
		return msg;
	line = strtoul(rest + 1, &end, 10);
	if (end == rest + 1 || *end != ':')
		return msg;
	at->unit = unit;
	at->line = (unsigned)line;
	at->key = "";
	return end + (end[1] == ' ' ? 2 : 1);
}

/* The token that Lua names ("near 'x'", "(local 'x')"), looked for in the line. */
static void
token_column(const struct child *c, struct place *at, const struct origin *o, const char *token, size_t n)
{
	const struct unit *u = &c->unit[o->unit];

	place_token(u->text, at, token, n);
}

static struct place
message_place(const struct child *c, const struct origin *o, const char *msg)
{
	struct place at = origin_place(c, o);
	const char *q = at.file ? strrchr(msg, '\'') : NULL;
	const char *p = q;

	while (p && p > msg && *--p != '\'')
		;
	if (p && p < q && *p == '\'')
		token_column(c, &at, o, p + 1, (size_t)(q - p - 1));
	return at;
}

static void
runtime_error(struct child *c, const char *msg)
{
	struct origin at = {.unit = WIRE_NONE};
	const char *text = strip_place(c, msg, &at);

	/* error(text, 0) in a constructor is about the call in the recipe */
	if (at.unit == WIRE_NONE)
		at = c->scope.inside ? c->scope.outer : caller(c->L);
	if (str_starts(text, "C stack overflow"))
		text = "calls nest too deep";
	err_set(&c->raised, "E0005", "%.2000s", text);
	err_at(&c->raised, message_place(c, &at, text));
}

int
fault_handler(lua_State *L)
{
	struct child *c = child_of(L);

	if (c->limit) {
		fault_limit(c);
	} else if (lua_touserdata(L, 1) == &raised_mark) {
		/* it stands in c->raised */
	} else if (lua_type(L, 1) == LUA_TSTRING) {
		err_free(&c->raised);
		runtime_error(c, lua_tostring(L, 1));
	} else {
		struct origin at = caller(L);

		err_free(&c->raised);
		err_set(&c->raised, "E0005", "the recipe raised an error that is %s, not a text",
			lua_isnil(L, 1)     ? "nil"
			: lua_istable(L, 1) ? "a table"
					    : luaL_typename(L, 1));
		err_at(&c->raised, origin_place(c, &at));
		err_help(&c->raised, "write error(\"what is wrong, and what to do\")");
	}
	lua_pushlightuserdata(L, (void *)&raised_mark);
	return 1;
}

bool
fault_caught(lua_State *L)
{
	struct child *c = child_of(L);

	if (c->limit)
		return false;
	lua_pushstring(L, c->raised.tail ? c->raised.tail->msg : "an error");
	err_free(&c->raised);
	return true;
}

/* Lua sees a missing comma only at the token behind it. */
static void
comma_help(struct child *c, const struct unit *u, const struct place *at, const char *msg)
{
	unsigned line;

	if (!strstr(msg, "'}' expected") || !at->col)
		return;
	line = place_missing_comma(u->text, at);
	if (line && line != at->line)
		err_help(&c->raised, "a `,` is missing at the end of line %u", line);
	else if (line)
		err_help(&c->raised, "a `,` is missing before it");
}

void
fault_syntax(struct child *c, uint32_t unit, const char *msg)
{
	struct origin at = {.unit = unit, .line = 1, .key = ""};
	const char *text = strip_place(c, msg, &at);
	struct place place = message_place(c, &at, text);

	err_free(&c->raised);
	err_set(&c->raised, "E0001", "%.500s", text);
	err_at(&c->raised, place);
	comma_help(c, &c->unit[at.unit], &place, text);
}
