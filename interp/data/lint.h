/* lint: what makes two builds of one input differ, found by reading scripts, makefiles, C sources and configurations.
 * It does not run or expand anything, so it finds what is written, not what happens. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "data/cause.h"

enum lint_kind { LINT_NONE, LINT_SHELL, LINT_MAKE, LINT_C, LINT_CONFIG };

struct lint_found {
	size_t at, n; /* the bytes of the text */
	const struct cause *cause;
	const char *held; /* what makes it the same in every build of jkr, or NULL */
};

typedef void (*lint_fn)(void *ctx, const struct lint_found *f);

/* What kind of text a file holds, by its name and its first bytes. */
enum lint_kind lint_kind(const char *path, const char *text, size_t n);
/* Calls `fn` for each, in the order of the text, but for lines that say "jkr: fine". `text` ends in a NUL. */
void lint_text(enum lint_kind kind, const char *text, size_t n, lint_fn fn, void *ctx);
/* A symbol of Kconfig that makes each build draw a key or a seed, or NULL. `own_key`: MODULE_SIG_KEY names one. */
const struct cause *lint_symbol(const char *name, const char *value, bool own_key);
/* Whether a value of MODULE_SIG_KEY is one that no build makes. */
bool lint_own_key(const char *value);

/* lint_rules.c: a command by its name, with its arguments; NULL where it does not matter. */
struct lint_rule {
	const char *command;
	bool (*matters)(const char *args); /* NULL: always */
	const struct cause *cause;
	const char *held;
};
const struct lint_rule *lint_command(const char *name, const char *args);
/* Words that matter wherever they stand; ended by an entry without a text. */
struct lint_word {
	const char *text;
	const struct cause *cause;
	const char *held;
};
extern const struct lint_word lint_shell_words[], lint_c_words[];
