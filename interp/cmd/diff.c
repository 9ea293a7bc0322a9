/* diff: what two runs, bundles, folders or files have differently, kind by kind */
#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "base/str.h"
#include "cli/diff.h"
#include "cli/show.h"
#include "data/viewarc.h"

enum { KINDS = 16 };

static bool
is_wanted(const struct cli *cli, const struct diff_kind *k)
{
	for (size_t i = 0; i < cli->kinds.n; i++)
		if (!strcmp(cli->kinds.v[i], k->name))
			return true;
	return !cli->kinds.n;
}

static int
check_kinds(const struct cli *cli, struct err *err)
{
	const char *names[KINDS];
	size_t n = 0;

	for (const struct diff_kind *k = diff_kinds; k->name; k++)
		names[n++] = k->name;
	for (size_t i = 0; i < cli->kinds.n; i++) {
		const char *near = near_name(cli->kinds.v[i], names, n);
		size_t at = 0;

		while (at < n && strcmp(names[at], cli->kinds.v[i]) != 0)
			at++;
		if (at < n)
			continue;
		err_set(err, "E1003", "`--kind` knows no `%s`", cli->kinds.v[i]);
		if (near)
			err_help(err, "did you mean `%s`?", near);
		return err_help(err, "it takes inputs, manifest, config, devicetree, modules, symbols, sizes or files");
	}
	return 0;
}

/* Whether two sides can be compared in a kind of things. */
static bool
applies(const struct diffing *d, const struct diff_kind *k)
{
	const struct diff_side *a = &d->side[0], *b = &d->side[1];
	bool x = k->has(a), y = k->has(b), whole = !a->single && !b->single && !a->partial && !b->partial;

	if (k->flags & DIFF_ALIKE && a->single != b->single)
		return false;
	return (x && y) || ((x || y) && whole && !(k->flags & DIFF_BOTH));
}

/* The first side that has nothing of a kind that was asked for by name, or of all kinds. */
static int
nothing_to_compare(const struct diffing *d, const struct diff_kind *k, struct err *err)
{
	const struct diff_side *s = k && k->has(&d->side[0]) ? &d->side[1] : &d->side[0];

	if (k)
		err_set(err, "E1041", "`%s` has nothing to compare of the kind `%s`", s->shown, k->name);
	else
		err_set(err, "E1041", "`%s` and `%s` have nothing in common that can be compared", d->side[0].shown,
			d->side[1].shown);
	for (int i = 0; i < 2; i++)
		if (d->side[i].partial)
			err_help(err, "what `%s` makes is not all built: `jkr run %s` builds it", d->side[i].shown,
				 d->side[i].shown);
	return -1;
}

static void
note_partial(const struct diffing *d)
{
	for (int i = 0; i < 2; i++)
		if (d->side[i].partial && !d->cli->quiet)
			fprintf(stderr, "note: what `%s` makes is not all built, and was not compared\n",
				d->side[i].shown);
}

static void
note_unread(const struct diffing *d)
{
	const struct unread *u;

	for (int i = 0; i < 2; i++)
		for (size_t k = 0; d->side[i].archive && (u = view_archive_unread(&d->side[i].view, k)); k++) {
			fprintf(stderr, "note: `%s` of `%s` was compared as a file alone: ", u->path, d->side[i].shown);
			print_safe(stderr, u->why);
			putc('\n', stderr);
		}
}

static int
compare(struct diffing *d, struct diff_told *told, size_t *n, struct err *err)
{
	for (const struct diff_kind *k = diff_kinds; k->name; k++) {
		struct diff_told *t = &told[*n];

		if (!is_wanted(d->cli, k))
			continue;
		if (!applies(d, k)) {
			if (d->cli->kinds.n)
				return nothing_to_compare(d, k, err);
			continue;
		}
		*t = (struct diff_told){.kind = k};
		++*n;
		if (k->compare(d, &t->rows, err))
			return -1;
	}
	return *n ? 0 : nothing_to_compare(d, NULL, err);
}

static size_t
count(const struct diff_told *told, size_t n)
{
	size_t rows = 0;

	for (size_t i = 0; i < n; i++)
		rows += told[i].rows.n;
	return rows;
}

static enum status
run(struct cli *cli, struct err *err)
{
	struct diffing d = {.cli = cli, .a = &cli->arena};
	struct diff_told told[KINDS];
	size_t n = 0, opened = 0;
	int r = check_kinds(cli, err);
	bool differs;

	while (!r && opened < 2) {
		r = diff_side_open(cli, cli->argv[opened], &d.side[opened], err);
		opened++;
	}
	for (int i = 0; i < 2 && !r; i++)
		diff_side_forget(&d.side[i], &d.side[!i]);
	if (!r)
		note_unread(&d);
	if (!r)
		r = compare(&d, told, &n, err);
	if (!r && wants_json(cli)) {
		diff_print_json(&d, told, n);
	} else if (!r) {
		note_partial(&d);
		if (!cli->quiet)
			diff_print(&d, told, n);
	}
	differs = count(told, n);
	for (size_t i = 0; i < n; i++)
		free(told[i].rows.v);
	while (opened)
		diff_side_close(&d.side[--opened]);
	if (r)
		return err_status(err);
	return differs && cli->fail_if_changes ? ST_CHANGES : ST_OK;
}

const struct command cmd_diff = {
	.name = "diff",
	.usage = "A B",
	.doc = "Compare two runs, bundles, folders or files, also ones that jkr did not build. A and B are each a folder, an archive (a bundle, a .deb), a file "
	       "(.config, .dtb, .ko, Module.symvers, what `jkr manifest` printed), or what `jkr run` takes as one word: a recipe, RECIPE:STEP, or RECIPE:STEP@KEY for a build that "
	       "`jkr ls builds` lists, with options behind it: `jkr diff board.lua 'board.lua -D rt=false'`. What both have is compared kind by kind: inputs (options, and what differs between the keys of steps), manifest, "
	       "config (of a recipe what was asked for and where, first), devicetree (nodes and properties; a phandle is the node it stands for), modules, symbols (with their CRCs), "
	       "sizes and files (with the place of the first difference). What only follows from something else is counted, and shown with -v, as is all that a long list leaves out. Of "
	       "a recipe the results are compared that are built.",
	.options = "define profile plugin kind format locked offline fresh backend fail-if-changes",
	.min_args = 2,
	.max_args = 2,
	.run = run,
};
