/* The store in trouble: what is damaged is a miss and is named; power cuts, leftovers, full disks, many at once. */
#include "store/store_own.h"
#include "store_case.h"

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
	char at[SCRATCH + 16];
	bool rest, marks;

	snprintf(at, sizeof at, "%s/d%d", b->path, n);
	st = store_open(at, true, &err);
	ok(!st, &err);
	id = PUBLISH(st, NULL, "a/x=one", "b=two");
	key = commit(st, "k", &id);
	if (!damage(store_fd(st), path, kind))
		fail_msg("cannot damage %s", path);
	marks = str_ends(path, ".marks"); /* without them more is hashed, no more */
	rest = kind == DELETE && (str_starts(path, "results/") || str_starts(path, "keys/") || marks);
	if (!bad_objects(st, false, told, &s) && !rest)
		fail_msg("%s: damage %d was not found", path, kind);
	/* A tree that is gone is named by who needs it. */
	if (!rest && !strstr(s.s, path) && !(kind == DELETE && str_starts(path, "trees/")))
		fail_msg("%s: damage %d was not named, but %s", path, kind, s.s);
	if (str_starts(path, "results/") || str_starts(path, "trees/"))
		assert_false(found(st, &key));
	bad_objects(st, true, NULL, NULL);
	if (!str_starts(path, "keys/") && !marks)
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
	assert_int_equal(n, 7 * DAMAGES); /* two files, list, marks, tree, record, key */
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
	/* without time it leaves a tree for later, the first one as well */
	fs_mkdirs(store_fd(st), "trash/large/tree");
	ok(store_tidy(st, 0, &err), &err);
	assert_true(fs_exists(store_fd(st), "trash/large/tree"));
	ok(store_tidy(st, 5, &err), &err);
	assert_false(fs_exists(store_fd(st), "trash/large"));
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

/* A handle that may not write notes what is damaged, and does not count on it again. */
static void
test_only_noted(void **state)
{
	struct box *b = *state;
	struct store *st = opened(b);
	struct hash id = PUBLISH(st, NULL, "a=one"), key = commit(st, "k", &id);
	struct err err = {0};
	struct tree t;
	cleanup_free char *list = NULL;

	assert_null(store_set_aside(st));
	ok(store_tree(st, &id, &t, &err), &err);
	list = xasprintf("%s.list", t.layers[0].path);
	tree_free(&t);
	assert_int_equal(fs_replace(store_fd(st), list, "x", 1, 0644), 0);
	store_close(st);
	st = store_open(b->at, false, &err);
	assert_true(found(st, &key));
	assert_int_equal(store_tree(st, &id, &t, &err), 1);
	assert_non_null(strstr(store_set_aside(st), list));
	assert_false(found(st, &key));
	assert_true(fs_exists(store_fd(st), list));
	store_close(st);
	/* who may write moves it away, and makes it anew */
	st = opened(b);
	assert_int_equal(store_tree(st, &id, &t, &err), 1);
	assert_non_null(strstr(store_set_aside(st), list));
	assert_false(fs_exists(store_fd(st), list));
	PUBLISH(st, NULL, "a=one");
	assert_true(found(st, &key));
	store_close(st);
}

/* What a lookup promised since may be gone: the list alone does not ask for the folder, opening it does, and a
 * list that changed is found, set aside and a miss from then on. */
static void
test_list_after_lookup(void **state)
{
	struct store *st = opened(*state);
	struct hash id = PUBLISH(st, NULL, "a=one"), key = commit(st, "k", &id);
	struct err err = {0};
	char layer[STORE_PATH], list[STORE_PATH];
	struct tree t;

	object_path(layer, "layers", &id, "");
	object_path(list, "layers", &id, ".list");
	assert_true(found(st, &key));
	ok(store_list(st, &id, &t, &err), &err);
	assert_int_equal(t.layers[0].fd, -1);
	ok(store_list_open(st, &t, &err), &err);
	assert_true(t.layers[0].fd >= 0);
	tree_free(&t);
	assert_int_equal(renameat(store_fd(st), layer, store_fd(st), "tmp/away"), 0);
	ok(store_list(st, &id, &t, &err), &err);
	assert_int_equal(t.n, 1);
	assert_int_equal(store_list_open(st, &t, &err), 1);
	tree_free(&t);
	assert_false(found(st, &key));
	assert_int_equal(renameat(store_fd(st), "tmp/away", store_fd(st), layer), 0);
	assert_null(store_set_aside(st));
	assert_int_equal(fs_replace(store_fd(st), list, "x", 1, 0644), 0);
	assert_int_equal(store_list(st, &id, &t, &err), 1);
	assert_non_null(strstr(store_set_aside(st), list));
	assert_false(found(st, &key));
	store_close(st);
}

/* A file that is not what its list says is given to nobody, and its layer is hashed before it counts again. */
static void
test_file_damaged(void **state)
{
	struct store *st = opened(*state);
	struct hash id = PUBLISH(st, NULL, "a=one", "b=two"), key = commit(st, "k", &id);
	struct err err = {0};
	struct tree t;

	ok(store_sync(st, &err), &err);
	ok(store_tree(st, &id, &t, &err), &err);
	assert_int_equal(fs_replace(t.layers[0].fd, "a", "oNe", 3, 0644), 0);
	ok(layer_mark(st, t.layers[0].path, 0), &err);
	assert_true(found(st, &key)); /* durable, and so not hashed */
	assert_int_equal(tree_open(&t, "a", &err), -1);
	assert_string_equal(err.head->code, "E0803");
	err_free(&err);
	assert_false(found(st, &key));
	assert_non_null(strstr(store_set_aside(st), t.layers[0].path));
	tree_free(&t);
	/* a folder in the place of the file is no fault of where it is copied to */
	PUBLISH(st, NULL, "a=one", "b=two");
	ok(store_tree(st, &id, &t, &err), &err);
	assert_int_equal(unlinkat(t.layers[0].fd, "a", 0), 0);
	assert_int_equal(mkdirat(t.layers[0].fd, "a", 0755), 0);
	ok(layer_mark(st, t.layers[0].path, 0), &err);
	assert_int_equal(store_export(st, &t, "", store_fd(st), &err), -1);
	assert_string_equal(err.head->code, "E0803");
	err_free(&err);
	assert_false(found(st, &key));
	tree_free(&t);
	store_close(st);
}

/* The stack of another tree, whole in itself, is no stack of this one. */
static void
test_stacks_swapped(void **state)
{
	struct store *st = opened(*state);
	struct hash one = PUBLISH(st, NULL, "a=one"), two = PUBLISH(st, NULL, "a=two"), key = commit(st, "k", &one);
	struct err err = {0};
	char a[STORE_PATH], b[STORE_PATH];
	struct tree t;

	object_path(a, "trees", &one, "");
	object_path(b, "trees", &two, "");
	assert_int_equal(renameat2(store_fd(st), a, store_fd(st), b, RENAME_EXCHANGE), 0);
	assert_false(found(st, &key));
	assert_int_equal(store_tree(st, &two, &t, &err), 1);
	assert_non_null(strstr(store_set_aside(st), a));
	assert_non_null(strstr(store_set_aside(st), b));
	store_close(st);
}

/* What stands in the place of a lock and cannot be one gives way. */
static void
test_lock_damaged(void **state)
{
	struct store *st = opened(*state);
	struct err err = {0};
	int fd = store_lock(st, false, true, &err), at = store_fd(st);

	close(fd);
	assert_int_equal(unlinkat(at, "lock/store", 0), 0);
	assert_int_equal(mkdirat(at, "lock/store", 0755), 0);
	assert_int_equal(mkdirat(at, "lock/store/in", 0755), 0);
	fd = store_lock(st, true, false, &err);
	ok(fd < 0, &err);
	close(fd);
	assert_int_equal(unlinkat(at, "lock/store", 0), 0);
	assert_int_equal(symlinkat("/etc/passwd", at, "lock/store"), 0);
	fd = store_lock(st, true, false, &err);
	ok(fd < 0, &err);
	close(fd);
	assert_int_equal(fchmodat(at, "lock/store", 0, 0), 0);
	fd = store_lock(st, true, false, &err);
	ok(fd < 0, &err);
	close(fd);
	store_close(st);
}

static void
refused(int r, struct err *err)
{
	assert_int_equal(r, -1);
	assert_string_equal(err->head->code, "E0804");
	err_free(err);
}

/* A file stands where the store has a folder: what needs it says so, and the rest goes on. */
static void
test_folder_taken(void **state)
{
	static const char *const names[] = {"lock", "tmp", "keys", "trash"};
	struct store *st = opened(*state);
	struct hash id = PUBLISH(st, NULL, "a=one"), key = commit(st, "k", &id), h = hash_of("other", 5);
	const struct record rec = {.result.tree = id, .primitive = "write", .step = "s"};
	struct err err = {0};
	char name[64], keep[80];
	int at = store_fd(st), fd;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(keep, sizeof keep, "kept-%s", names[i]);
		assert_int_equal(renameat(at, names[i], at, keep), 0);
		assert_int_equal(fs_replace(at, names[i], "file", 4, 0644), 0);
		if (i == 0) {
			refused(store_lock(st, false, true, &err), &err);
			refused(store_lock_key(st, &key, true, &fd, &err), &err);
		} else if (i == 1) {
			refused(store_tmp(st, name, &err), &err);
			refused(store_tidy(st, -1, &err), &err);
		} else if (i == 2) {
			refused(store_commit(st, &h, "other", &rec, &err), &err);
		} else {
			refused(store_tidy(st, -1, &err), &err);
		}
		assert_true(found(st, &key));
		assert_int_equal(unlinkat(at, names[i], 0), 0);
		assert_int_equal(renameat(at, keep, at, names[i]), 0);
	}
	ok(store_tidy(st, -1, &err), &err);
	store_close(st);
}

/* A handle for reading makes no lock, no folder, no record. */
static void
test_only_reads(void **state)
{
	struct box *b = *state;
	struct store *st = opened(b);
	struct hash id = PUBLISH(st, NULL, "a=one"), key = commit(st, "k", &id);
	const struct record rec = {.result.tree = id, .primitive = "write", .step = "s"};
	struct err err = {0};
	struct store_stat v;
	uint64_t n;
	char name[64];
	int fd;

	assert_int_equal(fs_mkdirs(store_fd(st), "warm/id/d"), 0);
	assert_int_equal(fs_replace(store_fd(st), "warm/id/d/o", "12345", 5, 0644), 0);
	store_close(st);
	st = store_open(b->at, false, &err);
	refused(store_lock(st, true, true, &err), &err);
	refused(store_lock_key(st, &key, true, &fd, &err), &err);
	refused(store_tmp(st, name, &err), &err);
	refused(store_tidy(st, -1, &err), &err);
	refused(store_commit(st, &key, "k", &rec, &err), &err);
	refused(store_gc(st, &(struct gc_policy){0}, &n, &err), &err);
	refused(store_verify(st, true, NULL, NULL, &n, &err), &err);
	store_set_last(st, "r", "s", &key, 1);
	assert_false(store_last(st, "r", "s", &key, NULL));
	assert_int_equal(store_stat(st, &v, &err), 0);
	assert_int_equal(v.warm, 1);
	assert_int_equal(v.warm_bytes, 5);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_damage),     T(test_only_noted),        T(test_file_damaged), T(test_folder_taken),
		T(test_damage),     T(test_list_after_lookup), T(test_file_damaged), T(test_folder_taken),
		T(test_only_reads), T(test_stacks_swapped),    T(test_lock_damaged), T(test_power_cut),
		T(test_leftovers),  T(test_many_processes),    T(test_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
