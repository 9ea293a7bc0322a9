/* SPDX-License-Identifier: GPL-2.0 */
/* facts: what Kconfig says of a symbol as the .config is: its value, who selects it, what hides it. */
#pragma once
#include "lkc.h"

/* The first prompt, or NULL. */
struct property *prompt_of(struct symbol *sym);
/* {"text":...,"value":...,"symbol":...}; `n` counts those of a list. */
void put_clause(struct expr *e, int *n);
/* All of it, as fields behind others; calculates the symbol. */
void put_facts(struct symbol *sym);
