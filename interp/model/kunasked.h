/* kunasked: what a configuration holds that nobody asked for, against the one that it began as: EXPERT alone sets a
 * dozen. */
#pragma once

struct err;
struct job;
struct kconfig;
struct source;

/* Compares with the .config `before`: symbols that have another value in `after`, and that `asked` does not set, are
 * counted in a note of the job, and are `unasked.config` of its result, as `after` has them. Nothing where there are
 * none, or no `before`. */
int kunasked_keep(struct job *job, const struct source *before, const struct kconfig *after,
		  const struct kconfig *asked, struct err *err);
