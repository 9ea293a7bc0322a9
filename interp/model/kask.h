/* kask: a kernel tree's own Kconfig, asked in the job's sandbox (data/kwhy.h). */
#pragma once
#include "data/kwhy.h"
#include "model/job.h"

/* Where to ask: a .config, the source and the folder that `make *config` left, and how make was called. */
struct kask {
	const struct source *config, *source, *build, *toolchain;
	const char *arch;
	const struct pairs *variables;
};

/* Questions are "NAME=WANTED"; the answers live in the job's arena. */
int kask(struct job *job, const struct kask *k, const char *const *questions, size_t n, struct kwhy_answers *out,
	 struct err *err);
