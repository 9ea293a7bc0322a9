/* checklist: files and their SHA-256, as sha256sum writes and reads them. */
#pragma once
#include "base/hash.h"
#include "base/mem.h"

struct err;
struct str;

struct check_line {
	const char *path; /* clean, relative */
	struct hash hash;
};

struct checklist {
	struct check_line *v; /* sorted by path_cmp */
	size_t n;
};

/* Reads lines "HASH  PATH" or "HASH *PATH"; `\` in front for a path with escapes. Refused: anything else, a path that
 * is absolute or climbs, a path twice, no line at all. Strings live in the arena. */
int checklist_parse(const char *text, size_t len, const char *shown, struct arena *a, struct checklist *out,
		    struct err *err);
/* Adds a line. */
void checklist_add(struct str *out, const struct hash *hash, const char *path);
/* The line of a path, or NULL. */
const struct check_line *checklist_find(const struct checklist *l, const char *path);
