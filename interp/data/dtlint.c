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

struct faults {
	struct arena *a;
	struct dt_fault *v;
	size_t n, cap;
};

static void
add_fault(struct faults *f, const char *path, const char *what)
{
	GROW(f->v, f->n, f->cap);
	f->v[f->n++] = (struct dt_fault){path, what};
}

static struct dt_fault *
end_faults(struct faults *f)
{
	struct dt_fault *v;

	add_fault(f, NULL, NULL);
	v = arena_memdup(f->a, f->v, f->n * sizeof *f->v);
	free(f->v);
	return v;
}

struct dt_fault *
dtlint_lengths(const void *p, struct arena *a)
{
	const struct dtb_node *above[DEPTHS] = {NULL};
	struct faults out = {.a = a};
	struct dtb_node *v;
	size_t n;

	dtb_nodes(p, a, &v, &n);
	for (size_t i = 0; i < n && v[i].depth < DEPTHS; i++) {
		const char *what = v[i].depth ? fault_of(a, &v[i], above[v[i].depth - 1]) : NULL;

		above[v[i].depth] = &v[i];
		if (what)
			add_fault(&out, v[i].path, what);
	}
	return end_faults(&out);
}

/* Addresses */

static uint32_t
cell(const struct dtb_prop *q, size_t i)
{
	const unsigned char *b = (const unsigned char *)q->p + 4 * i;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static bool
is_enabled(const struct dtb_node *n)
{
	const struct dtb_prop *q = property(n, "status");

	return !q || (q->len == 5 && !memcmp(q->p, "okay", 5)) || (q->len == 3 && !memcmp(q->p, "ok", 3));
}

struct bus {
	const struct dtb_node *node;
	bool enabled;   /* itself, and all above it */
	uint32_t cells; /* of an address; 0: its addresses have sizes, or it does not say */
};

static struct bus
bus_of(const struct dtb_node *n, bool above)
{
	struct cells c = cells_of(n);
	struct bus b = {n, above && is_enabled(n), 0};

	if (c.said && !c.size && c.address <= 4)
		b.cells = c.address;
	return b;
}

/* Notes each address of a node; one that is known is a fault. */
static void
take_addresses(struct faults *out, const struct dtb_node *n, const struct bus *bus, struct map *known)
{
	const struct dtb_prop *reg = property(n, "reg");
	size_t one = (size_t)4 * bus->cells;

	for (size_t i = 0; reg && i < reg->len / one; i++) {
		cleanup_str struct str at = {0};
		const char *key, *other;

		for (size_t c = 0; c < bus->cells; c++)
			str_addf(&at, c ? "%08" PRIx32 : "0x%" PRIx32, cell(reg, i * bus->cells + c));
		key = arena_printf(out->a, "%s %s", bus->node->path, str_text(&at));
		other = map_get(known, key);
		if (other && other != n->path)
			add_fault(out, n->path,
				  arena_printf(out->a, "is at address %s of its bus, where `%s` is as well",
					       str_text(&at), other));
		else
			map_set(known, key, (void *)n->path);
	}
}

struct dt_fault *
dtlint_twins(const void *p, struct arena *a)
{
	struct bus above[DEPTHS] = {0};
	struct faults out = {.a = a};
	struct map known = {0}; /* "/i2c 0x10" → path */
	struct dtb_node *v;
	size_t n;

	dtb_nodes(p, a, &v, &n);
	for (size_t i = 0; i < n && v[i].depth < DEPTHS; i++) {
		const struct bus *bus = v[i].depth ? &above[v[i].depth - 1] : NULL;

		above[v[i].depth] = bus_of(&v[i], !bus || bus->enabled);
		if (bus && bus->cells && above[v[i].depth].enabled)
			take_addresses(&out, &v[i], bus, &known);
	}
	map_free(&known);
	return end_faults(&out);
}
