#include "lua/lex.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"

void
lex_start(struct lex *x, const char *text, unsigned line)
{
	memset(x, 0, sizeof *x);
	x->p = x->bol = text;
	x->line = line;
}

static void
step(struct lex *x)
{
	if (*x->p == '\n') {
		x->line++;
		x->bol = x->p + 1;
	}
	x->p++;
}

/* The level of a long bracket that opens here, or -1. */
static int
long_level(const char *p)
{
	const char *q = p + 1;

	if (*p != '[')
		return -1;
	while (*q == '=')
		q++;
	return *q == '[' ? (int)(q - p - 1) : -1;
}

static void
skip_long(struct lex *x, int level)
{
	for (int i = 0; i < level + 2; i++)
		step(x);
	x->s = x->p;
	for (; *x->p; step(x)) {
		int n = 0;

		if (*x->p != ']')
			continue;
		while (x->p[1 + n] == '=')
			n++;
		if (n == level && x->p[1 + n] == ']')
			break;
	}
	x->n = (size_t)(x->p - x->s);
	for (int i = 0; i < level + 2 && *x->p; i++)
		step(x);
}

static void
skip_blank(struct lex *x)
{
	for (;;) {
		while (*x->p && isspace((unsigned char)*x->p))
			step(x);
		if (x->p[0] != '-' || x->p[1] != '-')
			return;
		x->p += 2;
		if (long_level(x->p) >= 0)
			skip_long(x, long_level(x->p));
		else
			while (*x->p && *x->p != '\n')
				x->p++;
	}
}

static void
short_string(struct lex *x)
{
	char quote = *x->p++;

	x->s = x->p;
	while (*x->p && *x->p != quote && *x->p != '\n') {
		if (*x->p == '\\' && x->p[1])
			step(x);
		step(x);
	}
	x->n = (size_t)(x->p - x->s);
	if (*x->p == quote)
		x->p++;
}

static void
sign(struct lex *x)
{
	static const char *const twice[] = {"...", "==", "~=", "<=", ">=", "//", "::", "<<", ">>", ".."};

	x->n = 1;
	if (!x->p[1] || !strchr(".=/:<>", x->p[1])) {
		x->p++;
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(twice); i++)
		if (!strncmp(x->p, twice[i], strlen(twice[i]))) {
			x->n = strlen(twice[i]);
			break;
		}
	x->p += x->n;
}

void
lex_next(struct lex *x)
{
	skip_blank(x);
	x->start = x->s = x->p;
	x->at_line = x->line;
	x->at_col = (unsigned)(x->p - x->bol) + 1;
	x->n = 0;
	if (!*x->p) {
		x->type = LEX_END;
	} else if (isalpha((unsigned char)*x->p) || *x->p == '_') {
		x->type = LEX_NAME;
		while (isalnum((unsigned char)*x->p) || *x->p == '_')
			x->p++;
		x->n = (size_t)(x->p - x->s);
	} else if (isdigit((unsigned char)*x->p)) {
		x->type = LEX_NUMBER;
		while (isalnum((unsigned char)*x->p) || *x->p == '.')
			x->p++;
		x->n = (size_t)(x->p - x->s);
	} else if (*x->p == '"' || *x->p == '\'') {
		x->type = LEX_STRING;
		short_string(x);
	} else if (long_level(x->p) >= 0) {
		x->type = LEX_STRING;
		skip_long(x, long_level(x->p));
	} else {
		x->type = LEX_SIGN;
		sign(x);
	}
}

bool
lex_is(const struct lex *x, const char *s)
{
	return (x->type == LEX_NAME || x->type == LEX_SIGN) && x->n == strlen(s) && !memcmp(x->s, s, x->n);
}

bool
lex_sign(const struct lex *x, char c)
{
	return x->type == LEX_SIGN && x->n == 1 && *x->s == c;
}

int
lex_nest(const struct lex *x)
{
	static const char *const in[] = {"function", "do", "if", "repeat"};
	static const char *const out[] = {"end", "until"};

	if (x->type == LEX_SIGN && x->n == 1) {
		if (strchr("{([", *x->s))
			return 1;
		return strchr("})]", *x->s) ? -1 : 0;
	}
	if (x->type != LEX_NAME)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(in); i++)
		if (lex_is(x, in[i]))
			return 1;
	for (size_t i = 0; i < ARRAY_LEN(out); i++)
		if (lex_is(x, out[i]))
			return -1;
	return 0;
}
