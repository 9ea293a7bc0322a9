/* How a mistake looks: message, place, excerpt with a caret, help. */
#include <string.h>

#include "base/err.h"
#include "base/str.h"

#define LONGEST 800 /* bytes of a sentence */
#define WIDEST 240  /* bytes of a line that is shown */

static const char *
paint(const struct err_style *style, const char *sgr)
{
	return style->colour ? sgr : "";
}

/* Words of others reach the terminal: what it would obey instead of show is quoted, but for tabs. Gives the columns
 * taken. */
static unsigned
put_safe(FILE *out, const char *s, size_t n)
{
	unsigned columns = 0;

	for (size_t i = 0; i < n; columns++) {
		size_t k = s[i] == '\t' ? 1 : str_printable(s + i, n - i);

		if (k && out)
			fwrite(s + i, 1, k, out);
		else if (!k && out)
			fprintf(out, "\\x%02x", (unsigned char)s[i]);
		columns += k ? 0 : 3;
		i += k ? k : 1;
	}
	return columns;
}

static size_t
boundary(const char *s, size_t at)
{
	while (at && ((unsigned char)s[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/* What an input names can be of any length: of much, the beginning and the end are shown. */
static void
put_short(FILE *out, const char *s)
{
	size_t n = strlen(s);

	if (n > LONGEST) {
		put_safe(out, s, boundary(s, LONGEST / 2));
		fputs(" … ", out);
		s += boundary(s, n - LONGEST / 4);
	}
	put_safe(out, s, strlen(s));
}

static void
put_text(FILE *out, const char *before, const char *s)
{
	fputs(before, out);
	put_short(out, s);
	putc('\n', out);
}

static const char *
line_of(const char *text, unsigned line, size_t *len)
{
	while (--line) {
		text = strchr(text, '\n');
		if (!text)
			return NULL;
		text++;
	}
	*len = strcspn(text, "\r\n");
	return *text || *len ? text : NULL;
}

static void
put_caret(FILE *out, const char *line, size_t len, const struct place *at)
{
	size_t left = at->col - 1 < len ? len - (at->col - 1) : 1; /* a place may claim more than the line has */
	size_t n = at->len < left ? at->len : left;

	for (size_t i = 0, k; i + 1 < at->col && i < len; i += k) {
		k = str_utf8(line + i, len - i);
		k = k ? k : 1;
		if (line[i] == '\t')
			putc('\t', out);
		else
			fprintf(out, "%*s", (int)put_safe(NULL, line + i, k), "");
	}
	do
		putc('^', out);
	while (n-- > 1);
}

/* Of a long line, what stands around the place. */
static const char *
around(const char *line, size_t *len, struct place *at)
{
	size_t from = *len > WIDEST && at->col > WIDEST / 2 ? at->col - WIDEST / 2 : 0;

	from = boundary(line, from < *len ? from : *len);
	at->col -= (unsigned)from;
	*len = boundary(line + from, *len - from < WIDEST ? *len - from : WIDEST);
	return line + from;
}

static void
print_excerpt(const struct diag *d, struct place *at, FILE *out, const struct err_style *style)
{
	const char *blue = paint(style, "\033[1;34m"), *red = paint(style, "\033[1;31m");
	const char *off = paint(style, "\033[0m");
	const char *text = style->source ? style->source(style->ctx, at->file) : NULL;
	size_t len = 0;
	const char *line = text && at->line ? line_of(text, at->line, &len) : NULL;
	int width = snprintf(NULL, 0, "%u", at->line);

	if (!line) {
		if (d->label)
			put_text(out, "   = ", d->label);
		return;
	}
	line = around(line, &len, at);
	fprintf(out, "%s%*s |%s\n", blue, width + 1, "", off);
	fprintf(out, "%s%*u |%s ", blue, width + 1, at->line, off);
	put_safe(out, line, len);
	putc('\n', out);
	if (!at->col && !d->label)
		return;
	fprintf(out, "%s%*s |%s ", blue, width + 1, "", off);
	if (at->col) {
		fputs(red, out);
		put_caret(out, line, len, at);
	}
	if (d->label) {
		fputs(at->col ? " " : red, out);
		put_short(out, d->label);
	}
	fprintf(out, "%s\n", off);
}

static void
print_place(const struct diag *d, FILE *out, const struct err_style *style)
{
	struct place at = d->at;

	if (!at.col && at.line && style->find)
		style->find(style->ctx, &at);
	fprintf(out, "  %s-->%s ", paint(style, "\033[1;34m"), paint(style, "\033[0m"));
	put_short(out, at.file);
	if (at.line)
		fprintf(out, ":%u", at.line);
	if (at.line && at.col)
		fprintf(out, ":%u", at.col);
	putc('\n', out);
	print_excerpt(d, &at, out, style);
}

static void
print_diag(const struct diag *d, FILE *out, const struct err_style *style)
{
	const char *off = paint(style, "\033[0m");

	fprintf(out, "%serror", paint(style, "\033[1;31m"));
	if (d->code)
		fprintf(out, "[%s]", d->code);
	fprintf(out, "%s: %s", off, paint(style, "\033[1m"));
	put_short(out, d->msg);
	fprintf(out, "%s\n", off);
	if (d->at.file)
		print_place(d, out, style);
	else if (d->label)
		put_text(out, "   = ", d->label);
	if (d->from)
		put_text(out, "   = in ", d->from);
	for (unsigned i = 0; i < d->nhelp; i++)
		put_text(out, "   = help: ", d->help[i]);
}

void
err_print(const struct err *err, FILE *out, const struct err_style *style)
{
	for (const struct diag *d = err->head; d; d = d->next)
		print_diag(d, out, style);
}
