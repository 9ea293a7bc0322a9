/* configdiff: what changed between two configurations, and a fragment that says so. */
#pragma once
#include "data/kconfig.h"

struct config_change {
	const char *name, *value; /* "n" for unset; NULL: it can no longer be set, so nobody is to ask for it */
};

struct config_changes {
	struct config_change *v;
	size_t n;
};

/* `before` and `after` are minimal configurations (`make savedefconfig`), `whole` is all of the second. Symbols that
 * only follow from others are none. Strings live in the arena. */
void configdiff(const struct kconfig *before, const struct kconfig *after, const struct kconfig *whole, struct arena *a,
		struct config_changes *out);
/* Writes a fragment that has the changes: a line that sets a symbol is replaced, a new one comes at the end, all
 * other lines stay as they are. */
void configdiff_apply(const char *fragment, const struct config_changes *c, struct str *out);
