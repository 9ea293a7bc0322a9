/* asked: what a recipe asks of Kconfig, fragments and tables put together. */
#pragma once
#include "data/kconfig.h"
#include "data/schema.h"

struct err;
struct job;

/* Reads the fragments and puts the table over them: the last one that sets a symbol holds, and each
 * value knows its place. All mistakes at once. kconfig_free frees what `out` holds. */
int asked_symbols(struct job *job, const struct symbols *symbols, struct kconfig *out, struct err *err);
