/* yaml: the settings part of YAML: scalars, lists and tables, as data with places.
 *
 * Core schema of YAML 1.2: true, false, null, whole numbers; everything else is a string, also `no`,
 * `on` and `1.10` (there are no fractions, so versions stay as written). Refused: anchors, aliases,
 * tags, merge keys, duplicate keys, several documents, more than 64 levels, more than 1 MiB. */
#pragma once
#include <stddef.h>

#include "data/value.h"

struct arena;
struct err;

#define YAML_MAX (1 << 20)
#define YAML_DEPTH 64

/* `shown` is how messages name the file; it must live as long as `a`. A value in a table has the
 * place of its key, any other value its own. An empty text is an empty table. */
int yaml_parse(const char *text, size_t len, const char *shown, struct arena *a, struct value *out, struct err *err);
