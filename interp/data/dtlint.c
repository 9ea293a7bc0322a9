#include "data/dtlint.h"

#include <inttypes.h>
#include <string.h>

#include "base/err.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/dtrefs.h"
#include "data/fdt.h"

enum { DEFAULT_ADDRESS = 2, DEFAULT_SIZE = 1, DEPTHS = 68 };

struct linting {
	struct arena *a;
	const char *shown;
	struct dtb_node *v;
	size_t n;
	struct err *err;
};

/* Of `linux,code` and `unix,x` cpp leaves this, where it runs without -undef. */
static void
check_names(const struct linting *l)
{
	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->v[i].nprops; k++) {
			const char *name = l->v[i].props[k].name;

			if (!str_starts(name, "1,"))
				continue;
			err_set(l->err, "E0615", "`%s` has a property `%s` in `%s`, which was `linux,%s` before cpp",
				l->shown, name, l->v[i].path, name + 2);
			err_help(l->err,
				 "for cpp `linux` and `unix` are 1: run it with -undef, or let `dtbo_compile` do it");
		}
}

static void
check_phandles(const struct linting *l)
{
	struct map seen = {0};

	for (size_t i = 0; i < l->n; i++) {
		const char *number = arena_printf(l->a, "0x%" PRIx32, l->v[i].phandle), *other;

		if (!l->v[i].phandle)
			continue;
		other = map_get(&seen, number);
		if (!other) {
			map_set(&seen, number, (void *)l->v[i].path);
			continue;
		}
		err_set(l->err, "E0613", "`%s` and `%s` of `%s` have one phandle, %s", other, l->v[i].path, l->shown,
			number);
		err_help(l->err, "what refers to one of them gets the other; leave numbers to dtc and write `&label`");
	}
	map_free(&seen);
}

int
dtlint(const void *p, const char *shown, struct err *err)
{
	cleanup_arena struct arena a = {0};
	struct linting l = {.a = &a, .shown = shown, .err = err};
	size_t before = err_count(err);

	dtb_nodes(p, &a, &l.v, &l.n);
	check_names(&l);
	check_phandles(&l);
	return err_count(err) > before ? -1 : 0;
}

/* Lengths */

struct cells {
	uint32_t address, size;
	bool said; /* both by the node itself */
};

static const struct dtb_prop *
property(const struct dtb_node *n, const char *name)
{
	for (size_t i = 0; i < n->nprops; i++)
		if (!strcmp(n->props[i].name, name))
			return &n->props[i];
	return NULL;
}

static struct cells
cells_of(const struct dtb_node *n)
{
	struct cells c = {DEFAULT_ADDRESS, DEFAULT_SIZE, false};
	bool a = dtrefs_cell(n, "#address-cells", &c.address), s = dtrefs_cell(n, "#size-cells", &c.size);

	c.said = a && s;
	return c;
}

/* A sentence, or NULL where nothing is wrong. */
static const char *
fault_of(struct arena *a, const struct dtb_node *n, const struct dtb_node *parent)
{
	const struct dtb_prop *reg = property(n, "reg");
	struct cells c;
	uint64_t one;

	if (!reg || !parent)
		return NULL;
	c = cells_of(parent);
	one = 4 * ((uint64_t)c.address + c.size);
	if (!c.said)
		return arena_printf(a, "has `reg`, but `%s` does not say #address-cells and #size-cells", parent->path);
	if (one && reg->len && !(reg->len % one))
		return NULL;
	return arena_printf(a,
			    "has %zu bytes of `reg`, but with #address-cells %" PRIu32 " and #size-cells %" PRIu32
			    " of `%s` an entry has %" PRIu64,
			    reg->len, c.address, c.size, parent->path, one);
}

struct dt_fault *
dtlint_lengths(const void *p, struct arena *a)
{
	const struct dtb_node *above[DEPTHS] = {NULL};
	struct dtb_node *v;
	struct dt_fault *out;
	size_t n, count = 0;

	dtb_nodes(p, a, &v, &n);
	out = arena_array(a, struct dt_fault, n + 1);
	for (size_t i = 0; i < n && v[i].depth < DEPTHS; i++) {
		const char *what = v[i].depth ? fault_of(a, &v[i], above[v[i].depth - 1]) : NULL;

		above[v[i].depth] = &v[i];
		if (what)
			out[count++] = (struct dt_fault){v[i].path, what};
	}
	return out;
}
