/* diff: the table of kinds. */
#include "cli/diff.h"

#include <string.h>

#include "base/str.h"

void
diff_add(struct diff_rows *rows, const struct diff_row *row)
{
	GROW(rows->v, rows->n, rows->cap);
	rows->v[rows->n++] = *row;
	rows->follows += row->follows;
}

static const struct diff_file *
only_one(const struct diff_side *s, const char *const *ends, const char *base)
{
	const struct diff_file *f, *found = NULL;
	size_t from = 0, n = 0;

	while ((f = diff_side_file(s, ends, &from))) {
		if (!strcmp(path_base(f->name), path_base(base)))
			return f;
		found = f;
		n++;
	}
	return n == 1 ? found : NULL;
}

static int
pair_single(const struct diffing *d, const char *const *ends, diff_pair_fn fn, void *ctx)
{
	const struct diff_side *a = &d->side[0], *b = &d->side[1];
	size_t from = 0;
	const struct diff_file *x = a->single ? &a->files[0] : NULL, *y = b->single ? &b->files[0] : NULL;

	if (x && !diff_side_file(a, ends, &from))
		return 0;
	from = 0;
	if (y && !diff_side_file(b, ends, &from))
		return 0;
	x = x ? x : only_one(a, ends, y ? y->name : "");
	y = y ? y : only_one(b, ends, x ? x->name : "");
	return fn(ctx, x, y);
}

int
diff_pairs(const struct diffing *d, const char *const *ends, diff_pair_fn fn, void *ctx)
{
	const struct diff_side *a = &d->side[0], *b = &d->side[1];
	size_t i = 0, k = 0;
	const struct diff_file *x, *y;
	int r = 0;

	if (a->single || b->single)
		return pair_single(d, ends, fn, ctx);
	x = diff_side_file(a, ends, &i);
	y = diff_side_file(b, ends, &k);
	while (!r && (x || y)) {
		int c = !x ? 1 : !y ? -1 : path_cmp(x->name, y->name);

		r = fn(ctx, c <= 0 ? x : NULL, c >= 0 ? y : NULL);
		x = c <= 0 ? diff_side_file(a, ends, &i) : x;
		y = c >= 0 ? diff_side_file(b, ends, &k) : y;
	}
	return r;
}

const struct diff_kind diff_kinds[] = {
	{"inputs", "options, and what the keys of steps are made of: parameters, patches, files, pins", DIFF_BOTH,
	 diff_has_inputs, diff_inputs},
	{"manifest", "what manifests say that builds were made of", 0, diff_has_manifest, diff_manifest},
	{"config", "Kconfig symbols; of a recipe those that were asked for first", 0, diff_has_config, diff_config},
	{"devicetree", "nodes and properties of device trees, by what their numbers stand for", 0, diff_has_devicetree,
	 diff_devicetree},
	{"modules", "kernel modules: which there are, and what they say of themselves", 0, diff_has_modules,
	 diff_modules},
	{"symbols", "symbols that a kernel and its modules share, and their CRCs", 0, diff_has_symbols, diff_symbols},
	{"sizes", "sizes of files", DIFF_ALIKE, diff_has_files, diff_sizes},
	{"files", "files, links and modes, with the place of the first difference", DIFF_ALIKE, diff_has_files,
	 diff_files},
	{NULL, NULL, 0, NULL, NULL},
};
