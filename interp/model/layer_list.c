/* layer_list: the finished list of a layer, and the disk made to agree with it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "model/layer_own.h"
#include "os/fs.h"

static int
by_path(const void *a, const void *b)
{
	return path_cmp(((const struct entry *)a)->path, ((const struct entry *)b)->path);
}

static int
deepest_first(const void *a, const void *b)
{
	return path_cmp((*(struct map_item *const *)b)->key, (*(struct map_item *const *)a)->key);
}

/* A folder equal to the one below needs no line, unless it hides what is in that one. */
static bool
says_nothing(const struct layer *l, const struct entry *e)
{
	const struct entry *b = e->whiteout ? NULL : layer_below_at(l, e->path);

	return b && entry_equal(e, b);
}

/* What says nothing goes from the disk; folders stay until it is known what is in them. */
static int
drop_equal(struct layer *l, struct err *err)
{
	for (size_t i = 0; l->below && i < l->own.n; i++) {
		const struct entry *e = l->own.v[i].value;
		cleanup_fd int at = -1;
		const char *base;

		if (!e || !says_nothing(l, e))
			continue;
		l->own.v[i].value = NULL;
		if (S_ISDIR(e->mode))
			continue;
		at = fs_parent(l->dir, e->path, &base);
		if (at < 0 || (unlinkat(at, base, 0) && errno != ENOENT))
			return layer_fault(e->path, err);
	}
	return 0;
}

/* Deepest first: a folder that is not in the list goes when it is empty, the others get their time. */
static int
settle_folder(struct layer *l, struct map_item *dir, struct err *err)
{
	const char *base;
	cleanup_fd int at = fs_parent(l->dir, dir->key, &base);

	if (at < 0)
		return layer_fault(dir->key, err);
	if (!map_get(&l->own, dir->key)) {
		if (!unlinkat(at, base, AT_REMOVEDIR)) {
			dir->value = NULL;
			return 0;
		}
		if (errno != ENOTEMPTY && errno != EEXIST)
			return layer_fault(dir->key, err);
	}
	return fs_pin_time(at, base) ? layer_fault(dir->key, err) : 0;
}

static int
settle_folders(struct layer *l, struct err *err)
{
	cleanup_free struct map_item **items = xcalloc(l->dirs.n + 1, sizeof *items);
	size_t n = 0;

	for (size_t i = 0; i < l->dirs.n; i++)
		if (l->dirs.v[i].value)
			items[n++] = &l->dirs.v[i];
	qsort(items, n, sizeof *items, deepest_first);
	for (size_t i = 0; i < n; i++)
		if (settle_folder(l, items[i], err))
			return -1;
	/* The time of the folder itself is the store's business. */
	return fchmodat(l->dir, ".", 0755, 0) ? layer_fault(".", err) : 0;
}

const struct entry *
layer_list(struct layer *l, size_t *n, struct err *err)
{
	if (!l->listed) {
		layer_close_folders(l);
		if (drop_equal(l, err) || settle_folders(l, err))
			return NULL;
		l->list = xrealloc(l->list, sizeof *l->list * (l->own.n + 1));
		l->n = 0;
		for (size_t i = 0; i < l->own.n; i++)
			if (l->own.v[i].value)
				l->list[l->n++] = *(const struct entry *)l->own.v[i].value;
		if (l->n)
			qsort(l->list, l->n, sizeof *l->list, by_path);
		l->listed = true;
	}
	*n = l->n;
	return l->list;
}
