#include "base/str.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

static void
reserve(struct str *b, size_t more)
{
	size_t need = b->len + more + 1;

	if (need <= b->cap)
		return;
	b->cap = need < 64 ? 64 : need * 2;
	b->s = xrealloc(b->s, b->cap);
}

char *
str_room(struct str *b, size_t n)
{
	reserve(b, n);
	return b->s + b->len;
}

void
str_addn(struct str *b, const void *s, size_t n)
{
	reserve(b, n);
	if (n)
		memcpy(b->s + b->len, s, n);
	b->len += n;
	b->s[b->len] = '\0';
}

void
str_add(struct str *b, const char *s)
{
	str_addn(b, s, strlen(s));
}

void
str_addc(struct str *b, char c)
{
	str_addn(b, &c, 1);
}

void
str_addv(struct str *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		return;
	reserve(b, (size_t)n);
	vsnprintf(b->s + b->len, (size_t)n + 1, fmt, ap);
	b->len += (size_t)n;
}

void
str_addf(struct str *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	str_addv(b, fmt, ap);
	va_end(ap);
}

void
str_add_quoted(struct str *b, const char *s, size_t n)
{
	static const char plain[] = "\"\\\n\t\r";
	static const char short_form[] = "\"\\ntr";

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		const char *p = c ? strchr(plain, c) : NULL;

		if (p) {
			str_addc(b, '\\');
			str_addc(b, short_form[p - plain]);
		} else if (c < 0x20 || c == 0x7f) {
			str_addf(b, "\\x%02x", c);
		} else {
			str_addc(b, (char)c);
		}
	}
}

void
str_add_safe(struct str *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t k = str_printable(s + i, n - i);

		if (k)
			str_addn(b, s + i, k);
		else
			str_addf(b, "\\x%02x", (unsigned char)s[i]);
		i += k ? k : 1;
	}
}

size_t
str_utf8(const char *text, size_t left)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;

	if (!n || n > left)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) ||
	    (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

size_t
str_printable(const char *s, size_t left)
{
	static const struct {
		unsigned first, last;
	} obeyed[] = {
		{0x00, 0x1f},     {0x7f, 0x9f},     {0x061c, 0x061c}, {0x200b, 0x200f},
		{0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xe0000, 0xe0fff},
	};
	size_t n = left ? str_utf8(s, left) : 0;
	unsigned c = (unsigned char)*s & (n == 1 ? 0x7f : 0xff >> (n + 1));

	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3f);
	for (size_t i = 0; i < sizeof obeyed / sizeof *obeyed; i++)
		if (c >= obeyed[i].first && c <= obeyed[i].last)
			return 0;
	return n;
}

void
str_reset(struct str *b)
{
	b->len = 0;
	if (b->s)
		b->s[0] = '\0';
}

void
str_free(struct str *b)
{
	free(b->s);
	memset(b, 0, sizeof *b);
}

char *
str_steal(struct str *b)
{
	char *s = b->s ? b->s : xstrdup("");

	memset(b, 0, sizeof *b);
	return s;
}

const char *
str_text(const struct str *b)
{
	return b->s ? b->s : "";
}

size_t
str_width(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

bool
str_starts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

bool
str_ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), k = strlen(suffix);

	return n >= k && !memcmp(s + n - k, suffix, k);
}

bool
str_eq(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

const char *
path_base(const char *path)
{
	const char *s = strrchr(path, '/');

	return s ? s + 1 : path;
}

int
path_clean(char *path)
{
	char *out = path;
	const char *in = path;

	if (*in == '/')
		return -1;
	while (*in) {
		size_t n = strcspn(in, "/");

		for (size_t i = 0; i < n; i++)
			if (iscntrl((unsigned char)in[i]))
				return -1;
		if (n == 2 && in[0] == '.' && in[1] == '.') {
			if (out == path)
				return -1;
			while (out > path && *--out != '/')
				;
		} else if (n && !(n == 1 && in[0] == '.')) {
			/* the slash goes in front: behind, it could overwrite the end of the input */
			if (out > path)
				*out++ = '/';
			memmove(out, in, n);
			out += n;
		}
		in += n;
		in += strspn(in, "/");
	}
	*out = '\0';
	return 0;
}

int
path_cmp(const char *a, const char *b)
{
	unsigned char x, y;

	while (*a && *a == *b)
		a++, b++;
	x = (unsigned char)*a;
	y = (unsigned char)*b;
	if (x == y)
		return 0;
	if (!x || !y)
		return x ? 1 : -1;
	if (x == '/' || y == '/')
		return x == '/' ? -1 : 1;
	return x < y ? -1 : 1;
}

bool
path_within(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return !n || (!strncmp(path, dir, n) && (path[n] == '/' || !path[n]));
}

long long
parse_size(const char *s)
{
	static const char units[] = "KMGT";
	long long n = 0;
	const char *u;

	if (!isdigit((unsigned char)*s))
		return -1;
	for (; isdigit((unsigned char)*s); s++) {
		if (n > (LLONG_MAX - 9) / 10)
			return -1;
		n = n * 10 + (*s - '0');
	}
	if (!*s)
		return n;
	u = strchr(units, toupper((unsigned char)*s));
	if (!u || s[1])
		return -1;
	for (int shift = (int)(u - units + 1); shift; shift--) {
		if (n > LLONG_MAX / 1024)
			return -1;
		n *= 1024;
	}
	return n;
}

const char *
format_size(unsigned long long n, char buf[32])
{
	static const char *const unit[] = {"B", "kB", "MB", "GB", "TB"};
	double x = (double)n;
	unsigned u = 0;

	while (x >= 999.5 && u + 1 < ARRAY_LEN(unit)) {
		x /= 1000;
		u++;
	}
	snprintf(buf, 32, u && x < 10 ? "%.1f %s" : "%.0f %s", x, unit[u]);
	return buf;
}

const char *
format_duration(double s, char buf[32])
{
	long n = (long)(s + 0.5);

	if (s < 9.95)
		snprintf(buf, 32, "%.1f s", s);
	else if (n < 60)
		snprintf(buf, 32, "%ld s", n);
	else if (n < 3600)
		snprintf(buf, 32, "%ldm%02lds", n / 60, n % 60);
	else
		snprintf(buf, 32, "%ldh%02ldm", n / 3600, n / 60 % 60);
	return buf;
}
