/* trees: the stack behind a tree's name, and the tree with its layers open. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "os/fs.h"
#include "store/store_own.h"

#define FIRST_LINE "jkr tree 2"

void
tree_format_stack(const struct hash *id, const struct hash *layers, size_t n, struct str *out)
{
	char hex[HASH_HEX];

	str_addf(out, FIRST_LINE "\ntree %s\n", hash_hex(id, hex));
	for (size_t i = 0; i < n; i++)
		str_addf(out, "layer %s\n", hash_hex(&layers[i], hex));
	object_seal(out);
}

/* The text says whose it is: the stack of another tree, whole as it may be, is damage. */
bool
tree_parse_stack(const struct hash *id, struct str *text, struct hash **layers, size_t *n)
{
	struct hash own;
	char *rest, *line;
	size_t cap = 0;

	if (!object_open(text))
		return false;
	rest = text->s;
	line = object_line(&rest);
	if (!line || strcmp(line, FIRST_LINE))
		return false;
	line = object_line(&rest);
	if (!line || !str_starts(line, "tree ") || hash_parse(&own, line + 5) || hash_cmp(&own, id))
		return false;
	while ((line = object_line(&rest))) {
		GROW(*layers, *n, cap);
		if (*n > STORE_MAX_LAYERS || !str_starts(line, "layer ") || hash_parse(&(*layers)[*n], line + 6))
			return false;
		++*n;
	}
	return !*rest;
}

int
tree_read_stack(struct store *st, const struct hash *id, struct hash **layers, size_t *n)
{
	cleanup_str struct str text = {0};
	char path[STORE_PATH];

	*layers = NULL;
	*n = 0;
	object_path(path, "trees", id, "");
	if (!object_read(st, path, &text)) {
		if (st->fd >= 0 && fs_exists(st->fd, path))
			object_set_aside(st, path, "it is no file that can be read");
		return 0;
	}
	if (tree_parse_stack(id, &text, layers, n))
		return 1;
	free(*layers);
	*layers = NULL;
	object_set_aside(st, path, "the stack of layers is damaged");
	return 0;
}

/* One layer's own list; entries of a kept one are not ours. */
struct own {
	struct entry *v;
	size_t n;
	bool marked, kept;
};

/* `known`: store_lookup proved the layer. What is wrong with it since is found by who does not count on that. */
static int
load_list(struct store *st, const struct hash *id, struct arena *a, uint16_t index, bool known, struct own *own)
{
	const struct kept *k = list_kept(st, id);
	char path[STORE_PATH];
	const char *why;

	if (!known && !layer_usable(st, id))
		return 0;
	if (k) {
		*own = (struct own){index ? arena_memdup(a, k->v, sizeof *k->v * k->n) : k->v, k->n, k->marked, !index};
	} else if (layer_read_list(st, id, a, &own->v, &own->n, &why)) {
		own->marked = list_marked(own->v, own->n);
	} else {
		if (!known)
			object_set_aside(st, object_path(path, "layers", id, ".list"), why);
		return 0;
	}
	for (size_t i = 0; index && i < own->n; i++)
		own->v[i].layer = index;
	return 1;
}

/* From the top down, so that thin layers are folded together before they meet the thick one below. Over
 * nothing, marks mean nothing: where the lowest list has none, it is what is seen as it stands. */
static void
fold_all(struct tree *t, struct own *own, size_t n)
{
	struct entry *acc = NULL, *next;
	size_t count = 0;

	for (size_t i = n; i-- > 0 && (i || own[i].marked);) {
		next = list_fold(own[i].v, own[i].n, acc, count, true, &count);
		free(acc);
		acc = next;
	}
	if (!n || own[0].marked)
		list_see(&t->arena, NULL, 0, acc, count, &t->v, &t->n);
	else if (count)
		list_see(&t->arena, own[0].v, own[0].n, acc, count, &t->v, &t->n);
	else
		t->v = own[0].v, t->n = own[0].n;
	free(acc);
}

static int
open_layers(struct store *st, struct tree *t, struct err *err)
{
	for (size_t i = 0; i < t->nlayers; i++) {
		struct tree_layer *l = &t->layers[i];
		char path[STORE_PATH];

		object_path(path, "layers", &l->id, "");
		l->path = arena_strdup(&t->arena, path);
		l->fd = fs_open_nofollow(st->fd, path, O_PATH | O_DIRECTORY);
		if (l->fd < 0 && errno != ENOENT)
			return err_sys(err, "E0803", "cannot open layer `%s` of the store", path);
		if (l->fd < 0)
			return 1;
	}
	return 0;
}

/* The merged list of a stack: 0, or 1 when one of its layers is not whole. */
static int
load(struct store *st, const struct hash *id, const struct hash *layers, size_t n, bool known, struct tree *out)
{
	cleanup_free struct own *own = xcalloc(n + 1, sizeof *own);

	*out = (struct tree){.id = *id};
	out->layers = arena_array(&out->arena, struct tree_layer, n + 1);
	for (size_t i = 0; i < n; i++) {
		out->layers[i] = (struct tree_layer){.fd = -1, .id = layers[i]};
		if (!load_list(st, &layers[i], &out->arena, (uint16_t)i, known, &own[i])) {
			tree_free(out);
			return 1;
		}
	}
	out->nlayers = n;
	fold_all(out, own, n);
	return 0;
}

static int
read_list(struct store *st, const struct hash *id, struct tree *out)
{
	struct hash *layers;
	size_t n;
	int r;

	memset(out, 0, sizeof *out);
	if (st->fd < 0 || !tree_read_stack(st, id, &layers, &n))
		return 1;
	r = load(st, id, layers, n, false, out);
	free(layers);
	return r;
}

int
store_tree(struct store *st, const struct hash *id, struct tree *out, struct err *err)
{
	int r = read_list(st, id, out);

	if (!r)
		r = open_layers(st, out, err);
	if (r)
		tree_free(out);
	return r;
}

const struct stack *
tree_remembered(const struct store *st, const struct hash *id)
{
	char hex[HASH_HEX];

	return map_get(&st->stacks, hash_hex(id, hex));
}

void
tree_remember(struct store *st, const struct hash *id, const struct hash *layers, size_t n)
{
	char hex[HASH_HEX];
	const struct stack *old = map_get(&st->stacks, hash_hex(id, hex));
	struct stack *s;

	if (old && old->n == n && (!n || !memcmp(old->layers, layers, n * sizeof *layers)))
		return;
	s = arena_alloc(&st->known, sizeof *s + n * sizeof *layers);
	s->n = n;
	if (n)
		memcpy(s->layers, layers, n * sizeof *layers);
	map_set(&st->stacks, old ? hex : arena_strdup(&st->known, hex), s);
}

int
store_list(struct store *st, const struct hash *id, struct tree *out, struct err *err)
{
	const struct stack *s = tree_remembered(st, id);

	(void)err;
	if (s && !load(st, id, s->layers, s->n, true, out))
		return 0;
	return read_list(st, id, out);
}

int
store_list_open(struct store *st, struct tree *t, struct err *err)
{
	for (size_t i = 0; i < t->nlayers; i++)
		if (!layer_usable(st, &t->layers[i].id))
			return 1;
	return open_layers(st, t, err);
}
