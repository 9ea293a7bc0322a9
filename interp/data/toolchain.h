/* toolchain: the YAML data that describes compilers: which image holds them and how they are called. */
#pragma once
#include <stddef.h>

#include "data/schema.h"

struct arena;
struct err;
struct value;

/* Checks the text and gives a table with these fields, always all of them:
 *   name, summary, target, arch, prefix   strings ("" when not said; arch is Kbuild's, such as "arm64")
 *   env, flags                            tables of strings (flags: lists are joined by blanks)
 *   image                                 a table: the parameters of the primitive `image`
 * `shown` names the file and must live as long as `a`. Mistakes are collected, each at its line. */
int toolchain_parse(const char *text, size_t len, const char *shown, struct arena *a, struct value *out,
		    struct err *err);
/* What a toolchain may say, for documentation. */
extern const struct param toolchain_params[];
