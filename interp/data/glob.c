#include "data/glob.h"

#include <string.h>

bool
glob_is(const char *pattern)
{
	return pattern[strcspn(pattern, "*?")] != '\0';
}

/* A pattern that ends at `pend` against a name that ends at `nend`. */
static bool
span_match(const char *pattern, const char *pend, const char *name, const char *nend)
{
	const char *star = NULL, *mark = NULL;

	if (name < nend && *name == '.' && (pattern == pend || *pattern != '.'))
		return false;
	while (name < nend) {
		if (pattern < pend && *pattern == '*') {
			star = ++pattern;
			mark = name;
		} else if (pattern < pend && (*pattern == '?' || *pattern == *name)) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star;
			name = ++mark;
		} else {
			return false;
		}
	}
	while (pattern < pend && *pattern == '*')
		pattern++;
	return pattern == pend;
}

bool
glob_match(const char *pattern, const char *name)
{
	return span_match(pattern, pattern + strlen(pattern), name, name + strlen(name));
}

/* Where the next part begins, or the end. */
static const char *
next_part(const char *end)
{
	while (*end == '/')
		end++;
	return end;
}

static bool
start_match(const char *pattern, const char *path)
{
	while (*pattern && *path) {
		const char *pend = strchrnul(pattern, '/'), *end = strchrnul(path, '/');

		if (!span_match(pattern, pend, path, end))
			return false;
		pattern = next_part(pend);
		path = next_part(end);
	}
	return !*pattern;
}

bool
glob_path(const char *pattern, const char *path)
{
	const char *pend = pattern + strlen(pattern);

	if (strchr(pattern, '/'))
		return start_match(pattern, path);
	while (*path) {
		const char *end = strchrnul(path, '/');

		if (span_match(pattern, pend, path, end))
			return true;
		path = next_part(end);
	}
	return false;
}
