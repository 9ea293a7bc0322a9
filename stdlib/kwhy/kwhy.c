// SPDX-License-Identifier: GPL-2.0
/* kwhy: asks a kernel tree's own Kconfig code why symbols have their values.
 *
 * Linked against the tree's scripts/kconfig objects (all but the front ends), so it evaluates the tree's real
 * expressions. Runs where `make *config` runs, with the same environment:
 *
 *	kwhy Kconfig NAME=WANTED...     one JSON object a line for each, in that order
 *	      +NAME=WANTED...           what has its value, and must keep it
 *	      +                         a line more: {"together":...}, for all of them
 *
 * When a name is not known, a last line {"names":[...]} lists all symbols. The configuration is only read.
 * Uses what the Kconfig of 5.15 to 6.12 have in common. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/resource.h>

#include "solve.h"

struct asked {
	char *name, *wanted;
	struct symbol *sym; /* NULL: not known */
};

#define DEPTH_MAX 12

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
	const char *s;

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
put_wants(const char *key, const struct want *v, int n, int blamed)
{
	int k = 0;

	fprintf(out, ",\"%s\":[", key);
	for (int i = 0; i < n; i++) {
		size_t size = strlen(v[i].sym->name) + strlen(v[i].value) + 2;
		char *text = malloc(size);

		if (!text)
			abort();
		if (!blamed || v[i].blamed) {
			snprintf(text, size, "%s=%s", v[i].sym->name, v[i].value);
			fputs(k++ ? "," : "", out);
			put_string(text);
		}
		free(text);
	}
	putc(']', out);
}

/* The first part of an expression that can never hold, whatever is set. */
static struct expr *
never_part(struct solver *s, struct expr *e, int up, int whole)
{
	struct expr *part;
	struct tv t;

	if (!e)
		return NULL;
	if (e->type == (up ? E_AND : E_OR)) {
		part = never_part(s, e->left.expr, up, whole);
		return part ? part : never_part(s, e->right.expr, up, whole);
	}
	t = model_expr(s->model, e);
	return solve_can(s, !up ? t.m ^ 1 : whole ? t.y : t.m) ? NULL : e;
}

/* From a symbol down to what nothing can set. */
static void
put_never(struct solver *s, struct symbol *sym, const char *wanted)
{
	int n = 0, depth = 0, up = *wanted != 'n';

	if (!is_tristate(sym) && sym->type != S_BOOLEAN)
		up = 1;
	fputs(",\"never\":[", out);
	while (sym && depth++ < DEPTH_MAX) {
		struct property *p = prompt_of(sym);
		struct expr *part = never_part(s, up ? sym->dir_dep.expr : sym->rev_dep.expr, up,
					       *wanted == 'y' && sym->type == S_TRISTATE);

		if (!part && up && p)
			part = never_part(s, p->visible.expr, up, *wanted == 'y' && sym->type == S_TRISTATE);
		if (!part)
			break;
		put_clause(part, &n);
		sym = up && part->type == E_SYMBOL ? part->left.sym : NULL;
	}
	putc(']', out);
	put_field("leaf", !up ? "selected" : !sym ? "clause" : !prompt_of(sym) ? "unset" : "prompt");
}

/* What makes it as wanted, with all that is held. */
static void
put_solved(struct solver *s, const struct asked *a, const struct want *held, int nheld)
{
	static const char *const kinds[] = {"met", "fix", "never", "open"};
	struct want *all = calloc((size_t)nheld + 1, sizeof *all);
	struct solved r;
	int n = 0;

	if (!all)
		abort();
	for (int i = 0; i < nheld; i++)
		if (held[i].sym != a->sym)
			all[n++] = held[i];
	all[n++] = (struct want){.sym = a->sym, .value = a->wanted};
	solve(s, all, n, &r);
	put_field("answer", kinds[r.kind]);
	if (r.kind == SOLVE_FIX)
		put_wants("fix", r.lines, r.n, 0);
	if (r.kind == SOLVE_NEVER) {
		all[n - 1].blamed = 0;
		put_wants("against", all, n, 1);
		put_never(s, a->sym, a->wanted);
	}
	free(r.lines);
	free(all);
}

/* All that is asked, in one. */
static void
put_together(struct solver *s, struct want *all, int n)
{
	static const char *const kinds[] = {"met", "fix", "never", "open"};
	struct solved r;

	solve(s, all, n, &r);
	fputs("{\"together\":", out);
	put_string(kinds[r.kind]);
	if (r.kind == SOLVE_FIX)
		put_wants("fix", r.lines, r.n, 0);
	if (r.kind == SOLVE_NEVER)
		put_wants("against", all, n, 1);
	fputs("}\n", out);
	free(r.lines);
}

static void
answer(struct solver *s, struct asked *a, const struct want *held, int nheld)
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
	if (*a->wanted)
		put_solved(s, a, held, nheld);
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

/* What is asked besides, "+NAME=WANTED": it has its value, and must keep it. */
static int
read_wants(struct solver *s, char **argv, int argc, int held, struct want *v)
{
	int n = 0;

	for (int i = 2; i < argc; i++) {
		char *name = argv[i] + (*argv[i] == '+'), *eq = strchr(name, '='), text[SYMBOL_MAXLENGTH];
		struct symbol *sym;

		if (!eq || (held && *argv[i] != '+') || eq - name >= (int)sizeof text)
			continue;
		snprintf(text, sizeof text, "%.*s", (int)(eq - name), name);
		sym = sym_find(text);
		if (!sym || sym->type == S_UNKNOWN)
			continue;
		if (!model_logic(sym))
			model_value(s->model, sym, eq + 1);
		v[n++] = (struct want){.sym = sym, .value = eq + 1};
	}
	return n;
}

static int
answer_all(struct solver *s, char **argv, int argc)
{
	struct want *held = calloc((size_t)argc, sizeof *held), *all = calloc((size_t)argc, sizeof *all);
	int missing = 0, n = 0, together = 0, nall, nheld;

	if (!held || !all)
		abort();
	nall = read_wants(s, argv, argc, 0, all);
	nheld = read_wants(s, argv, argc, 1, held);
	for (int i = 2; i < argc; i++) {
		char *eq = strchr(argv[i], '=');
		struct asked a = {argv[i], eq ? eq + 1 : "", NULL};

		together |= !strcmp(argv[i], "+");
		if (*argv[i] == '+')
			continue;
		if (eq)
			*eq = '\0';
		fflush(out); /* a child must not write it again */
		answer(s, &a, held, nheld);
		missing |= !a.sym;
	}
	if (together && nall > 1)
		put_together(s, all, nall);
	if (missing) {
		fputs("{\"names\":[", out);
		put_names(rootmenu.list, &n);
		fputs("]}\n", out);
	}
	free(held);
	free(all);
	return fflush(out) || ferror(out);
}

int
main(int argc, char **argv)
{
	struct rlimit deep = {(rlim_t)1 << 27, (rlim_t)1 << 27};
	struct solver s = {.limited = !getenv("KWHY_UNLIMITED")};

	if (argc < 2)
		return 2;
	out = fdopen(dup(1), "w"); /* what Kconfig itself says goes to stderr */
	if (!out || dup2(2, 1) < 0)
		return 1;
	setrlimit(RLIMIT_STACK, &deep); /* expressions are followed from symbol to symbol */
	setvbuf(out, NULL, _IOFBF, 1 << 16);
	conf_parse(argv[1]);
	return solver_open(&s) ? 1 : answer_all(&s, argv, argc);
}
