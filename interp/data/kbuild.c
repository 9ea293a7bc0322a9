#include "data/kbuild.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#define INDENT "  "
#define WHY " - due to"

static bool
begins(const char *s, size_t n, const char *with)
{
	return n >= strlen(with) && !memcmp(s, with, strlen(with));
}

static bool
ends(struct kbuild_text t, const char *with)
{
	return t.n >= strlen(with) && !memcmp(t.s + t.n - strlen(with), with, strlen(with));
}

static bool
is(struct kbuild_text t, const char *text)
{
	return t.n == strlen(text) && !memcmp(t.s, text, t.n);
}

static size_t
word_length(const char *s, size_t n)
{
	size_t k = 0;

	while (k < n && !isspace((unsigned char)s[k]))
		k++;
	return k;
}

static size_t
blanks(const char *s, size_t n)
{
	size_t k = 0;

	while (k < n && s[k] == ' ')
		k++;
	return k;
}

/* "CC", "HOSTCC", "LD [M]", "CC [M U]": as long as it is, or 0. */
static size_t
tag_length(const char *s, size_t n)
{
	size_t k = 0, after;
	const char *close;

	while (k < n && (isupper((unsigned char)s[k]) || isdigit((unsigned char)s[k]) || (s[k] && strchr("_-+", s[k]))))
		k++;
	if (k < 2 || !isupper((unsigned char)*s) || k == n || s[k] != ' ')
		return 0;
	after = k + 1;
	close = after < n && s[after] == '[' ? memchr(s + after, ']', n - after) : NULL;
	return close && close - (s + after) < 6 ? (size_t)(close - s) + 1 : k;
}

bool
kbuild_line(const char *line, size_t n, struct kbuild_line *out)
{
	size_t tag, at = strlen(INDENT);
	const char *why;

	*out = (struct kbuild_line){0};
	if (!begins(line, n, INDENT))
		return false;
	tag = tag_length(line + at, n - at);
	if (!tag)
		return false;
	out->tag = (struct kbuild_text){line + at, tag};
	at += tag;
	at += blanks(line + at, n - at);
	out->target = (struct kbuild_text){line + at, word_length(line + at, n - at)};
	why = memmem(line + at, n - at, WHY, strlen(WHY));
	if (why) {
		why += strlen(WHY);
		why += why < line + n && *why == ' ';
		out->why = (struct kbuild_text){why, n - (size_t)(why - line)};
	}
	return out->target.n > 0;
}

/* The symbol of include/config/NAME, which stands for its value in the prerequisites. */
static bool
is_symbol(struct kbuild_text file, struct kbuild_text *name)
{
	static const char folder[] = "include/config/";
	const char *at = memmem(file.s, file.n, folder, sizeof folder - 1);

	if (!at || (at > file.s && at[-1] != '/'))
		return false;
	at += sizeof folder - 1;
	*name = (struct kbuild_text){at, file.n - (size_t)(at - file.s)};
	/* not auto.conf, not kernel.release */
	return name->n && !memchr(at, '.', name->n) && !memchr(at, '/', name->n) && isupper((unsigned char)*at);
}

static enum kbuild_reason
reason_of_file(struct kbuild_text file, struct kbuild_text *what)
{
	static const char *const sources[] = {".c", ".S", ".dts", ".dtso", ".dtsi", ".rs", ".lds", ".y", ".l", ".tbl"};

	*what = file;
	if (is_symbol(file, what))
		return KBUILD_SYMBOL;
	*what = file;
	if (ends(file, ".h"))
		return KBUILD_HEADER;
	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		if (ends(file, sources[i]))
			return KBUILD_SOURCE;
	return KBUILD_FOLLOWS;
}

/* The number is how much it tells. */
static int
weight(enum kbuild_reason r)
{
	static const int of[] = {[KBUILD_SOURCE] = 4, [KBUILD_HEADER] = 3, [KBUILD_SYMBOL] = 2, [KBUILD_FOLLOWS] = 1};

	return r < ARRAY_LEN(of) ? of[r] : 0;
}

static enum kbuild_reason
reason_of_files(const char *s, size_t n, struct kbuild_text *what)
{
	enum kbuild_reason best = KBUILD_NONE;

	for (size_t at = blanks(s, n), k; at < n; at += k, at += blanks(s + at, n - at)) {
		struct kbuild_text w;
		enum kbuild_reason r;

		k = word_length(s + at, n - at);
		if (!k)
			break;
		r = reason_of_file((struct kbuild_text){s + at, k}, &w);
		if (weight(r) > weight(best)) {
			best = r;
			*what = w;
		}
	}
	return best;
}

enum kbuild_reason
kbuild_reason(const struct kbuild_line *l, struct kbuild_text *what)
{
	*what = (struct kbuild_text){"", 0};
	if (!l->why.n)
		return KBUILD_NONE;
	if (*l->why.s == ':')
		return reason_of_files(l->why.s + 1, l->why.n - 1, what);
	if (begins(l->why.s, l->why.n, "command line change"))
		return KBUILD_COMMAND;
	if (is(l->why, "target missing"))
		return KBUILD_NEW;
	return KBUILD_ALWAYS; /* PHONY, no .cmd file, not among the targets */
}

bool
kbuild_warning(const char *line, size_t n)
{
	static const char *const marks[] = {": warning: ", ": Warning (", "WARNING: modpost: ", "warning: modpost: "};

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (memmem(line, n, marks[i], strlen(marks[i])))
			return true;
	return begins(line, n, "warning: ") || begins(line, n, "WARNING: ");
}

/* What stands behind := in the first line: "savedcmd_init/main.o := gcc …". */
static struct kbuild_text
command_of(const char *text)
{
	size_t n = strcspn(text, "\n");
	const char *at = memmem(text, n, ":= ", 3);

	if (!at || (!begins(text, n, "cmd_") && !begins(text, n, "savedcmd_")))
		return (struct kbuild_text){"", 0};
	return (struct kbuild_text){at + 3, n - (size_t)(at + 3 - text)};
}

struct words {
	struct kbuild_text *v;
	size_t n, cap;
};

static int
by_bytes(const void *a, const void *b)
{
	const struct kbuild_text *x = a, *y = b;
	int r = memcmp(x->s, y->s, x->n < y->n ? x->n : y->n);

	return r ? r : x->n < y->n ? -1 : x->n > y->n;
}

/* In their order. */
static void
split(struct kbuild_text of, struct words *out)
{
	for (size_t at = blanks(of.s, of.n), k; at < of.n; at += k, at += blanks(of.s + at, of.n - at)) {
		k = word_length(of.s + at, of.n - at);
		if (!k)
			break;
		GROW(out->v, out->n, out->cap);
		out->v[out->n++] = (struct kbuild_text){of.s + at, k};
	}
}

/* The command that links a driver has thousands of words. */
static void
add_missing(struct kbuild_text of, struct kbuild_text in, char mark, struct str *out)
{
	struct words a = {0}, b = {0};

	split(of, &a);
	split(in, &b);
	if (b.n)
		qsort(b.v, b.n, sizeof *b.v, by_bytes);
	for (size_t i = 0; i < a.n; i++)
		if (!b.n || !bsearch(&a.v[i], b.v, b.n, sizeof *b.v, by_bytes))
			str_addf(out, "%s%c %.*s", out->len ? " " : "", mark, (int)a.v[i].n, a.v[i].s);
	free(a.v);
	free(b.v);
}

bool
kbuild_command_change(const char *before, const char *after, struct str *out)
{
	struct kbuild_text a = command_of(before), b = command_of(after);

	str_reset(out);
	if (!a.n || !b.n)
		return false;
	add_missing(a, b, '-', out);
	add_missing(b, a, '+', out);
	return out->len > 0;
}

void
kbuild_cmd_name(const char *target, size_t n, struct str *out)
{
	const char *slash = memrchr(target, '/', n);
	size_t dir = slash ? (size_t)(slash - target) + 1 : 0;

	str_reset(out);
	str_addf(out, "%.*s.%.*s.cmd", (int)dir, target, (int)(n - dir), target + dir);
}
