#include "base/map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static size_t
hash_string(const char *s)
{
	uint64_t h = 14695981039346656037u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return (size_t)(h ^ h >> 32);
}

/* The slot that holds `key`, or the free one where it belongs. */
static unsigned *
slot_of(const struct map *m, const char *key)
{
	size_t mask = m->nslot - 1;
	size_t i = hash_string(key) & mask;

	while (m->slot[i] && strcmp(m->v[m->slot[i] - 1].key, key))
		i = (i + 1) & mask;
	return &m->slot[i];
}

static void
rehash(struct map *m, size_t nslot)
{
	free(m->slot);
	m->nslot = nslot;
	m->slot = xcalloc(nslot, sizeof *m->slot);
	for (size_t i = 0; i < m->n; i++)
		*slot_of(m, m->v[i].key) = (unsigned)i + 1;
}

void *
map_get(const struct map *m, const char *key)
{
	unsigned s = m->nslot ? *slot_of(m, key) : 0;

	return s ? m->v[s - 1].value : NULL;
}

bool
map_has(const struct map *m, const char *key)
{
	return m->nslot && *slot_of(m, key);
}

void *
map_set(struct map *m, const char *key, void *value)
{
	unsigned *s;
	void *old;

	if ((m->n + 1) * 4 > m->nslot * 3)
		rehash(m, m->nslot ? m->nslot * 2 : 16);
	s = slot_of(m, key);
	if (*s) {
		old = m->v[*s - 1].value;
		m->v[*s - 1].value = value;
		return old;
	}
	GROW(m->v, m->n, m->cap);
	m->v[m->n].key = key;
	m->v[m->n].value = value;
	*s = (unsigned)++m->n;
	return NULL;
}

static int
by_key(const void *a, const void *b)
{
	const struct map_item *x = a, *y = b;

	return strcmp(x->key, y->key);
}

void
map_sort(struct map *m)
{
	if (!m->n)
		return;
	qsort(m->v, m->n, sizeof *m->v, by_key);
	rehash(m, m->nslot);
}

void
map_free(struct map *m)
{
	free(m->v);
	free(m->slot);
	memset(m, 0, sizeof *m);
}
