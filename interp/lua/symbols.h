/* symbols: mistakes in Kconfig symbols that only the recipe's text, or several steps together, show. */
#pragma once

struct err;
struct recipe;

/* `main` is the recipe's own file as messages name it. Adds mistakes and gives -1. */
int symbols_check(const struct recipe *r, const char *main, struct err *err);
