#include "data/mail_head.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "data/charset.h"

#define NAME_LONGEST 60 /* git's bound: what is longer is no name */

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool
mail_next(const char **p, const char *end, struct mail_line *out)
{
	const char *nl;

	if (*p >= end)
		return false;
	nl = memchr(*p, '\n', (size_t)(end - *p));
	*out = (struct mail_line){*p, (size_t)((nl ? nl : end) - *p)};
	*p = nl ? nl + 1 : end;
	return true;
}

const char *
mail_value(const char *line, const char *name)
{
	size_t n = strlen(name);

	if (strncasecmp(line, name, n) != 0 || line[n] != ':')
		return NULL;
	line += n + 1;
	while (is_space(*line))
		line++;
	return line;
}

void
mail_tidy(const char *s, size_t n, struct str *out)
{
	size_t before = out->len;
	bool gap = false;

	for (size_t i = 0; i < n; i++) {
		if (is_space(s[i])) {
			gap = true;
			continue;
		}
		if (gap && out->len > before)
			str_addc(out, ' ');
		gap = false;
		str_addc(out, s[i]);
	}
}

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	const char *p = c ? strchr(digits, c) : NULL;

	return !p ? -1 : p - digits < 16 ? (int)(p - digits) : (int)(p - digits) - 6;
}

void
mail_decode_q(const char *s, size_t n, bool word, struct str *out)
{
	for (size_t i = 0; i < n; i++) {
		int high = s[i] == '=' && i + 2 < n ? hex_digit(s[i + 1]) : -1;
		int low = high >= 0 ? hex_digit(s[i + 2]) : -1;

		if (low >= 0) {
			str_addc(out, (char)(high << 4 | low));
			i += 2;
		} else {
			str_addc(out, word && s[i] == '_' ? ' ' : s[i]);
		}
	}
}

void
mail_decode_b(const char *s, size_t n, struct str *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;
	unsigned have = 0;

	for (size_t i = 0; i < n; i++) {
		const char *d = s[i] ? strchr(digits, s[i]) : NULL;

		if (!d) /* the filling at the end, blanks, what does not belong there */
			continue;
		bits = bits << 6 | (uint32_t)(d - digits);
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		str_addc(out, (char)(bits >> have & 0xff));
	}
}

/* Decodes "=?charset?B?text?=" at `*p` and moves on behind it. */
static const char *
decode_word(const char **p, struct str *out)
{
	const char *charset = *p + 2, *kind = strchr(charset, '?'), *text, *end;
	char *name cleanup_free = NULL;
	struct str cleanup_str bytes = {0};
	int r;

	if (!kind || !kind[1] || kind[2] != '?' || !(end = strstr(kind + 3, "?=")))
		return "an encoded word is cut off";
	text = kind + 3;
	if ((kind[1] | 0x20) == 'b')
		mail_decode_b(text, (size_t)(end - text), &bytes);
	else if ((kind[1] | 0x20) == 'q')
		mail_decode_q(text, (size_t)(end - text), true, &bytes);
	else
		return "an encoded word is in an encoding that there is not";
	name = xstrndup(charset, strcspn(charset, "?*")); /* a language may follow */
	r = *name ? charset_add(name, str_text(&bytes), bytes.len, out) : (str_addn(out, bytes.s, bytes.len), 0);
	*p = end + 2;
	return r == -1 ? "an encoded word is in a charset that is not known" : r ? "an encoded word is damaged" : NULL;
}

const char *
mail_decode_words(const char *value, struct str *out)
{
	bool after = false; /* an encoded word: blanks between two of them do not count */
	const char *word;

	while ((word = strstr(value, "=?"))) {
		const char *text = value + strspn(value, " \t\r\n"), *why;

		if (!after || text != word)
			str_addn(out, value, (size_t)(word - value));
		why = decode_word(&word, out);
		if (why)
			return why;
		value = word;
		after = true;
	}
	str_add(out, value);
	return NULL;
}

/* Takes quotes off; in a comment only backslashes. */
static void
unquote(const char *s, struct str *out)
{
	unsigned comment = 0;
	bool quoted = false;

	for (; *s; s++) {
		if (*s == '\\' && s[1] && (quoted || comment)) {
			str_addc(out, *++s);
			continue;
		}
		if (*s == '"' && !comment) {
			quoted = !quoted;
			continue;
		}
		if (*s == '(' && !quoted)
			comment++;
		if (*s == ')' && comment)
			comment--;
		str_addc(out, *s);
	}
}

/* A name that is none gives way to the address. */
static void
take_name(const struct str *found, struct str *name, const struct str *email)
{
	const char *s = str_text(found);
	size_t n = found->len;

	if (n >= 2 && s[0] == '(' && s[n - 1] == ')') {
		s++;
		n -= 2;
	}
	if (!n || n > NAME_LONGEST || memchr(s, '@', n) || memchr(s, '<', n) || memchr(s, '>', n))
		str_addn(name, email->s, email->len);
	else
		str_addn(name, s, n);
}

/* What stands in < >, where no `@` tells an address. */
static void
bare_author(const char *value, struct str *name, struct str *email)
{
	const char *open = strchr(value, '<'), *close = open ? strchr(open, '>') : NULL;
	struct str cleanup_str found = {0};

	if (!close)
		return;
	str_addn(email, open + 1, (size_t)(close - open) - 1);
	mail_tidy(value, (size_t)(open - value), &found);
	take_name(&found, name, email);
}

void
mail_author(const char *value, struct str *name, struct str *email)
{
	struct str cleanup_str plain = {0}, rest = {0}, found = {0};
	const char *at, *from, *end;

	unquote(value, &plain);
	at = from = strchr(str_text(&plain), '@');
	if (!at) {
		bare_author(value, name, email);
		return;
	}
	while (from > plain.s && !is_space(from[-1]) && from[-1] != '<')
		from--;
	end = from + strcspn(from, " \n\t\r\v\f>");
	str_addn(email, from, (size_t)(end - from));
	str_addn(&rest, plain.s, (size_t)(from - plain.s));
	if (rest.len && rest.s[rest.len - 1] == '<')
		rest.s[rest.len - 1] = ' ';
	str_add(&rest, end + (*end != '\0'));
	mail_tidy(str_text(&rest), rest.len, &found);
	take_name(&found, name, email);
}

void
mail_subject(const char *value, struct str *out)
{
	for (;;) {
		const char *close = *value == '[' ? strchr(value, ']') : NULL;

		if (*value == ' ' || *value == '\t' || *value == ':')
			value++;
		else if (close)
			value = close + 1;
		else if ((value[0] | 0x20) == 'r' && (value[1] | 0x20) == 'e' && value[2] == ':' && value[3])
			value += 3;
		else
			break;
	}
	mail_tidy(value, strlen(value), out);
}

bool
mail_is_header(struct mail_line l)
{
	if ((l.len > 5 && !memcmp(l.s, "From ", 5)) || (l.len > 6 && !memcmp(l.s, ">From ", 6)))
		return true;
	for (size_t i = 0; i < l.len && l.s[i] > 32 && l.s[i] < 127; i++)
		if (l.s[i] == ':')
			return true;
	return false;
}

struct mail_line
mail_trimmed(struct mail_line l)
{
	while (l.len && memchr(" \t\r\n", l.s[l.len - 1], 4))
		l.len--;
	return l;
}

bool
mail_attribute(const char *value, const char *name, struct str *out)
{
	const char *p = strcasestr(value, name);

	str_reset(out);
	if (!p)
		return false;
	p += strlen(name);
	str_addn(out, p + (*p == '"'), *p == '"' ? strcspn(p + 1, "\"") : strcspn(p, "; \t"));
	return true;
}

bool
mail_begins_patch(struct mail_line l, bool ended)
{
	size_t i = 3;

	if ((l.len >= 6 && !memcmp(l.s, "diff -", 6)) || (l.len >= 7 && !memcmp(l.s, "Index: ", 7)))
		return true;
	if (l.len < 3 || memcmp(l.s, "---", 3) != 0)
		return false;
	if (l.len > 4 && l.s[3] == ' ' && !memchr(" \t\r", l.s[4], 3))
		return true;
	while (i < l.len && memchr(" \t\r", l.s[i], 3))
		i++;
	return i == l.len && ended;
}

bool
mail_is_separator(struct mail_line l)
{
	static const char date[] = " Mon Sep 17 00:00:00 2001";

	if (l.len != 6 + 40 + sizeof date - 1 || memcmp(l.s, ">From ", 6) != 0 ||
	    memcmp(l.s + 46, date, sizeof date - 1) != 0)
		return false;
	for (size_t i = 6; i < 46; i++)
		if (!l.s[i] || !strchr("0123456789abcdef", l.s[i]))
			return false;
	return true;
}
