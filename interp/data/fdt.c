#include "data/fdt.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#define CODE "E0602"
#define MAX_DEPTH 64
#define MAX_BLOB ((size_t)64 << 20)
#define MAX_PATHS (128 << 20) /* of all nodes: names of parents are in each */
#define SLACK 65536           /* room that applying an overlay takes beside both blobs */

/* libfdt's words are FDT_ERR_…; what they mean for a blob. */
static const char *
reason(int r)
{
	static const struct {
		int r;
		const char *text;
	} reasons[] = {
		{-FDT_ERR_BADMAGIC, "it does not begin like a device tree blob"},
		{-FDT_ERR_TRUNCATED, "it is cut short, or its totalsize is larger than the file"},
		{-FDT_ERR_BADVERSION, "its version is not one that can be read"},
		{-FDT_ERR_BADSTRUCTURE, "its structure is damaged"},
		{-FDT_ERR_BADLAYOUT, "its parts are in an order that cannot be read"},
		{-FDT_ERR_BADOVERLAY, "it is no valid overlay"},
		{-FDT_ERR_BADPHANDLE, "a phandle is not valid"},
		{-FDT_ERR_NOSPACE, "a reference lies outside of its property, or there is no room"},
		{-FDT_ERR_NOPHANDLES, "there are no phandles left"},
		{-FDT_ERR_NOTFOUND, "a node or label that it names is not there"},
	};

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].r == r)
			return reasons[i].text;
	return fdt_strerror(r);
}

int
dtb_check(const void *p, size_t n, const char *shown, struct err *err)
{
	int depth = 0, r, len;
	size_t path[MAX_DEPTH + 1] = {0}, all = 0;

	if (n > MAX_BLOB)
		return err_set(err, CODE, "`%s` is too large for a device tree blob", shown);
	if (n < sizeof(struct fdt_header))
		return err_set(err, CODE, "`%s` is no valid device tree blob: it is too short", shown);
	if (fdt_magic(p) == FDT_MAGIC && fdt_version(p) < 17) /* older ones do not say where they end; libfdt runs on */
		return err_set(err, CODE, "`%s` is no valid device tree blob: version %u is too old", shown,
			       fdt_version(p));
	r = fdt_check_full(p, n);
	if (r)
		return err_set(err, CODE, "`%s` is no valid device tree blob: %s", shown, reason(r));
	for (int at = fdt_next_node(p, -1, &depth); at >= 0 && depth >= 0; at = fdt_next_node(p, at, &depth)) {
		if (depth > MAX_DEPTH)
			return err_set(err, CODE, "`%s` nests its nodes more than %d deep", shown, MAX_DEPTH);
		fdt_get_name(p, at, &len);
		path[depth] = (depth ? path[depth - 1] : 0) + (size_t)(len > 0 ? len : 0) + 1;
		all += path[depth];
		if (all > (size_t)MAX_PATHS)
			return err_set(err, CODE, "`%s` has nodes whose paths are longer than %d MiB together", shown,
				       MAX_PATHS >> 20);
	}
	return 0;
}

bool
dtb_is_overlay(const void *p)
{
	int node;

	if (fdt_path_offset(p, "/__fixups__") >= 0 || fdt_path_offset(p, "/__local_fixups__") >= 0)
		return true;
	fdt_for_each_subnode(node, p, 0) if (fdt_subnode_offset(p, node, "__overlay__") >= 0) return true;
	return false;
}

/* A property that is text: one NUL, at its end. */
static const char *
text_property(const void *p, int node, const char *name)
{
	int len;
	const char *s = fdt_getprop(p, node, name, &len);

	return s && len > 0 && memchr(s, 0, (size_t)len) == s + len - 1 ? s : NULL;
}

const char *
dtb_label(const void *p, const char *label)
{
	int node = fdt_path_offset(p, "/__symbols__");

	return node < 0 ? NULL : text_property(p, node, label);
}

bool
dtb_labels(const void *p, struct arena *a, const char *const **labels, size_t *n)
{
	int node = fdt_path_offset(p, "/__symbols__"), prop;
	const char **v;
	size_t count = 0;

	*labels = NULL;
	*n = 0;
	if (node < 0)
		return false;
	fdt_for_each_property_offset(prop, p, node) count++;
	v = arena_array(a, const char *, count + 1);
	count = 0;
	fdt_for_each_property_offset(prop, p, node) if (fdt_getprop_by_offset(p, prop, &v[count], NULL)) count++;
	*labels = v;
	*n = count;
	return true;
}

bool
dtb_has_node(const void *p, const char *path)
{
	return fdt_path_offset(p, path) >= 0;
}

const void *
dtb_property(const void *p, const char *path, const char *name, size_t *len)
{
	int node = fdt_path_offset(p, path), n;
	const void *v = node < 0 ? NULL : fdt_getprop(p, node, name, &n);

	*len = v ? (size_t)n : 0;
	return v;
}

struct references {
	struct arena *a;
	struct dtb_reference *v;
	size_t n, cap;
};

static void
add(struct references *r, const char *name, const char *use, bool is_path)
{
	GROW(r->v, r->n, r->cap);
	r->v[r->n++] = (struct dtb_reference){name, use, is_path};
}

/* A property of __fixups__ holds all uses of a label, one text after the other. */
static int
add_fixups(const void *p, const char *shown, struct references *r, struct err *err)
{
	int node = fdt_path_offset(p, "/__fixups__"), prop, len;

	if (node < 0)
		return 0;
	fdt_for_each_property_offset(prop, p, node)
	{
		const char *name, *uses = fdt_getprop_by_offset(p, prop, &name, &len), *end;

		if (!uses || !name || len <= 0 || uses[len - 1])
			return err_set(err, CODE,
				       "`%s` is no valid overlay: __fixups__ holds something that is no text", shown);
		for (end = uses + len; uses < end; uses += strlen(uses) + 1)
			add(r, name, uses, false);
	}
	return 0;
}

static void
add_target_paths(const void *p, struct references *r)
{
	int node;

	fdt_for_each_subnode(node, p, 0)
	{
		const char *path = text_property(p, node, "target-path");

		if (path && fdt_subnode_offset(p, node, "__overlay__") >= 0)
			add(r, path, arena_printf(r->a, "/%s:target-path", fdt_get_name(p, node, NULL)), true);
	}
}

int
dtb_references(const void *p, const char *shown, struct arena *a, struct dtb_reference **v, size_t *n, struct err *err)
{
	struct references r = {.a = a};
	int fault = add_fixups(p, shown, &r, err);

	if (!fault)
		add_target_paths(p, &r);
	*v = arena_memdup(a, r.v, r.n * sizeof *r.v);
	*n = r.n;
	free(r.v);
	return fault;
}

/* libfdt believes the offsets in an overlay: it reads (and with a wrap also writes) where they point. So
 * each is compared with its property first. `tree` is the node that `fixups` speaks of. */
static bool
local_offsets_hold(const void *p, int tree, int fixups)
{
	int prop, child, len, size;

	fdt_for_each_property_offset(prop, p, fixups)
	{
		const char *name = NULL;
		const fdt32_t *at = fdt_getprop_by_offset(p, prop, &name, &len);

		if (!at || !name || len % 4 || !fdt_getprop(p, tree, name, &size))
			return false;
		for (int i = 0; i < len / 4; i++)
			if (size < 4 || fdt32_ld(&at[i]) > (uint32_t)size - 4)
				return false;
	}
	fdt_for_each_subnode(child, p, fixups)
	{
		int there = fdt_subnode_offset(p, tree, fdt_get_name(p, child, NULL));

		if (there < 0 || !local_offsets_hold(p, there, child))
			return false;
	}
	return true;
}

/* "/fragment@0:target:0" */
static bool
use_holds(const void *p, const char *use)
{
	const char *name = strchr(use, ':'), *offset = name ? strchr(name + 1, ':') : NULL;
	unsigned long at;
	int node, size;
	char *end;

	if (!offset || !offset[1] || offset[1] < '0' || offset[1] > '9')
		return false;
	node = fdt_path_offset_namelen(p, use, (int)(name - use));
	if (node < 0 || !fdt_getprop_namelen(p, node, name + 1, (int)(offset - name - 1), &size))
		return false;
	at = strtoul(offset + 1, &end, 10);
	return !*end && size >= 4 && at <= (unsigned long)size - 4;
}

static int
check_offsets(const void *p, const char *shown, struct err *err)
{
	cleanup_arena struct arena a = {0};
	int local = fdt_path_offset(p, "/__local_fixups__");
	struct dtb_reference *v;
	size_t n;

	if (dtb_references(p, shown, &a, &v, &n, err))
		return -1;
	if (local >= 0 && !local_offsets_hold(p, 0, local))
		return err_set(err, "E0607", "overlay `%s` is damaged: __local_fixups__ points outside of a property",
			       shown);
	for (size_t i = 0; i < n; i++)
		if (!v[i].is_path && !use_holds(p, v[i].use))
			return err_set(err, "E0607",
				       "overlay `%s` is damaged: the use `%s` of `%s` points outside of a property",
				       shown, v[i].use, v[i].name);
	return 0;
}

int
dtb_apply(const void *base, size_t nbase, const char *base_shown, const void *overlay, size_t noverlay,
	  const char *overlay_shown, struct str *out, struct err *err)
{
	cleanup_free char *to = NULL, *from = NULL;
	size_t room = nbase + noverlay + SLACK;
	int r;

	if (room > INT_MAX)
		return err_set(err, CODE, "`%s` and `%s` are too large to be put together", base_shown, overlay_shown);
	if (check_offsets(overlay, overlay_shown, err))
		return -1;
	to = xcalloc(1, room);
	from = xmalloc(noverlay);
	memcpy(from, overlay, noverlay); /* libfdt writes to the overlay, too */
	r = fdt_open_into(base, to, (int)room);
	if (!r)
		r = fdt_overlay_apply(to, from);
	if (!r)
		r = fdt_pack(to);
	if (r)
		return err_set(err, "E0607", "overlay `%s` cannot be applied to `%s`: %s", overlay_shown, base_shown,
			       reason(r));
	if (dtb_check(to, fdt_totalsize(to), base_shown, err))
		return err_wrap(err, "with overlay `%s` applied", overlay_shown);
	str_addn(out, to, fdt_totalsize(to));
	return 0;
}

/* All nodes */

static void
read_props(const void *p, int at, struct arena *a, struct dtb_node *n)
{
	int prop, len;

	fdt_for_each_property_offset(prop, p, at) n->nprops++;
	n->props = arena_array(a, struct dtb_prop, n->nprops + 1);
	n->nprops = 0;
	fdt_for_each_property_offset(prop, p, at)
	{
		struct dtb_prop *q = &n->props[n->nprops];

		q->p = fdt_getprop_by_offset(p, prop, &q->name, &len);
		q->len = q->p ? (size_t)len : 0;
		n->nprops += q->p != NULL;
	}
}

void
dtb_nodes(const void *p, struct arena *a, struct dtb_node **out, size_t *n)
{
	const char *above[MAX_DEPTH + 2] = {""};
	size_t count = 0;
	int depth = -1;

	for (int at = fdt_next_node(p, -1, &depth); at >= 0 && depth >= 0; at = fdt_next_node(p, at, &depth))
		count++;
	*out = arena_array(a, struct dtb_node, count + 1);
	*n = 0;
	depth = -1;
	for (int at = fdt_next_node(p, -1, &depth); at >= 0 && depth >= 0; at = fdt_next_node(p, at, &depth)) {
		struct dtb_node *node = &(*out)[(*n)++];

		above[depth] = depth ? arena_printf(a, "%s/%s", above[depth - 1], fdt_get_name(p, at, NULL)) : "";
		node->path = depth ? above[depth] : "/";
		node->depth = (unsigned)depth;
		node->phandle = fdt_get_phandle(p, at);
		read_props(p, at, a, node);
	}
}
