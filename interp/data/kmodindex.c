#include "data/kmodindex.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"

#define CODE "E1306"
#define MAGIC 0xb007f457u
#define MAJOR 2
#define PREFIX 0x80000000u
#define VALUES 0x40000000u
#define CHILDREN 0x20000000u
#define PLACE 0x0fffffffu
enum { DEEP = 512 }; /* characters of a name, at most */

struct index {
	const unsigned char *p;
	size_t n;
	kmodindex_fn fn;
	void *ctx;
	char name[DEEP + 1];
	size_t len;
	size_t left; /* nodes and values: a file of n bytes holds fewer, however often they are referred to */
};

static bool
u32(const struct index *x, size_t at, uint32_t *v)
{
	const unsigned char *p = x->p + at;

	if (at > x->n || x->n - at < 4)
		return false;
	*v = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	return true;
}

/* The text at `*at`, which moves behind it; NULL where it has no end. */
static const char *
text(const struct index *x, size_t *at)
{
	const char *s = (const char *)x->p + *at;
	const char *end = *at < x->n ? memchr(s, 0, x->n - *at) : NULL;

	if (end)
		*at += (size_t)(end - s) + 1;
	return end ? s : NULL;
}

static int
push(struct index *x, const char *s, size_t n)
{
	if (n > DEEP - x->len)
		return -1;
	memcpy(x->name + x->len, s, n);
	x->name[x->len += n] = 0;
	return 0;
}

static void
cut(struct index *x, size_t len)
{
	x->name[x->len = len] = 0;
}

static int node(struct index *x, uint32_t ref);

static int
values(struct index *x, size_t at)
{
	uint32_t count, priority;

	if (!u32(x, at, &count))
		return -1;
	for (at += 4; count; count--) {
		const char *value;

		if (!u32(x, at, &priority))
			return -1;
		at += 4;
		value = text(x, &at);
		if (!value || !x->left--)
			return -1;
		x->fn(x->ctx, x->name, value);
	}
	return 0;
}

static int
children(struct index *x, size_t *at)
{
	size_t first, last, len = x->len;
	uint32_t ref;

	if (*at > x->n || x->n - *at < 2)
		return -1;
	first = x->p[*at];
	last = x->p[*at + 1];
	*at += 2;
	for (size_t c = first; c <= last; c++, *at += 4) {
		if (!u32(x, *at, &ref))
			return -1;
		if (!ref)
			continue;
		if (push(x, &(char){(char)c}, 1) || node(x, ref))
			return -1;
		cut(x, len);
	}
	return 0;
}

/* A node: what is common to all names below it, the next characters, the values of the name that ends here. */
static int
node(struct index *x, uint32_t ref)
{
	size_t at = ref & PLACE, len = x->len;
	const char *prefix = ref & PREFIX ? text(x, &at) : "";
	size_t below;

	if (!prefix || !x->left-- || push(x, prefix, strlen(prefix)))
		return -1;
	below = at;
	if (ref & CHILDREN) {
		size_t entries =
			below + 2 <= x->n && x->p[below + 1] >= x->p[below] ? x->p[below + 1] - x->p[below] + 1u : 0;

		at = below + 2 + 4 * entries;
	}
	if ((ref & VALUES && values(x, at)) || (ref & CHILDREN && children(x, &below)))
		return -1;
	cut(x, len);
	return 0;
}

int
kmodindex_read(const void *p, size_t n, const char *shown, kmodindex_fn fn, void *ctx, struct err *err)
{
	struct index x = {.p = p, .n = n, .fn = fn, .ctx = ctx, .left = n + 1};
	uint32_t magic, version, root;
	int r = 0;

	if (!u32(&x, 0, &magic) || !u32(&x, 4, &version) || !u32(&x, 8, &root) || magic != MAGIC)
		return err_set(err, CODE, "`%s` is no index of kmod", shown);
	if (version >> 16 != MAJOR) {
		err_set(err, CODE, "`%s` is an index of version %u.%u, and kmod up to now reads %d", shown,
			version >> 16, version & 0xffff, MAJOR);
		return err_help(err, "make it with the target's own depmod");
	}
	if (root & PLACE)
		r = node(&x, root);
	return r ? err_set(err, CODE, "`%s` is damaged", shown) : 0;
}
