#include "data/lint.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

enum { NAME_LONG = 128, BACK_MAX = 512 };

static const char fine[] = "jkr: fine";

struct reading {
	enum lint_kind kind;
	const char *text;
	size_t n;
	lint_fn fn;
	void *ctx;
};

enum lint_kind
lint_kind(const char *path, const char *text, size_t n)
{
	static const struct {
		const char *name, *end;
		enum lint_kind kind;
	} names[] = {
		{"Makefile", NULL, LINT_MAKE}, {"makefile", NULL, LINT_MAKE},  {"GNUmakefile", NULL, LINT_MAKE},
		{"Kbuild", NULL, LINT_MAKE},   {NULL, ".mk", LINT_MAKE},       {NULL, ".mak", LINT_MAKE},
		{NULL, ".sh", LINT_SHELL},     {NULL, ".bash", LINT_SHELL},    {NULL, ".c", LINT_C},
		{NULL, ".h", LINT_C},          {NULL, ".S", LINT_C},           {NULL, ".cc", LINT_C},
		{NULL, ".cpp", LINT_C},        {NULL, ".config", LINT_CONFIG}, {NULL, "_defconfig", LINT_CONFIG},
	};
	const char *base = path_base(path);
	size_t first = 0;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].name ? !strcmp(base, names[i].name) : str_ends(base, names[i].end))
			return names[i].kind;
	while (first < n && first < 80 && text[first] != '\n')
		first++;
	return n > 2 && text[0] == '#' && text[1] == '!' && memmem(text, first, "sh", 2) ? LINT_SHELL : LINT_NONE;
}

/* Places */

static size_t
line_start(const char *s, size_t at)
{
	while (at && s[at - 1] != '\n')
		at--;
	return at;
}

static void
found(const struct reading *r, size_t at, size_t n, const struct cause *cause, const char *held)
{
	size_t from = line_start(r->text, at), to = at + strcspn(r->text + at, "\n");
	struct lint_found f = {at, n, cause, held};

	if (!memmem(r->text + from, to - from, fine, strlen(fine)))
		r->fn(r->ctx, &f);
}

/* Commands of a shell */

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("_./-+", c));
}

/* Words behind which a command begins. */
static bool
leads(const char *s, size_t n)
{
	static const char *const words[] = {"then", "do",   "else", "if",    "elif", "while", "until", "exec", "env",
					    "sudo", "time", "nice", "xargs", "-c",   "shell", "!",     "-exec"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i]) == n && !memcmp(s, words[i], n))
			return true;
	return false;
}

/* In a makefile only what a rule or $(shell) gives to a shell is a command. */
static bool
is_shells(const struct reading *r, size_t at)
{
	return r->kind != LINT_MAKE || r->text[line_start(r->text, at)] == '\t';
}

/* Whether the character before `i` is one behind which a command begins: not `${` of a variable, nor make's `$(`. */
static bool
opens(const struct reading *r, size_t i)
{
	char c = r->text[i - 1], before = i > 1 ? r->text[i - 2] : 0;

	if (c == '{' || (c == '(' && r->kind == LINT_MAKE))
		return before != '$' || (c == '(' && i > 2 && r->text[i - 3] == '$');
	return strchr(";|&(`", c) || (r->kind == LINT_MAKE && strchr("@+-", c) && line_start(r->text, i) + 2 >= i);
}

/* Whether a command may begin at `at`: behind the start of a line, `;`, `|`, `&`, `(`, a backquote, or a word that
 * leads. */
static bool
begins_command(const struct reading *r, size_t at)
{
	const char *s = r->text;
	size_t i = at, from, least = at > BACK_MAX ? at - BACK_MAX : 0;

	for (;;) {
		while (i > least && strchr(" \t'\"", s[i - 1]))
			i--;
		if (!i || s[i - 1] == '\n' || opens(r, i))
			return is_shells(r, i);
		for (from = i; from > least && !strchr(" \t\n;|&(`{'\"", s[from - 1]); from--)
			;
		if (from == i)
			return false;
		if (leads(s + from, i - from))
			return is_shells(r, i) || !strncmp(s + from, "shell", 5);
		if (!memchr(s + from, '=', i - from) || !(isalpha((unsigned char)s[from]) || s[from] == '_'))
			return false;
		i = from; /* `A=b command` */
	}
}

/* The end of the simple command that begins at `at`; `|` counts only where `pipe`. */
static size_t
command_end(const struct reading *r, size_t at, bool pipe)
{
	char quote = 0;
	int depth = 0;

	for (size_t i = at; i < r->n; i++) {
		char c = r->text[i];

		if (quote) {
			quote = c == quote ? 0 : quote;
			if (c != '\n')
				continue;
			return i;
		}
		if (c == '\'' || c == '"')
			quote = c;
		else if (c == '(')
			depth++;
		else if ((c == ')' && !depth--) || c == ';' || c == '&' || (c == '|' && pipe) || c == '`' ||
			 (c == '\n' && (!i || r->text[i - 1] != '\\')))
			return i;
	}
	return r->n;
}

/* "-j$(nproc)" and JOBS=$(nproc) are no results. */
static bool
only_jobs(const struct reading *r, size_t at)
{
	static const char *const names[] = {"-j", "--jobs", "JOBS", "jobs", "-P", "NPROC", "THREADS", "MAKEFLAGS"};
	size_t from = line_start(r->text, at), to = at;

	while (to > from && strchr(" \t\"'$(`=?:+", r->text[to - 1]))
		to--;
	if (to >= from + 5 && !memcmp(r->text + to - 5, "shell", 5))
		for (to -= 5; to > from && strchr(" \t\"'$(`=?:+", r->text[to - 1]);)
			to--;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t n = strlen(names[i]);

		if (to >= from + n && !memcmp(r->text + to - n, names[i], n))
			return true;
	}
	return false;
}

/* Whether a `)` behind the word is one that closes `$(`, not that of a case or a function. */
static bool
is_closed(const struct reading *r, size_t at)
{
	size_t from = line_start(r->text, at);

	return memchr(r->text + from, '(', at - from) != NULL;
}

static size_t
read_command(const struct reading *r, size_t at)
{
	cleanup_str struct str args = {0}, name = {0};
	size_t n = 0, end;
	const struct lint_rule *rule;

	while (is_word(r->text[at + n]))
		n++;
	str_addn(&name, r->text + at, n);
	if (n > NAME_LONG || (r->text[at + n] && strchr("=()", r->text[at + n]) && !is_closed(r, at)) ||
	    !begins_command(r, at))
		return at + n;
	end = command_end(r, at + n, strcmp(path_base(str_text(&name)), "find") != 0);
	str_addn(&args, r->text + at + n, end - at - n);
	rule = lint_command(path_base(str_text(&name)), str_text(&args));
	if (!rule || (rule->cause == &cause_jobs && only_jobs(r, at)))
		return at + n;
	while (end > at && isspace((unsigned char)r->text[end - 1]))
		end--;
	found(r, at, end - at, rule->cause, rule->held);
	return at + n;
}

static void
read_words(const struct reading *r, const struct lint_word *words, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		for (const struct lint_word *w = words; w->text; w++) {
			size_t n = strlen(w->text);

			if (to - i >= n && !memcmp(r->text + i, w->text, n) &&
			    (!i || !isalnum((unsigned char)r->text[i - 1])))
				found(r, i, n, w->cause, w->held);
		}
}

/* What jobs append to one file comes in the order in which they end; its own target a rule may append to. */
static void
read_append(const struct reading *r, size_t from, size_t to)
{
	const char *line = r->text + from, *append = memmem(line, to - from, ">>", 2), *file;
	size_t n, rule = from;

	if (*line != '\t' || !append || strstr(r->text, ".NOTPARALLEL"))
		return;
	file = append + 2 + strspn(append + 2, " \t");
	n = strcspn(file, " \t\n;|&)");
	if (!n || !strncmp(file, "$@", 2) || !strncmp(file, "\"$@", 3))
		return;
	while (rule && r->text[rule] == '\t')
		rule = line_start(r->text, rule - 1);
	if (r->text[rule] != '\t' && memmem(r->text + rule, strcspn(r->text + rule, ":\n"), file, n))
		return;
	found(r, (size_t)(append - r->text), (size_t)(file - append) + n, &cause_jobs, NULL);
}

static void
read_script(const struct reading *r)
{
	for (size_t from = 0, to; from < r->n; from = to + 1) {
		size_t i = from;

		to = from + strcspn(r->text + from, "\n");
		i += strspn(r->text + i, " \t");
		if (r->text[i] == '#')
			continue;
		if (r->kind == LINT_MAKE)
			read_append(r, from, to);
		read_words(r, lint_shell_words, from, to);
		while (i < to && !(r->text[i] == '#' && isspace((unsigned char)r->text[i - 1])))
			i = is_word(r->text[i]) ? read_command(r, i) : i + 1;
	}
}

/* C, without its comments */
static void
read_c(const struct reading *r)
{
	const char *s = r->text;

	for (size_t i = 0, to; i < r->n; i = to) {
		const char *end = NULL;

		for (to = i; to < r->n && !(s[to] == '/' && (s[to + 1] == '*' || s[to + 1] == '/')); to++)
			;
		read_words(r, lint_c_words, i, to);
		if (to < r->n)
			end = s[to + 1] == '*' ? strstr(s + to + 2, "*/") : strchr(s + to, '\n');
		to = end ? (size_t)(end - s) + 1 : r->n;
	}
}

static bool
config_line(const char *line, size_t n, struct str *name, struct str *value)
{
	const char *eq = memchr(line, '=', n);

	str_reset(name);
	str_reset(value);
	if (!eq || n < 8 || memcmp(line, "CONFIG_", 7) != 0)
		return false;
	str_addn(name, line + 7, (size_t)(eq - line) - 7);
	str_addn(value, eq + 1, n - (size_t)(eq - line) - 1);
	return true;
}

static void
read_config(const struct reading *r)
{
	cleanup_str struct str name = {0}, value = {0};
	bool own = false;

	for (int pass = 0; pass < 2; pass++)
		for (size_t from = 0, n; from < r->n; from += n + 1) {
			const struct cause *cause;

			n = strcspn(r->text + from, "\n");
			if (!config_line(r->text + from, n, &name, &value))
				continue;
			if (!strcmp(str_text(&name), "MODULE_SIG_KEY"))
				own = lint_own_key(str_text(&value));
			cause = pass ? lint_symbol(str_text(&name), str_text(&value), own) : NULL;
			if (cause)
				found(r, from, n, cause, NULL);
		}
}

void
lint_text(enum lint_kind kind, const char *text, size_t n, lint_fn fn, void *ctx)
{
	const struct reading r = {kind, text, n, fn, ctx};

	if (kind == LINT_SHELL || kind == LINT_MAKE)
		read_script(&r);
	else if (kind == LINT_C)
		read_c(&r);
	else if (kind == LINT_CONFIG)
		read_config(&r);
}
