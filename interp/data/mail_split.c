/* mail_split: the mails of a mailbox, and the order of a maildir's; as `git mailsplit` has them. */
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/mail.h"
#include "data/mail_head.h"

#define MAILS_MAX 10000

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Whether a line begins a mail: "From somebody Mon Sep 17 00:00:00 2001". A text may have lines that begin so, too:
 * a time and a year have to stand at the end. */
static bool
begins_mail(struct mail_line l)
{
	enum { SHORTEST = 19, START = 5, OLDEST = 90 };
	const char *colon, *end = l.s + l.len, *p;
	long year = 0;

	if (l.len < SHORTEST || memcmp(l.s, "From ", START) != 0)
		return false;
	colon = memrchr(l.s + START, ':', l.len - START - 1);
	if (!colon || end - colon < 3 || !is_digit(colon[-4]) || !is_digit(colon[-2]) || !is_digit(colon[-1]) ||
	    !is_digit(colon[1]) || !is_digit(colon[2]))
		return false;
	p = colon + 3;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	for (; p < end && is_digit(*p) && year <= OLDEST; p++)
		year = year * 10 + (*p - '0');
	return year > OLDEST;
}

bool
mail_is_box(const char *name)
{
	return str_ends(name, ".mbox") || str_ends(name, ".mbx");
}

static int
too_many(const char *name, unsigned line, struct err *err)
{
	err_set(err, "E0511", "the mailbox `%s` holds more than %d mails", path_base(name), MAILS_MAX);
	err_at(err, (struct place){.file = name, .line = line});
	return err_help(err, "it is more than a series: save the mails that are meant");
}

int
mail_split(const char *name, const char *text, size_t len, struct arena *a, struct mail_slice **out, size_t *n,
	   struct err *err)
{
	const char *p = text, *end = text + len;
	struct mail_slice *v cleanup_free = NULL;
	struct mail_line l;
	unsigned line = 1;
	size_t cap = 0;
	bool bare;

	*n = 0;
	for (; p < end && strchr(" \t\r\n", *p) && *p; p++)
		line += *p == '\n';
	if (p == end) {
		err_set(err, "E0511", "the mailbox `%s` holds no mail", path_base(name));
		err_at(err, (struct place){.file = name});
		return err_help(err, "take it out of the list, or save the mails again");
	}
	for (const char *from = p; mail_next(&p, end, &l); line++, from = p) {
		bare = !*n && !begins_mail(l);
		if (!*n || begins_mail(l)) {
			if (*n == MAILS_MAX)
				return too_many(name, line, err);
			GROW(v, *n, cap);
			v[(*n)++] = (struct mail_slice){from, 0, line};
		}
		v[*n - 1].len = (size_t)(p - v[*n - 1].s);
		if (bare) {
			v[0].len = (size_t)(end - from);
			break;
		}
	}
	*out = arena_memdup(a, v, *n * sizeof *v);
	return 0;
}

/* Compares two numbers without reading them: any name may stand here. */
static int
order_numbers(const char **a, const char **b)
{
	size_t na, nb;
	int r;

	*a += strspn(*a, "0");
	*b += strspn(*b, "0");
	na = strspn(*a, "0123456789");
	nb = strspn(*b, "0123456789");
	r = na != nb ? (na < nb ? -1 : 1) : strncmp(*a, *b, na);
	*a += na;
	*b += nb;
	return r;
}

int
mail_order(const char *a, const char *b)
{
	while (*a && *b) {
		int r;

		if (is_digit(*a) && is_digit(*b))
			r = order_numbers(&a, &b);
		else
			r = (unsigned char)*a++ - (unsigned char)*b++;
		if (r)
			return r;
	}
	return (unsigned char)*a - (unsigned char)*b;
}
