/* asked: an option while its declaration is read: its table is at 1, the value that it gets at 2. */
#pragma once
#include <lua.h>

#include "lua/child.h"

struct asked {
	const char *name; /* with the import's prefix */
	const char *local;
	struct origin at;
	const struct load_option *given;
};

/* Each raises a mistake at the option's place, or where the value was given. */
int asked_bad(lua_State *L, const struct asked *o, const char *want, const char *got);
/* The value on top is no `type`. */
int asked_refuse(lua_State *L, const struct asked *o, const char *type);
void asked_range(lua_State *L, const struct asked *o);
void asked_choice(lua_State *L, const struct asked *o);
void asked_text(lua_State *L, const struct asked *o);
void asked_keys(lua_State *L, const struct asked *o);
