#include "data/kconfig.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#define PREFIX "CONFIG_"
#define NOT_SET " is not set"

const char *
kconfig_bad_name(const char *name)
{
	if (!*name)
		return "it is empty";
	if (str_starts(name, PREFIX))
		return "it is written without CONFIG_";
	for (const char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && *p != '_')
			return "the name has other characters than letters, digits and `_`";
	return NULL;
}

static const char *
bad_string(const char *v)
{
	for (const char *p = v + 1; *p; p++) {
		if (*p == '\\' && (p[1] == '"' || p[1] == '\\'))
			p++;
		else if (*p == '"')
			return p[1] ? "something follows the closing quote" : NULL;
		else if (iscntrl((unsigned char)*p) && *p != '\t')
			return "it holds a control character";
	}
	return "its quote is not closed";
}

static bool
all(const char *s, int (*is)(int))
{
	const char *p = s;

	while (*p && is((unsigned char)*p))
		p++;
	return p > s && !*p;
}

const char *
kconfig_bad_value(const char *v)
{
	const char *digits = *v == '-' ? v + 1 : v;

	if (!*v)
		return "it is empty";
	if (*v == '"')
		return bad_string(v);
	if (!strcmp(v, "y") || !strcmp(v, "m") || !strcmp(v, "n"))
		return NULL;
	if (v[0] == '0' && (v[1] == 'x' || v[1] == 'X') ? all(v + 2, isxdigit) : all(digits, isdigit))
		return NULL;
	return "it is none of y, m, n, a number or a text in quotes";
}

void
kconfig_set(struct kconfig *k, struct arena *a, const struct config_line *line)
{
	map_set(&k->last, line->name, arena_memdup(a, line, sizeof *line));
}

const char *
kconfig_get(const struct kconfig *k, const char *name)
{
	const struct config_line *l = map_get(&k->last, name);

	return l ? l->value : NULL;
}

void
kconfig_free(struct kconfig *k)
{
	map_free(&k->last);
	free(k->v);
	*k = (struct kconfig){0};
}

/* What a line is. */
enum line_kind { LINE_NOTHING, LINE_SET, LINE_BAD };

static enum line_kind
read_comment(struct arena *a, const char *s, struct config_line *l, const char **why)
{
	const char *at = strstr(s, NOT_SET), *p = s + 1;

	if (!at || at[strlen(NOT_SET)])
		return LINE_NOTHING;
	p += strspn(p, " \t#");
	if (!str_starts(p, PREFIX) || memchr(p, ' ', (size_t)(at - p)))
		return LINE_NOTHING;
	l->name = arena_strndup(a, p + strlen(PREFIX), (size_t)(at - p) - strlen(PREFIX));
	l->value = "n";
	if (!str_starts(s, "# " PREFIX)) {
		*why = "Kconfig reads it as a comment; it must begin with `# CONFIG_`";
		return LINE_BAD;
	}
	*why = kconfig_bad_name(l->name);
	return *why ? LINE_BAD : LINE_SET;
}

static enum line_kind
read_line(struct arena *a, const char *s, struct config_line *l, const char **why)
{
	const char *eq = strchr(s, '=');

	if (s[strspn(s, " \t")] == '\0')
		return LINE_NOTHING;
	if (*s == '#')
		return read_comment(a, s, l, why);
	if (!str_starts(s, PREFIX) || !eq) {
		*why = isspace((unsigned char)*s) ? "it begins with a blank" : "it is not CONFIG_NAME=value";
		return LINE_BAD;
	}
	l->name = arena_strndup(a, s + strlen(PREFIX), (size_t)(eq - s) - strlen(PREFIX));
	l->value = arena_strdup(a, eq + 1);
	*why = kconfig_bad_name(l->name);
	if (!*why)
		*why = kconfig_bad_value(l->value);
	return *why ? LINE_BAD : LINE_SET;
}

typedef void (*line_fn)(void *ctx, const struct config_line *l, enum line_kind kind, const char *why);

/* Splits a text into lines; `shown` must outlive what is made of it. */
static void
each_line(const char *shown, const char *text, size_t len, struct arena *a, line_fn fn, void *ctx)
{
	unsigned n = 1;

	for (const char *p = text, *end = text + len; p < end; n++) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t k = (size_t)((nl ? nl : end) - p);
		struct config_line l = {.at = {.file = shown, .line = n, .col = 1}};
		const char *why = NULL;
		char *s;
		enum line_kind kind;

		if (k && p[k - 1] == '\r')
			k--;
		s = xstrndup(p, k);
		l.at.len = (unsigned)k;
		kind = memchr(p, '\0', k) ? LINE_BAD : read_line(a, s, &l, &why);
		if (kind != LINE_NOTHING)
			fn(ctx, &l, kind, why ? why : "it holds a NUL");
		free(s);
		p = nl ? nl + 1 : end;
	}
}

struct reading {
	struct arena *a;
	struct kconfig *out;
	size_t cap;
	struct err *err; /* NULL: what cannot be read is left aside */
};

static void
keep(struct reading *r, const struct config_line *l)
{
	GROW(r->out->v, r->out->n, r->cap);
	r->out->v[r->out->n++] = *l;
	kconfig_set(r->out, r->a, l);
}

static void
take_fragment_line(void *ctx, const struct config_line *l, enum line_kind kind, const char *why)
{
	struct reading *r = ctx;
	const struct config_line *before;

	if (kind == LINE_BAD) {
		err_set(r->err, "E0201", "line %u of `%s` sets no symbol: %s", l->at.line, l->at.file, why);
		err_help(r->err, "write CONFIG_NAME=value, without blanks around the `=`");
		err_at(r->err, l->at);
		return;
	}
	before = map_get(&r->out->last, l->name);
	if (before && strcmp(before->value, l->value)) {
		err_set(r->err, "E0202", "`CONFIG_%s` is set to `%s` at line %u and to `%s` at line %u of `%s`",
			l->name, before->value, before->at.line, l->value, l->at.line, l->at.file);
		err_at(r->err, l->at);
		err_label(r->err, "`%s` here, `%s` at line %u", l->value, before->value, before->at.line);
		err_help(r->err, "keep the one that is meant; a later fragment or the table may set it anew");
		return;
	}
	keep(r, l);
}

static void
take_config_line(void *ctx, const struct config_line *l, enum line_kind kind, const char *why)
{
	(void)why;
	if (kind == LINE_SET)
		keep(ctx, l);
}

int
kconfig_parse_fragment(const char *shown, const char *text, size_t len, struct arena *a, struct kconfig *out,
		       struct err *err)
{
	struct reading r = {a, out, 0, err};
	size_t before = err_count(err);

	*out = (struct kconfig){0};
	each_line(shown, text, len, a, take_fragment_line, &r);
	return err_count(err) > before ? -1 : 0;
}

void
kconfig_parse_config(const char *shown, const char *text, size_t len, struct arena *a, struct kconfig *out)
{
	struct reading r = {a, out, 0, NULL};

	*out = (struct kconfig){0};
	each_line(shown, text, len, a, take_config_line, &r);
}

void
kconfig_write_line(struct str *out, const char *name, const char *value)
{
	if (!strcmp(value, "n"))
		str_addf(out, "# " PREFIX "%s" NOT_SET "\n", name);
	else
		str_addf(out, PREFIX "%s=%s\n", name, value);
}

const char *
kconfig_plain(struct arena *a, const char *value)
{
	char *out, *p;

	if (*value != '"')
		return value;
	out = p = arena_strdup(a, value + 1);
	for (const char *q = out; *q && *q != '"'; q++) {
		if (*q == '\\' && q[1])
			q++;
		*p++ = *q;
	}
	*p = '\0';
	return out;
}

/* The number that a value is; false when it is none that fits. */
static bool
number(const char *v, bool hex, unsigned long long *out)
{
	char *end;

	errno = 0;
	*out = strtoull(v, &end, hex ? 16 : 10);
	return *v != '-' && end != v && !*end && !errno;
}

bool
kconfig_equal(const char *a, const char *b)
{
	struct arena cleanup_arena m = {0};
	unsigned long long x, y;
	bool hex;

	a = a ? a : "n";
	b = b ? b : "n";
	if (!strcmp(a, b))
		return true;
	if (*a == '"' && *b == '"')
		return !strcmp(kconfig_plain(&m, a), kconfig_plain(&m, b));
	hex = str_starts(a, "0x") || str_starts(b, "0x") || str_starts(a, "0X") || str_starts(b, "0X");
	return !kconfig_bad_value(a) && !kconfig_bad_value(b) && number(a, hex, &x) && number(b, hex, &y) && x == y;
}
