/* map: strings to pointers. Keys are borrowed unless map_set_copy is used. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* Zeroed is empty. Slots move when it grows; insertion order is kept in `v`. */
struct map_item {
	const char *key;
	void *value;
};

struct map {
	struct map_item *v;
	size_t n, cap;
	unsigned *slot; /* index into v plus 1 */
	size_t nslot;
};

void *map_get(const struct map *m, const char *key); /* NULL when absent */
bool map_has(const struct map *m, const char *key);
/* Sets or replaces; gives the old value or NULL. */
void *map_set(struct map *m, const char *key, void *value);
void map_sort(struct map *m); /* orders `v` by key */
void map_free(struct map *m);
