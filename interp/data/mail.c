#include "data/mail.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/charset.h"
#include "data/mail_head.h"

#define HEADER_MAX ((size_t)64 << 10) /* of one header, unfolded; also what is looked at of a patch */

enum { FROM, SUBJECT, DATE, FIELDS };

static const char *const fields[FIELDS] = {"From", "Subject", "Date"};
/* What Debian calls them in the heads of its patches. */
static const char *const aliases[FIELDS] = {"Author", "Description", NULL};

enum coding { CODING_NONE, CODING_Q, CODING_B, CODING_OTHER };

static const struct {
	const char *name;
	enum coding coding;
} codings[] = {{"7bit", CODING_NONE},
	       {"8bit", CODING_NONE},
	       {"binary", CODING_NONE},
	       {"quoted-printable", CODING_Q},
	       {"base64", CODING_B}};

struct reading {
	const char *name;
	const char *p, *end;
	unsigned line;                          /* of `p` */
	bool quiet;                             /* a text that is no mail: what cannot be read is left out */
	struct str head[FIELDS], inner[FIELDS]; /* decoded; `inner` stands before the text */
	bool has[FIELDS], has_inner[FIELDS];
	struct str type, charset;
	enum coding coding;
	struct str body;
	struct err *err;
};

static int
fault(struct reading *r, const char *fmt, ...)
{
	struct str cleanup_str b = {0};
	va_list ap;

	va_start(ap, fmt);
	str_addv(&b, fmt, ap);
	va_end(ap);
	err_set(r->err, "E0511", "%s", str_text(&b));
	return err_at(r->err, (struct place){.file = r->name, .line = r->line});
}

static int
set_field(struct reading *r, const char *value, struct str *to, bool *has)
{
	const char *why;

	str_reset(to);
	why = mail_decode_words(value, to);
	*has = !why;
	return why && !r->quiet ? fault(r, "%s", why) : 0;
}

static int
take_header(struct reading *r, const char *line)
{
	const char *value;

	for (int i = 0; i < FIELDS; i++) {
		value = mail_value(line, fields[i]);
		if (!value && r->quiet && aliases[i])
			value = mail_value(line, aliases[i]);
		if (value)
			return set_field(r, value, &r->head[i], &r->has[i]);
	}
	if ((value = mail_value(line, "Content-Type"))) {
		str_reset(&r->type);
		str_add(&r->type, value);
		mail_attribute(value, "charset=", &r->charset);
	} else if ((value = mail_value(line, "Content-Transfer-Encoding"))) {
		size_t n = strcspn(value, "; \t(");

		r->coding = n ? CODING_OTHER : CODING_NONE;
		for (size_t i = 0; i < ARRAY_LEN(codings); i++)
			if (strlen(codings[i].name) == n && !strncasecmp(value, codings[i].name, n))
				r->coding = codings[i].coding;
	}
	return 0;
}

/* Reads headers, those that are folded put together, up to the first line that is none. */
static int
read_headers(struct reading *r)
{
	struct str cleanup_str whole = {0};
	const char *p = r->p;
	struct mail_line l;

	while (mail_next(&p, r->end, &l)) {
		unsigned lines = 1;

		l = mail_trimmed(l);
		if (!l.len || !mail_is_header(l))
			return 0;
		str_reset(&whole);
		str_addn(&whole, l.s, l.len);
		for (; p < r->end && (*p == ' ' || *p == '\t') && mail_next(&p, r->end, &l); lines++) {
			l = mail_trimmed(l);
			str_addc(&whole, ' ');
			if (l.len)
				str_addn(&whole, l.s + 1, l.len - 1);
			if (whole.len > HEADER_MAX)
				break;
		}
		if (whole.len > HEADER_MAX || memchr(whole.s, '\0', whole.len))
			return r->quiet ? 0 : fault(r, "a header is longer than 64 kB, or holds a NUL byte");
		if (take_header(r, whole.s))
			return -1;
		r->p = p;
		r->line += lines;
	}
	return 0;
}

/* Forms that git am takes apart or guesses at; here a patch is what is written. */
static int
check_form(struct reading *r)
{
	const char *type = str_text(&r->type);
	struct str cleanup_str value = {0};

	if (!strncasecmp(type, "multipart/", 10)) {
		fault(r, "it has several parts (%.*s)", (int)strcspn(type, "; \t"), type);
		return err_help(r->err, "save the part that is the patch, or let b4 am or git mailinfo write it");
	}
	if (*type && (strncasecmp(type, "text/", 5) != 0 || !strncasecmp(type, "text/html", 9)))
		return fault(r, "it is no plain text, but %.*s", (int)strcspn(type, "; \t"), type);
	if (mail_attribute(type, "format=", &value) && !strcasecmp(str_text(&value), "flowed")) {
		fault(r, "its lines may have been broken on the way (format=flowed)");
		return err_help(r->err, "ask for the patch as git send-email sends it");
	}
	if (r->coding == CODING_OTHER)
		return fault(r, "its Content-Transfer-Encoding is not known");
	return 0;
}

/* The text as it was written: CR before a newline, and what encoding the mail has, taken off. */
static void
read_body(struct reading *r)
{
	const char *p = r->p;
	struct mail_line l;

	while (mail_next(&p, r->end, &l)) {
		bool ended = l.s + l.len < r->end;

		if (ended && l.len && l.s[l.len - 1] == '\r')
			l.len--;
		if (r->coding == CODING_B) {
			mail_decode_b(l.s, l.len, &r->body);
			continue;
		}
		if (r->coding == CODING_Q) {
			bool soft = l.len && l.s[l.len - 1] == '=';

			mail_decode_q(l.s, l.len - soft, false, &r->body);
			ended = ended && !soft;
		} else {
			str_addn(&r->body, l.s, l.len);
		}
		if (ended)
			str_addc(&r->body, '\n');
	}
}

/* Takes a header that stands in the text; each counts once. */
static int
take_inner(struct reading *r, struct str *line)
{
	struct str cleanup_str text = {0};
	int rc = 0;

	if (!line->len)
		return 0;
	if (!r->charset.len)
		str_addn(&text, line->s, line->len);
	else if (charset_add(r->charset.s, line->s, line->len, &text))
		rc = fault(r, "its charset is not known, or not that of its text");
	for (int i = 0; i < FIELDS && !rc; i++) {
		const char *value = mail_value(str_text(&text), fields[i]);

		if (value && !r->has_inner[i])
			rc = set_field(r, value, &r->inner[i], &r->has_inner[i]);
	}
	str_reset(line);
	return rc;
}

static bool
is_inner(const struct reading *r, const char *line)
{
	for (int i = 0; i < FIELDS; i++)
		if (!r->has_inner[i] && mail_value(line, fields[i]))
			return true;
	return false;
}

/* Reads a line where headers in the text may stand. 1: it was one, 0: here the text begins, -1: a mistake. */
static int
read_inner(struct reading *r, struct mail_line l, struct str *open)
{
	struct str cleanup_str line = {0};

	if (open->len && l.len && (*l.s == ' ' || *l.s == '\t')) {
		if (open->len + l.len > HEADER_MAX)
			return fault(r, "a header in its text is longer than 64 kB");
		str_addn(open, l.s, l.len);
		return 1;
	}
	if (take_inner(r, open))
		return -1;
	if (mail_is_separator(l))
		return 1;
	if (l.len > HEADER_MAX || memchr(l.s, '\0', l.len))
		return 0;
	str_addn(&line, l.s, l.len);
	if (str_starts(str_text(&line), "[PATCH] ")) {
		str_reset(&r->inner[SUBJECT]);
		str_addn(&r->inner[SUBJECT], l.s, l.len);
		r->has_inner[SUBJECT] = true;
		return 1;
	}
	if (!is_inner(r, str_text(&line)))
		return 0;
	str_addn(open, l.s, l.len);
	return 1;
}

/* Reads the message up to the patch; gives where that begins in the body. */
static int
read_message(struct reading *r, size_t *at, unsigned *line)
{
	const char *p = str_text(&r->body), *start = p, *end = p + r->body.len;
	struct str cleanup_str open = {0};
	bool heading = true;
	struct mail_line l;

	*at = r->body.len;
	for (*line = 0; mail_next(&p, end, &l); (*line)++) {
		if (heading && !l.len) {
			heading = !open.len;
			if (take_inner(r, &open))
				return -1;
			continue;
		}
		if (heading) {
			int rc = read_inner(r, l, &open);

			if (rc < 0)
				return -1;
			heading = rc > 0;
		}
		if (!heading && mail_begins_patch(l, l.s + l.len < end)) {
			*at = (size_t)(l.s - start);
			return 0;
		}
	}
	return take_inner(r, &open);
}

static const char *
tidy(struct arena *a, const char *s)
{
	struct str cleanup_str b = {0};

	mail_tidy(s, strlen(s), &b);
	return arena_strdup(a, str_text(&b));
}

/* What the mail says of itself; headers in the text count before its own. */
static void
settle(struct reading *r, bool inner, struct arena *a, struct mail *out)
{
	struct str cleanup_str author = {0}, email = {0}, subject = {0};
	const char *value[FIELDS];

	for (int i = 0; i < FIELDS; i++)
		value[i] = inner && r->has_inner[i] ? str_text(&r->inner[i]) : r->has[i] ? str_text(&r->head[i]) : NULL;
	if (value[FROM])
		mail_author(value[FROM], &author, &email);
	out->author = author.len ? arena_strdup(a, author.s) : NULL;
	out->email = email.len ? arena_strdup(a, email.s) : NULL;
	out->date = value[DATE] ? tidy(a, value[DATE]) : NULL;
	if (value[SUBJECT])
		mail_subject(value[SUBJECT], &subject);
	out->subject = value[SUBJECT] ? arena_strdup(a, str_text(&subject)) : NULL;
}

static void
reading_free(struct reading *r)
{
	for (int i = 0; i < FIELDS; i++) {
		str_free(&r->head[i]);
		str_free(&r->inner[i]);
	}
	str_free(&r->type);
	str_free(&r->charset);
	str_free(&r->body);
}

static int
read_text(struct reading *r, struct arena *a, struct mail *out)
{
	unsigned lines;
	size_t at;

	if (check_form(r))
		return -1;
	read_body(r);
	if (read_message(r, &at, &lines))
		return -1;
	out->len = r->body.len - at;
	if (out->len)
		out->patch = arena_memdup(a, r->body.s + at, out->len);
	out->encoded = r->coding != CODING_NONE;
	out->line = out->encoded ? 1 : r->line + lines;
	settle(r, out->len > 0, a, out);
	if (out->email)
		return 0;
	fault(r, "nobody is named as its author");
	return err_help(r->err, "`From:` names a person and an address, in the headers or at the start of the text");
}

int
mail_read(const char *name, const struct mail_slice *in, struct arena *a, struct mail *out, struct err *err)
{
	struct reading r = {.name = name, .p = in->s, .end = in->s + in->len, .line = in->line, .err = err};
	int rc;

	*out = (struct mail){.patch = ""};
	for (; r.p < r.end && *r.p && strchr(" \t\r\n", *r.p); r.p++)
		r.line += *r.p == '\n';
	rc = read_headers(&r);
	settle(&r, false, a, out);
	if (!rc)
		rc = read_text(&r, a, out);
	reading_free(&r);
	return rc;
}

void
mail_peek(const char *text, size_t len, struct arena *a, struct mail *out)
{
	struct reading r = {.p = text, .end = text + (len < HEADER_MAX ? len : HEADER_MAX), .quiet = true};

	*out = (struct mail){.patch = text, .len = len, .line = 1};
	read_headers(&r);
	settle(&r, false, a, out);
	reading_free(&r);
}
