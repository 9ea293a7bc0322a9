// SPDX-License-Identifier: GPL-2.0
/* solve_try: what Kconfig makes of lines */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "solve.h"

#define TRIED "kwhy.config" /* in the folder where it runs */

int
solver_open(struct solver *s)
{
	FILE *f = fopen(conf_get_configname(), "r");
	size_t cap = 1 << 16, n;
	char *text = malloc(cap);

	while (f && text && (n = fread(text + s->len, 1, cap - s->len, f)) > 0)
		if ((s->len += n) == cap)
			text = realloc(text, cap *= 2);
	if (!f || !text || fclose(f) || conf_read_simple(conf_get_configname(), S_DEF_USER))
		return -1;
	s->config = text;
	sym_calc_value(modules_sym);
	s->model = model_new();
	return 0;
}

void
solver_name(struct solver *s, const struct want *v, int n)
{
	s->named = v;
	s->nnamed = n;
	for (int i = 0; i < n; i++)
		if (!model_logic(v[i].sym))
			model_value(s->model, v[i].sym, v[i].value);
}

void
solver_renew(struct solver *s)
{
	model_free(s->model);
	s->model = model_new();
	solver_name(s, s->named, s->nnamed);
}

static void
put_line(FILE *f, const struct want *w)
{
	if (model_logic(w->sym) && *w->value == 'n') {
		fprintf(f, "# CONFIG_%s is not set\n", w->sym->name);
		return;
	}
	fprintf(f, "CONFIG_%s=", w->sym->name);
	if (w->sym->type != S_STRING) {
		fprintf(f, "%s\n", w->value);
		return;
	}
	putc('"', f);
	for (const char *p = w->value; *p; p++) {
		if (*p == '"' || *p == '\\')
			putc('\\', f);
		putc(*p, f);
	}
	fputs("\"\n", f);
}

static int
is_got(const struct want *w)
{
	struct symbol *sym = w->sym;
	const char *got;
	int base = sym->type == S_HEX ? 16 : 10;

	sym_calc_value(sym);
	if (model_logic(sym))
		return sym->curr.tri == (*w->value == 'y' ? yes : *w->value == 'm' ? mod : no);
	got = sym_get_string_value(sym);
	return sym->flags & SYMBOL_WRITE &&
	       (!strcmp(got, w->value) ||
		(sym->type != S_STRING && *got && strtoll(got, NULL, base) == strtoll(w->value, NULL, base)));
}

int
solve_try(struct solver *s, const struct want *asked, int n, const struct want *lines, int nlines)
{
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		FILE *f = fopen(TRIED, "w");
		int got = f && fwrite(s->config, 1, s->len, f) == s->len;

		for (int i = 0; got && i < n; i++)
			put_line(f, &asked[i]);
		for (int i = 0; got && i < nlines; i++)
			put_line(f, &lines[i]);
		dup2(open("/dev/null", O_WRONLY), 2);
		dup2(2, 1);
		got = got && !fclose(f) && !conf_read(TRIED);
		for (int i = 0; got && i < n; i++)
			got = is_got(&asked[i]);
		_exit(got ? 0 : 1);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 0;
	return WIFEXITED(status) && !WEXITSTATUS(status);
}
