#include "data/glob.h"

#include <string.h>

bool
glob_is(const char *pattern)
{
	return pattern[strcspn(pattern, "*?")] != '\0';
}

bool
glob_match(const char *pattern, const char *name)
{
	const char *star = NULL, *mark = NULL;

	if (*name == '.' && *pattern != '.')
		return false;
	while (*name) {
		if (*pattern == '*') {
			star = ++pattern;
			mark = name;
		} else if (*pattern == '?' || *pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star;
			name = ++mark;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}
