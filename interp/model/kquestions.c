#include "model/kquestions.h"

#include <string.h>

#include "base/mem.h"

static bool
is_among(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

/* Texts go without their quotes. */
const char *const *
kquestions(struct arena *a, const struct kconfig *asked, const struct kconfig *config, const char *const *names,
	   size_t nnames, bool together, size_t *n)
{
	const char **v = arena_array(a, const char *, nnames + asked->last.n + 2);

	for (*n = 0; *n < nnames; ++*n) {
		const struct config_line *l = map_get(&asked->last, names[*n]);

		v[*n] = arena_printf(a, "%s=%s", names[*n], l ? kconfig_plain(a, l->value) : "y");
	}
	for (size_t i = 0; i < asked->last.n; i++) {
		const struct config_line *l = asked->last.v[i].value;

		if (kconfig_equal(l->value, kconfig_get(config, l->name)) && !is_among(l->name, names, nnames))
			v[(*n)++] = arena_printf(a, "+%s=%s", l->name, kconfig_plain(a, l->value));
	}
	if (together && *n > 1)
		v[(*n)++] = "+";
	return v;
}
