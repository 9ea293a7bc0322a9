/* gc: what no result needs goes, and results that were not used for long where a policy asks. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "os/fs.h"
#include "store/store_own.h"

enum { LOG_SECONDS = 30 * 24 * 3600 };

/* One result, and when it was last used. */
struct used {
	struct hash key, tree;
	int64_t when;
	const char *log;
};

struct gc {
	struct arena arena;
	const struct gc_policy *policy;
	int64_t now;
	struct used *v;
	size_t n, cap;
	struct map keep;  /* paths of objects that stay */
	struct map sizes; /* layer's path → its bytes, plus 1 */
	uint64_t freed, total;
	int failed; /* errno of the first that could not be moved */
};

static char yes;

static void
keep(struct gc *g, const char *path)
{
	if (!map_get(&g->keep, path))
		map_set(&g->keep, arena_strdup(&g->arena, path), &yes);
}

static int
find_result(void *ctx, struct store *st, const char *name, const char *path)
{
	struct gc *g = ctx;
	struct record r;
	struct hash key;
	struct stat sb;

	if (hash_parse(&key, name) || !store_record(st, &key, &g->arena, &r, NULL) || fs_stat(st->fd, path, &sb))
		return 0;
	GROW(g->v, g->n, g->cap);
	g->v[g->n++] = (struct used){key, r.result.tree, sb.st_mtime, r.log};
	return 0;
}

static int
newest_first(const void *a, const void *b)
{
	const struct used *x = a, *y = b;

	if (x->when != y->when)
		return x->when < y->when ? 1 : -1;
	return hash_cmp(&x->key, &y->key);
}

static uint64_t
layer_bytes(struct gc *g, struct store *st, const struct hash *id)
{
	cleanup_arena struct arena a = {0};
	struct entry *v = NULL;
	char path[STORE_PATH];
	uint64_t bytes = 0;
	const char *why;
	uintptr_t known;
	size_t n = 0;

	object_path(path, "layers", id, "");
	known = (uintptr_t)map_get(&g->sizes, path);
	if (known)
		return known - 1;
	if (layer_read_list(st, id, &a, &v, &n, &why))
		for (size_t i = 0; i < n; i++)
			bytes += S_ISREG(v[i].mode) ? v[i].size : 0;
	map_set(&g->sizes, arena_strdup(&g->arena, path), (void *)(uintptr_t)(bytes + 1));
	return bytes;
}

/* What keeping these layers adds to what is kept already. */
static uint64_t
added_bytes(struct gc *g, struct store *st, const struct hash *layers, size_t n)
{
	char path[STORE_PATH];
	uint64_t bytes = 0;

	for (size_t i = 0; i < n; i++)
		if (!map_get(&g->keep, object_path(path, "layers", &layers[i], "")))
			bytes += layer_bytes(g, st, &layers[i]);
	return bytes;
}

static void
keep_result(struct gc *g, const struct used *u, const struct hash *layers, size_t n)
{
	char path[STORE_PATH];

	keep(g, object_path(path, "results", &u->key, ""));
	keep(g, object_path(path, "keys", &u->key, ""));
	keep(g, object_path(path, "trees", &u->tree, ""));
	if (u->log)
		keep(g, path_base(u->log));
	for (size_t i = 0; i < n; i++) {
		keep(g, object_path(path, "layers", &layers[i], ""));
		keep(g, object_path(path, "layers", &layers[i], ".list"));
		keep(g, object_path(path, "layers", &layers[i], ".marks"));
	}
}

/* Newest first, so that the least recently used find no room. */
static void
choose(struct gc *g, struct store *st)
{
	const struct gc_policy *p = g->policy;
	bool all = p->all_unreferenced_only;

	if (g->n)
		qsort(g->v, g->n, sizeof *g->v, newest_first);
	for (size_t i = 0; i < g->n; i++) {
		const struct used *u = &g->v[i];
		struct hash *layers;
		uint64_t more;
		size_t n;

		if (!all && p->max_age && u->when < g->now - p->max_age)
			continue;
		/* A result without its tree is of no use. */
		if (!tree_read_stack(st, &u->tree, &layers, &n))
			continue;
		more = added_bytes(g, st, layers, n);
		if (all || !p->max_bytes || g->total + more <= p->max_bytes) {
			g->total += more;
			keep_result(g, u, layers, n);
		}
		free(layers);
	}
}

static int
keep_last(void *ctx, struct store *st, const char *name, const char *path)
{
	cleanup_str struct str text = {0};
	char key[STORE_PATH];
	struct hash h;

	(void)name;
	if (!object_read(st, path, &text) || !object_open(&text) || text.len < HASH_HEX)
		return 0;
	text.s[HASH_HEX - 1] = '\0';
	if (!hash_parse(&h, text.s))
		keep(ctx, object_path(key, "keys", &h, ""));
	return 0;
}

static void
drop(struct gc *g, struct store *st, const char *path)
{
	if (object_trash(st, path) && !g->failed)
		g->failed = errno;
}

static int
sweep(void *ctx, struct store *st, const char *name, const char *path)
{
	struct gc *g = ctx;
	struct hash id;

	if (map_get(&g->keep, path))
		return 0;
	if (str_starts(path, "layers/") && !hash_parse(&id, name))
		g->freed += layer_bytes(g, st, &id);
	drop(g, st, path);
	return 0;
}

/* Nobody waits for these: gc is alone in the store. */
static int
sweep_lock(void *ctx, struct store *st, const char *name, const char *path)
{
	(void)ctx, (void)name;
	unlinkat(st->fd, path, 0);
	return 0;
}

/* A cache that no run wrote for long; also what a killed one left beside it. */
static int
sweep_seen(void *ctx, struct store *st, const char *name, const char *path)
{
	struct gc *g = ctx;
	struct stat sb;

	if (*name == '.' || (!fs_stat(st->fd, path, &sb) && sb.st_mtime < g->now - LOG_SECONDS))
		drop(g, st, path);
	return 0;
}

/* What in a flat folder was not touched for `age` seconds. */
static void
sweep_old(struct gc *g, struct store *st, const char *folder, int64_t age)
{
	cleanup_fd int dir = fs_open_nofollow(st->fd, folder, O_RDONLY | O_DIRECTORY);
	char **names, path[STORE_PATH + 256];
	struct stat sb;
	size_t n;

	if (dir < 0 || !age || fs_names(dir, &names, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		if (!map_get(&g->keep, names[i]) && !fs_stat(dir, names[i], &sb) && sb.st_mtime < g->now - age)
			drop(g, st, path);
	}
	fs_names_free(names, n);
}

static void
collect(struct gc *g, struct store *st)
{
	static const char *const kinds[] = {"results", "keys", "trees", "layers"};

	store_each(st, "results", find_result, g);
	choose(g, st);
	store_each(st, "steps", keep_last, g);
	/* Results go first: at no moment does one name a layer that is gone. */
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		store_each(st, kinds[i], sweep, g);
	store_each(st, "lock", sweep_lock, g);
	store_each(st, "seen", sweep_seen, g);
	sweep_old(g, st, "logs", LOG_SECONDS);
	sweep_old(g, st, "partial", LOG_SECONDS);
	sweep_old(g, st, "warm", g->policy->max_age);
	sweep_old(g, st, "mirrors", g->policy->max_age);
	sweep_old(g, st, "imports", g->policy->max_age);
	sweep_old(g, st, "quarantine", g->policy->max_age);
}

int
store_gc(struct store *st, const struct gc_policy *policy, uint64_t *freed, struct err *err)
{
	struct gc g = {.policy = policy, .now = (int64_t)time(NULL)};
	cleanup_fd int lock = -1;
	int r = 0;

	*freed = 0;
	lock = store_lock(st, true, policy->wait, err);
	if (lock < 0)
		return -1;
	collect(&g, st);
	*freed = g.freed;
	if (g.failed) {
		errno = g.failed;
		r = store_fault("trash", err);
	}
	map_free(&g.keep);
	map_free(&g.sizes);
	free(g.v);
	arena_free(&g.arena);
	return store_tidy(st, -1, err) ? -1 : r;
}
