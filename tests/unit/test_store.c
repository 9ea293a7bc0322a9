/* The store: what is published is found whole, what is damaged is a miss and is named. */
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

struct box {
	char path[64];
	char at[80];
};

static int
setup(void **state)
{
	struct box *b = calloc(1, sizeof *b);

	strcpy(b->path, "/tmp/jkr-test-store-XXXXXX");
	assert_non_null(mkdtemp(b->path));
	snprintf(b->at, sizeof b->at, "%s/s", b->path);
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct box *b = *state;
	int tmp = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_int_equal(fs_remove(tmp, b->path + 5), 0);
	close(tmp);
	free(b);
	return 0;
}

static void
ok(int r, struct err *err)
{
	if (!r && !err_any(err))
		return;
	err_print(err, stderr, &(struct err_style){0});
	fail();
}

static struct store *
opened(struct box *b)
{
	struct err err = {0};
	struct store *st = store_open(b->at, true, &err);

	ok(!st, &err);
	return st;
}

/* Publishes files "path=text" over a tree; a path without "=" is removed. */
static struct hash
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
	ok(store_publish(st, l, name, "up", below, &id, &err), &err);
	layer_free(l);
	store_discard(st, name);
	return id;
}

#define PUBLISH(st, below, ...) publish(st, below, (const char *const[]){__VA_ARGS__, NULL})

static struct hash
commit(struct store *st, const char *text, const struct hash *tree)
{
	static const struct note notes[] = {{"patch:a\tb", "line\nline"}, {"plain", "x\\y"}};
	struct record r = {.result = {*tree, 1.5, 1234567},
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

static bool
found(struct store *st, const struct hash *key)
{
	struct err err = {0};
	struct result r;
	int n = store_lookup(st, key, &r, &err);

	assert_true(n >= 0 && !err_any(&err));
	return n;
}

static uint64_t
bad_objects(struct store *st, bool repair, store_report_fn fn, void *ctx)
{
	struct err err = {0};
	uint64_t bad;

	ok(store_verify(st, repair, fn, ctx, &bad, &err), &err);
	return bad;
}

static void
test_round_trip(void **state)
{
	struct store *st = opened(*state);
	struct hash id = PUBLISH(st, NULL, "a/x=one", "b=two"), key = commit(st, "text of the key", &id), last;
	cleanup_free char *text = store_key_text(st, &key);
	cleanup_arena struct arena a = {0};
	cleanup_str struct str s = {0};
	struct err err = {0};
	struct result r;
	struct record rec;
	struct tree t;
	double seconds;

	assert_int_equal(store_lookup(st, &key, &r, &err), 1);
	assert_int_equal(hash_cmp(&r.tree, &id), 0);
	assert_true(r.seconds == 1.5 && r.epoch == 1234567);
	assert_string_equal(text, "text of the key");
	assert_int_equal(store_record(st, &key, &a, &rec, &err), 1);
	assert_int_equal(rec.nnotes, 2);
	assert_string_equal(rec.notes[0].key, "patch:a\tb");
	assert_string_equal(rec.notes[0].value, "line\nline");
	assert_string_equal(rec.notes[1].value, "x\\y");
	assert_string_equal(rec.log, "logs/x");
	assert_int_equal(rec.when, 99);
	assert_int_equal(store_tree(st, &id, &t, &err), 0);
	assert_int_equal(t.n, 3);
	ok(tree_read(&t, "a/x", &s, 99, &err), &err);
	assert_string_equal(s.s, "one");
	last = tree_identity(&t, "");
	assert_int_equal(hash_cmp(&last, &id), 0);
	tree_free(&t);
	assert_false(store_last(st, "r", "s", &last, &seconds));
	store_set_last(st, "r", "s/..", &key, 2.25);
	assert_true(store_last(st, "r", "s/..", &last, &seconds));
	assert_true(seconds == 2.25 && !hash_cmp(&last, &key));
	last.b[0] ^= 1;
	assert_false(found(st, &last));
	assert_null(store_key_text(st, &last));
	assert_int_equal(store_tree(st, &last, &t, &err), 1);
	assert_int_equal(store_commit(st, &last, "text of the key", &rec, &err), -1);
	err_free(&err);
	assert_int_equal(bad_objects(st, false, NULL, NULL), 0);
	assert_null(store_set_aside(st));
	store_close(st);
}

static void
test_stacks_share_names(void **state)
{
	struct store *st = opened(*state);
	struct hash base = PUBLISH(st, NULL, "a/x=one", "a/y=two", "b=b"), one, two, three, same;
	struct store_stat v, w;
	struct err err = {0};
	struct tree t, u;
	mode_t old;

	assert_int_equal(store_tree(st, &base, &t, &err), 0);
	one = PUBLISH(st, &t, "a/x=new", "a/y", "c=c");
	assert_int_equal(store_tree(st, &one, &u, &err), 0);
	assert_int_equal(u.nlayers, 2);
	assert_true(str_starts(u.layers[1].path, "layers/"));
	two = PUBLISH(st, &u, "a/x=one", "c", "a/y=two");
	assert_int_equal(hash_cmp(&two, &base), 0); /* there and back is the same tree */
	old = umask(077);
	three = PUBLISH(st, NULL, "a/x=new", "b=b", "c=c");
	umask(old);
	assert_int_equal(hash_cmp(&three, &one), 0);
	same = PUBLISH(st, &u, "b=b"); /* nothing new */
	assert_int_equal(hash_cmp(&same, &one), 0);
	assert_int_equal(store_stat(st, &v, &err), 0);
	PUBLISH(st, &u, "b=changed");
	assert_int_equal(store_stat(st, &w, &err), 0);
	assert_int_equal(w.layers, v.layers + 1);
	assert_int_equal(w.files, v.files + 1);
	assert_int_equal(w.trees, v.trees + 1);
	assert_int_equal(w.tmp, 0);
	tree_free(&t);
	tree_free(&u);
	store_close(st);
}

static void
test_empty_tree(void **state)
{
	struct store *st = opened(*state);
	struct hash id = publish(st, NULL, (const char *const[]){NULL}), key = commit(st, "k", &id);
	struct err err = {0};
	struct tree t;

	assert_true(found(st, &key));
	assert_int_equal(store_tree(st, &id, &t, &err), 0);
	assert_int_equal(t.n, 0);
	tree_free(&t);
	store_close(st);
}

static void
test_deep_stack(void **state)
{
	struct store *st = opened(*state);
	struct hash id = PUBLISH(st, NULL, "a=0", "b/c=0"), flat;
	struct err err = {0};
	struct tree t;
	char file[32], gone[32];

	for (int i = 1; i <= 120; i++) {
		assert_int_equal(store_tree(st, &id, &t, &err), 0);
		assert_true(t.nlayers <= 100);
		snprintf(file, sizeof file, "b/%d=%d", i, i);
		snprintf(gone, sizeof gone, "b/%d", i - 1);
		id = i % 2 || i < 3 ? PUBLISH(st, &t, file) : PUBLISH(st, &t, file, gone);
		tree_free(&t);
	}
	assert_int_equal(store_tree(st, &id, &t, &err), 0);
	assert_true(t.nlayers < 30);
	assert_non_null(tree_find(&t, "b/120"));
	assert_null(tree_find(&t, "b/119"));
	flat = tree_identity(&t, "");
	assert_int_equal(hash_cmp(&flat, &id), 0);
	tree_free(&t);
	assert_int_equal(bad_objects(st, false, NULL, NULL), 0);
	store_close(st);
}

static void
test_who_may_open(void **state)
{
	struct box *b = *state;
	struct err err = {0};
	struct store *st = store_open(b->at, false, &err);
	struct hash key = {{0}};
	struct store_stat v;
	struct stat sb;
	uint64_t bad;
	int fd;

	ok(!st, &err);
	assert_int_equal(store_fd(st), -1);
	assert_false(found(st, &key));
	assert_int_equal(store_stat(st, &v, &err), 0);
	assert_int_equal(store_verify(st, false, NULL, NULL, &bad, &err), 0);
	assert_int_equal(store_sync(st, &err), -1);
	err_free(&err);
	store_close(st);
	assert_int_equal(stat(b->at, &sb), -1); /* nothing was made */
	store_close(opened(b));
	fd = open(b->at, O_RDONLY | O_DIRECTORY);
	assert_int_equal(fs_replace(fd, "format", "jkr store 7\n", 12, 0644), 0);
	assert_null(store_open(b->at, true, &err));
	assert_non_null(strstr(err.head->msg, "format 7, and this jkr knows format 1"));
	err_free(&err);
	assert_int_equal(fs_replace(fd, "format", "junk", 4, 0644), 0);
	assert_null(store_open(b->at, false, &err));
	err_free(&err);
	assert_int_equal(unlinkat(fd, "format", 0), 0);
	assert_null(store_open(b->at, true, &err)); /* somebody's folder */
	assert_string_equal(err.head->code, "E0807");
	err_free(&err);
	close(fd);
	if (!geteuid() && !chown(b->at, 4321, 0)) {
		assert_null(store_open(b->at, true, &err));
		assert_non_null(strstr(err.head->msg, "belongs to uid 4321"));
		err_free(&err);
	}
}

static int
count_writes(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	(void)at, (void)name;
	str_addf(ctx, "%s %ld.%ld %o\n", path, (long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec, st->st_mode);
	return 0;
}

static void
test_reading_writes_nothing(void **state)
{
	struct box *b = *state;
	struct store *st = opened(b);
	struct hash id = PUBLISH(st, NULL, "a=one"), key = commit(st, "k", &id);
	cleanup_str struct str before = {0}, after = {0};
	struct err err = {0};
	struct tree t;
	char name[64];
	int fd = dup(store_fd(st));

	store_close(st);
	fs_walk(fd, count_writes, &before);
	st = store_open(b->at, false, &err);
	ok(!st, &err);
	assert_true(found(st, &key));
	assert_int_equal(store_tree(st, &id, &t, &err), 0);
	tree_free(&t);
	assert_int_equal(store_tmp(st, name, &err), -1);
	err_free(&err);
	assert_int_equal(bad_objects(st, false, NULL, NULL), 0);
	store_close(st);
	fs_walk(fd, count_writes, &after);
	assert_string_equal(before.s, after.s);
	close(fd);
}

/* Damage of every kind to every kind of object. */
static int
find_objects(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	struct str *s = ctx;

	(void)at, (void)name;
	if (!S_ISDIR(st->st_mode) && (str_starts(path, "layers/") || str_starts(path, "trees/") ||
				      str_starts(path, "results/") || str_starts(path, "keys/")))
		str_addf(s, "%s\n", path);
	return 0;
}

enum { TRUNCATE, HALVE, FLIP_FIRST, FLIP_LAST, APPEND, DELETE, FOLDER, LINK, SWAP, DAMAGES };

static bool
damage(int fd, const char *path, int kind)
{
	cleanup_fd int f = fs_open_nofollow(fd, path, O_RDWR);
	struct stat st;
	char c;

	if (f < 0 || fstat(f, &st)) /* a symlink in a layer: only what concerns the name */
		return kind == DELETE && !unlinkat(fd, path, 0);
	switch (kind) {
	case TRUNCATE: return !ftruncate(f, 0);
	case HALVE: return !ftruncate(f, st.st_size / 2);
	case FLIP_FIRST:
	case FLIP_LAST:
		kind = kind == FLIP_FIRST ? 0 : (int)st.st_size - 1;
		assert_int_equal(pread(f, &c, 1, kind), 1);
		c ^= 1;
		return pwrite(f, &c, 1, kind) == 1;
	case APPEND: return pwrite(f, "x", 1, st.st_size) == 1;
	case SWAP: return !unlinkat(fd, path, 0) && !fs_replace(fd, path, "another object\n", 15, 0644);
	}
	assert_int_equal(unlinkat(fd, path, 0), 0);
	if (kind == FOLDER)
		return !mkdirat(fd, path, 0755);
	return kind == LINK ? !symlinkat("/etc/passwd", fd, path) : true;
}

static void
told(void *ctx, const char *object, const char *what)
{
	str_addf(ctx, "%s: %s\n", object, what);
}

static void
damage_one(struct box *b, const char *path, int kind, int n)
{
	cleanup_str struct str s = {0};
	struct err err = {0};
	struct hash id, key;
	struct store *st;
	char at[100];
	bool rest;

	snprintf(at, sizeof at, "%s/d%d", b->path, n);
	st = store_open(at, true, &err);
	ok(!st, &err);
	id = PUBLISH(st, NULL, "a/x=one", "b=two");
	key = commit(st, "k", &id);
	if (!damage(store_fd(st), path, kind))
		fail_msg("cannot damage %s", path);
	rest = kind == DELETE && (str_starts(path, "results/") || str_starts(path, "keys/"));
	if (!bad_objects(st, false, told, &s) && !rest)
		fail_msg("%s: damage %d was not found", path, kind);
	/* A tree that is gone is named by who needs it. */
	if (!rest && !strstr(s.s, path) && !(kind == DELETE && str_starts(path, "trees/")))
		fail_msg("%s: damage %d was not named, but %s", path, kind, s.s);
	if (str_starts(path, "results/") || str_starts(path, "trees/"))
		assert_false(found(st, &key));
	bad_objects(st, true, NULL, NULL);
	if (!str_starts(path, "keys/"))
		assert_false(found(st, &key));
	if (bad_objects(st, false, told, &s))
		fail_msg("%s: damage %d was not repaired: %s", path, kind, s.s);
	id = PUBLISH(st, NULL, "a/x=one", "b=two");
	commit(st, "k", &id);
	assert_true(found(st, &key));
	assert_int_equal(bad_objects(st, false, NULL, NULL), 0);
	store_close(st);
}

static void
test_damage(void **state)
{
	struct box *b = *state;
	struct store *st = opened(b);
	struct hash id = PUBLISH(st, NULL, "a/x=one", "b=two");
	cleanup_str struct str s = {0};
	char *path, *rest;
	int n = 0;

	commit(st, "k", &id);
	assert_int_equal(fs_walk(store_fd(st), find_objects, &s), 0);
	store_close(st);
	rest = s.s;
	while ((path = strsep(&rest, "\n")) && *path)
		for (int kind = 0; kind < DAMAGES; kind++)
			damage_one(b, path, kind, n++);
	assert_int_equal(n, 6 * DAMAGES); /* two files, list, tree, record, key */
}

/* As after a power cut: the layer's mark is of another boot. */
static void
another_boot(struct store *st, const struct tree *t)
{
	const struct timespec ts[2] = {{FS_MTIME, 7}, {FS_MTIME, 7}};

	assert_int_equal(utimensat(store_fd(st), t->layers[0].path, ts, 0), 0);
}

static void
test_power_cut(void **state)
{
	struct store *st = opened(*state);
	struct hash id = PUBLISH(st, NULL, "a=one", "b=two"), key = commit(st, "k", &id);
	struct err err = {0};
	struct stat sb;
	struct tree t;
	cleanup_free char *path = NULL;

	assert_int_equal(store_tree(st, &id, &t, &err), 0);
	path = xstrdup(t.layers[0].path);
	assert_int_equal(fs_stat(store_fd(st), path, &sb), 0);
	assert_true(sb.st_mtim.tv_sec == FS_MTIME && sb.st_mtim.tv_nsec);
	another_boot(st, &t);
	assert_true(found(st, &key)); /* hashed, and well */
	assert_int_equal(fs_stat(store_fd(st), path, &sb), 0);
	assert_true(sb.st_mtim.tv_nsec != 7 && sb.st_mtim.tv_nsec);
	ok(store_sync(st, &err), &err);
	assert_int_equal(fs_stat(store_fd(st), path, &sb), 0);
	assert_true(sb.st_mtim.tv_sec == FS_MTIME && !sb.st_mtim.tv_nsec);
	assert_true(found(st, &key));
	another_boot(st, &t);
	assert_int_equal(fs_replace(t.layers[0].fd, "a", "oNe", 3, 0644), 0);
	assert_false(found(st, &key));
	assert_non_null(strstr(store_set_aside(st), path));
	assert_false(fs_exists(store_fd(st), path));
	/* and publishing the same again must not count on what was lost */
	PUBLISH(st, NULL, "a=one", "b=two");
	assert_true(found(st, &key));
	tree_free(&t);
	assert_int_equal(store_tree(st, &id, &t, &err), 0);
	another_boot(st, &t);
	assert_int_equal(fs_replace(t.layers[0].fd, "a", "", 0, 0644), 0);
	PUBLISH(st, NULL, "a=one", "b=two");
	assert_true(found(st, &key));
	assert_int_equal(bad_objects(st, false, NULL, NULL), 0);
	tree_free(&t);
	/* somebody's file right in a layer changes the time of its folder */
	assert_int_equal(store_tree(st, &id, &t, &err), 0);
	assert_int_equal(fs_replace(t.layers[0].fd, "extra", "", 0, 0644), 0);
	assert_false(found(st, &key));
	tree_free(&t);
	store_close(st);
}

static void
age(struct store *st, const struct hash *key, long seconds)
{
	char hex[HASH_HEX], path[100];
	struct timespec ts[2] = {{time(NULL) - seconds, 0}, {time(NULL) - seconds, 0}};

	hash_hex(key, hex);
	snprintf(path, sizeof path, "results/%.2s/%s", hex, hex);
	assert_int_equal(utimensat(store_fd(st), path, ts, 0), 0);
}

static uint64_t
gc(struct store *st, struct gc_policy p)
{
	struct err err = {0};
	uint64_t freed;

	ok(store_gc(st, &p, &freed, &err), &err);
	return freed;
}

static void
test_gc(void **state)
{
	struct store *st = opened(*state);
	struct hash base = PUBLISH(st, NULL, "big=0123456789"), id, one, two, old;
	struct err err = {0};
	struct store_stat v;
	struct tree t;
	int shared;

	old = commit(st, "old", &base);
	assert_int_equal(store_tree(st, &base, &t, &err), 0);
	id = PUBLISH(st, &t, "x=12345");
	one = commit(st, "one", &id);
	id = PUBLISH(st, NULL, "y=1234567");
	two = commit(st, "two", &id);
	PUBLISH(st, NULL, "nobody=1234");
	tree_free(&t);
	shared = store_lock(st, false, false, &err);
	assert_true(shared >= 0);
	uint64_t freed;
	assert_int_equal(store_gc(st, &(struct gc_policy){0}, &freed, &err), -1);
	assert_string_equal(err.head->code, "E0808");
	err_free(&err);
	close(shared);
	assert_int_equal(gc(st, (struct gc_policy){.all_unreferenced_only = true}), 4);
	assert_true(found(st, &old) && found(st, &one) && found(st, &two));
	age(st, &old, 1000);
	age(st, &one, 500);
	store_set_last(st, "r", "one", &one, 1);
	/* 10 + 5 for the stack, 7 for the other: the base is needed by `one`, so `old` costs nothing */
	assert_int_equal(gc(st, (struct gc_policy){.max_bytes = 22}), 0);
	assert_true(found(st, &old) && found(st, &one) && found(st, &two));
	assert_int_equal(gc(st, (struct gc_policy){.max_bytes = 21}), 5);
	assert_false(found(st, &one));
	cleanup_free char *text = store_key_text(st, &one); /* for `why` */
	assert_string_equal(text, "one");
	assert_true(found(st, &two) && found(st, &old));
	assert_int_equal(gc(st, (struct gc_policy){.max_age = 900}), 10);
	assert_false(found(st, &old));
	assert_true(found(st, &two));
	assert_int_equal(bad_objects(st, false, NULL, NULL), 0);
	assert_int_equal(store_stat(st, &v, &err), 0);
	assert_int_equal(v.layers, 1);
	assert_int_equal(v.results, 1);
	assert_int_equal(v.trash, 0);
	store_close(st);
}

static void
test_use_is_remembered(void **state)
{
	struct store *st = opened(*state);
	struct hash id = PUBLISH(st, NULL, "a=1"), key = commit(st, "k", &id);

	age(st, &key, 5 * 24 * 3600);
	assert_true(found(st, &key));
	gc(st, (struct gc_policy){.max_age = 3600});
	assert_true(found(st, &key));
	store_close(st);
}

static void
test_locks(void **state)
{
	struct box *b = *state;
	struct store *st = opened(b), *other = opened(b);
	struct hash key = hash_of("k", 1), key2 = hash_of("l", 1);
	struct err err = {0};
	int fd, fd2, a, c;

	assert_int_equal(store_lock_key(st, &key, false, &fd, &err), 0);
	assert_int_equal(store_lock_key(other, &key, false, &fd2, &err), 1);
	assert_int_equal(fd2, -1);
	assert_int_equal(store_lock_key(other, &key2, false, &fd2, &err), 0);
	close(fd2);
	close(fd);
	assert_int_equal(store_lock_key(other, &key, true, &fd, &err), 0);
	close(fd);
	a = store_lock(st, false, false, &err);
	c = store_lock(other, false, false, &err);
	assert_true(a >= 0 && c >= 0);
	close(c);
	assert_int_equal(store_lock(other, true, false, &err), -1);
	err_free(&err);
	close(a);
	a = store_lock(other, true, false, &err);
	assert_true(a >= 0);
	close(a);
	store_close(st);
	store_close(other);
}

static void
test_leftovers(void **state)
{
	struct box *b = *state;
	struct store *st = opened(b);
	struct err err = {0};
	struct store_stat v;
	char mine[64];
	int fd = store_tmp(st, mine, &err), status;
	pid_t pid = fork();

	assert_true(fd >= 0);
	if (!pid) {
		struct store *own = store_open(b->at, true, &err);
		char name[64];
		int d = store_tmp(own, name, &err);

		fs_mkdirs(d, "deep/down");
		_exit(0); /* as if killed */
	}
	waitpid(pid, &status, 0);
	assert_int_equal(store_stat(st, &v, &err), 0);
	assert_int_equal(v.tmp, 2);
	ok(store_tidy(st, -1, &err), &err);
	assert_int_equal(store_stat(st, &v, &err), 0);
	assert_int_equal(v.tmp, 1);
	assert_int_equal(v.trash, 0);
	close(fd);
	store_discard(st, mine);
	store_discard(st, "../results");
	store_discard(st, "none");
	ok(store_tidy(st, -1, &err), &err);
	assert_int_equal(store_stat(st, &v, &err), 0);
	assert_int_equal(v.tmp, 0);
	store_close(st);
}

static int
hammer(struct box *b, int who)
{
	struct err err = {0};
	struct store *st = store_open(b->at, true, &err);
	char own[32], key[32];

	for (int i = 0; st && i < 25; i++) {
		struct hash id, k;

		snprintf(own, sizeof own, "own=%d-%d", who % 2, i);
		snprintf(key, sizeof key, "key %d", i);
		PUBLISH(st, NULL, "same=everywhere", "more/of=it");
		id = PUBLISH(st, NULL, "same=everywhere", own);
		k = commit(st, key, &id);
		if (!found(st, &k))
			return 2;
		if (i % 10 == 0 && store_tidy(st, -1, &err))
			return 3;
	}
	store_close(st);
	return 0;
}

static void
test_many_processes(void **state)
{
	struct box *b = *state;
	struct store *st;
	int status;

	for (int i = 0; i < 4; i++)
		if (!fork())
			_exit(hammer(b, i));
	for (int i = 0; i < 4; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	st = opened(b);
	assert_int_equal(bad_objects(st, false, NULL, NULL), 0);
	store_close(st);
}

static void
test_export(void **state)
{
	struct box *b = *state;
	struct store *st = opened(b);
	struct err err = {0};
	char name[64];
	cleanup_fd int dir = store_tmp(st, name, &err), out = -1, top = open(b->path, O_RDONLY | O_DIRECTORY);
	struct layer *l = layer_new(dir, NULL);
	struct entry run = {.path = "d/run", .mode = S_IFREG | 04750}, dev = {.path = "d/null", .mode = S_IFCHR | 0666},
		     ln = {.path = "d/ln", .mode = S_IFLNK, .target = "run"};
	struct hash id;
	struct stat sb;
	struct tree t;
	mode_t old = umask(077);

	ok(layer_put(l, &run, "#!", 2, &err) || layer_special(l, &dev, &err) || layer_symlink(l, &ln, &err), &err);
	ok(store_publish(st, l, name, "", NULL, &id, &err), &err);
	layer_free(l);
	assert_int_equal(store_tree(st, &id, &t, &err), 0);
	assert_int_equal(fs_mkdirs(top, "out/run"), 0);
	out = fs_open(top, "out", O_RDONLY | O_DIRECTORY);
	assert_int_equal(store_export(st, &t, "d", out, &err), -1); /* a folder is in the way */
	assert_string_equal(err.head->code, "E0810");
	err_free(&err);
	assert_int_equal(fs_remove(out, "run"), 0);
	ok(store_export(st, &t, "d", out, &err), &err);
	ok(store_export(st, &t, "d", out, &err), &err);
	umask(old);
	assert_int_equal(fs_stat(out, "run", &sb), 0);
	assert_int_equal(sb.st_mode & 07777, 0750);
	assert_int_equal(fs_stat(out, "ln", &sb), 0);
	assert_true(S_ISLNK(sb.st_mode));
	assert_false(fs_exists(out, "null"));
	ok(store_export(st, &t, "", out, &err), &err);
	assert_true(fs_exists(out, "d/run"));
	ok(store_export(st, &t, "d/run", out, &err), &err);
	assert_int_equal(store_export(st, &t, "none", out, &err), -1);
	err_free(&err);
	assert_int_equal(fs_replace(t.layers[0].fd, "d/run", "!#", 2, 0755), 0);
	assert_int_equal(store_export(st, &t, "d/run", out, &err), -1);
	assert_string_equal(err.head->code, "E0803");
	err_free(&err);
	tree_free(&t);
	store_close(st);
}

static int
map_ids(const char *kind, unsigned id)
{
	char path[64], text[64];
	cleanup_fd int deny = open("/proc/self/setgroups", O_WRONLY | O_CLOEXEC), fd = -1;

	snprintf(path, sizeof path, "/proc/self/%s_map", kind);
	snprintf(text, sizeof text, "0 %u 1", id);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (deny >= 0 && fs_write(deny, "deny", 4))
		return -1;
	return fd < 0 ? -1 : fs_write(fd, text, strlen(text));
}

/* On a file system of 256 kB: 0 when the fault was clean. */
static int
in_small_place(const char *dir)
{
	cleanup_free char *big = xcalloc(1, 1 << 20);
	struct entry e = {.path = "big", .mode = S_IFREG | 0644};
	struct err err = {0};
	char name[64];
	struct store *st;
	struct layer *l;
	uint64_t bad;
	int d;

	unsigned uid = getuid(), gid = getgid();

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) || map_ids("uid", uid) || map_ids("gid", gid) ||
	    mount("t", dir, "tmpfs", 0, "size=256k"))
		return 77;
	st = store_open(dir, true, &err);
	if (!st || (d = store_tmp(st, name, &err)) < 0)
		return 1;
	l = layer_new(d, NULL);
	if (!layer_put(l, &e, big, 1 << 20, &err) || strcmp(err.head->code, "E0804") || !err.head->nhelp)
		return 2;
	layer_free(l);
	store_discard(st, name);
	err_free(&err);
	if (store_verify(st, false, NULL, NULL, &bad, &err) || bad || store_tidy(st, -1, &err))
		return 3;
	return 0;
}

static void
test_full_disk(void **state)
{
	struct box *b = *state;
	int status;
	pid_t pid;

	mkdir(b->at, 0755);
	pid = fork();
	if (!pid)
		_exit(in_small_place(b->at));
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(status, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_round_trip),
		T(test_stacks_share_names),
		T(test_empty_tree),
		T(test_deep_stack),
		T(test_who_may_open),
		T(test_reading_writes_nothing),
		T(test_damage),
		T(test_power_cut),
		T(test_gc),
		T(test_use_is_remembered),
		T(test_locks),
		T(test_leftovers),
		T(test_many_processes),
		T(test_export),
		T(test_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
