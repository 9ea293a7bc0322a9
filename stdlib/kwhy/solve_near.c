// SPDX-License-Identifier: GPL-2.0
/* solve_near: what a symbol depends on, which a person would rather be told to set than something far away */
#include "solve.h"

static void
near_expr(struct model *m, struct expr *e)
{
	if (!e)
		return;
	switch (e->type) {
	case E_AND:
	case E_OR: near_expr(m, e->right.expr); /* fall through */
	case E_NOT: near_expr(m, e->left.expr); break;
	case E_SYMBOL: solve_near(m, e->left.sym); break;
	case E_EQUAL:
	case E_UNEQUAL: solve_near(m, e->left.sym); break;
	default: break;
	}
}

void
solve_near(struct model *m, struct symbol *sym)
{
	struct node *n = model_node(m, sym);

	if (n->near)
		return;
	n->near = 1;
	near_expr(m, sym->dir_dep.expr);
	for (struct property *p = sym->prop; p; p = p->next)
		if (p->text)
			near_expr(m, p->visible.expr);
}
