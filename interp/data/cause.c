#include "data/cause.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { WINDOW = 64, HEX_LEAST = 16 };

const struct cause cause_time = {"the time of the build",
				 "take a date from the environment: `date -u -d @$SOURCE_DATE_EPOCH`"};
const struct cause cause_key = {
	"a key that the build generates",
	"make the key once and give it to the build as an input, or build without and sign afterwards"};
const struct cause cause_path = {"the path of the build",
				 "build in a folder that always has one name, not one of mktemp, or compile with "
				 "-ffile-prefix-map"};
const struct cause cause_jobs = {"the order in which jobs end, or how many there are",
				 "sort what several jobs write, and give the number of processors as an option"};
const struct cause cause_host = {
	"the machine's name",
	"leave out host, user and running kernel, or set KBUILD_BUILD_HOST and KBUILD_BUILD_USER"};
const struct cause cause_archive = {"order, times or owners of an archive's files",
				    "let `pack` make it, or tar with --sort=name --mtime=@$SOURCE_DATE_EPOCH --owner=0 "
				    "--group=0, and gzip with -n"};
const struct cause cause_random = {"a random number", "derive it from what goes in, or give it as an option"};

/* Dates and times: 9 a digit, a letter a letter, _ a digit or a blank. */
static const char *const times[] = {"99:99:99",   "99:99",       "9999-99-99",      "9999/99/99",      "aaa _9 9999",
				    "aaa aaa _9", "_9 aaa 9999", "99999999T999999", "99999999-999999", "99.99.9999"};

static bool
fits(char pattern, char c)
{
	unsigned char u = (unsigned char)c;

	switch (pattern) {
	case '9': return isdigit(u);
	case '_': return isdigit(u) || c == ' ';
	case 'a': return isalpha(u);
	default: return pattern == c;
	}
}

static bool
matches(const char *s, size_t n, size_t from, const char *pattern)
{
	size_t i = 0;

	while (pattern[i] && from + i < n && fits(pattern[i], s[from + i]))
		i++;
	return !pattern[i];
}

/* Seconds since 1970, perhaps with parts of a second behind: of the years 2001 to 2033. */
static bool
is_seconds(const char *s, size_t n, size_t from)
{
	size_t i = from;

	while (i < n && isdigit((unsigned char)s[i]))
		i++;
	return i - from >= 10 && s[from] == '1' && (!from || !isdigit((unsigned char)s[from - 1]));
}

static bool
is_time(const char *a, size_t na, const char *b, size_t nb, size_t at)
{
	size_t digits = at;

	for (size_t k = 0; k < sizeof times / sizeof *times; k++)
		for (size_t back = 0; back < strlen(times[k]) && back <= at; back++)
			if (matches(a, na, at - back, times[k]) && matches(b, nb, at - back, times[k]))
				return true;
	while (digits && isdigit((unsigned char)a[digits - 1]))
		digits--;
	return is_seconds(a, na, digits) && is_seconds(b, nb, digits);
}

/* Where the word around `at` begins. */
static size_t
word(const char *s, size_t at)
{
	size_t from = at;

	while (from && at - from < (size_t)WINDOW * 4 && !strchr(" \t\n\r\"'`=,;()<>[]", s[from - 1]))
		from--;
	return from;
}

/* Whether `at` lies in the header of a cpio member: 110 hexadecimal digits. */
static bool
is_cpio(const char *s, size_t at)
{
	size_t from = at;

	while (from && at - from < 110 && isxdigit((unsigned char)s[from - 1]))
		from--;
	return at - from >= 6 && (!strncmp(s + from, "070701", 6) || !strncmp(s + from, "070702", 6));
}

static bool
is_hex(const char *s, size_t n, size_t at)
{
	size_t from = at, to = at;

	while (from && (isxdigit((unsigned char)s[from - 1]) || s[from - 1] == '-'))
		from--;
	if (is_cpio(s, at))
		return false;
	while (to < n && (isxdigit((unsigned char)s[to]) || s[to] == '-'))
		to++;
	return to - from >= HEX_LEAST;
}

const struct cause *
cause_of_text(const char *a, size_t na, const char *b, size_t nb, size_t at)
{
	size_t from = word(a, at);
	size_t behind = at - from;
	const char *w = a + from;

	if (is_time(a, na, b, nb, at))
		return &cause_time;
	if (memmem(a, na, "-----BEGIN ", 11) && memmem(b, nb, "-----BEGIN ", 11))
		return &cause_key;
	if (*w == '/' && behind && memchr(w, '/', behind))
		return &cause_path;
	if (behind && memchr(w, '@', behind) && !memchr(w, '/', behind))
		return &cause_host;
	if (is_hex(a, na, at) && is_hex(b, nb, at))
		return &cause_random;
	return is_cpio(a, at) && is_cpio(b, at) ? &cause_archive : NULL;
}

/* Order */

struct line {
	const char *p;
	size_t n;
};

static int
by_text(const void *x, const void *y)
{
	const struct line *a = x, *b = y;
	int r = memcmp(a->p, b->p, a->n < b->n ? a->n : b->n);

	return r ? r : (a->n > b->n) - (a->n < b->n);
}

/* The words of a text, sorted; the caller frees. */
static struct line *
lines_of(const char *s, size_t n, size_t *count)
{
	struct line *v = NULL;
	size_t cap = 0, from = 0;

	*count = 0;
	for (size_t i = 0; i <= n; i++) {
		if (i < n && !isspace((unsigned char)s[i]))
			continue;
		if (i > from) {
			GROW(v, *count, cap);
			v[(*count)++] = (struct line){s + from, i - from};
		}
		from = i + 1;
	}
	if (v)
		qsort(v, *count, sizeof *v, by_text);
	return v;
}

bool
cause_is_order(const char *a, size_t na, const char *b, size_t nb)
{
	size_t n, m, i = 0;
	cleanup_free struct line *x = na == nb ? lines_of(a, na, &n) : NULL, *y = x ? lines_of(b, nb, &m) : NULL;

	if (!y || n != m || n < 2)
		return false;
	while (i < n && !by_text(&x[i], &y[i]))
		i++;
	return i == n;
}
