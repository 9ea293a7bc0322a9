/* lex: the tokens of Lua text, as far as places need them. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum lex_type { LEX_END, LEX_NAME, LEX_STRING, LEX_NUMBER, LEX_SIGN };

struct lex {
	const char *p;   /* behind the token */
	const char *bol; /* start of the line that p is in */
	unsigned line;
	enum lex_type type;
	const char *s; /* the token; of a short string without its quotes */
	size_t n;
	const char *start; /* where it starts, quotes included */
	unsigned at_line, at_col;
};

void lex_start(struct lex *x, const char *text, unsigned line);
void lex_next(struct lex *x);
bool lex_is(const struct lex *x, const char *s); /* a name or sign */
bool lex_sign(const struct lex *x, char c);
/* How much deeper blocks and brackets nest behind this token: 1, 0 or -1. */
int lex_nest(const struct lex *x);
