/* store_case: a scratch store for a test, and short words for publishing and looking up in it. */
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/str.h"
#include "os/fs.h"
#include "store/store.h"

#include "scratch.h"

#define UNUSED __attribute__((unused))

struct box {
	char path[SCRATCH];
	char at[SCRATCH + 8];
};

UNUSED static int
setup(void **state)
{
	struct box *b = calloc(1, sizeof *b);

	scratch_new(b->path);
	snprintf(b->at, sizeof b->at, "%s/s", b->path);
	*state = b;
	return 0;
}

UNUSED static int
teardown(void **state)
{
	struct box *b = *state;

	assert_int_equal(scratch_drop(b->path), 0);
	free(b);
	return 0;
}

UNUSED static void
ok(int r, struct err *err)
{
	if (!r && !err_any(err))
		return;
	err_print(err, stderr, &(struct err_style){0});
	fail();
}

UNUSED static struct store *
opened(struct box *b)
{
	struct err err = {0};
	struct store *st = store_open(b->at, true, &err);

	ok(!st, &err);
	return st;
}

/* Publishes files "path=text" over a tree; a path without "=" is removed. */
UNUSED static struct hash
publish(struct store *st, const struct tree *below, const char *const *files)
{
	struct err err = {0};
	char name[64];
	struct hash id;
	cleanup_fd int dir = store_tmp(st, name, &err), at = -1;
	struct layer *l;

	ok(dir < 0, &err);
	assert_int_equal(fs_mkdirs(dir, "up"), 0);
	at = fs_open(dir, "up", O_RDONLY | O_DIRECTORY);
	l = layer_new(at, below);
	for (; *files; files++) {
		cleanup_free char *path = xstrdup(*files);
		struct entry e = {.path = path, .mode = S_IFREG | 0644};
		char *eq = strchr(path, '=');

		if (eq)
			*eq = '\0';
		ok(eq ? layer_put(l, &e, eq + 1, strlen(eq + 1), &err) : layer_remove(l, path, &err), &err);
	}
	ok(store_publish(st, l, name, "up", below, NULL, &id, &err), &err);
	layer_free(l);
	store_discard(st, name);
	return id;
}

#define PUBLISH(st, below, ...) publish(st, below, (const char *const[]){__VA_ARGS__, NULL})

UNUSED static struct hash
commit(struct store *st, const char *text, const struct hash *tree)
{
	static const struct note notes[] = {{"patch:a\tb", "line\nline"}, {"plain", "x\\y"}};
	struct record r = {.result = {.tree = *tree, .seconds = 1.5, .epoch = 1234567},
			   .primitive = "untar",
			   .step = "src/1",
			   .log = "logs/x",
			   .notes = notes,
			   .nnotes = 2,
			   .when = 99};
	struct hash key = hash_of(text, strlen(text));
	struct err err = {0};

	ok(store_commit(st, &key, text, &r, &err), &err);
	return key;
}

UNUSED static bool
found(struct store *st, const struct hash *key)
{
	struct err err = {0};
	struct result r;
	int n = store_lookup(st, key, &r, &err);

	assert_true(n >= 0 && !err_any(&err));
	return n;
}

UNUSED static uint64_t
bad_objects(struct store *st, bool repair, store_report_fn fn, void *ctx)
{
	struct err err = {0};
	uint64_t bad;

	ok(store_verify(st, repair, fn, ctx, &bad, &err), &err);
	return bad;
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
