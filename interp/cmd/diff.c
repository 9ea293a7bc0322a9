/* diff: two configurations, by what was asked for and what only follows */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cli/cli.h"
#include "cli/configured.h"

struct difference {
	const char *name, *value[2];
	const struct config_line *asked[2];
};

struct work {
	struct cli *cli;
	struct configured side[2];
	struct difference *v; /* those that were asked for first */
	size_t n, asked;
};

static int
by_name(const void *a, const void *b)
{
	const struct difference *x = a, *y = b;
	int of_x = x->asked[0] || x->asked[1], of_y = y->asked[0] || y->asked[1];

	return of_x != of_y ? of_y - of_x : strcmp(x->name, y->name);
}

static void
compare(struct work *w)
{
	const struct map *all[] = {&w->side[0].config.last, &w->side[1].config.last};

	w->v = arena_array(&w->cli->arena, struct difference, all[0]->n + all[1]->n + 1);
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < all[k]->n; i++) {
			struct difference d = {.name = all[k]->v[i].key};

			if (k && map_has(all[0], d.name))
				continue;
			for (size_t s = 0; s < 2; s++) {
				d.value[s] = kconfig_get(&w->side[s].config, d.name);
				d.asked[s] = map_get(&w->side[s].asked.last, d.name);
			}
			if (kconfig_equal(d.value[0], d.value[1]))
				continue;
			w->asked += d.asked[0] || d.asked[1];
			w->v[w->n++] = d;
		}
	qsort(w->v, w->n, sizeof *w->v, by_name);
}

static const char *
shown(const char *value)
{
	return value ? value : "n";
}

static void
print_place(const struct config_line *l)
{
	if (!l)
		return;
	if (l->at.file && *l->at.file && l->at.line)
		printf("  (%s:%u)", l->at.file, l->at.line);
	else
		fputs("  (asked for)", stdout);
}

static void
print_side(char mark, const struct difference *d, size_t s)
{
	printf("    %c %s", mark, shown(d->value[s]));
	print_place(d->asked[s]);
	putchar('\n');
}

static void
print(const struct work *w)
{
	bool known = w->side[0].recipe || w->side[1].recipe;
	size_t shown_n = known && !w->cli->verbose ? w->asked : w->n;

	if (!w->n) {
		puts("the configurations are equal");
		return;
	}
	printf("- %s\n+ %s\n", w->side[0].shown, w->side[1].shown);
	if (known)
		printf("asked for: %zu symbol%s\n", w->asked, w->asked == 1 ? "" : "s");
	for (size_t i = 0; i < shown_n; i++) {
		if (known && i == w->asked)
			printf("not asked for by either: %zu\n", w->n - w->asked);
		printf("  %s\n", w->v[i].name);
		print_side('-', &w->v[i], 0);
		print_side('+', &w->v[i], 1);
	}
	if (shown_n < w->n)
		printf("%zu more follow from these or from the base; -v shows them\n", w->n - shown_n);
	if (!known)
		printf("%zu symbol%s differ%s\n", w->n, w->n == 1 ? "" : "s", w->n == 1 ? "s" : "");
}

static enum status
run(struct cli *cli, struct err *err)
{
	struct work w = {.cli = cli};
	int r = 0;

	for (size_t i = 0; i < 2 && !r; i++)
		r = configured_read(cli, cli->argv[i], &w.side[i], err);
	if (!r) {
		compare(&w);
		if (!cli->quiet)
			print(&w);
	}
	for (size_t i = 0; i < 2; i++)
		configured_free(&w.side[i]);
	if (r)
		return err_status(err);
	return w.n && cli->fail_if_changes ? ST_CHANGES : ST_OK;
}

const struct command cmd_diff = {
	.name = "diff",
	.usage = "A B",
	.doc = "Compare two kernel configurations. Each is a .config, a folder that holds one (what `-o` exported, or its boot folder), RECIPE, "
	       "or RECIPE:STEP where several kernels are in it. Of a recipe it is known what was asked for and where: that comes first, with the "
	       "places, and what only follows is counted; -v shows it.",
	.options = "define profile plugin locked offline fresh backend fail-if-changes",
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
