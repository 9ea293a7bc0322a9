#include "data/crlf.h"

#include "base/str.h"

bool
crlf_is(const struct str *text)
{
	size_t lines = 0;

	for (size_t i = 0; i < text->len; i++) {
		if (text->s[i] != '\n')
			continue;
		if (!i || text->s[i - 1] != '\r')
			return false;
		lines++;
	}
	return lines > 0;
}

void
crlf_take(struct str *text)
{
	size_t n = 0;

	for (size_t i = 0; i < text->len; i++)
		if (text->s[i] != '\r' || text->s[i + 1] != '\n')
			text->s[n++] = text->s[i];
	text->len = n;
	text->s[n] = '\0';
}

void
crlf_put(struct str *text)
{
	struct str out = {0};

	for (size_t i = 0; i < text->len; i++) {
		if (text->s[i] == '\n' && (!i || text->s[i - 1] != '\r'))
			str_addc(&out, '\r');
		str_addc(&out, text->s[i]);
	}
	str_free(text);
	*text = out;
}
