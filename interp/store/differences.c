#include "store/differences.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "store/store_own.h"

/* A stack, bottom first: of each layer only the list. */
struct stacked {
	struct hash *id;
	struct tree *list;
	size_t n;
};

static bool
hides_folders(const struct tree *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].opaque)
			return true;
	return false;
}

static bool
read_layer(struct store *st, const struct hash *id, struct arena *a, bool lowest, struct tree *out)
{
	const struct kept *k = list_kept(st, id);
	const char *why;

	if (!layer_usable(st, id))
		return false;
	if (k)
		*out = (struct tree){.v = k->v, .n = k->n};
	else if (!layer_read_list(st, id, a, &out->v, &out->n, &why))
		return false;
	return lowest || (k && !k->marked) || !hides_folders(out);
}

static bool
read_stack(struct store *st, const struct hash *tree, struct arena *a, struct stacked *out)
{
	size_t i = 0;

	if (!tree_read_stack(st, tree, &out->id, &out->n))
		return false;
	out->list = arena_array(a, struct tree, out->n + 1);
	while (i < out->n && read_layer(st, &out->id[i], a, !i, &out->list[i]))
		i++;
	return i == out->n;
}

/* The lowest layer that can say what is in a folder: below it, the folder is something else or gone. */
static size_t
lowest_of(const struct stacked *s, const char *folder)
{
	for (size_t i = s->n; i-- > 0;) {
		const struct entry *e = tree_find(&s->list[i], folder);

		if (e && (e->whiteout || !S_ISDIR(e->mode)))
			return i + 1;
	}
	return 0;
}

/* The highest layer that names a path tells what is there. */
static const struct entry *
seen_at(const struct stacked *s, const char *path)
{
	cleanup_free char *folder = xstrdup(path);
	size_t from = 0;

	for (char *p = folder; (p = strchr(p, '/')); *p++ = '/') {
		size_t lowest;

		*p = '\0';
		lowest = lowest_of(s, folder);
		from = lowest > from ? lowest : from;
	}
	for (size_t i = s->n; i-- > from;) {
		const struct entry *e = tree_find(&s->list[i], path);

		if (e)
			return e->whiteout ? NULL : e;
	}
	return NULL;
}

static int
by_path(const void *a, const void *b)
{
	return path_cmp(*(const char *const *)a, *(const char *const *)b);
}

/* The paths that are named above the layers that both have, sorted, each once. */
static const char **
named(const struct stacked *was, const struct stacked *now, size_t shared, struct arena *a, size_t *n)
{
	const struct stacked *const both[] = {was, now};
	size_t most = 0, k = 0;
	const char **v;

	for (size_t s = 0; s < 2; s++)
		for (size_t i = shared; i < both[s]->n; i++)
			most += both[s]->list[i].n;
	v = arena_array(a, const char *, most + 1);
	for (size_t s = 0; s < 2; s++)
		for (size_t i = shared; i < both[s]->n; i++)
			for (size_t e = 0; e < both[s]->list[i].n; e++)
				v[k++] = both[s]->list[i].v[e].path;
	qsort(v, k, sizeof *v, by_path);
	*n = 0;
	for (size_t i = 0; i < k; i++)
		if (!*n || strcmp(v[*n - 1], v[i]))
			v[(*n)++] = v[i];
	return v;
}

/* Whether a layer above the shared ones puts something else, or nothing, in the place of a folder of those: what lay in
 * it is named nowhere. */
static bool
replaces_folder(const struct stacked *s, size_t shared, const char *path)
{
	const struct entry *e = seen_at(&(struct stacked){s->id, s->list, shared}, path);
	bool other = false;

	if (!e || !S_ISDIR(e->mode))
		return false;
	for (size_t i = shared; i < s->n && !other; i++) {
		e = tree_find(&s->list[i], path);
		other = e && (e->whiteout || !S_ISDIR(e->mode));
	}
	return other;
}

static const struct entry *
file_at(const struct stacked *s, const char *path)
{
	const struct entry *e = seen_at(s, path);

	return e && !S_ISDIR(e->mode) ? e : NULL;
}

static int
compare(const struct stacked *was, const struct stacked *now, size_t shared, struct arena *a, struct difference **v,
	size_t *n)
{
	size_t npaths;
	const char **paths = named(was, now, shared, a, &npaths);

	*v = arena_array(a, struct difference, npaths + 1);
	*n = 0;
	for (size_t i = 0; i < npaths; i++) {
		struct difference d = {paths[i], file_at(was, paths[i]), file_at(now, paths[i])};

		if (replaces_folder(was, shared, paths[i]) || replaces_folder(now, shared, paths[i]))
			return 1;
		if ((d.was || d.now) && !(d.was && d.now && entry_equal(d.was, d.now)))
			(*v)[(*n)++] = d;
	}
	return 0;
}

int
store_differences(struct store *st, const struct hash *was, const struct hash *now, struct arena *a,
		  struct difference **v, size_t *n)
{
	struct stacked old = {0}, new = {0};
	size_t shared = 0;
	int r = 1;

	if (st->fd >= 0 && read_stack(st, was, a, &old) && read_stack(st, now, a, &new)) {
		while (shared < old.n && shared < new.n && !hash_cmp(&old.id[shared], &new.id[shared]))
			shared++;
		if (shared)
			r = compare(&old, &new, shared, a, v, n);
	}
	free(old.id);
	free(new.id);
	return r;
}
