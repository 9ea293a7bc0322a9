/* helpers: the servers of the user's configuration by which compiles are shared or spread (model/helpers.h). */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "model/helpers.h"

struct cli;

/* Whether it is one of the settings that name them. */
bool helpers_named(const char *setting);
/* The mistake of a project's file that names one: who answers there is trusted as the compiler is. Gives -1. */
int helpers_not_here(const char *setting, struct place at, struct err *err);
/* What `--ccache-server` and `--distcc-hosts` say, in memory of `cli`; NULL with a sentence. */
const struct compile_helpers *helpers_read(struct cli *cli, struct err *err);
