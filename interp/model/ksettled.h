/* ksettled: a .config before a build of the kernel and after it. */
#pragma once
#include "model/inside.h"

/* Refuses a build whose make did not stay with the .config that it was given: one that found another compiler than that
 * was made with, and one that set a symbol differently, for all was checked before. Nothing to do for a .config that
 * says nothing of its compiler: that is not whole yet. */
int ksettled_check(struct inside *in, const struct source *config, struct err *err);
/* The same for two texts; `name` is the step's. */
int ksettled_compare(const char *before, const char *after, const char *name, struct arena *a, struct err *err);
