#include "data/archive_check.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#define END_SIZE 22   /* end of central directory, without its comment */
#define ENTRY_SIZE 46 /* central header, without its names */
#define LOCAL_SIZE 30
#define NO32 0xffffffffU

/* Where one member's local header and data lie. */
struct extent {
	size_t from, to;
	size_t number;
};

struct zip {
	const unsigned char *p;
	size_t n;
	const char *label;
	size_t dir, end; /* the central directory */
	struct extent *v;
	size_t nv, cap;
};

bool
tar_looks_like(const unsigned char *p)
{
	unsigned sum = 0, want = 0;
	int ssum = 0;
	bool digits = false;

	for (int i = 0; i < 512; i++) {
		unsigned char c = i >= 148 && i < 156 ? ' ' : p[i];

		sum += c;
		ssum += (signed char)c;
	}
	for (int i = 148; i < 156 && (p[i] == ' ' || (p[i] >= '0' && p[i] <= '7')); i++) {
		if (p[i] == ' ' && digits)
			break;
		if (p[i] != ' ') {
			want = want * 8 + (p[i] - '0');
			digits = true;
		}
	}
	return (digits && (want == sum || (int)want == ssum)) || (!digits && sum == 8 * ' ');
}

static uint32_t
le16(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t
le32(const unsigned char *p)
{
	return le16(p) | le16(p + 2) << 16;
}

static int
damaged(const struct zip *z, const char *why, struct err *err)
{
	err_set(err, "E0402", "`%s`: %s", z->label, why);
	return err_help(err, "the zip is damaged or truncated: get the file again");
}

/* The last end record must reach exactly to the end of the file. */
static int
find_end(struct zip *z, struct err *err)
{
	size_t low = z->n > END_SIZE + 0xffffU ? z->n - END_SIZE - 0xffffU : 0, at;

	if (z->n < END_SIZE)
		return damaged(z, "is too short for a zip", err);
	for (at = z->n - END_SIZE; memcmp(z->p + at, "PK\5\6", 4); at--)
		if (at == low)
			return damaged(z, "the list of members at its end is missing", err);
	if (at + END_SIZE + le16(z->p + at + 20) != z->n)
		return damaged(z, "has bytes behind its end", err);
	z->dir = le32(z->p + at + 16);
	z->end = z->dir + le32(z->p + at + 12);
	if (z->dir == NO32)
		return err_set(err, "E0401", "`%s` is a zip64 with long offsets, which are not read", z->label);
	return z->end <= at ? 0 : damaged(z, "its list of members lies outside of it", err);
}

static int
check_names(const struct zip *z, const unsigned char *c, const unsigned char *l, size_t number, struct err *err)
{
	size_t n = le16(c + 28);
	struct str listed = {0}, stored = {0};

	if (n == le16(l + 26) && !memcmp(c + ENTRY_SIZE, l + LOCAL_SIZE, n) && !memchr(c + ENTRY_SIZE, 0, n))
		return 0;
	str_add_quoted(&listed, (const char *)c + ENTRY_SIZE, n);
	str_add_quoted(&stored, (const char *)l + LOCAL_SIZE, le16(l + 26));
	err_set(err, "E0403", "`%s`: entry %zu is called `%s` in the list of members and `%s` at its data", z->label,
		number, str_text(&listed), str_text(&stored));
	str_free(&listed);
	str_free(&stored);
	return -1;
}

static int
check_entry(struct zip *z, const unsigned char *c, struct err *err)
{
	size_t local = le32(c + 42), packed = le32(c + 20), head;

	if (local > z->dir || z->dir - local < LOCAL_SIZE || memcmp(z->p + local, "PK\3\4", 4))
		return damaged(z, "a member lies outside of it", err);
	head = LOCAL_SIZE + le16(z->p + local + 26) + le16(z->p + local + 28);
	if (packed == NO32)
		packed = 0;
	if (head > z->dir - local || packed > z->dir - local - head)
		return damaged(z, "a member lies outside of it", err);
	GROW(z->v, z->nv, z->cap);
	z->v[z->nv] = (struct extent){local, local + head + packed, z->nv + 1};
	z->nv++;
	return check_names(z, c, z->p + local, z->nv, err);
}

static int
by_start(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

static int
check_overlap(struct zip *z, struct err *err)
{
	if (z->nv)
		qsort(z->v, z->nv, sizeof *z->v, by_start);
	for (size_t i = 1; i < z->nv; i++)
		if (z->v[i].from < z->v[i - 1].to)
			return err_set(err, "E0407", "`%s`: entries %zu and %zu share their bytes", z->label,
				       z->v[i - 1].number, z->v[i].number);
	return 0;
}

static int
walk(struct zip *z, struct err *err)
{
	for (size_t at = z->dir; at < z->end;) {
		const unsigned char *c = z->p + at;
		size_t size;

		if (z->end - at < ENTRY_SIZE || memcmp(c, "PK\1\2", 4))
			return damaged(z, "its list of members is damaged", err);
		size = ENTRY_SIZE + le16(c + 28) + le16(c + 30) + le16(c + 32);
		if (size > z->end - at)
			return damaged(z, "its list of members is damaged", err);
		if (check_entry(z, c, err) < 0)
			return -1;
		at += size;
	}
	return check_overlap(z, err);
}

int
zip_check(const unsigned char *p, size_t n, const char *label, struct err *err)
{
	struct zip z = {.p = p, .n = n, .label = label};
	int r = find_end(&z, err) < 0 ? -1 : walk(&z, err);

	free(z.v);
	return r;
}
