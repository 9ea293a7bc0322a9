/* textrun: what can be read around a byte at which two pieces of memory differ. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct cause;
struct str;

/* Adds "`…text` and `…text`", the printable bytes around `at`, where both have at least `least` of them and they begin
 * at one place; gives the cause that they tell, or NULL. Whether it added anything. */
bool textrun(const void *a, size_t na, const void *b, size_t nb, size_t at, size_t least, struct str *where,
	     const struct cause **cause);
/* Adds "`…text…`": at most 60 bytes around `at`. */
void textrun_add(struct str *where, const char *p, size_t n, size_t at);
