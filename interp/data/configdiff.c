#include "data/configdiff.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

static void
add(struct config_changes *c, const char *name, const char *value)
{
	c->v[c->n++] = (struct config_change){name, value};
}

void
configdiff(const struct kconfig *before, const struct kconfig *after, const struct kconfig *whole, struct arena *a,
	   struct config_changes *out)
{
	*out = (struct config_changes){.v = arena_array(a, struct config_change, before->n + after->n + 1)};
	for (size_t i = 0; i < after->n; i++) {
		const char *old = kconfig_get(before, after->v[i].name);

		if (kconfig_get(after, after->v[i].name) != after->v[i].value)
			continue; /* a later line holds */
		if (!old || strcmp(old, after->v[i].value) != 0)
			add(out, after->v[i].name, after->v[i].value);
	}
	/* what is at its default again is no longer written: the whole configuration says what that is */
	for (size_t i = 0; i < before->n; i++)
		if (!kconfig_get(after, before->v[i].name))
			add(out, before->v[i].name, kconfig_get(whole, before->v[i].name));
}

/* The symbol that a line of a fragment sets, as bytes of the line; 0 when it sets none. */
static size_t
symbol_of(const char *line, size_t n, const char **name)
{
	size_t from = n > 2 && !strncmp(line, "# ", 2) ? 2 : 0, len;

	if (n < from + 8 || strncmp(line + from, "CONFIG_", 7) != 0)
		return 0;
	*name = line + from + 7;
	len = strspn(*name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
	if (from ? strncmp(*name + len, " is not set", 11) != 0 : (*name)[len] != '=')
		return 0;
	return len;
}

static const struct config_change *
change_of(const struct config_changes *c, const char *name, size_t n)
{
	for (size_t i = 0; i < c->n; i++)
		if (strlen(c->v[i].name) == n && !memcmp(c->v[i].name, name, n))
			return &c->v[i];
	return NULL;
}

static bool
stands_in(const char *fragment, const char *wanted)
{
	const char *name;

	for (const char *s = fragment; *s; s += strcspn(s, "\n"), s += *s == '\n') {
		size_t n = symbol_of(s, strcspn(s, "\n"), &name);

		if (n && strlen(wanted) == n && !memcmp(wanted, name, n))
			return true;
	}
	return false;
}

void
configdiff_apply(const char *fragment, const struct config_changes *c, struct str *out)
{
	for (const char *s = fragment, *name; *s;) {
		size_t n = strcspn(s, "\n"), len = symbol_of(s, n, &name);
		const struct config_change *ch = len ? change_of(c, name, len) : NULL;

		if (ch && ch->value) {
			kconfig_write_line(out, ch->name, ch->value);
		} else if (!ch) {
			str_addn(out, s, n);
			str_addc(out, '\n');
		}
		s += n + (s[n] == '\n');
	}
	for (size_t i = 0; i < c->n; i++)
		if (c->v[i].value && !stands_in(fragment, c->v[i].name))
			kconfig_write_line(out, c->v[i].name, c->v[i].value);
}
