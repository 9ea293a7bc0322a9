// SPDX-License-Identifier: GPL-2.0
/* model: values of ints, hexes and strings */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_impl.h"

#define TEXTS_MAX 40

static void
add_text(struct text **v, int *n, const char *s, int lit)
{
	*v = realloc(*v, (size_t)(*n + 1) * sizeof **v);
	if (!*v)
		abort();
	(*v)[(*n)++] = (struct text){s, lit};
}

struct text *
find_text(struct text *v, int n, const char *s)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(v[i].s, s))
			return &v[i];
	return NULL;
}

void
model_value(struct model *m, struct symbol *sym, const char *value)
{
	struct node *n = model_node(m, sym);

	if (n->nown < TEXTS_MAX && !find_text(n->own, n->nown, value))
		add_text(&n->own, &n->nown, value, SAT_FALSE);
}

/* What symbols are compared with is worth trying. */
void
collect(struct model *m, struct expr *e)
{
	if (!e)
		return;
	switch (e->type) {
	case E_AND:
	case E_OR: collect(m, e->right.expr); /* fall through */
	case E_NOT: collect(m, e->left.expr); break;
	case E_EQUAL:
	case E_UNEQUAL:
	case E_LTH:
	case E_LEQ:
	case E_GTH:
	case E_GEQ:
		for (int way = 0; way < 2; way++) {
			struct symbol *a = way ? e->right.sym : e->left.sym, *b = way ? e->left.sym : e->right.sym;
			char near[32];
			long long x;

			if (model_logic(a) || a->type == S_UNKNOWN || b->type != S_UNKNOWN || !b->name)
				continue;
			model_value(m, a, b->name);
			if (e->type == E_EQUAL || (e->type == E_UNEQUAL && a->type != S_STRING) || a->type == S_STRING)
				continue;
			x = strtoll(b->name, NULL, a->type == S_HEX ? 16 : 10);
			for (int d = -1; d < 2; d += 2) {
				snprintf(near, sizeof near, a->type == S_HEX ? "0x%llx" : "%lld", x + d);
				model_value(m, a, strdup(near));
			}
		}
		break;
	default: break;
	}
}

/* Values and when; what is none of them is "other". */
static int
texts_of(struct model *m, struct symbol *sym, struct text out[TEXTS_MAX], int *other)
{
	struct node *n;
	struct tv t;
	int k = 0, rest = SAT_TRUE;

	*other = SAT_FALSE;
	if (model_logic(sym)) {
		t = enc_value(m, sym);
		out[0] = (struct text){"n", t.m ^ 1};
		out[1] = (struct text){"m", lit_and(m->sat, t.m, t.y ^ 1)};
		out[2] = (struct text){"y", t.y};
		return 3;
	}
	if (sym->type == S_UNKNOWN) {
		out[0] = (struct text){sym->name ? sym->name : "", SAT_TRUE};
		return 1;
	}
	n = enc_node(m, sym);
	for (; n->done && k < n->ntexts && k < TEXTS_MAX; k++) {
		out[k] = n->texts[k];
		rest = lit_and(m->sat, rest, out[k].lit ^ 1);
	}
	*other = rest;
	return k;
}

/* Compares as the tree does. */
static int
compare(enum expr_type type, struct symbol *l, const char *ls, struct symbol *r, const char *rs)
{
	struct symbol a = {.name = l->name, .type = l->type, .flags = SYMBOL_VALID | SYMBOL_CONST};
	struct symbol b = {.name = r->name, .type = r->type, .flags = SYMBOL_VALID | SYMBOL_CONST};
	struct expr e = {.type = type, .left.sym = &a, .right.sym = &b};

	a.curr.val = (void *)ls;
	b.curr.val = (void *)rs;
	a.curr.tri = *ls == 'y' ? yes : *ls == 'm' ? mod : no;
	b.curr.tri = *rs == 'y' ? yes : *rs == 'm' ? mod : no;
	return expr_calc_value(&e) == yes;
}

struct tv
enc_compare(struct model *m, enum expr_type type, struct symbol *l, struct symbol *r)
{
	struct text a[TEXTS_MAX], b[TEXTS_MAX];
	int aother, bother, na = texts_of(m, l, a, &aother), nb = texts_of(m, r, b, &bother), lit = SAT_FALSE, other;

	for (int i = 0; i < na; i++)
		for (int k = 0; k < nb; k++)
			if (a[i].lit != SAT_FALSE && b[k].lit != SAT_FALSE && compare(type, l, a[i].s, r, b[k].s))
				lit = lit_or(m->sat, lit, lit_and(m->sat, a[i].lit, b[k].lit));
	other = lit_or(m->sat, aother, bother);
	if (other != SAT_FALSE)
		lit = lit_or(m->sat, lit, lit_and(m->sat, other, sat_var(m->sat)));
	return (struct tv){lit, lit};
}

/* When a number is within the range that holds. */
static int
enc_range(struct model *m, struct symbol *sym, const char *value)
{
	struct symbol it = {.name = (char *)value, .type = S_UNKNOWN};
	int ok = SAT_TRUE, rest = SAT_TRUE;

	if (sym->type == S_STRING)
		return SAT_TRUE;
	for (struct property *p = sym->prop; p && rest != SAT_FALSE; p = p->next) {
		int when, in;

		if (p->type != P_RANGE || !p->expr)
			continue;
		when = lit_and(m->sat, rest, model_expr(m, p->visible.expr).m);
		if (when == SAT_FALSE)
			continue;
		it.type = S_UNKNOWN;
		in = lit_and(m->sat, enc_compare(m, E_LEQ, p->expr->left.sym, &it).m,
			     enc_compare(m, E_GEQ, p->expr->right.sym, &it).m);
		ok = lit_and(m->sat, ok, lit_or(m->sat, when ^ 1, in));
		rest = lit_and(m->sat, rest, when ^ 1);
	}
	return ok;
}

static void
give(struct model *m, struct node *n, const char *value, int when)
{
	struct text *t;

	when = lit_and(m->sat, when, enc_range(m, n->sym, value));
	if (when == SAT_FALSE)
		return;
	t = find_text(n->texts, n->ntexts, value);
	if (t)
		t->lit = lit_or(m->sat, t->lit, when);
	else if (n->ntexts < TEXTS_MAX)
		add_text(&n->texts, &n->ntexts, value, when);
}

/* The values of an int, hex or string. */
void
enc_texts(struct model *m, struct node *n)
{
	struct sat *s = m->sat;
	int set = lit_and(s, n->visible.m, n->has), rest = set ^ 1, none = SAT_TRUE;

	if (n->input) {
		const char *old = n->sym->def[S_DEF_USER].val;

		if (n->sym->flags & SYMBOL_DEF_USER && old)
			give(m, n, old, lit_and(s, set, n->changed ^ 1));
		for (int i = 0; i < n->nown; i++) {
			n->own[i].lit = sat_var(s);
			sat_clause(s, (int[]){n->own[i].lit ^ 1, n->changed}, 2);
			for (int k = 0; k < i; k++)
				sat_clause(s, (int[]){n->own[i].lit ^ 1, n->own[k].lit ^ 1}, 2);
			none = lit_and(s, none, n->own[i].lit ^ 1);
			give(m, n, n->own[i].s, lit_and(s, set, n->own[i].lit));
		}
		sat_clause(s, (int[]){n->changed ^ 1, none ^ 1}, 2);
	}
	n->written = n->visible.m;
	for (struct property *p = n->sym->prop; p && rest != SAT_FALSE; p = p->next) {
		struct symbol *from = p->type == P_DEFAULT ? prop_get_symbol(p) : NULL;
		struct text v[TEXTS_MAX];
		int when, other, k;

		if (!from)
			continue;
		when = lit_and(s, rest, model_expr(m, p->visible.expr).m);
		k = when == SAT_FALSE ? 0 : texts_of(m, from, v, &other);
		for (int i = 0; i < k; i++)
			give(m, n, v[i].s, lit_and(s, when, v[i].lit));
		n->written = lit_or(s, n->written, when);
		rest = lit_and(s, rest, when ^ 1);
	}
}

int
same_text(const struct symbol *sym, const char *a, const char *b)
{
	int base = sym->type == S_HEX ? 16 : 10;

	return !strcmp(a, b) || (sym->type != S_STRING && *a && *b && strtoll(a, NULL, base) == strtoll(b, NULL, base));
}
