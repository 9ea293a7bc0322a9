/* kconfig: .config files and fragments: their lines with places, writing them, comparing values.
 *
 * Values are texts as a .config has them: y, m, n, 42, 0x10, "quoted". A symbol that is not set is n. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/map.h"

struct arena;
struct str;
struct symbols;

struct config_line {
	const char *name; /* without CONFIG_ */
	const char *value;
	struct place at;
};

struct kconfig {
	struct config_line *v; /* as written */
	size_t n;
	struct map last; /* name → the line that holds: the last one */
};

/* Reads a fragment, strictly: every line sets a symbol, is a comment or empty, and no symbol is set
 * twice to different values. All mistakes at once. */
int kconfig_parse_fragment(const char *shown, const char *text, size_t len, struct arena *a, struct kconfig *out,
			   struct err *err);
/* Reads a .config that Kconfig wrote; other lines are left aside. */
void kconfig_parse_config(const char *shown, const char *text, size_t len, struct arena *a, struct kconfig *out);
void kconfig_free(struct kconfig *k);

/* Sets one more symbol; the last one holds. */
void kconfig_set(struct kconfig *k, struct arena *a, const struct config_line *line);
/* The value that holds, or NULL. */
const char *kconfig_get(const struct kconfig *k, const char *name);

/* Why a text cannot be a symbol's name or value, or NULL when it can. */
const char *kconfig_bad_name(const char *name);
const char *kconfig_bad_value(const char *value);

/* "CONFIG_X=y" or "# CONFIG_X is not set", with its newline. */
void kconfig_write_line(struct str *out, const char *name, const char *value);
/* Whether two values mean the same: n and nothing, numbers by value, strings without their quotes. */
bool kconfig_equal(const char *a, const char *b);
/* The text in a quoted value, unescaped; other values as they are. */
const char *kconfig_plain(struct arena *a, const char *value);
