#include "data/mode.h"

#include <string.h>

#include "base/err.h"
#include "data/value.h"

int
mode_parse(const char *s)
{
	size_t n = strlen(s);
	int mode = 0;

	if (n < 3 || n > 4 || s[strspn(s, "01234567")] || (n == 4 && *s != '0'))
		return -1;
	while (*s)
		mode = mode * 8 + (*s++ - '0');
	return mode;
}

int
mode_check(const char *s, struct err *err)
{
	if (!s || !strcmp(s, TEXT_LATER) || mode_parse(s) >= 0)
		return 0;
	err_set(err, "E0105", "`%s` is not a mode for a file", s);
	err_field(err, "mode");
	err_label(err, "not a mode");
	return err_help(err, "a mode is written in octal, such as \"0644\" or \"0755\"");
}
