/* json: building and printing JSON for whoever reads jkr's output, and reading it strictly. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/value.h"

struct arena;
struct err;
struct json; /* an object, or an array; what is added to it belongs to it */
struct str;

struct json *json_object(void);
struct json *json_array(void);
void json_free(struct json *j);

/* Add to `to`: under `key` when it is an object, at the end (key NULL) when it is an array. Keys
 * are copied and keep the order in which they come. */
void json_string(struct json *to, const char *key,
		 const char *s); /* NULL: null; bytes that are not UTF-8 become U+FFFD */
void json_int(struct json *to, const char *key, int64_t i);
void json_uint(struct json *to, const char *key, uint64_t i);
void json_double(struct json *to, const char *key, double d); /* three decimals; not finite: null */
void json_bool(struct json *to, const char *key, bool b);
void json_null(struct json *to, const char *key);
/* Take over a child / make one and give it, borrowed. */
void json_add(struct json *to, const char *key, struct json *child);
struct json *json_add_object(struct json *to, const char *key);
struct json *json_add_array(struct json *to, const char *key);
void json_value(struct json *to, const char *key, const struct value *v); /* files and steps as text */

/* Adds the text: on one line, or indented and ended by a newline. */
void json_print(const struct json *j, bool pretty, struct str *out);

static inline void
json_freep(struct json **j)
{
	json_free(*j);
}

#define cleanup_json __attribute__((cleanup(json_freep)))

/* Reads JSON as data (no fractions; null is V_NIL). Refused beside what JSON refuses: duplicate keys,
 * "\u0000", more than 64 levels, more than `max` bytes. Only mistakes have places. */
int json_parse(const char *text, size_t len, size_t max, const char *shown, struct arena *a, struct value *out,
	       struct err *err);
