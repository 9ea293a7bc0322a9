/* source: what the text of a recipe must be before Lua sees it */
#include "lua/source.h"

#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"

static bool
valid_utf8(const char *s, size_t n)
{
	for (size_t i = 0, k; i < n; i += k) {
		k = str_utf8(s + i, n - i);
		if (!k)
			return false;
	}
	return true;
}

/* Unicode's marks for the direction of writing make a reader see other code than Lua does. */
static bool
turns(const char *s)
{
	unsigned char c;

	if (s[0] != '\xe2') /* the text is UTF-8: only then two bytes follow for sure */
		return false;
	c = (unsigned char)s[2];
	return (s[1] == '\x80' && c >= 0xaa && c <= 0xae) || (s[1] == '\x81' && c >= 0xa6 && c <= 0xa9);
}

static int
check_direction(const char *shown, const char *s, struct err *err)
{
	struct place at = {.file = shown, .line = 1};

	for (; *s; s++) {
		at.line += *s == '\n';
		if (!turns(s))
			continue;
		err_set(err, "E0007", "`%s` holds U+%04X, which makes a reader see other text than is there", shown,
			0x2000u | ((unsigned char)s[1] & 1u) << 6 | ((unsigned char)s[2] & 0x3fu));
		err_at(err, at);
		return err_help(err, "write it as \\u{…} in a text that needs it, and leave it out elsewhere");
	}
	return 0;
}

int
source_check(const char *shown, char **text, size_t *len, struct err *err)
{
	char *s = *text;
	size_t n = *len;

	if (n && *s == '\033')
		return err_set(err, "E0007", "`%s` is a compiled program, not a recipe", shown),
		       err_help(err, "give the text that it was compiled from");
	if (memchr(s, 0, n))
		return err_set(err, "E0007", "`%s` holds a NUL byte", shown);
	if (!valid_utf8(s, n))
		return err_set(err, "E0007", "`%s` is not UTF-8", shown),
		       err_help(err, "`iconv -f latin1 -t utf-8` may mend it");
	if (check_direction(shown, s, err))
		return -1;
	if (n >= 3 && !memcmp(s, "\xef\xbb\xbf", 3)) {
		s += 3;
		n -= 3;
	}
	if (n && *s == '#') {
		size_t k = strcspn(s, "\n");

		s += k;
		n -= k;
	}
	*text = s;
	*len = n;
	return 0;
}
