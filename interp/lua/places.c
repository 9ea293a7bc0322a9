#include "lua/places.h"

#include <stdio.h>
#include <string.h>

#include "lua/lex.h"

static const char *
line_start(const char *text, unsigned line)
{
	for (; line > 1; line--) {
		text = strchr(text, '\n');
		if (!text)
			return NULL;
		text++;
	}
	return text;
}

/* One entry of a table that is being read; `x` stands at its first token. */
struct entry {
	struct lex key;   /* the token that names it, or the first of its value */
	const char *name; /* NULL: positional */
	size_t len;
	unsigned index; /* of a positional one */
};

/* Reads to the bracket that ends a key which is computed: [p.name] = …, [n + 1] = …. */
static void
skip_key(struct lex *x)
{
	for (int depth = 0; x->type != LEX_END && (depth || !lex_sign(x, ']')); lex_next(x))
		depth += lex_nest(x);
}

static void
entry_start(struct lex *x, struct entry *e)
{
	struct lex look = *x;

	e->key = *x;
	e->name = NULL;
	if (x->type == LEX_NAME) {
		lex_next(&look);
		if (!lex_sign(&look, '='))
			return;
	} else if (lex_sign(x, '[')) {
		lex_next(&look);
		e->key = look;
		lex_next(&look);
		if (!lex_sign(&look, ']')) {
			skip_key(&look);
			e->key = *x; /* what is computed has no name to be found by */
		}
		lex_next(&look);
	} else {
		return;
	}
	e->name = e->key.s;
	e->len = e->key.n;
	lex_next(&look);
	*x = look;
}

/* Reads over a value; `open` says that it ended with a call or `...`. Stands at `,`, `;` or `}`. */
static void
skip_value(struct lex *x, bool *open)
{
	int depth = 0;

	*open = false;
	for (; x->type != LEX_END; lex_next(x)) {
		if (!depth && (lex_sign(x, ',') || lex_sign(x, ';') || lex_sign(x, '}')))
			return;
		*open = lex_sign(x, ')') || lex_is(x, "...");
		depth += lex_nest(x);
		if (depth < 0)
			return;
	}
}

/* How much of `path` names the entry: 0 nothing, else the bytes with the point behind. */
static size_t
names(const struct entry *e, const char *path)
{
	char number[16];
	const char *s = e->name;
	size_t n = e->len;

	if (!s) {
		n = (size_t)snprintf(number, sizeof number, "%u", e->index);
		s = number;
	}
	if (strncmp(path, s, n))
		return 0;
	return path[n] == '.' ? n + 1 : path[n] ? 0 : n;
}

static bool
at_end(const struct lex *x)
{
	return x->type == LEX_END || lex_sign(x, '}');
}

/* `x` stands behind a `{`; finds the entry that `path` names, going into tables written there. */
static bool
find_key(struct lex *x, const char *path, struct lex *found)
{
	struct entry e = {.index = 0};
	bool open;
	size_t n;

	for (lex_next(x); !at_end(x);) {
		entry_start(x, &e);
		if (!e.name)
			e.index++;
		n = names(&e, path);
		if (n && !path[n]) {
			*found = e.key;
			return true;
		}
		if (n && lex_sign(x, '{')) {
			path += n;
			e.index = 0;
			lex_next(x);
			continue;
		}
		skip_value(x, &open);
		if (lex_sign(x, ',') || lex_sign(x, ';'))
			lex_next(x);
		else if (!at_end(x))
			return false;
	}
	return false;
}

/* Gives the tables of calls that start in the line: `name {`, `name "x" {`. `x` ends behind the `{`. */
static bool
next_call(struct lex *x, unsigned line, struct lex *verb, struct lex *name)
{
	struct lex look;

	for (;;) {
		lex_next(x);
		if (x->type == LEX_END || x->at_line > line)
			return false;
		if (x->type != LEX_NAME)
			continue;
		*verb = *x;
		look = *x;
		lex_next(&look);
		*name = look;
		if (look.type == LEX_STRING)
			lex_next(&look);
		if (!lex_sign(&look, '{'))
			continue;
		*x = look;
		return true;
	}
}

static void
set_place(struct place *at, const struct lex *x)
{
	at->line = x->at_line;
	at->col = x->at_col;
	at->len = x->type == LEX_STRING ? (unsigned)(x->p - x->start) : (unsigned)x->n;
	if (x->type == LEX_STRING && x->line != x->at_line)
		at->len = 1;
}

/* The one line of the text that assigns `key`. */
static bool
find_assignment(const char *text, const char *key, struct place *at)
{
	const char *last = strrchr(key, '.') ? strrchr(key, '.') + 1 : key;
	struct lex x, before = {0}, found = {0};
	unsigned count = 0;

	lex_start(&x, text, 1);
	for (lex_next(&x); x.type != LEX_END; lex_next(&x)) {
		if (lex_sign(&x, '=') && before.type == LEX_NAME && lex_is(&before, last)) {
			found = before;
			count++;
		}
		before = x;
	}
	if (count != 1)
		return false;
	set_place(at, &found);
	return true;
}

int
place_find(const char *text, struct place *at)
{
	const char *from = at->line ? line_start(text, at->line) : NULL;
	bool key = at->key && *at->key;
	struct lex x, in, verb, name, found, call = {0};
	unsigned calls = 0;

	if (!from)
		return 0;
	lex_start(&x, from, at->line);
	while (next_call(&x, at->line, &verb, &name)) {
		if (!calls++)
			call = verb;
		in = x;
		if (key && find_key(&in, at->key, &found)) {
			set_place(at, &found);
			return 1;
		}
	}
	if (key && find_assignment(text, at->key, at))
		return 2;
	if (calls == 1)
		set_place(at, &call);
	return 0;
}

static int
count_items(struct lex *x, bool *open)
{
	struct entry e = {.index = 0};
	bool last;

	*open = false;
	for (lex_next(x); !at_end(x);) {
		entry_start(x, &e);
		skip_value(x, &last);
		if (!e.name) {
			e.index++;
			*open = last;
		} else {
			*open = false;
		}
		if (lex_sign(x, ',') || lex_sign(x, ';'))
			lex_next(x);
		else if (!at_end(x))
			return -1;
	}
	return (int)e.index;
}

int
place_items(const char *from, const char *verb, const char *name, const char *key, bool *open)
{
	struct lex x, v, s, found, in;
	int n = -1;

	lex_start(&x, from, 1);
	while (next_call(&x, 1, &v, &s)) {
		if (!lex_is(&v, verb) || (s.type == LEX_STRING) != (name != NULL))
			continue;
		if (name && (s.n != strlen(name) || memcmp(s.s, name, s.n)))
			continue;
		if (n >= 0)
			return -1; /* two of them in one line: which one is meant is not known */
		in = x;
		if (*key) {
			if (!find_key(&in, key, &found))
				return -1;
			in = found;
			lex_next(&in);
			if (lex_sign(&in, ']'))
				lex_next(&in);
			if (lex_sign(&in, '='))
				lex_next(&in);
			if (lex_sign(&found, '{'))
				in = found;
			if (!lex_sign(&in, '{'))
				return -1;
		}
		n = count_items(&in, open);
	}
	return n;
}

void
place_token(const char *text, struct place *at, const char *word, size_t n)
{
	const char *from = at->line ? line_start(text, at->line) : NULL;
	struct lex x;

	if (!from)
		return;
	lex_start(&x, from, at->line);
	for (lex_next(&x); x.type != LEX_END && x.at_line == at->line; lex_next(&x)) {
		bool quoted = x.type == LEX_STRING && (size_t)(x.p - x.start) == n && !memcmp(x.start, word, n);

		if ((x.n == n && !memcmp(x.s, word, n)) || quoted) {
			set_place(at, &x);
			return;
		}
	}
}

unsigned
place_missing_comma(const char *text, const struct place *at)
{
	struct lex x, before = {0};

	lex_start(&x, text, 1);
	for (lex_next(&x); x.type != LEX_END; lex_next(&x)) {
		if (x.at_line == at->line && x.at_col == at->col)
			break;
		before = x;
	}
	if (x.type == LEX_END || before.type == LEX_END)
		return 0;
	if (before.type == LEX_SIGN && !strchr("})]", *before.s))
		return 0;
	return before.line;
}
