/* distcc: compiles on other machines, by servers that the user's configuration names (model/helpers.h). */
#pragma once
#include "model/inside.h"

/* Whether a step's environment asks for it, by a value of DISTCC_HOSTS. */
bool distcc_asked(const struct pairs *env);
/* Lets the step's compiles go to those servers whose compiler gives the bytes that this one gives; the others are left
 * out, and named. `compiler` is what make is told as CC, with whatever stands before the compiler's own name. -1 with a
 * sentence when nothing can be run. */
int distcc_bind(struct inside *in, const char *compiler, struct err *err);
