/* remade: what the last make of a step made, by reason, from its log: Kbuild says why with V=2. */
#pragma once
#include <stddef.h>

struct str;

/* Adds lines, each ended by a newline, that tell of the make whose log this is; none when it says nothing of Kbuild. */
void remade_text(const char *log, size_t n, struct str *out);
