/* kbase: which line of a base configuration sets a symbol: of a defconfig or fragment of the tree, or of a kept
 * .config. */
#pragma once
#include "data/schema.h"

struct err;
struct job;

/* Looks for a symbol in the files that `goals` of make stand for in the tree, the last one first, then in `saved` when
 * it is given. "arch/arm64/configs/defconfig:31", or NULL. Memory of the job. */
const char *kbase_line(struct job *job, const struct source *source, const char *arch, const struct strings *goals,
		       const struct source *saved, const char *symbol);
