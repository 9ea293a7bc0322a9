/* encode: Lua values as bytes, and where tables were written. */
#pragma once
#include "lua/child.h"

struct encode {
	const struct param *params; /* of the outermost table; NULL: none */
	const char *what;           /* how messages name the call */
	struct origin at;           /* of the outermost table */
	uint32_t unit;              /* relative paths start at its folder */
	bool has_on, poisoned;
	bool uses_none; /* only looks: a plugin's step counts where something is made with it */
};
/* Adds the value at `i` to the pool. */
void encode_value(lua_State *L, int i, struct encode *e);
/* Remembers where the table at `i` was written. */
void origin_set(lua_State *L, int i, const struct origin *at);
const struct origin *origin_get(lua_State *L, int i);
/* Whether strings of this parameter are files: 1, its fields are: 2. */
int file_mode(const struct param *p);
const struct param *field_param(const struct param *params, const char *key);
const struct param *item_param(const struct param *params);
