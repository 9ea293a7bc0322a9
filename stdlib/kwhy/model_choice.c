// SPDX-License-Identifier: GPL-2.0
/* model: which member a choice goes to */
#include "model_impl.h"

struct pick {
	struct model *m;
	struct menu *choice;
	int rest; /* nothing is picked yet */
};

static void
pick(struct pick *p, struct node *n, int when)
{
	int it = lit_and(p->m->sat, lit_and(p->m->sat, n->visible.m, when), p->rest);

	n->chosen = lit_or(p->m->sat, n->chosen, it);
	p->rest = lit_and(p->m->sat, p->rest, it ^ 1);
}

static void
each_member(struct pick *p, struct menu *menu, void (*with)(struct pick *, struct node *))
{
	for (; menu; menu = menu->next) {
		struct node *n = menu->sym && menu->sym->name ? model_node(p->m, menu->sym) : NULL;

		if (n && n->choice == p->choice)
			with(p, n);
		if (menu->list)
			each_member(p, menu->list, with);
	}
}

static void
pick_begin(struct pick *p, struct node *n)
{
	enc_seen(p->m, n);
	n->chosen = SAT_FALSE;
}

static void
pick_changed(struct pick *p, struct node *n)
{
	pick(p, n, lit_and(p->m->sat, n->changed, n->user.y));
}

/* Up to 6.10 a choice remembers which member was set last, even where that was set to n behind. */
static void
pick_old(struct pick *p, struct node *n)
{
#ifdef SYMBOL_CHOICE
	pick(p, n, p->choice->sym->def[S_DEF_USER].val == n->sym ? SAT_TRUE : SAT_FALSE);
#else
	pick(p, n, lit_and(p->m->sat, n->has, n->user.y));
#endif
}

static int
not_refused(struct pick *p, struct node *n)
{
#ifdef SYMBOL_CHOICE
	(void)p;
	(void)n;
	return SAT_TRUE;
#else
	return lit_or(p->m->sat, n->has ^ 1, n->user.m);
#endif
}

static void
pick_open(struct pick *p, struct node *n)
{
#ifdef SYMBOL_CHOICE
	pick(p, n, SAT_TRUE);
#else
	pick(p, n, n->has ^ 1);
#endif
}

static void
pick_any(struct pick *p, struct node *n)
{
	pick(p, n, sat_var(p->m->sat));
}

void
enc_choice(struct model *m, struct menu *choice)
{
	struct pick p = {m, choice, SAT_TRUE};
	struct node *c = model_node(m, choice->sym);

	if (c->seen & PICKED)
		return;
	c->seen |= PICKED;
	each_member(&p, choice->list, pick_begin);
	each_member(&p, choice->list, pick_changed);
	each_member(&p, choice->list, pick_old);
	for (struct property *d = choice->sym->prop; d; d = d->next) {
		struct symbol *s = d->type == P_DEFAULT ? prop_get_symbol(d) : NULL;
		struct node *n = s ? model_node(m, s) : NULL;

		if (n && n->choice == choice)
			pick(&p, n, lit_and(m->sat, model_expr(m, d->visible.expr).m, not_refused(&p, n)));
	}
	each_member(&p, choice->list, pick_open);
	each_member(&p, choice->list, pick_any);
}
