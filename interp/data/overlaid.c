#include "data/overlaid.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/dtlint.h"
#include "data/dtrefs.h"
#include "data/fdt.h"
#include "data/overlay.h"

struct nodes {
	struct dtb_node *v;
	size_t n;
	struct map by_path, by_phandle; /* → struct dtb_node; phandles in hex */
};

struct seeing {
	const struct dtb_blob *overlay, *base;
	struct nodes was, is;
	const void *merged;
	struct arena *a;
	struct err *err;
};

static void
read_nodes(struct nodes *s, const void *p, struct arena *a)
{
	dtb_nodes(p, a, &s->v, &s->n);
	for (size_t i = 0; i < s->n; i++)
		map_set(&s->by_path, s->v[i].path, &s->v[i]);
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].phandle)
			map_set(&s->by_phandle, arena_printf(a, "%" PRIx32, s->v[i].phandle), &s->v[i]);
}

/* What a label stands for, or NULL. */
static const char *
path_of(const struct dtb_prop *label)
{
	const char *s = label->p;

	return label->len && memchr(s, 0, label->len) == s + label->len - 1 ? s : NULL;
}

/* A label of the base for a path, or NULL. */
static const char *
label_for(const struct seeing *s, const char *path)
{
	const struct dtb_node *symbols = map_get(&s->was.by_path, "/__symbols__");

	for (size_t i = 0; symbols && i < symbols->nprops; i++)
		if (str_eq(path_of(&symbols->props[i]), path))
			return symbols->props[i].name;
	return NULL;
}

static const struct dtb_node *
node_of(const void *ctx, uint32_t phandle)
{
	const struct nodes *s = ctx;
	char number[16];

	snprintf(number, sizeof number, "%" PRIx32, phandle);
	return map_get(&s->by_phandle, number);
}

/* Whether a property is in the merged tree what it was in the base. */
static bool
is_kept(const struct dtb_node *now, const struct dtb_prop *q)
{
	for (size_t i = 0; now && i < now->nprops; i++)
		if (!strcmp(now->props[i].name, q->name))
			return now->props[i].len == q->len && !memcmp(now->props[i].p, q->p, q->len);
	return false;
}

/* "`interrupt-parent` of `/`": what the base says of a phandle, and the overlay did not write anew; NULL: nothing. */
static const char *
referrer(const struct seeing *s, uint32_t phandle)
{
	for (size_t i = 0; i < s->was.n; i++)
		for (size_t k = 0; k < s->was.v[i].nprops; k++) {
			const struct dtb_prop *q = &s->was.v[i].props[k];

			if (dtrefs_has(q, phandle, node_of, &s->was) &&
			    is_kept(map_get(&s->is.by_path, s->was.v[i].path), q))
				return arena_printf(s->a, "`%s` of `%s`", q->name, s->was.v[i].path);
		}
	return NULL;
}

/* libfdt before 1.7.1, as most loaders have it, replaces the phandle of a node where the fragment has a label itself.
 */
static void
check_phandles(const struct seeing *s)
{
	for (size_t i = 0; i < s->was.n; i++) {
		const struct dtb_node *before = &s->was.v[i], *n = map_get(&s->is.by_path, before->path);
		const char *label, *user;

		if (!n || !before->phandle || n->phandle == before->phandle)
			continue;
		user = referrer(s, before->phandle);
		if (!user)
			continue;
		err_set(s->err, "E0613", "overlay `%s` gives `%s` of `%s` another phandle, so %s leads nowhere",
			s->overlay->shown, n->path, s->base->shown, user);
		label = label_for(s, n->path);
		if (label)
			err_help(s->err, "refer to it as `&%s`, and take the label in front of `__overlay__` away",
				 label);
		else
			err_help(s->err, "take the label in front of `__overlay__`, or its `phandle`, away");
		err_help(
			s->err,
			"libfdt from 1.7.1 on leaves it as it is: write new_libfdt = true where what loads the overlay has that");
	}
}

static void
check_labels(const struct seeing *s)
{
	const struct dtb_node *was = map_get(&s->was.by_path, "/__symbols__");
	const struct dtb_node *is = map_get(&s->is.by_path, "/__symbols__");
	struct map now = {0};

	for (size_t i = 0; is && i < is->nprops; i++)
		map_set(&now, is->props[i].name, (void *)path_of(&is->props[i]));
	for (size_t i = 0; was && i < was->nprops; i++) {
		const char *name = was->props[i].name, *before = path_of(&was->props[i]), *after = map_get(&now, name);

		if (!before || !after || !strcmp(before, after))
			continue;
		err_set(s->err, "E0613", "label `%s` is `%s` in base `%s`, and overlay `%s` makes it `%s`", name,
			before, s->base->shown, s->overlay->shown, after);
		err_help(s->err, "the next overlay that names `%s` would change another node: rename it", name);
	}
	map_free(&now);
}

/* What is wrong in the merged tree, and was not in the base: said with the code and the help of its kind. */
static void
check_faults(const struct seeing *s, struct dt_fault *(*find)(const void *, struct arena *), const char *code,
	     const char *help)
{
	const struct dt_fault *was = find(s->base->p, s->a), *is = find(s->merged, s->a);
	struct map known = {0};

	for (; was->path; was++)
		map_set(&known, arena_printf(s->a, "%s %s", was->path, was->what), s->a);
	for (; is->path; is++) {
		if (map_has(&known, arena_printf(s->a, "%s %s", is->path, is->what)))
			continue;
		err_set(s->err, code, "with overlay `%s` on `%s`, `%s` %s", s->overlay->shown, s->base->shown, is->path,
			is->what);
		err_help(s->err, "%s", help);
	}
	map_free(&known);
}

int
overlaid_check(const struct dtb_blob *overlay, const struct dtb_blob *base, const void *merged, struct err *err)
{
	cleanup_arena struct arena a = {0};
	struct seeing s = {.overlay = overlay, .base = base, .merged = merged, .a = &a, .err = err};
	size_t before = err_count(err);

	read_nodes(&s.was, base->p, &a);
	read_nodes(&s.is, merged, &a);
	if (!overlay->new_libfdt)
		check_phandles(&s);
	check_labels(&s);
	check_faults(&s, dtlint_lengths, "E0614", "dtc does not see it: of an overlay it does not know the bus");
	check_faults(
		&s, dtlint_twins, "E0616",
		"a driver gets the first of them, and the second fails when the board boots: take one away, or give "
		"it `status = \"disabled\"`");
	map_free(&s.was.by_path);
	map_free(&s.is.by_path);
	map_free(&s.was.by_phandle);
	map_free(&s.is.by_phandle);
	return err_count(err) > before ? -1 : 0;
}

/* The value, when it is whole words. */
static const char *
compatible(const void *blob, size_t *n)
{
	const char *v = dtb_property(blob, "/", "compatible", n);

	return v && *n && !v[*n - 1] ? v : NULL;
}

static const char *
words_of(const char *v, size_t n, const char *between, struct arena *a)
{
	cleanup_str struct str b = {0};

	for (const char *w = v; w < v + n; w += strlen(w) + 1) {
		str_add(&b, b.len ? between : "");
		str_add_safe(&b, w, strlen(w));
	}
	return arena_strdup(a, str_text(&b));
}

bool
overlay_is_for(const void *overlay, const void *base, struct arena *a, const char **mine, const char **board)
{
	size_t n, nbase;
	const char *o = compatible(overlay, &n), *b = compatible(base, &nbase);

	if (!o || !b)
		return true;
	for (const char *m = o; m < o + n; m += strlen(m) + 1)
		for (const char *w = b; w < b + nbase; w += strlen(w) + 1)
			if (!strcmp(m, w))
				return true;
	*mine = words_of(o, n, " or ", a);
	*board = words_of(b, nbase, " and ", a);
	return false;
}

int
overlay_board_check(const struct dtb_blob *overlay, const struct dtb_blob *base, struct err *err)
{
	cleanup_arena struct arena a = {0};
	const char *mine, *board;

	if (overlay_is_for(overlay->p, base->p, &a, &mine, &board))
		return 0;
	err_set(err, "E0611", "overlay `%s` is for %s, and base `%s` is %s", overlay->shown, mine, base->shown, board);
	return err_help(err,
			"a loader applies it all the same: name the board in its `compatible`, take another base, or "
			"write any_board = true where that is meant");
}
