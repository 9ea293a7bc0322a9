// SPDX-License-Identifier: GPL-2.0
/* judge: the tree's own olddefconfig, loaded once for many tries. Linked like the helper that it judges
 * (stdlib/kwhy/kwhy.c), and shares nothing else with it.
 *
 *	judge Kconfig BASE		reads commands, a line each, fields by tabs; answers a line each
 *
 *	list				NAME TYPE VALUE PROMPTS... , then an empty line
 *	try NAME LINE...		what NAME has in the .config written after BASE and the lines were read, or "-"
 *	keep FILE LINE...		that .config
 *	search NAME WANTED COUNT LINE	whether one of COUNT configurations at random, with the line, has it: yes, no
 *	single NAME WANTED LINE		the lines, by tabs, each of which gives it when it stands behind LINE */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lkc.h"

#define TRIED "judge.config"
#define FIELDS 4096

static FILE *out;
static char *base;
static size_t base_len;

static void
read_base(const char *path)
{
	FILE *f = fopen(path, "r");

	if (!f || fseek(f, 0, SEEK_END) || !(base = malloc((size_t)ftell(f) + 1)))
		exit(1);
	base_len = (size_t)ftell(f);
	rewind(f);
	if (fread(base, 1, base_len, f) != base_len)
		exit(1);
	fclose(f);
}

static void
settle(char **lines, int n, const char *to)
{
	FILE *f = fopen(TRIED, "w");

	if (!f || fwrite(base, 1, base_len, f) != base_len)
		exit(1);
	for (int i = 0; i < n; i++)
		fprintf(f, "%s\n", lines[i]);
	if (fclose(f) || conf_read(TRIED) || (to && conf_write(to)))
		exit(1);
}

/* What a written .config has. */
static void
put_value(const char *path, const char *name)
{
	char line[1 << 14], set[300];
	size_t n = (size_t)snprintf(set, sizeof set, "CONFIG_%s=", name);
	FILE *f = fopen(path, "r");

	while (f && fgets(line, sizeof line, f))
		if (!strncmp(line, set, n)) {
			fputs(line + n, out);
			return;
		}
	fputs("-\n", out);
}

static void
list(struct menu *m)
{
	for (; m; m = m->next) {
		struct symbol *s = m->sym;

		if (s && s->name) {
			int prompts = 0;

			for (struct property *p = s->prop; p; p = p->next)
				prompts += p->text != NULL;
			sym_calc_value(s);
			fprintf(out, "%s\t%s\t%s\t%d\n", s->name, sym_type_name(s->type),
				s->type == S_BOOLEAN || s->type == S_TRISTATE ? s->curr.tri == yes   ? "y"
										: s->curr.tri == mod ? "m"
												     : "n"
									      : sym_get_string_value(s),
				prompts);
		}
		if (m->list)
			list(m->list);
	}
}

static void
set(struct symbol *s, tristate t)
{
	s->def[S_DEF_USER].tri = t;
	s->flags |= SYMBOL_DEF_USER;
}

/* Another configuration: all that can be set, at random, by a mood that most tries share none of. */
static void
shuffle(struct menu *m, const struct symbol *but, int mood)
{
	for (; m; m = m->next) {
		struct symbol *s = m->sym;
		int r = rand() % 100;

		if (s && s != but && (s->type == S_BOOLEAN || s->type == S_TRISTATE)) {
			if (mood == 0)
				set(s, yes);
			else if (mood == 1)
				set(s, r < 85 ? yes : r < 90 ? mod : no);
			else if (mood == 2)
				set(s, r < 45 ? mod : r < 80 ? yes : no);
			else if (mood == 3)
				set(s, r < 30 ? yes : r < 40 ? mod : no);
			else if (r < 8)
				set(s, (tristate)(rand() % 3));
#ifdef SYMBOL_CHOICE
			if (!s->name && m->list) {
				int k = rand() % 4;
				struct menu *x = m->list;

				for (; x->next && k-- > 0; x = x->next)
					;
				s->def[S_DEF_USER].val = x->sym;
			}
#endif
		}
		if (m->list)
			shuffle(m->list, but, mood);
	}
}

static int
has(struct symbol *s, const char *wanted)
{
	sym_calc_value(s);
	if (s->type == S_BOOLEAN || s->type == S_TRISTATE)
		return s->curr.tri == (*wanted == 'y' ? yes : *wanted == 'm' ? mod : no);
	return (s->flags & SYMBOL_WRITE) && !strcmp(sym_get_string_value(s), wanted);
}

static int
search(char **v, int n)
{
	struct symbol *s = sym_find(v[1]);
	int tries = atoi(v[3]), found = 0;

	settle(v + 4, n - 4, NULL);
	srand(7);
	for (int i = 0; i < tries && !found; i++) {
		if (i % 5 == 4)
			settle(v + 4, n - 4, NULL);
		shuffle(rootmenu.list, s, i % 5);
		sym_clear_all_valid();
		found = has(s, v[2]);
	}
	return found;
}

/* What was looked at to find a value: nothing else can change it. */
static size_t
consulted(struct menu *m, struct symbol **v, size_t n)
{
	for (; m; m = m->next) {
		struct symbol *s = m->sym;

		if (s && s->name && s->flags & SYMBOL_VALID && m->prompt && !sym_is_choice_value(s) &&
		    (s->type == S_BOOLEAN || s->type == S_TRISTATE))
			v[n++] = s;
		if (m->list)
			n = consulted(m->list, v, n);
	}
	return n;
}

static void
try_lines(struct symbol *s, struct symbol *asked, const char *wanted)
{
	for (int t = no; s != asked && t <= yes; t++) {
		struct symbol was = *s;

		if (t == mod && s->type != S_TRISTATE)
			continue;
		set(s, (tristate)t);
		sym_clear_all_valid();
		if (has(asked, wanted))
			fprintf(out, t == no ? "# CONFIG_%s is not set\t" : "CONFIG_%s=%c\t", s->name, "nmy"[t]);
		s->def[S_DEF_USER] = was.def[S_DEF_USER];
		s->flags = was.flags;
	}
}

/* Every line of every symbol that has a prompt and is not in a choice. */
static void
single(char **v, int n)
{
	struct symbol *asked = sym_find(v[1]), **all = calloc(100000, sizeof *all);
	size_t count;

	if (!all)
		exit(1);
	settle(v + 3, n - 3, NULL);
	sym_clear_all_valid();
	sym_calc_value(asked);
	count = consulted(rootmenu.list, all, 0);
	for (size_t i = 0; i < count; i++)
		try_lines(all[i], asked, v[2]);
	fputs("\n", out);
}

static void
command(char **v, int n)
{
	if (!strcmp(v[0], "list")) {
		settle(NULL, 0, NULL);
		list(rootmenu.list);
		fputs("\n", out);
	} else if (!strcmp(v[0], "try")) {
		settle(v + 2, n - 2, TRIED);
		put_value(TRIED, v[1]);
	} else if (!strcmp(v[0], "keep")) {
		settle(v + 2, n - 2, v[1]);
		fputs("ok\n", out);
	} else if (!strcmp(v[0], "search")) {
		fputs(search(v, n) ? "yes\n" : "no\n", out);
	} else if (!strcmp(v[0], "single")) {
		single(v, n);
	}
	fflush(out);
	_exit(0);
}

int
main(int argc, char **argv)
{
	static char line[1 << 16], *v[FIELDS];
	int null = open("/dev/null", O_WRONLY);

	if (argc < 3 || !(out = fdopen(dup(1), "w")))
		return 2;
	dup2(null, 1);
	dup2(null, 2);
	setenv("KCONFIG_OVERWRITECONFIG", "1", 1);
	conf_parse(argv[1]);
	read_base(argv[2]);
	while (fgets(line, sizeof line, stdin)) {
		int n = 0, status;
		pid_t pid;

		line[strcspn(line, "\n")] = '\0';
		for (char *p = line; p && n < FIELDS; p = strchr(p, '\t'), p = p ? (*p = '\0', p + 1) : NULL)
			v[n++] = p;
		pid = fork();
		if (!pid)
			command(v, n);
		if (waitpid(pid, &status, 0) != pid || status)
			return 1;
	}
	return 0;
}
