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
	struct dtb_reference *references; /* of the overlay */
	size_t nreferences;
	struct dtb_node *nodes; /* of the overlay, in its order */
	size_t nnodes;
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

/* Of "/fragment@0:target:0" the node. */
static size_t
fragment_index(const struct trial *t, const struct dtb_reference *r)
{
	size_t len = strcspn(r->use, ":"), i = 0;

	while (i < t->nnodes && (strncmp(t->nodes[i].path, r->use, len) || t->nodes[i].path[len]))
		i++;
	return i;
}

/* Where the target of a fragment is in the base; NULL: it is no target, or not there. */
static const char *
target_of(const struct dtb_blob *b, const struct dtb_reference *r)
{
	static const char by_label[] = ":target:0";
	size_t len = strlen(r->use);

	if (r->is_path)
		return r->name;
	return len > strlen(by_label) && !strcmp(r->use + len - strlen(by_label), by_label) ? dtb_label(b->p, r->name)
											    : NULL;
}

/* Whether a fragment in front of it brings the node of a target-path along: libfdt, and so every boot loader, merges
 * them in their order. */
static bool
brought_along(const struct trial *t, const struct dtb_blob *b, const struct dtb_reference *r)
{
	size_t at = fragment_index(t, r);

	for (size_t i = 0; i < t->nreferences; i++) {
		const struct dtb_reference *q = &t->references[i];
		const char *to = target_of(b, q);
		size_t len = !to || !strcmp(to, "/") ? 0 : strlen(to);

		if (to && !strncmp(r->name, to, len) && r->name[len] == '/' && fragment_index(t, q) < at &&
		    dtb_has_node(t->overlay->p, arena_printf(t->arena, "%.*s/__overlay__%s", (int)strcspn(q->use, ":"),
							     q->use, r->name + len)))
			return true;
	}
	return false;
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

		if ((!r->is_path && !dtb_labels(b->p, t->arena, &labels, &n)) || !lacks(b, r) ||
		    (r->is_path && brought_along(t, b, r)))
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
try_references(struct trial *t)
{
	size_t before = err_count(t->err);
	struct map seen = {0};
	bool labels = false;

	if (dtb_references(t->overlay->p, t->overlay->shown, t->arena, &t->references, &t->nreferences, t->err))
		return -1;
	dtb_nodes(t->overlay->p, t->arena, &t->nodes, &t->nnodes);
	for (size_t i = 0; i < t->nreferences; i++) {
		struct dtb_reference *r = &t->references[i];

		if (map_has(&seen, r->name))
			continue;
		map_set(&seen, r->name, r);
		labels |= !r->is_path && *r->name != '/';
		if (!r->is_path && *r->name == '/')
			say_path(t, r);
		else
			try_reference(t, r);
	}
	map_free(&seen);
	for (size_t i = 0; labels && i < t->nbases; i++) {
		const char *const *names;
		size_t n;

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
	struct trial t = {.overlay = overlay,
			  .bases = bases,
			  .nbases = nbases,
			  .where = where,
			  .ctx = ctx,
			  .arena = &a,
			  .err = err};
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
