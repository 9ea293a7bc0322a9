/* publish: a finished folder becomes a layer, and the layer with what is below it a tree. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "os/fs.h"
#include "store/store_own.h"

/* Moves the folder at `from` to its place. One that is there already is the same layer, unless it
 * is damaged: then it is set aside and ours takes its place. */
static int
place_layer(struct store *st, const char *from, const struct hash *id, struct err *err)
{
	char path[STORE_PATH], up[STORE_PATH];

	object_path(path, "layers", id, "");
	snprintf(up, sizeof up, "%.*s", (int)(path_base(path) - path), path);
	if (fs_mkdirs(st->fd, up) || layer_mark(st, from, st->boot))
		return store_fault(from, err);
	for (int i = 0; i < 2; i++) {
		if (!renameat2(st->fd, from, st->fd, path, RENAME_NOREPLACE)) {
			marks_write(st, id);
			return 0;
		}
		if (errno != EEXIST && errno != ENOTEMPTY)
			return store_fault(path, err);
		if (layer_usable(st, id))
			return object_trash(st, from) ? store_fault(from, err) : 0;
		/* Without a usable list the folder that is there proves nothing. */
		if (fs_exists(st->fd, path))
			object_set_aside(st, path, "a layer without a list");
	}
	return store_fault(path, err);
}

static int
write_list(struct store *st, const struct hash *id, const struct str *text, struct err *err)
{
	cleanup_str struct str there = {0};
	char path[STORE_PATH];
	struct hash h;

	if (object_read(st, object_path(path, "layers", id, ".list"), &there)) {
		h = hash_of(str_text(&there), there.len);
		if (!hash_cmp(&h, id))
			return 0;
	}
	return object_write(st, path, text, false, err);
}

/* The list goes first: a folder with its list beside it is complete. */
static int
publish_layer(struct store *st, const char *from, const struct entry *v, size_t n, struct hash *id, struct err *err)
{
	cleanup_str struct str text = {0};

	list_format(v, n, &text);
	*id = hash_of(text.s, text.len);
	if (write_list(st, id, &text, err))
		return -1;
	return place_layer(st, from, id, err);
}

int
layer_place(struct store *st, const char *from, const struct entry *v, size_t n, const struct hash *want,
	    struct hash *got, struct err *err)
{
	cleanup_str struct str text = {0};

	list_format(v, n, &text);
	*got = hash_of(text.s, text.len);
	if (hash_cmp(want, got))
		return err_set(err, "E0813", "a layer of a shared cache is not what its list says");
	return write_list(st, got, &text, err) || place_layer(st, from, got, err) ? -1 : 0;
}

static bool
stack_usable(struct store *st, const struct hash *id)
{
	struct hash *layers;
	bool usable = true;
	size_t n;

	if (!tree_read_stack(st, id, &layers, &n))
		return false;
	for (size_t i = 0; i < n && usable; i++)
		usable = layer_usable(st, &layers[i]);
	free(layers);
	return usable;
}

int
tree_write(struct store *st, const struct hash *id, const struct hash *layers, size_t n, struct err *err)
{
	cleanup_str struct str text = {0};
	char path[STORE_PATH];

	/* The same tree stacked in another way will do. */
	if (stack_usable(st, id))
		return 0;
	tree_format_stack(id, layers, n, &text);
	return object_write(st, object_path(path, "trees", id, ""), &text, false, err);
}

/* All of a tree as one layer, in a temp folder of its own. */
static int
squash(struct store *st, const struct tree *merged, struct hash *id, struct err *err)
{
	char name[64], path[STORE_PATH];
	cleanup_fd int dir = store_tmp(st, name, err);
	struct layer *l;
	const struct entry *v;
	size_t n;
	int r = -1;

	if (dir < 0)
		return -1;
	snprintf(path, sizeof path, "tmp/%.63s/layer", name);
	if (!fs_mkdirs(dir, "layer")) {
		cleanup_fd int at = fs_open_nofollow(dir, "layer", O_RDONLY | O_DIRECTORY);

		l = layer_new(at, NULL);
		if (!layer_copy_tree(l, merged, "", "", err) && (v = layer_list(l, &n, err)))
			r = publish_layer(st, path, v, n, id, err);
		layer_free(l);
	} else {
		store_fault(path, err);
	}
	store_discard(st, name);
	return r;
}

/* The tree that `upper` makes of `below`; the strings are borrowed. */
static void
merge(const struct tree *below, const struct entry *upper, size_t n, int fd, struct tree *out)
{
	size_t k = below ? below->nlayers : 0;

	memset(out, 0, sizeof *out);
	list_merge(&out->arena, below ? below->v : NULL, below ? below->n : 0, upper, n, (uint16_t)k, &out->v, &out->n);
	out->layers = arena_array(&out->arena, struct tree_layer, k + 1);
	if (k)
		memcpy(out->layers, below->layers, sizeof *out->layers * k);
	out->layers[k].fd = fd;
	out->nlayers = k + 1;
}

static int
publish_tree(struct store *st, const struct tree *below, const struct hash *own, const struct tree *merged,
	     struct err *err)
{
	cleanup_free struct hash *layers = xcalloc(merged->nlayers + 1, sizeof *layers);
	size_t n = 0;

	for (size_t i = 0; below && i < below->nlayers; i++)
		layers[n++] = below->layers[i].id;
	if (own)
		layers[n++] = *own;
	if (n > STORE_MAX_LAYERS) {
		if (squash(st, merged, &layers[0], err))
			return -1;
		n = 1;
	}
	return tree_write(st, &merged->id, layers, n, err);
}

static bool
same_lists(const struct tree *a, const struct tree *b)
{
	bool same = a->n == b->n;

	for (size_t i = 0; i < a->n && same; i++)
		same = entry_equal(&a->v[i], &b->v[i]);
	return same;
}

int
store_publish(struct store *st, struct layer *layer, const char *tmpname, const char *sub, const struct tree *below,
	      const struct tree *likely, struct hash *tree_id, struct err *err)
{
	char from[STORE_PATH], path[STORE_PATH];
	const struct entry *v;
	struct tree merged;
	struct hash id;
	cleanup_fd int fd = -1;
	size_t n;
	int r = -1;

	if (store_must_write(st, err) || !(v = layer_list(layer, &n, err)))
		return -1;
	snprintf(from, sizeof from, "tmp/%.63s/%.100s", tmpname, sub ? sub : "");
	if (n && publish_layer(st, from, v, n, &id, err))
		return -1;
	if (!n && object_trash(st, from))
		return store_fault(from, err);
	if (!n && below) { /* nothing was added: no list is merged and hashed for that */
		*tree_id = below->id;
		return 0;
	}
	if (n)
		fd = fs_open_nofollow(st->fd, object_path(path, "layers", &id, ""), O_PATH | O_DIRECTORY);
	if (n && fd < 0)
		return store_fault(path, err);
	merge(below, v, n, fd, &merged);
	merged.id = likely && same_lists(&merged, likely) ? likely->id : tree_identity(&merged, "");
	r = publish_tree(st, below, n ? &id : NULL, &merged, err);
	*tree_id = merged.id;
	arena_free(&merged.arena);
	return r;
}

/* Layers of this boot that this handle and those forked from it made, as they were before the sync. What a killed run
 * left is good for as long as the machine runs, and hashed once after that. */
struct fresh {
	char (*v)[STORE_PATH];
	size_t n, cap;
};

static bool
is_fresh(const struct store *st, const char *path)
{
	struct stat sb;

	return !fstatat(st->fd, path, &sb, AT_SYMLINK_NOFOLLOW) && layer_state(st, &sb) == LAYER_THIS_BOOT;
}

static int
find_fresh(void *ctx, struct store *st, const char *name, const char *path)
{
	struct fresh *f = ctx;
	struct hash id;

	if (hash_parse(&id, name) || !is_fresh(st, path))
		return 0;
	GROW(f->v, f->n, f->cap);
	snprintf(f->v[f->n++], STORE_PATH, "%s", path);
	return 0;
}

int
store_sync(struct store *st, struct err *err)
{
	struct fresh f = {0};
	int r = 0;

	if (store_must_write(st, err))
		return -1;
	store_each_since(st, "layers", st->opened, find_fresh, &f);
	if (!st->unsynced && syncfs(st->fd))
		st->unsynced = errno;
	if (st->unsynced) {
		errno = st->unsynced;
		r = store_fault("layers", err);
	}
	/* A layer that gc took away meanwhile needs no mark, and one that was found damaged meanwhile must not get one.
	 */
	for (size_t i = 0; i < f.n && !r; i++)
		if (is_fresh(st, f.v[i]) && layer_mark(st, f.v[i], 0) && errno != ENOENT)
			r = store_fault(f.v[i], err);
	free(f.v);
	return r;
}
