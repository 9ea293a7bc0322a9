/* complete: what may stand where a cursor is on the command line, for shells. */
#pragma once
#include <stddef.h>
#include <stdio.h>

struct cli;

/* `words` are those behind `jkr`, `n` of them, the last one (which may be empty) as far as it is typed. Prints a line
 * for each word that may stand there, with its documentation behind a tab; `:files` or `:folders` means those, too. A
 * word that ends in `=` goes on. What cannot be read offers nothing. */
void complete_words(struct cli *cli, const char *const *words, size_t n, FILE *out);
