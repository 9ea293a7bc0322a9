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

#include "facts.h"
#include "put.h"
#include "solve.h"

struct asked {
	char *name, *wanted; /* wanted NULL: only what it is */
	struct symbol *sym;  /* NULL: not known */
};

#define DEPTH_MAX 12

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

	if (!model_logic(sym))
		up = 1;
	fputs(",\"never\":[", put_to);
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
	putc(']', put_to);
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
	fputs("{\"together\":", put_to);
	put_string(kinds[r.kind]);
	if (r.kind == SOLVE_FIX)
		put_wants("fix", r.lines, r.n, 0);
	if (r.kind == SOLVE_NEVER)
		put_wants("against", all, n, 1);
	fputs("}\n", put_to);
	free(r.lines);
}

static void
answer(struct solver *s, struct asked *a, const struct want *held, int nheld)
{
	struct symbol *sym = sym_find(a->name);

	fputs("{\"name\":", put_to);
	put_string(a->name);
	if (!sym || sym->type == S_UNKNOWN) {
		fputs(",\"exists\":false}\n", put_to);
		return;
	}
	a->sym = sym;
	put_facts(sym);
	if (a->wanted)
		put_solved(s, a, held, nheld);
	fputs("}\n", put_to);
}

static void
put_names(struct menu *m, int *n)
{
	for (; m; m = m->next) {
		if (m->sym && m->sym->name) {
			fputs((*n)++ ? "," : "", put_to);
			put_string(m->sym->name);
		}
		if (m->list)
			put_names(m->list, n);
	}
}

/* What is asked besides, "+NAME=WANTED": it has its value, and must keep it. */
static int
read_wants(char **argv, int argc, int held, struct want *v)
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
	nall = read_wants(argv, argc, 0, all);
	nheld = read_wants(argv, argc, 1, held);
	solver_name(s, all, nall);
	for (int i = 2; i < argc; i++) {
		char *eq = strchr(argv[i], '=');
		struct asked a = {argv[i], eq ? eq + 1 : NULL, NULL};

		together |= !strcmp(argv[i], "+");
		if (*argv[i] == '+')
			continue;
		if (eq)
			*eq = '\0';
		fflush(put_to); /* a child must not write it again */
		answer(s, &a, held, nheld);
		missing |= !a.sym;
	}
	if (together && nall > 1)
		put_together(s, all, nall);
	if (missing) {
		fputs("{\"names\":[", put_to);
		put_names(rootmenu.list, &n);
		fputs("]}\n", put_to);
	}
	free(held);
	free(all);
	return fflush(put_to) || ferror(put_to);
}

/* What a tool says of itself, as the kernel's Makefile exports it: CC_VERSION_TEXT is what CC says. Only the image
 * knows.
 */
static void
export_version(const char *name, const char *tool)
{
	char command[64], line[1024] = "", *to = line;
	FILE *f;

	if (getenv(name) || !getenv(tool))
		return;
	snprintf(command, sizeof command, "LC_ALL=C $%s --version 2>/dev/null", tool);
	f = popen(command, "r");
	if (f && !fgets(line, sizeof line, f))
		*line = '\0';
	if (f)
		pclose(f);
	line[strcspn(line, "\n")] = '\0';
	for (const char *p = line; *p; p++)
		if (*p != '#')
			*to++ = *p;
	*to = '\0';
	setenv(name, line, 1);
}

int
main(int argc, char **argv)
{
	struct rlimit deep = {(rlim_t)1 << 27, (rlim_t)1 << 27};
	struct solver s = {.limited = !getenv("KWHY_UNLIMITED")};

	if (argc < 2)
		return 2;
	put_to = fdopen(dup(1), "w"); /* what Kconfig itself says goes to stderr */
	if (!put_to || dup2(2, 1) < 0)
		return 1;
	setrlimit(RLIMIT_STACK, &deep); /* expressions are followed from symbol to symbol */
	setvbuf(put_to, NULL, _IOFBF, 1 << 16);
	export_version("CC_VERSION_TEXT", "CC");
	export_version("RUSTC_VERSION_TEXT", "RUSTC");
	conf_parse(argv[1]);
	return solver_open(&s) ? 1 : answer_all(&s, argv, argc);
}
