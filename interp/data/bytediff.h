/* bytediff: where two files first differ, in words that fit what they are: the line of a text, the section of an ELF
 * file, the member of an archive. */
#pragma once
#include <stdint.h>

struct cause;
struct str;

/* Compares two regular files. 0: equal; 1: they differ, and `where` got "line 3: `a` and `b`", "offset 64 in section
 * .text", "member `x`: …"; -1 with errno.
 * Where the bytes tell why they differ, that stands behind it: " (the time of the build)". */
int bytediff(int a, int b, struct str *where);
/* The same, and the cause itself, NULL where none is known. */
int bytediff_cause(int a, int b, struct str *where, const struct cause **cause);
