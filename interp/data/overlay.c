#include "data/overlay.h"

#include <string.h>

#include "base/err.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/near.h"
#include "base/str.h"
#include "data/fdt.h"
#include "data/overlaid.h"

struct trial {
	const struct dtb_blob *overlay, *bases;
	size_t nbases;
	overlay_where_fn where;
	void *ctx;
	struct arena *arena;
	struct err *err;
};

/* " (hello.dtso:7)", or "". */
static const char *
place_of(const struct trial *t, const char *reference)
{
	const char *s = t->where ? t->where(t->ctx, reference) : NULL;

	return s ? arena_printf(t->arena, " (%s)", s) : "";
}

/* A reference by path needs no label in the source, and so gets none that a loader could look for. */
static void
say_path(const struct trial *t, const struct dtb_reference *r)
{
	err_set(t->err, "E0606",
		"`&{%s}`%s in overlay `%s` can be applied to no base: dtc writes the path where a loader looks for a label",
		r->name, place_of(t, r->name), t->overlay->shown);
	err_help(
		t->err,
		"give the node a label in the base and write `&label`; a fragment's target can be `target-path = \"%s\"`",
		r->name);
}

static void
say_no_symbols(const struct trial *t, const struct dtb_blob *b)
{
	err_set(t->err, "E0604",
		"base `%s` has no __symbols__, so none of the labels that overlay `%s` uses can be found in it",
		b->shown, t->overlay->shown);
	err_help(t->err, "compile the base with symbols = true (dtc -@), or address nodes by target-path");
}

static bool
lacks(const struct dtb_blob *b, const struct dtb_reference *r)
{
	const char *path;

	if (r->is_path)
		return !dtb_has_node(b->p, r->name);
	path = dtb_label(b->p, r->name);
	return !path || !dtb_has_node(b->p, path);
}

static const char *
nearest(const struct trial *t, const struct dtb_blob *b, const char *label)
{
	const char *const *labels;
	size_t n;

	dtb_labels(b->p, t->arena, &labels, &n);
	return near_name(label, labels, n);
}

/* One reference against all bases that could know it. */
static void
try_reference(const struct trial *t, const struct dtb_reference *r)
{
	cleanup_str struct str names = {0};
	const struct dtb_blob *first = NULL;
	const char *const *labels, *near;
	size_t n;

	for (size_t i = 0; i < t->nbases; i++) {
		const struct dtb_blob *b = &t->bases[i];

		if ((!r->is_path && !dtb_labels(b->p, t->arena, &labels, &n)) || !lacks(b, r))
			continue;
		str_addf(&names, "%s`%s`", first ? ", " : "", b->shown);
		if (!first)
			first = b;
	}
	if (!first)
		return;
	err_set(t->err, "E0605", "%s `%s`%s that overlay `%s` needs is not in base %s", r->is_path ? "node" : "label",
		r->name, place_of(t, r->name), t->overlay->shown, names.s);
	near = r->is_path ? NULL : nearest(t, first, r->name);
	if (near)
		err_help(t->err, "`%s` has `%s`", first->shown, near);
	err_help(t->err, "it is used at %s", r->use);
}

static int
try_references(const struct trial *t)
{
	size_t n, before = err_count(t->err);
	struct dtb_reference *v;
	struct map seen = {0};
	bool labels = false;

	if (dtb_references(t->overlay->p, t->overlay->shown, t->arena, &v, &n, t->err))
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (map_has(&seen, v[i].name))
			continue;
		map_set(&seen, v[i].name, &v[i]);
		labels |= !v[i].is_path && *v[i].name != '/';
		if (!v[i].is_path && *v[i].name == '/')
			say_path(t, &v[i]);
		else
			try_reference(t, &v[i]);
	}
	map_free(&seen);
	for (size_t i = 0; labels && i < t->nbases; i++) {
		const char *const *names;

		if (!dtb_labels(t->bases[i].p, t->arena, &names, &n))
			say_no_symbols(t, &t->bases[i]);
	}
	return err_count(t->err) > before ? -1 : 0;
}

int
overlay_check(const struct dtb_blob *overlay, const struct dtb_blob *bases, size_t nbases, overlay_where_fn where,
	      void *ctx, struct err *err)
{
	cleanup_arena struct arena a = {0};
	const struct trial t = {overlay, bases, nbases, where, ctx, &a, err};
	int r = try_references(&t);

	for (size_t i = 0; !r && i < nbases; i++) {
		cleanup_str struct str out = {0};

		r = dtb_apply(bases[i].p, bases[i].n, bases[i].shown, overlay->p, overlay->n, overlay->shown, &out,
			      err);
		if (!r)
			r = overlaid_check(overlay, &bases[i], out.s, err);
	}
	return r;
}
