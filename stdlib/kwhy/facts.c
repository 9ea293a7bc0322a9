// SPDX-License-Identifier: GPL-2.0
/* facts: what Kconfig says of a symbol */
#include "facts.h"

#include "put.h"

static const char *
letter(tristate t)
{
	return t == yes ? "y" : t == mod ? "m" : "n";
}

struct property *
prompt_of(struct symbol *sym)
{
	struct property *p;

	for (p = sym->prop; p; p = p->next)
		if (p->text && p->type != P_COMMENT)
			return p;
	return NULL;
}

/* The symbol whose truth a clause is about: X, X=y, X!=n, X<4; for a select term its first symbol. */
static struct symbol *
first_symbol(struct expr *e)
{
	while (e && (e->type == E_NOT || e->type == E_AND || e->type == E_OR))
		e = e->left.expr;
	if (!e)
		return NULL;
	switch (e->type) {
	case E_SYMBOL:
	case E_EQUAL:
	case E_UNEQUAL:
	case E_LTH:
	case E_LEQ:
	case E_GTH:
	case E_GEQ: return e->left.sym;
	default: return NULL;
	}
}

void
put_clause(struct expr *e, int *n)
{
	struct gstr text = str_new();
	struct symbol *sym = first_symbol(e);
	const char *s;

	expr_gstr_print(e, &text);
	s = str_get(&text);
	fprintf(put_to, "%s{\"text\":", (*n)++ ? "," : "");
	put_string(s);
	put_field("value", letter(expr_calc_value(e)));
	put_field("symbol", e->type == E_SYMBOL || e->type == E_AND ? sym && sym->name ? sym->name : "" : "");
	putc('}', put_to);
	str_free(&text);
}

/* The parts of an AND that are not fully true. */
static void
put_false(struct expr *e, int *n)
{
	if (!e)
		return;
	if (e->type == E_AND) {
		put_false(e->left.expr, n);
		put_false(e->right.expr, n);
	} else if (expr_calc_value(e) != yes) {
		put_clause(e, n);
	}
}

/* The parts of an OR that hold: who selects. */
static void
put_true(struct expr *e, int *n)
{
	if (!e)
		return;
	if (e->type == E_OR) {
		put_true(e->left.expr, n);
		put_true(e->right.expr, n);
	} else if (expr_calc_value(e) != no) {
		put_clause(e, n);
	}
}

static void
put_list(const char *key, struct expr *e, void (*each)(struct expr *, int *))
{
	int n = 0;

	fprintf(put_to, ",\"%s\":[", key);
	each(e, &n);
	putc(']', put_to);
}

static struct menu *
find_menu(struct menu *m, struct symbol *sym)
{
	struct menu *found;

	for (; m; m = m->next) {
		if (m->sym == sym)
			return m;
		found = m->list ? find_menu(m->list, sym) : NULL;
		if (found)
			return found;
	}
	return NULL;
}

/* The choice that a symbol is a member of. A choice is a menu whose symbol has no name. */
static struct menu *
choice_of(struct symbol *sym)
{
	struct menu *m = sym_is_choice_value(sym) ? find_menu(rootmenu.list, sym) : NULL;

	for (m = m ? m->parent : NULL; m && m != &rootmenu; m = m->parent)
		if (m->sym && !m->sym->name)
			return m;
	return NULL;
}

static struct symbol *
chosen(struct menu *m)
{
	struct symbol *s;

	for (; m; m = m->next) {
		if (m->sym && m->sym->name) {
			sym_calc_value(m->sym);
			if (m->sym->curr.tri == yes && sym_is_choice_value(m->sym))
				return m->sym;
		}
		s = m->list ? chosen(m->list) : NULL;
		if (s)
			return s;
	}
	return NULL;
}

static void
put_choice(struct symbol *sym)
{
	struct menu *choice = choice_of(sym);
	struct symbol *has = choice ? chosen(choice->list) : NULL;

	if (!choice)
		return;
	put_field("choice", choice->prompt ? choice->prompt->text : "");
	put_field("chosen", has ? has->name : "");
}

static void
put_range(struct symbol *sym)
{
	struct property *p = sym_get_range_prop(sym);

	if (!p || !p->expr)
		return;
	sym_calc_value(p->expr->left.sym);
	sym_calc_value(p->expr->right.sym);
	fputs(",\"range\":[", put_to);
	put_string(sym_get_string_value(p->expr->left.sym));
	putc(',', put_to);
	put_string(sym_get_string_value(p->expr->right.sym));
	putc(']', put_to);
}

void
put_facts(struct symbol *sym)
{
	struct property *p = prompt_of(sym);

	sym_calc_value(sym);
	fputs(",\"exists\":true", put_to);
	put_field("type", sym_type_name(sym->type));
	put_field("modules", letter(modules_sym->curr.tri));
	put_field("value", model_logic(sym) ? letter(sym->curr.tri) : sym_get_string_value(sym));
	put_field("visible", letter(sym->visible));
	put_field("prompt", p ? p->text : "");
	put_list("depends", sym->dir_dep.expr, put_false);
	if (p)
		put_list("hidden_by", p->visible.expr, put_false);
	put_list("selected_by", sym->rev_dep.expr, put_true);
	put_list("implied_by", sym->implied.expr, put_true);
	put_choice(sym);
	put_range(sym);
}
