/* layer_case: a scratch folder, and short words for writing a layer in it and looking at what came of it. */
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/str.h"
#include "model/layer.h"
#include "os/fs.h"
#include "scratch.h"

#define UNUSED __attribute__((unused))

struct box {
	char path[SCRATCH];
	int fd;
};

UNUSED static int
setup(void **state)
{
	struct box *b = calloc(1, sizeof *b);

	b->fd = open(scratch_new(b->path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = b;
	return 0;
}

UNUSED static int
teardown(void **state)
{
	struct box *b = *state;

	assert_int_equal(scratch_drop(b->path), 0);
	close(b->fd);
	free(b);
	return 0;
}

UNUSED static int
folder(struct box *b, const char *name)
{
	assert_int_equal(fs_mkdirs(b->fd, name), 0);
	return fs_open(b->fd, name, O_RDONLY | O_DIRECTORY);
}

UNUSED static void
ok(int r, struct err *err)
{
	if (!r && !err_any(err))
		return;
	err_print(err, stderr, &(struct err_style){0});
	fail();
}

UNUSED static void
put(struct layer *l, const char *path, mode_t mode, const char *text)
{
	struct err err = {0};
	struct entry e = {.path = path, .mode = S_IFREG | mode};

	ok(layer_put(l, &e, text, strlen(text), &err), &err);
}

UNUSED static void
mkd(struct layer *l, const char *path, mode_t mode)
{
	struct err err = {0};
	struct entry e = {.path = path, .mode = S_IFDIR | mode};

	ok(layer_mkdir(l, &e, &err), &err);
}

UNUSED static void
lnk(struct layer *l, const char *path, const char *target)
{
	struct err err = {0};
	struct entry e = {.path = path, .mode = S_IFLNK, .target = target};

	ok(layer_symlink(l, &e, &err), &err);
}

UNUSED static void
rm(struct layer *l, const char *path)
{
	struct err err = {0};

	ok(layer_remove(l, path, &err), &err);
}

/* The layer, over what was below, as a tree of its own. Takes the descriptor. */
UNUSED static struct tree
frozen(struct layer *l, int fd)
{
	const struct tree *below = layer_below(l);
	size_t k = below ? below->nlayers : 0, n;
	struct err err = {0};
	const struct entry *own = layer_list(l, &n, &err);
	struct tree t = {0};

	ok(!own, &err);
	t.layers = arena_array(&t.arena, struct tree_layer, k + 1);
	for (size_t i = 0; i < k; i++)
		t.layers[i].fd = dup(below->layers[i].fd);
	t.layers[k].fd = fd;
	t.nlayers = k + 1;
	list_merge(&t.arena, below ? below->v : NULL, below ? below->n : 0, own, n, (uint16_t)k, &t.v, &t.n);
	for (size_t i = 0; i < t.n; i++) { /* the layer's arena goes away */
		t.v[i].path = arena_strdup(&t.arena, t.v[i].path);
		t.v[i].target = arena_strdup(&t.arena, t.v[i].target);
		t.v[i].xattrs = arena_strdup(&t.arena, t.v[i].xattrs);
	}
	t.id = tree_identity(&t, "");
	layer_free(l);
	return t;
}

UNUSED static void
list_is(struct layer *l, const char *want)
{
	struct err err = {0};
	cleanup_str struct str s = {0};
	const struct entry *v;
	size_t n;

	v = layer_list(l, &n, &err);
	ok(!v, &err);
	for (size_t i = 0; i < n; i++)
		str_addf(&s, "%s%s%o ", v[i].path, v[i].whiteout ? "!" : v[i].opaque ? "*" : ":", v[i].mode);
	assert_string_equal(str_text(&s), want);
}

UNUSED static struct tree
base_tree(struct box *b)
{
	int fd = folder(b, "L0");
	struct layer *l = layer_new(fd, NULL);

	put(l, "a/x", 0644, "x");
	put(l, "a/y/z", 0664, "z");
	put(l, "a/run.sh", 0775, "#!");
	put(l, "b", 0644, "b");
	put(l, "c/d/e", 0644, "e");
	lnk(l, "l", "a/x");
	lnk(l, "dangling", "/nowhere");
	return frozen(l, fd);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
