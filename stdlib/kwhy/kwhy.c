// SPDX-License-Identifier: GPL-2.0
/* kwhy: asks a kernel tree's own Kconfig code why symbols have their values.
 *
 * Linked against the tree's scripts/kconfig objects (all but the front ends), so it evaluates the tree's real
 * expressions. Runs where `make *config` runs, with the same environment:
 *
 *	kwhy Kconfig NAME=WANTED...     one JSON object a line for each, in that order
 *
 * When a name is not known, a last line {"names":[...]} lists all symbols. The configuration is only read.
 * Uses what the Kconfig of 5.15 to 6.12 have in common. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lkc.h"

#define FIX_MAX 32
#define DEPTH_MAX 8

struct fix {
	struct symbol *sym[FIX_MAX];
	tristate value[FIX_MAX];
	int n;
};

struct asked {
	char *name, *wanted;
	struct symbol *sym; /* NULL: not known */
};

static FILE *out;

static void
put_string(const char *s)
{
	putc('"', out);
	for (; *s; s++) {
		unsigned char c = *s;

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			fprintf(out, "\\u%04x", c);
		else if (c > 0x7f)
			putc('?', out);
		else
			putc(c, out);
	}
	putc('"', out);
}

static void
put_field(const char *key, const char *value)
{
	fprintf(out, ",\"%s\":", key);
	put_string(value ? value : "");
}

static const char *
letter(tristate t)
{
	return t == yes ? "y" : t == mod ? "m" : "n";
}

static int
is_tristate(struct symbol *sym)
{
	enum symbol_type type = sym_get_type(sym);

	return type == S_BOOLEAN || type == S_TRISTATE;
}

static struct property *
prompt_of(struct symbol *sym)
{
	struct property *p;

	for (p = sym->prop; p; p = p->next)
		if (p->text && p->type != P_COMMENT)
			return p;
	return NULL;
}

/* The symbol whose truth a clause is about: X, X=y, X!=n; for a select term its first symbol. */
static struct symbol *
first_symbol(struct expr *e)
{
	while (e && e->type != E_SYMBOL && e->type != E_EQUAL && e->type != E_UNEQUAL)
		e = e->type == E_RANGE || e->type == E_NONE ? NULL : e->left.expr;
	return e ? e->left.sym : NULL;
}

static void
put_clause(struct expr *e, int *n)
{
	struct gstr text = str_new();
	struct symbol *sym = first_symbol(e);
	char *s;

	expr_gstr_print(e, &text);
	s = str_get(&text);
	fprintf(out, "%s{\"text\":", (*n)++ ? "," : "");
	put_string(s);
	put_field("value", letter(expr_calc_value(e)));
	put_field("symbol", e->type == E_SYMBOL || e->type == E_AND ? sym && sym->name ? sym->name : "" : "");
	putc('}', out);
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

	fprintf(out, ",\"%s\":[", key);
	each(e, &n);
	putc(']', out);
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
	fputs(",\"range\":[", out);
	put_string(sym_get_string_value(p->expr->left.sym));
	putc(',', out);
	put_string(sym_get_string_value(p->expr->right.sym));
	putc(']', out);
}

static void
fix_add(struct fix *f, struct symbol *sym, tristate value)
{
	int i;

	for (i = 0; i < f->n; i++)
		if (f->sym[i] == sym)
			return;
	if (f->n == FIX_MAX)
		return;
	f->sym[f->n] = sym;
	f->value[f->n++] = value;
}

static void fix_expr(struct fix *f, struct expr *e, int depth);

/* What must be true before a symbol can be set. The condition of its prompt repeats what it depends on. */
static void
fix_needs(struct fix *f, struct symbol *sym, struct property *prompt, int depth)
{
	struct expr *dep = sym->dir_dep.expr;

	fix_expr(f, dep && expr_calc_value(dep) != yes ? dep : prompt->visible.expr, depth);
}

static void
fix_symbol(struct fix *f, struct symbol *sym, tristate value, int depth)
{
	struct property *p;

	if (!sym->name || !is_tristate(sym) || !(p = prompt_of(sym)) || depth > DEPTH_MAX)
		return;
	sym_calc_value(sym);
	if (sym->curr.tri == value)
		return;
	if (value != no)
		fix_needs(f, sym, p, depth + 1);
	fix_add(f, sym, value);
}

/* Adds what a person could set to make an expression true: a first try, which is then tried out. */
static void
fix_expr(struct fix *f, struct expr *e, int depth)
{
	int before = f->n;

	if (!e || expr_calc_value(e) == yes || depth > DEPTH_MAX)
		return;
	switch (e->type) {
	case E_AND:
		fix_expr(f, e->left.expr, depth);
		fix_expr(f, e->right.expr, depth);
		break;
	case E_OR:
		fix_expr(f, e->left.expr, depth);
		if (f->n == before)
			fix_expr(f, e->right.expr, depth);
		break;
	case E_NOT:
		if (e->left.expr->type == E_SYMBOL)
			fix_symbol(f, e->left.expr->left.sym, no, depth);
		break;
	case E_SYMBOL: fix_symbol(f, e->left.sym, yes, depth); break;
	case E_EQUAL:
	case E_UNEQUAL:
		if (e->right.sym == &symbol_no)
			fix_symbol(f, e->left.sym, e->type == E_EQUAL ? no : yes, depth);
		else if (e->right.sym == &symbol_yes)
			fix_symbol(f, e->left.sym, e->type == E_EQUAL ? yes : no, depth);
		break;
	default: break;
	}
}

static tristate
tristate_of(const char *s)
{
	return *s == 'y' ? yes : *s == 'm' ? mod : no;
}

static int
is_reached(const struct asked *a)
{
	sym_clear_all_valid();
	sym_calc_value(a->sym);
	return !strcmp(is_tristate(a->sym) ? letter(a->sym->curr.tri) : sym_get_string_value(a->sym), a->wanted);
}

/* Tries the values in a child, so that the answers that follow are about the real configuration. */
static int
fix_works(const struct fix *f, const struct asked *a)
{
	int status = 0, i;
	pid_t pid = fork();

	if (pid < 0)
		return 0;
	if (!pid) {
		for (i = 0; i < f->n; i++) {
			sym_calc_value(f->sym[i]);
			sym_set_tristate_value(f->sym[i], f->value[i]);
			sym_clear_all_valid();
		}
		sym_calc_value(a->sym);
		if (is_tristate(a->sym))
			sym_set_tristate_value(a->sym, tristate_of(a->wanted));
		else
			sym_set_string_value(a->sym, a->wanted);
		_exit(is_reached(a) ? 0 : 1);
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
}

static void
put_fix(const struct asked *a)
{
	struct property *p = prompt_of(a->sym);
	struct fix f = {0};
	int i;

	if (!p || !strcmp(a->wanted, "n"))
		return;
	if (!strcmp(a->wanted, "m") && modules_sym->curr.tri == no)
		fix_add(&f, modules_sym, yes);
	fix_needs(&f, a->sym, p, 0);
	if (!f.n || !fix_works(&f, a))
		return;
	fputs(",\"fix\":[", out);
	for (i = 0; i < f.n; i++) {
		char text[512];

		snprintf(text, sizeof text, "%s=%s", f.sym[i]->name, letter(f.value[i]));
		fputs(i ? "," : "", out);
		put_string(text);
	}
	putc(']', out);
}

static void
answer(struct asked *a)
{
	struct symbol *sym = sym_find(a->name);
	struct property *p;

	fputs("{\"name\":", out);
	put_string(a->name);
	if (!sym || sym->type == S_UNKNOWN) {
		fputs(",\"exists\":false}\n", out);
		return;
	}
	a->sym = sym;
	sym_calc_value(sym);
	p = prompt_of(sym);
	fputs(",\"exists\":true", out);
	put_field("type", sym_type_name(sym->type));
	put_field("modules", letter(modules_sym->curr.tri));
	put_field("value", is_tristate(sym) ? letter(sym->curr.tri) : sym_get_string_value(sym));
	put_field("visible", letter(sym->visible));
	put_field("prompt", p ? p->text : "");
	put_list("depends", sym->dir_dep.expr, put_false);
	if (p)
		put_list("hidden_by", p->visible.expr, put_false);
	put_list("selected_by", sym->rev_dep.expr, put_true);
	put_list("implied_by", sym->implied.expr, put_true);
	put_choice(sym);
	put_range(sym);
	put_fix(a);
	fputs("}\n", out);
}

static void
put_names(struct menu *m, int *n)
{
	for (; m; m = m->next) {
		if (m->sym && m->sym->name) {
			fputs((*n)++ ? "," : "", out);
			put_string(m->sym->name);
		}
		if (m->list)
			put_names(m->list, n);
	}
}

int
main(int argc, char **argv)
{
	int missing = 0, n = 0, i;

	if (argc < 2)
		return 2;
	out = fdopen(dup(1), "w"); /* what Kconfig itself says goes to stderr */
	if (!out || dup2(2, 1) < 0)
		return 1;
	setvbuf(out, NULL, _IOFBF, 1 << 16);
	conf_parse(argv[1]);
	if (conf_read(NULL))
		return 1;
	sym_calc_value(modules_sym);
	for (i = 2; i < argc; i++) {
		struct asked a = {argv[i], strchr(argv[i], '='), NULL};

		if (a.wanted)
			*a.wanted++ = '\0';
		else
			a.wanted = "";
		fflush(out); /* a child must not write it again */
		answer(&a);
		missing |= !a.sym;
	}
	if (missing) {
		fputs("{\"names\":[", out);
		put_names(rootmenu.list, &n);
		fputs("]}\n", out);
	}
	return fflush(out) || ferror(out);
}
