// SPDX-License-Identifier: GPL-2.0
/* model: what symbols could be */
#include "model_impl.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct tv always = {SAT_TRUE, SAT_TRUE}, never = {SAT_FALSE, SAT_FALSE};

int
lit_and(struct sat *s, int a, int b)
{
	int g;

	if (a == SAT_FALSE || b == SAT_FALSE || a == (b ^ 1))
		return SAT_FALSE;
	if (a == SAT_TRUE || a == b)
		return b;
	if (b == SAT_TRUE)
		return a;
	g = sat_var(s);
	sat_clause(s, (int[]){g ^ 1, a}, 2);
	sat_clause(s, (int[]){g ^ 1, b}, 2);
	sat_clause(s, (int[]){g, a ^ 1, b ^ 1}, 3);
	return g;
}

int
lit_or(struct sat *s, int a, int b)
{
	return lit_and(s, a ^ 1, b ^ 1) ^ 1;
}

struct tv
tv_and(struct sat *s, struct tv a, struct tv b)
{
	return (struct tv){lit_and(s, a.m, b.m), lit_and(s, a.y, b.y)};
}

struct tv
tv_or(struct sat *s, struct tv a, struct tv b)
{
	return (struct tv){lit_or(s, a.m, b.m), lit_or(s, a.y, b.y)};
}

struct tv
tv_if(struct sat *s, int c, struct tv a, struct tv b)
{
	return tv_or(s, tv_and(s, (struct tv){c, c}, a), tv_and(s, (struct tv){c ^ 1, c ^ 1}, b));
}

struct tv
tv_new(struct sat *s, int logic)
{
	struct tv t = {sat_var(s), 0};

	t.y = logic ? sat_var(s) : t.m;
	sat_clause(s, (int[]){t.y ^ 1, t.m}, 2);
	return t;
}

int
model_logic(const struct symbol *sym)
{
	return sym->type == S_BOOLEAN || sym->type == S_TRISTATE;
}

struct node *
model_node(struct model *m, struct symbol *sym)
{
	size_t i = ((uintptr_t)sym >> 4) * 2654435761u % (size_t)m->cap;

	while (m->nodes[i].sym && m->nodes[i].sym != sym)
		i = (i + 1) % (size_t)m->cap;
	m->nodes[i].sym = sym;
	return &m->nodes[i];
}

static void
members(struct model *m, struct menu *menu, struct menu *choice)
{
	for (; menu; menu = menu->next) {
		struct menu *in = menu->sym && !menu->sym->name ? menu : choice;

		if (in && in != menu && menu->sym && menu->sym->name && sym_is_choice_value(menu->sym))
			model_node(m, menu->sym)->choice = in;
		for (struct property *p = menu->sym ? menu->sym->prop : NULL; p; p = p->next) {
			collect(m, p->visible.expr);
			if (p->type == P_DEFAULT)
				collect(m, p->expr);
		}
		if (menu->sym) {
			struct node *n = model_node(m, menu->sym);

			n->place = n->place ? n->place : ++m->places;
			collect(m, menu->sym->dir_dep.expr);
		}
		if (menu->list)
			members(m, menu->list, in);
	}
}

struct model *
model_new(void)
{
	struct model *m = calloc(1, sizeof *m);

	if (!m || !(m->nodes = calloc(m->cap = 1 << 17, sizeof *m->nodes)))
		abort();
	m->sat = sat_new();
	members(m, rootmenu.list, NULL);
	return m;
}

void
model_free(struct model *m)
{
	for (int i = 0; i < m->cap; i++) {
		free(m->nodes[i].texts);
		free(m->nodes[i].own);
	}
	sat_free(m->sat);
	free(m->inputs);
	free(m->nodes);
	free(m);
}

static void enc(struct model *m, struct node *n);

struct node *
enc_node(struct model *m, struct symbol *sym)
{
	struct node *n = model_node(m, sym);

	if (!n->begun)
		enc(m, n);
	return n;
}

struct tv
enc_value(struct model *m, struct symbol *sym)
{
	struct node *n;

	if (sym == &symbol_yes)
		return always;
	if (sym == &symbol_mod)
		return (struct tv){SAT_TRUE, SAT_FALSE};
	if (!model_logic(sym) || sym == &symbol_no)
		return never;
	n = enc_node(m, sym);
	if (!n->done && !(n->seen & RING)) { /* some value, whatever Kconfig makes of that */
		n->value = tv_new(m->sat, 1);
		n->seen |= RING;
	}
	return n->value;
}

struct tv
model_expr(struct model *m, struct expr *e)
{
	struct tv t, u;

	if (!e)
		return always;
	switch (e->type) {
	case E_SYMBOL: return enc_value(m, e->left.sym);
	case E_NOT: t = model_expr(m, e->left.expr); return (struct tv){t.y ^ 1, t.m ^ 1};
	case E_AND:
		t = model_expr(m, e->left.expr);
		if (t.m == SAT_FALSE)
			return t;
		u = model_expr(m, e->right.expr);
		return tv_and(m->sat, t, u);
	case E_OR:
		t = model_expr(m, e->left.expr);
		if (t.y == SAT_TRUE)
			return t;
		u = model_expr(m, e->right.expr);
		return tv_or(m->sat, t, u);
	case E_EQUAL:
	case E_UNEQUAL:
	case E_LTH:
	case E_LEQ:
	case E_GTH:
	case E_GEQ: return enc_compare(m, e->type, e->left.sym, e->right.sym);
	default: return never;
	}
}

/* m is y where there is none. */
static struct tv
lifted(struct model *m, struct symbol *sym, struct tv t)
{
	int none = sym->type == S_TRISTATE && modules_sym != sym ? enc_value(m, modules_sym).m ^ 1 : SAT_TRUE;

	return (struct tv){t.m, lit_or(m->sat, t.y, lit_and(m->sat, t.m, none))};
}

static struct tv
enc_visible(struct model *m, struct node *n)
{
	struct tv all = never;

	for (struct property *p = n->sym->prop; p; p = p->next) {
		struct tv t;

		if (!p->text || p->type == P_COMMENT)
			continue;
		t = model_expr(m, p->visible.expr);
		if (n->choice && n->sym->type == S_TRISTATE) {
			int in = enc_value(m, n->choice->sym).y;

			t.m = lit_or(m->sat, t.y, lit_and(m->sat, t.m, in ^ 1));
		}
		all = tv_or(m->sat, all, t);
	}
	return model_logic(n->sym) ? lifted(m, n->sym, all) : all;
}

/* What the .config says, or a line that changes it. */
static void
enc_input(struct model *m, struct node *n)
{
	struct symbol *sym = n->sym;
	int had = (sym->flags & SYMBOL_DEF_USER) != 0;
	tristate was = sym->def[S_DEF_USER].tri;
	struct tv old = had && was == yes ? always : had && was == mod ? (struct tv){SAT_TRUE, SAT_FALSE} : never;

	if (!sym->name) { /* a choice follows its members */
		n->has = SAT_TRUE;
		n->user = tv_new(m->sat, 1);
		return;
	}
	n->input = 1;
	n->changed = sat_var(m->sat);
	n->has = had ? SAT_TRUE : n->changed;
	if (model_logic(sym))
		n->user = tv_if(m->sat, n->changed, tv_new(m->sat, sym->type == S_TRISTATE), old);
	if (m->ninputs == m->cap_inputs) {
		m->cap_inputs = m->cap_inputs ? m->cap_inputs * 2 : 1024;
		m->inputs = realloc(m->inputs, (size_t)m->cap_inputs * sizeof(struct node *));
		if (!m->inputs)
			abort();
	}
	m->inputs[m->ninputs++] = n;
}

static int
is_input(const struct symbol *sym)
{
	for (const struct property *p = sym->prop; p; p = p->next)
		if (p->text && p->type != P_COMMENT)
			return 1;
	return 0;
}

/* A symbol's visibility and input, before its value. */
void
enc_seen(struct model *m, struct node *n)
{
	if (n->seen & VISIBLE)
		return;
	n->seen |= VISIBLE;
	n->has = n->changed = n->choice ? sat_var(m->sat) : SAT_FALSE; /* what a choice sees around a ring */
	n->user = n->visible = n->choice ? tv_new(m->sat, 1) : never;
	if (!is_input(n->sym))
		return;
	n->visible = enc_visible(m, n);
	if (n->visible.m != SAT_FALSE)
		enc_input(m, n);
}

/* The value of a bool or tristate that nobody sets. */
static struct tv
enc_default(struct model *m, struct node *n)
{
	struct symbol *sym = n->sym;
	struct tv value = never, imply;
	int rest = SAT_TRUE;

	for (struct property *p = sym->prop; p && rest != SAT_FALSE; p = p->next) {
		struct tv when;

		if (p->type != P_DEFAULT)
			continue;
		when = model_expr(m, p->visible.expr);
		if (when.m == SAT_FALSE)
			continue;
		value = tv_or(m->sat, value,
			      tv_and(m->sat, (struct tv){rest, rest}, tv_and(m->sat, model_expr(m, p->expr), when)));
		rest = lit_and(m->sat, rest, when.m ^ 1);
	}
	if (!sym->implied.expr)
		return value;
	imply = lifted(m, sym, model_expr(m, sym->implied.expr));
	return tv_if(m->sat, imply.m,
		     tv_and(m->sat, tv_or(m->sat, value, imply), lifted(m, sym, model_expr(m, sym->dir_dep.expr))),
		     value);
}

static struct tv
enc_logic(struct model *m, struct node *n)
{
	struct symbol *sym = n->sym;
	int set = lit_and(m->sat, n->visible.m, n->has);
	struct tv user = tv_and(m->sat, n->user, n->visible), value;

	if (n->choice && n->choice->sym->type != S_TRISTATE)
		return (struct tv){n->chosen, n->chosen};
	value = set == SAT_TRUE ? user : tv_if(m->sat, set, user, sym->name ? enc_default(m, n) : never);
	if (sym->rev_dep.expr)
		value = tv_or(m->sat, value, lifted(m, sym, model_expr(m, sym->rev_dep.expr)));
	value = lifted(m, sym, value);
	return n->choice ? tv_if(m->sat, n->visible.y, (struct tv){n->chosen, n->chosen}, value) : value;
}

static void
enc(struct model *m, struct node *n)
{
	struct tv value;

	n->begun = 1;
	enc_seen(m, n);
	if (n->choice)
		enc_choice(m, n->choice);
	if (!model_logic(n->sym)) {
		enc_texts(m, n);
		n->done = 1;
		return;
	}
	value = enc_logic(m, n);
	n->value = value;
	n->done = 1;
}

int
model_is(struct model *m, struct symbol *sym, const char *value)
{
	struct node *n = enc_node(m, sym);
	int lit = SAT_FALSE;

	if (model_logic(sym)) {
		struct tv t = enc_value(m, sym);

		return *value == 'y' ? t.y : *value == 'm' ? lit_and(m->sat, t.m, t.y ^ 1) : t.m ^ 1;
	}
	for (int i = 0; i < n->ntexts; i++)
		if (same_text(sym, n->texts[i].s, value))
			lit = lit_or(m->sat, lit, n->texts[i].lit);
	return lit_and(m->sat, lit, n->written);
}

int
model_line(struct model *m, struct symbol *sym, const char *value, int lits[3])
{
	struct node *n = enc_node(m, sym);
	struct text *t;

	if (!n->input || (sym->type == S_BOOLEAN && *value == 'm'))
		return 0;
	lits[0] = n->changed;
	if (!model_logic(sym)) {
		t = find_text(n->own, n->nown, value);
		lits[1] = t ? t->lit : SAT_FALSE;
		return 2;
	}
	lits[1] = *value == 'n' ? n->user.m ^ 1 : n->user.m;
	lits[2] = *value == 'y' ? n->user.y : n->user.y ^ 1;
	return 3;
}

const char *
model_changed(const struct model *m, const struct node *n)
{
	if (!n->input || !sat_holds(m->sat, n->changed))
		return NULL;
	for (int i = 0; !model_logic(n->sym) && i < n->nown; i++)
		if (sat_holds(m->sat, n->own[i].lit))
			return n->own[i].s;
	return sat_holds(m->sat, n->user.y) ? "y" : sat_holds(m->sat, n->user.m) ? "m" : "n";
}
