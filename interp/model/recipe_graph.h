/* recipe_graph: which steps need which, and that one of them can be first. */
#pragma once

struct err;
struct recipe;

/* Fills `inputs` of every step from the references in its parameters; refuses references to unknown
 * steps and cycles. */
int graph_link(struct recipe *r, struct err *err);
