/* why: answers about a recipe: why a step runs, what became of a symbol, which steps made a file. */
#pragma once
#include "cli/session.h"

struct json;
struct str;

/* why_step.c: the steps that a name stands for. */
int why_steps(struct session *s, const char *name, const uint32_t *steps, size_t n, struct err *err);
/* What is known of who made a result: ", 2026-11-22 06:50 on HOST by `jkr run board.lua`"; "" when nothing. */
const char *why_made(struct session *s, const struct hash *key);

/* why_symbol.c: asks every configuration of the recipe that was made. */
int why_symbol(struct session *s, const char *symbol, int *status, struct err *err);

/* why_file.c: `word` is the path of a file in a result or the end of one, or a file of this machine, which is looked
 * for by what it holds. 1: no result has one. */
int why_file(struct session *s, const char *word, struct err *err);
