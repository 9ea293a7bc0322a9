#include "data/dtdiff.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/fdt.h"

enum { SHOWN_CELLS = 16, SHOWN_TEXT = 200 };

struct side {
	struct dtb_node *v;
	size_t n;
	struct map by_phandle; /* in hex → struct dtb_node */
	struct map cells;      /* "HEX #clock-cells" → its value plus 1 */
};

struct comparing {
	struct arena *a;
	struct side side[2];
	struct dt_difference *v;
	size_t n, cap;
};

static uint32_t
cell(const void *p, size_t i)
{
	const unsigned char *b = (const unsigned char *)p + 4 * i;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static int
by_path(const void *x, const void *y)
{
	return path_cmp(((const struct dtb_node *)x)->path, ((const struct dtb_node *)y)->path);
}

static void
read_side(struct comparing *c, struct side *s, const void *p)
{
	dtb_nodes(p, c->a, &s->v, &s->n);
	qsort(s->v, s->n, sizeof *s->v, by_path);
	for (size_t i = 0; i < s->n; i++) {
		const struct dtb_node *n = &s->v[i];

		if (n->phandle)
			map_set(&s->by_phandle, arena_printf(c->a, "%" PRIx32, n->phandle), &s->v[i]);
		for (size_t k = 0; n->phandle && k < n->nprops; k++)
			if (n->props[k].len == 4 && *n->props[k].name == '#')
				map_set(&s->cells, arena_printf(c->a, "%" PRIx32 " %s", n->phandle, n->props[k].name),
					(void *)((uintptr_t)cell(n->props[k].p, 0) + 1));
	}
}

/* The node that a cell may stand for. */
static const struct dtb_node *
node_of(const struct side *s, uint32_t n)
{
	char hex[16];

	snprintf(hex, sizeof hex, "%" PRIx32, n);
	return n ? map_get(&s->by_phandle, hex) : NULL;
}

/* Texts, each ended by a NUL, all of which can be shown. */
static bool
is_text(const struct dtb_prop *q)
{
	const unsigned char *s = q->p;

	if (!q->len || s[q->len - 1] || !s[0])
		return false;
	for (size_t i = 0; i < q->len; i++)
		if (s[i] ? !isprint(s[i]) : i + 1 < q->len && !s[i + 1])
			return false;
	return true;
}

static void
write_texts(const struct dtb_prop *q, struct str *out)
{
	const char *s = q->p, *end = s + q->len;

	for (; s < end && out->len < SHOWN_TEXT; s += strlen(s) + 1)
		str_addf(out, "%s\"%s\"", out->len ? ", " : "", s);
	if (s < end)
		str_add(out, ", …");
}

/* Properties that hold references, as dtc's own checks know them, and the property of the node referred to that says
 * how many cells follow. */
struct reference {
	const char *name, *cells; /* cells NULL: none follow */
	bool may_lack;            /* without that property none follow */
};

static const struct reference references[] = {
	{"assigned-clock-parents", "#clock-cells", false},
	{"assigned-clocks", "#clock-cells", false},
	{"clocks", "#clock-cells", false},
	{"cooling-device", "#cooling-cells", false},
	{"dmas", "#dma-cells", false},
	{"hwlocks", "#hwlock-cells", false},
	{"interconnects", "#interconnect-cells", false},
	{"interrupt-parent", NULL, false},
	{"interrupts-extended", "#interrupt-cells", false},
	{"io-channels", "#io-channel-cells", false},
	{"iommus", "#iommu-cells", false},
	{"linux,phandle", NULL, false},
	{"mboxes", "#mbox-cells", false},
	{"memory-region", NULL, false},
	{"msi-parent", "#msi-cells", true},
	{"mux-controls", "#mux-control-cells", false},
	{"nvmem-cells", "#nvmem-cell-cells", true},
	{"operating-points-v2", NULL, false},
	{"phandle", NULL, false},
	{"phy-handle", NULL, false},
	{"phys", "#phy-cells", false},
	{"power-domains", "#power-domain-cells", false},
	{"pwms", "#pwm-cells", false},
	{"remote-endpoint", NULL, false},
	{"resets", "#reset-cells", false},
	{"sound-dai", "#sound-dai-cells", false},
	{"thermal-sensors", "#thermal-sensor-cells", false},
};

static const struct reference *
reference_of(const char *name)
{
	static const struct reference gpios = {"gpios", "#gpio-cells", false}, plain = {"", NULL, false};

	for (size_t i = 0; i < ARRAY_LEN(references); i++)
		if (!strcmp(references[i].name, name))
			return &references[i];
	if (!strcmp(name, "gpios") || str_ends(name, "-gpios") || str_ends(name, "-gpio"))
		return &gpios;
	return str_starts(name, "pinctrl-") || str_ends(name, "-supply") ? &plain : NULL;
}

/* Properties that hold none: what looks like one is a number. */
static bool
is_number(const char *name)
{
	static const char *const names[] = {"reg", "ranges", "dma-ranges", "interrupts"},
				 *const ends[] = {"-frequency", "-rate", "-microvolt", "-microamp", "-us",
						  "-ms",        "-ns",   "-size",      "-width"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strcmp(names[i], name))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (str_ends(name, ends[i]))
			return true;
	return *name == '#';
}

/* Cells behind a reference to a node; -1: it does not say. */
static long
cells_of(const struct side *s, const struct dtb_node *n, const struct reference *r)
{
	uintptr_t told;
	char key[64];

	if (!r->cells)
		return 0;
	snprintf(key, sizeof key, "%" PRIx32 " %s", n->phandle, r->cells);
	told = (uintptr_t)map_get(&s->cells, key);
	return told ? (long)told - 1 : r->may_lack ? 0 : -1;
}

/* `other` tells which cells are worth a node's name: references that differ. */
static void
write_cells(const struct side *s, const struct dtb_prop *q, const struct dtb_prop *other, struct str *out)
{
	const struct reference *r = reference_of(q->name);
	bool may = !is_number(q->name) && other && other->len == q->len;
	size_t next = 0; /* reference, where it is known to hold some */

	str_addc(out, '<');
	for (size_t i = 0; i < q->len / 4 && i < SHOWN_CELLS; i++) {
		const struct dtb_node *n = may && (!r || i == next) ? node_of(s, cell(q->p, i)) : NULL;
		long behind = r && n ? cells_of(s, n, r) : 0;

		if (i == next)
			next += 1 + (size_t)(behind > 0 ? behind : 0);
		str_addf(out, i ? " 0x%" PRIx32 : "0x%" PRIx32, cell(q->p, i));
		if (n && (r || cell(other->p, i) != cell(q->p, i)))
			str_addf(out, " (%s)", n->path);
	}
	str_add(out, q->len / 4 > SHOWN_CELLS ? " …>" : ">");
}

static const char *
value_text(struct comparing *c, const struct side *s, const struct dtb_prop *q, const struct dtb_prop *other)
{
	cleanup_str struct str b = {0};

	if (!q->len)
		return "true";
	if (is_text(q)) {
		write_texts(q, &b);
	} else if (q->len % 4 == 0) {
		write_cells(s, q, other, &b);
	} else {
		for (size_t i = 0; i < q->len && i < (size_t)4 * SHOWN_CELLS; i++)
			str_addf(&b, i ? " %02x" : "[%02x", ((const unsigned char *)q->p)[i]);
		str_add(&b, q->len > (size_t)4 * SHOWN_CELLS ? " …]" : "]");
	}
	return arena_strdup(c->a, str_text(&b));
}

enum same { EQUAL, DIFFERS, DOUBTFUL /* equal if it holds references, which nobody knows */ };

/* A list of references, each with its own cells behind it; DOUBTFUL where it cannot be read as one. */
static enum same
same_references(struct comparing *c, const struct reference *r, const struct dtb_prop *x, const struct dtb_prop *y)
{
	size_t all = x->len / 4;

	for (size_t i = 0; i < all; i++) {
		const struct dtb_node *m = node_of(&c->side[0], cell(x->p, i)),
				      *n = node_of(&c->side[1], cell(y->p, i));
		long behind = m ? cells_of(&c->side[0], m, r) : 0;

		if (!m || !n) { /* nothing, or what an overlay leaves open */
			if (cell(x->p, i) != cell(y->p, i))
				return DIFFERS;
			continue;
		}
		if (strcmp(m->path, n->path) != 0)
			return DIFFERS;
		if (behind < 0 || behind != cells_of(&c->side[1], n, r))
			return DOUBTFUL;
		for (; behind > 0 && ++i < all; behind--)
			if (cell(x->p, i) != cell(y->p, i))
				return DIFFERS;
	}
	return EQUAL;
}

/* Equal, or cells that stand for the same nodes. */
static enum same
same_value(struct comparing *c, const struct dtb_prop *x, const struct dtb_prop *y)
{
	const struct reference *r = reference_of(x->name);
	enum same same = DOUBTFUL;

	if (x->len != y->len)
		return DIFFERS;
	if (r && x->len % 4 == 0)
		same = same_references(c, r, x, y);
	if (same != DOUBTFUL)
		return same;
	if (!x->len || !memcmp(x->p, y->p, x->len))
		return EQUAL;
	if (x->len % 4 || is_text(x) || is_text(y) || is_number(x->name))
		return DIFFERS;
	for (size_t i = 0; i < x->len / 4; i++) {
		const struct dtb_node *m = node_of(&c->side[0], cell(x->p, i)),
				      *n = node_of(&c->side[1], cell(y->p, i));

		if (cell(x->p, i) != cell(y->p, i) && (!m || !n || strcmp(m->path, n->path) != 0))
			return DIFFERS;
	}
	return DOUBTFUL;
}

static bool
follows(const char *path, const char *property)
{
	static const char *const nodes[] = {"/__symbols__", "/__fixups__", "/__local_fixups__"};

	if (property && (!strcmp(property, "phandle") || !strcmp(property, "linux,phandle")))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(nodes); i++)
		if (path_within(path, nodes[i]))
			return true;
	return false;
}

static void
add(struct comparing *c, const char *path, const char *property, const char *a, const char *b)
{
	GROW(c->v, c->n, c->cap);
	c->v[c->n++] = (struct dt_difference){path, property, a, b, follows(path, property)};
}

/* The properties of a node by name; of two with one name the first. */
static void
read_names(const struct dtb_node *n, struct map *out)
{
	for (size_t i = 0; i < n->nprops; i++)
		if (!map_has(out, n->props[i].name))
			map_set(out, n->props[i].name, &n->props[i]);
}

static void
compare_nodes(struct comparing *c, const struct dtb_node *x, const struct dtb_node *y)
{
	struct map names[2] = {0};

	read_names(x, &names[0]);
	read_names(y, &names[1]);
	for (size_t i = 0; i < x->nprops; i++) {
		const struct dtb_prop *p = &x->props[i], *q = map_get(&names[1], p->name);
		enum same same = q ? same_value(c, p, q) : DIFFERS;

		if (same == EQUAL)
			continue;
		add(c, x->path, p->name, value_text(c, &c->side[0], p, q), q ? value_text(c, &c->side[1], q, p) : NULL);
		c->v[c->n - 1].follows |= same == DOUBTFUL;
	}
	for (size_t i = 0; i < y->nprops; i++)
		if (!map_has(&names[0], y->props[i].name))
			add(c, y->path, y->props[i].name, NULL, value_text(c, &c->side[1], &y->props[i], NULL));
	map_free(&names[0]);
	map_free(&names[1]);
}

/* Index behind a node and all that is in it. */
static size_t
behind(const struct side *s, size_t i)
{
	size_t k = i + 1;

	while (k < s->n && path_within(s->v[k].path, s->v[i].path))
		k++;
	return k;
}

static size_t
take_only(struct comparing *c, int which, size_t i)
{
	const struct side *s = &c->side[which];
	size_t end = behind(s, i), props = 0;
	const char *text;

	for (size_t k = i; k < end; k++)
		props += s->v[k].nprops;
	text = arena_printf(c->a, "a node, %zu propert%s%s", props, props == 1 ? "y" : "ies",
			    end > i + 1 ? " with those of the nodes in it" : "");
	add(c, s->v[i].path, NULL, which ? NULL : text, which ? text : NULL);
	return end;
}

size_t
dtdiff(const void *a, const void *b, struct arena *arena, struct dt_difference **out)
{
	struct comparing c = {.a = arena};
	const struct side *x = &c.side[0], *y = &c.side[1];
	size_t i = 0, k = 0;

	read_side(&c, &c.side[0], a);
	read_side(&c, &c.side[1], b);
	while (i < x->n || k < y->n) {
		int order = i == x->n ? 1 : k == y->n ? -1 : path_cmp(x->v[i].path, y->v[k].path);

		if (order < 0)
			i = take_only(&c, 0, i);
		else if (order > 0)
			k = take_only(&c, 1, k);
		else
			compare_nodes(&c, &x->v[i++], &y->v[k++]);
	}
	for (int s = 0; s < 2; s++) {
		map_free(&c.side[s].by_phandle);
		map_free(&c.side[s].cells);
	}
	*out = arena_memdup(arena, c.v, c.n * sizeof *c.v);
	free(c.v);
	return c.n;
}
