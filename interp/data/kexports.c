#include "data/kexports.h"

#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "data/decompress.h"

#define MAX_IMAGE ((size_t)512 << 20)
enum {
	ENTRY = 12, /* struct kernel_symbol: offsets to value, name and namespace, each from its own place */
	FEW = 16,   /* so many entries in order are a table */
	SLACK = 64, /* what aligning may leave between sections */
	TRIES = 64, /* so many texts are looked at for one that a table leads to */
	LONG = 512, /* a name has fewer bytes */
};

struct image {
	const unsigned char *p;
	size_t n;
};

struct table {
	size_t at, n; /* entries */
};

static uint32_t
u32(const struct image *m, size_t at)
{
	const unsigned char *p = m->p + at;

	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Where the relative reference at `at` leads; the image's size where it leads out. */
static size_t
leads(const struct image *m, size_t at)
{
	int64_t to = (int64_t)at + (int32_t)u32(m, at);

	return to < 0 || (uint64_t)to >= m->n ? m->n : (size_t)to;
}

/* What a namespace may hold as well ("module:kvm,kvm-*") is a mark of its own in names. */
static bool
text_character(unsigned char c, bool name)
{
	if (c == '_' || c == '.' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
		return true;
	return !name && c > ' ' && c < 127;
}

/* The text that the reference at `at` leads to, up to a NUL, or NULL. */
static const char *
text_at(const struct image *m, size_t at, bool name)
{
	size_t to = leads(m, at), i = to;

	while (i < m->n && i - to < LONG && text_character(m->p[i], name))
		i++;
	return i < m->n && !m->p[i] ? (const char *)m->p + to : NULL;
}

static const char *
entry_name(const struct image *m, size_t at)
{
	const char *name = at + ENTRY <= m->n ? text_at(m, at + 4, true) : NULL;

	return name && *name && text_at(m, at + 8, false) ? name : NULL;
}

/* The whole table around an entry: names stand in order in it. */
static struct table
table_around(const struct image *m, size_t at)
{
	struct table t = {at, 1};
	const char *first = entry_name(m, at), *last = first, *s;

	while (t.at >= ENTRY && (s = entry_name(m, t.at - ENTRY)) && strcmp(s, first) < 0) {
		first = s;
		t.at -= ENTRY;
		t.n++;
	}
	while ((s = entry_name(m, t.at + t.n * ENTRY)) && strcmp(s, last) > 0) {
		last = s;
		t.n++;
	}
	return t;
}

/* The table with an entry that leads to the name at `to`. */
static bool
find_entry(const struct image *m, size_t to, struct table *t)
{
	for (size_t at = 4; at + 8 <= m->n; at += 4) {
		if (leads(m, at) != to || !entry_name(m, at - 4))
			continue;
		*t = table_around(m, at - 4);
		if (t->n >= FEW)
			return true;
	}
	return false;
}

/* The table that holds a name which every kernel with modules exports. */
static bool
find_table(const struct image *m, const char *anchor, struct table *t)
{
	size_t len = strlen(anchor) + 1;
	const unsigned char *s = m->p, *end = m->p + m->n;

	for (int i = 0; i < TRIES && (s = memmem(s, (size_t)(end - s), anchor, len)); i++, s++)
		if (find_entry(m, (size_t)(s - m->p), t))
			return true;
	return false;
}

/* Where the texts begin that two tables lead to. */
static size_t
first_text(const struct image *m, const struct table *t, size_t n)
{
	size_t first = m->n;

	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < t[k].n; i++)
			for (size_t field = 4; field < ENTRY; field += 4) {
				size_t at = t[k].at + i * ENTRY + field, to = leads(m, at);

				/* without a namespace the reference is 0, and leads to itself */
				first = to != at && to < first ? to : first;
			}
	return first;
}

struct crcs {
	size_t at;     /* 0: there are none */
	bool relative; /* each is where its place leads (MODULE_REL_CRCS, to 5.18) */
};

/* The CRCs of both tables stand between them and the texts. Where something else is between, the tables are not all
 * that there is: -1. */
static int
find_crcs(const struct image *m, const struct table t[2], struct crcs *c)
{
	size_t begin = t[1].at + t[1].n * ENTRY, n = t[0].n + t[1].n, size = 4 * n, end = first_text(m, t, 2),
	       inside = 0;

	*c = (struct crcs){0};
	if (end < begin || end - begin > size + SLACK)
		return -1;
	if (end - begin < size)
		return end - begin <= SLACK ? 0 : -1;
	c->at = begin;
	for (size_t i = 0; i < n; i++)
		inside += leads(m, begin + 4 * i) < m->n;
	/* of CRCs themselves an eighth would lead into the largest image */
	c->relative = inside * 2 > n;
	return 0;
}

static void
give(const struct image *m, const struct table *t, const struct crcs *c, bool gpl_only, kexport_fn fn, void *ctx)
{
	for (size_t i = 0; i < t->n; i++) {
		size_t at = t->at + i * ENTRY, crc = c->at + 4 * i;
		struct kexport e = {
			.name = text_at(m, at + 4, true), .space = text_at(m, at + 8, false), .gpl_only = gpl_only};

		if (c->relative)
			crc = leads(m, crc);
		e.has_crc = c->at && crc + 4 <= m->n;
		e.crc = e.has_crc ? u32(m, crc) : 0;
		fn(ctx, &e);
	}
}

size_t
kexports_read(const void *image, size_t n, kexport_fn fn, void *ctx)
{
	const struct image m = {image, n & ~(size_t)3};
	struct table t[2] = {0};
	struct crcs crcs;

	/* without MODVERSIONS there is no module_layout */
	if (!find_table(&m, "module_layout", &t[0]) && !find_table(&m, "_printk", &t[0]) &&
	    !find_table(&m, "printk", &t[0]))
		return 0;
	/* the part for GPL modules stands behind it, in an order of its own */
	t[1].at = t[0].at + t[0].n * ENTRY;
	if (entry_name(&m, t[1].at))
		t[1] = table_around(&m, t[1].at);
	if (find_crcs(&m, t, &crcs))
		return 0;
	give(&m, &t[0], &crcs, false, fn, ctx);
	crcs.at += crcs.at ? 4 * t[0].n : 0;
	give(&m, &t[1], &crcs, true, fn, ctx);
	return t[0].n + t[1].n;
}

/* Where a boot loader's format keeps what it unpacks; false: this is none of them. */
static bool
payload(const struct image *m, size_t *at, size_t *size)
{
	if (m->n > 0x250 && !memcmp(m->p + 0x202, "HdrS", 4)) {
		*at = ((size_t)(m->p[0x1f1] ? m->p[0x1f1] : 4) + 1) * 512 + u32(m, 0x248);
		*size = u32(m, 0x24c);
		*size -= *size > 4 ? 4 : 0; /* the size of what comes out stands behind it */
	} else if (m->n > 64 && !memcmp(m->p, "MZ", 2) && !memcmp(m->p + 4, "zimg", 4)) {
		*at = u32(m, 8);
		*size = u32(m, 12);
	} else if (packing_of(m->p, m->n) != PACK_NONE) {
		*at = 0;
		*size = m->n;
	} else {
		return false;
	}
	return *at <= m->n && *size <= m->n - *at;
}

int
kexports_unpack(const void *file, size_t n, const char *shown, struct str *room, const void **image, size_t *size,
		struct err *err)
{
	const struct image m = {file, n};
	size_t at, len;

	*image = file;
	*size = n;
	if (!payload(&m, &at, &len))
		return 0;
	if (decompress(m.p + at, len, shown, MAX_IMAGE, room, err))
		return -1;
	*image = room->s;
	*size = room->len;
	return 0;
}
