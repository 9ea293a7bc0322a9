/* kcompiler: what a .config says of the compiler, before a build of the kernel and after it. */
#pragma once
#include "model/inside.h"

/* Refuses a build whose make found another compiler than the given .config was made with: Kconfig's answers are then
 * those of neither. Nothing to do for a .config that says nothing of its compiler. */
int kcompiler_check(struct inside *in, const struct source *config, struct err *err);
/* The same for two texts; `name` is the step's. */
int kcompiler_compare(const char *before, const char *after, const char *name, struct arena *a, struct err *err);
