/* SPDX-License-Identifier: GPL-2.0 */
/* model_impl: what the parts of the model share. */
#pragma once
#include "model.h"

/* What was made of a node: its value around a ring of expressions, its visibility, of a choice its pick. */
enum { RING = 1, VISIBLE = 2, PICKED = 4 };

struct tv tv_and(struct sat *s, struct tv a, struct tv b);
struct tv tv_or(struct sat *s, struct tv a, struct tv b);
struct tv tv_if(struct sat *s, int c, struct tv a, struct tv b);
struct tv tv_new(struct sat *s, int logic); /* any value; of a bool n or y */

struct node *enc_node(struct model *m, struct symbol *sym);
struct tv enc_value(struct model *m, struct symbol *sym);
/* A symbol's visibility and input, before its value. */
void enc_seen(struct model *m, struct node *n);
/* `chosen` of each member. */
void enc_choice(struct model *m, struct menu *choice);

/* What symbols are compared with is worth trying. */
void collect(struct model *m, struct expr *e);
struct tv enc_compare(struct model *m, enum expr_type type, struct symbol *l, struct symbol *r);
void enc_texts(struct model *m, struct node *n);
struct text *find_text(struct text *v, int n, const char *s);
int same_text(const struct symbol *sym, const char *a, const char *b);
