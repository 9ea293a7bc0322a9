/* keep: lists of layers in memory, read once by the runner for all steps that it forks. */
#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "os/fs.h"
#include "store/store_own.h"

/* A short list is read as fast as it is found; all that is kept stays below KEEP_BYTES of text and entries. */
enum { KEEP_MIN = 16 << 10, KEEP_BYTES = 64 << 20 };

bool
list_marked(const struct entry *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].whiteout || v[i].opaque)
			return true;
	return false;
}

const struct kept *
list_kept(const struct store *st, const struct hash *id)
{
	char path[STORE_PATH];

	return st->kept.n ? map_get(&st->kept, object_path(path, "layers", id, ".list")) : NULL;
}

static void
keep_one(struct store *st, const struct hash *id)
{
	char path[STORE_PATH];
	struct kept *k;
	struct stat sb;
	const char *why;

	object_path(path, "layers", id, ".list");
	if (map_get(&st->kept, path) || fs_stat(st->fd, path, &sb) || sb.st_size < KEEP_MIN ||
	    st->kept_bytes + 2 * (size_t)sb.st_size > KEEP_BYTES)
		return;
	k = xcalloc(1, sizeof *k);
	if (!layer_read_list(st, id, &k->arena, &k->v, &k->n, &why)) {
		arena_free(&k->arena);
		free(k);
		return;
	}
	k->marked = list_marked(k->v, k->n);
	st->kept_bytes += k->arena.used;
	map_set(&st->kept, xstrdup(path), k);
}

void
store_keep(struct store *st, const struct hash *tree)
{
	struct hash *layers;
	size_t n;

	if (st->fd < 0 || !tree_read_stack(st, tree, &layers, &n))
		return;
	for (size_t i = 0; i < n; i++)
		keep_one(st, &layers[i]);
	free(layers);
}

void
lists_drop(struct store *st)
{
	for (size_t i = 0; i < st->kept.n; i++) {
		struct kept *k = st->kept.v[i].value;

		arena_free(&k->arena);
		free(k);
		free((char *)st->kept.v[i].key);
	}
	map_free(&st->kept);
}
