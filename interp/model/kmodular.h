/* kmodular: whether a configuration builds modules at all. */
#pragma once

struct err;
struct job;
struct kconfig;

/* E0211 in a sentence about `whose`, at the job's place, where MODULES is n; a tree without that symbol is not asked.
 */
int kmodular(struct job *job, const struct kconfig *config, const char *whose, struct err *err);
