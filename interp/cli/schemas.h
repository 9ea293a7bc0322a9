/* schemas: JSON Schema of the YAML files that people write, for editors, from the tables that check those files. */
#pragma once
#include <stdbool.h>
#include <stdio.h>

/* Names such as "profile.schema.json", ended by NULL. */
extern const char *const schema_names[];
bool schema_print(FILE *out, const char *name); /* false: there is none */
