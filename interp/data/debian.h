/* debian: asks this machine's apt about packages, by argv, from its local lists; no network. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct str;

/* One package as an archive offers it. Strings live in the arena. */
struct deb {
	const char *name, *version, *arch;
	const char *uri;    /* where to download it */
	const char *sha256; /* hex */
	uint64_t size;
};

/* The machine's own architecture, such as "amd64". */
int debian_arch(struct arena *a, const char **out, struct err *err);
/* What apt would install of `name` now; `version`, `arch` may be NULL. A package that apt does not
 * know is a mistake that says what to enable. */
int debian_find(const char *name, const char *version, const char *arch, struct arena *a, struct deb *out,
		struct err *err);
/* The source package that apt would get now: `arch` is "source", `uri` and `sha256` are its .dsc's, `size` is that of
 * all its files. `version` may be NULL. */
int debian_find_source(const char *name, const char *version, struct arena *a, struct deb *out, struct err *err);
/* The whole set that `packages` need on an empty system of `arch` from `suite` (with essential ones),
 * sorted by name. */
int debian_resolve(const char *const *packages, size_t n, const char *suite, const char *arch, struct arena *a,
		   struct deb **out, size_t *nout, struct err *err);
/* "name version arch sha256:… size:…", and back. -1 when it is not one. */
void deb_format(const struct deb *d, struct str *out);
int deb_parse(const char *text, struct arena *a, struct deb *out);

/* Lines for a sources.list: what apt here has of a suite, its updates and its security fixes. */
int debian_sources(const char *suite, const char *arch, struct str *out, struct err *err);
bool debian_name_ok(const char *s);
bool debian_version_ok(const char *s);
