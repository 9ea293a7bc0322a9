/* recipe_graph: which steps need which, and that one of them can be first. */
#pragma once

struct arena;
struct err;
struct recipe;
struct step;

/* Fills `inputs` of every step from the references in its parameters; refuses references to unknown
 * steps and cycles. */
int graph_link(struct recipe *r, struct err *err);
/* Puts symbols that steps before this one write in place of the file that they write (recipe_symbols.c). */
void recipe_symbols(const struct recipe *r, struct step *step, struct arena *a);
