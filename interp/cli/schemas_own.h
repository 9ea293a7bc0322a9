/* schemas_own: how a table of parameters becomes a JSON schema, shared by schemas*.c. */
#pragma once
#include "data/json.h"
#include "data/schema.h"

/* What a table's type does not tell of a parameter. */
struct special {
	const char *name;
	void (*fill)(struct json *to);
};

void put_types(struct json *to, const char *const *types);
void put_plain(struct json *to);
/* An object of these parameters, and of these `more` (NULL: none), and no others. */
void put_object(struct json *to, const struct param *params, const struct param *more, const struct special *special);
/* An object of any names; gives what each of its values is. */
struct json *put_map(struct json *to);

void schema_matrix(struct json *top);
