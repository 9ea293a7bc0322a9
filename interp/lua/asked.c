/* Whether an option's value is what its declaration takes, and whether the declaration says only what one may. */
#include "lua/asked.h"

#include <regex.h>
#include <string.h>

#include "base/near.h"
#include "lua/child.h"
#include "lua/fault.h"

int
asked_bad(lua_State *L, const struct asked *o, const char *want, const char *got)
{
	struct child *c = child_of(L);
	struct origin at = o->at;

	fault_make(L, "E0014", NULL, "option `%s` is %s, not `%s`", o->name, want, got);
	err_at(&c->raised, o->given && o->given->at.file ? o->given->at : origin_place(c, &at));
	return fault_raise(L);
}

int
asked_refuse(lua_State *L, const struct asked *o, const char *type)
{
	return asked_bad(L, o, type, luaL_typename(L, -1));
}

void
asked_range(lua_State *L, const struct asked *o)
{
	struct child *c = child_of(L);
	lua_Integer n = lua_tointeger(L, -1);
	char want[80];

	for (int k = 0; k < 2; k++) {
		bool bad = lua_getfield(L, 1, k ? "max" : "min") == LUA_TNUMBER &&
			   (k ? n > lua_tointeger(L, -1) : n < lua_tointeger(L, -1));

		snprintf(want, sizeof want, "at %s %lld", k ? "most" : "least", (long long)lua_tointeger(L, -1));
		lua_pop(L, 1);
		if (bad)
			asked_bad(L, o, want, arena_printf(&c->arena, "%lld", (long long)n));
	}
}

void
asked_choice(lua_State *L, const struct asked *o)
{
	struct child *c = child_of(L);
	const char *word = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : luaL_typename(L, -1);
	const char *names[64], *near;
	cleanup_str struct str list = {0};
	size_t n = 0;
	int r = lua_rawgeti(L, 1, 2);

	for (lua_Integer i = 1; r == LUA_TTABLE && n < 64 && lua_rawgeti(L, -1, i) == LUA_TSTRING; i++) {
		names[n++] = lua_tostring(L, -1);
		lua_pop(L, 1);
		if (!strcmp(names[n - 1], word)) {
			lua_settop(L, 2);
			return;
		}
		str_addf(&list, n > 1 ? ", %s" : "%s", names[n - 1]);
	}
	near = near_name(word, names, n);
	fault_make(L, "E0014", NULL, "option `%s` is one of %s, not `%s`", o->name, str_text(&list), word);
	str_free(&list);
	err_at(&c->raised, o->given && o->given->at.file ? o->given->at : origin_place(c, &o->at));
	if (near)
		err_help(&c->raised, "did you mean `%s`?", near);
	fault_raise(L);
}

/* `matches`: an extended regular expression for all of the text. */
void
asked_text(lua_State *L, const struct asked *o)
{
	struct child *c = child_of(L);
	const char *form;
	regex_t re;
	bool fits;

	if (lua_getfield(L, 1, "matches") != LUA_TSTRING) {
		lua_pop(L, 1);
		return;
	}
	form = arena_printf(&c->arena, "^(%s)$", lua_tostring(L, -1));
	lua_pop(L, 1);
	if (regcomp(&re, form, REG_EXTENDED | REG_NOSUB))
		fault(L, "E0009", &o->at, "`matches` of option `%s` is no regular expression", o->name);
	fits = !regexec(&re, lua_tostring(L, 2), 0, NULL, 0);
	regfree(&re);
	if (!fits)
		asked_bad(L, o, arena_printf(&c->arena, "a text that matches `%.*s`", (int)strlen(form) - 4, form + 2),
			  lua_tostring(L, 2));
}

/* What a table of an option holds beside name, default and text. */
void
asked_keys(lua_State *L, const struct asked *o)
{
	static const char *const keys[] = {"default", "matches", "max", "min"};
	struct child *c = child_of(L);
	const char *word, *near;
	size_t i;

	for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
		if (lua_type(L, -2) != LUA_TSTRING)
			continue;
		word = lua_tostring(L, -2);
		for (i = 0; i < ARRAY_LEN(keys) && strcmp(word, keys[i]); i++)
			;
		if (i < ARRAY_LEN(keys))
			continue;
		near = near_name(word, keys, ARRAY_LEN(keys));
		fault_make(L, "E0009", &o->at, "option `%s` has no `%s`", o->name, word);
		err_help(&c->raised, "%s",
			 near ? arena_printf(&c->arena, "did you mean `%s`?", near)
			      : "it takes default, min, max and matches");
		fault_raise(L);
	}
}
