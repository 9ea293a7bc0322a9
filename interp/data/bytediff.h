/* bytediff: where two files first differ, in words that fit what they are: the line of a text, the section of an ELF
 * file, the member of an archive. */
#pragma once
#include <stdint.h>

struct str;

/* Compares two regular files. 0: equal; 1: they differ, and `where` got "line 3: `a` and `b`", "offset 64 in section
 * .text", "member `x`: …"; -1 with errno. */
int bytediff(int a, int b, struct str *where);
