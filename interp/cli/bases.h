/* bases: a configuration told as what differs from a base, by the kernel's own make (stdlib/kwhy/bases.sh). */
#pragma once
#include "cli/session.h"
#include "data/kconfig.h"

struct base {
	const char *name;       /* a goal of make; "alldefconfig": the lines are a preset */
	struct kconfig differs; /* what is appended to it */
	struct kconfig left;    /* what still is another */
};

struct bases {
	struct kconfig config; /* what the tree makes of the configuration */
	struct base v[3];
};

/* Asks in the sandbox of `step`, which completes a configuration: what it configures is told by each base. Strings live
 * in the cli's arena. */
int bases_ask(struct session *s, const char *step, struct bases *out, int *interrupted, struct err *err);
/* The base with which most is right, then the one with the fewest lines, then the first. */
const struct base *bases_nearest(const struct bases *b);
void bases_free(struct bases *b);

/* Asks the check `step` about symbols, without CONFIG_: what the tree's own Kconfig says of each goes to `say`. */
int bases_why(struct session *s, const char *step, const char *const *names,
	      void (*say)(void *ctx, const char *name, const char *text), void *ctx, int *interrupted, struct err *err);
