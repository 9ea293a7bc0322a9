/* The store: what is published is found whole, and kept as long as somebody uses it. */
#include "store/mirror.h"
#include "store_case.h"

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
	assert_int_equal(fs_replace(fd, "letter", "x", 1, 0644), 0);
	assert_null(store_open(b->at, false, &err)); /* somebody's folder */
	err_free(&err);
	assert_int_equal(unlinkat(fd, "format", 0), 0);
	assert_null(store_open(b->at, true, &err));
	assert_string_equal(err.head->code, "E0807");
	err_free(&err);
	/* nothing but a store's folders: its format is written anew */
	assert_int_equal(unlinkat(fd, "letter", 0), 0);
	store_close(opened(b));
	assert_true(fs_exists(fd, "format"));
	assert_int_equal(unlinkat(fd, "format", 0), 0);
	assert_int_equal(mkdirat(fd, "format", 0755), 0);
	store_close(opened(b));
	assert_int_equal(fs_stat(fd, "format", &sb), 0);
	assert_true(S_ISREG(sb.st_mode));
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
test_mirrors(void **state)
{
	struct box *b = *state;
	struct store *st = opened(b), *other = opened(b);
	struct mirror m = {.dir = -1, .lock = -1}, m2 = m;
	struct store_stat v;
	struct err err = {0};

	assert_int_equal(store_mirror(st, "https://h/a", true, &m, &err), 0);
	assert_int_equal(fs_replace(m.dir, "pack", "12345", 5, 0644), 0);
	assert_int_equal(store_mirror(other, "https://h/a", false, &m2, &err), 1);
	assert_int_equal(store_mirror(other, "https://h/b", false, &m2, &err), 0);
	assert_false(fs_exists(m2.dir, "pack"));
	/* another address gives the first one free */
	assert_int_equal(store_mirror(st, "https://h/c", false, &m, &err), 0);
	assert_int_equal(store_mirror(other, "https://h/a", false, &m2, &err), 0);
	assert_true(fs_exists(m2.dir, "pack"));
	assert_int_equal(store_stat(st, &v, &err), 0);
	assert_int_equal(v.mirrors, 3);
	assert_int_equal(v.mirror_bytes, 5);
	/* a damaged one is kept to be looked at, and still locked */
	store_mirror_damaged(other, &m2);
	assert_int_equal(store_mirror(st, "https://h/a", false, &m, &err), 1);
	assert_int_equal(store_mirror(other, "https://h/a", false, &m2, &err), 0);
	assert_false(fs_exists(m2.dir, "pack"));
	store_mirror_close(&m);
	store_mirror_close(&m2);
	err_free(&err);
	store_close(other);
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
	ok(store_publish(st, l, name, "", NULL, NULL, &id, &err), &err);
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

/* A layer of so many files that its list is worth keeping. */
static struct hash
publish_many(struct store *st, const struct tree *below, const char *text)
{
	enum { FILES = 400 };
	const char *files[FILES + 1] = {NULL};
	struct hash id;

	for (int i = 0; i < FILES; i++)
		files[i] = xasprintf("d%d/f%03d=%s%d", i % 7, i, text, i);
	id = publish(st, below, files);
	for (int i = 0; i < FILES; i++)
		free((char *)files[i]);
	return id;
}

static void
load_tree(struct store *st, const struct hash *id, struct tree *t)
{
	struct err err = {0};

	ok(store_tree(st, id, t, &err), &err);
}

static void
same_tree(struct box *b, const struct hash *id)
{
	struct store *kept = opened(b), *plain = opened(b);
	struct tree x, y;
	struct hash h;

	store_keep(kept, id);
	for (int i = 0; i < 2; i++) {
		load_tree(kept, id, &x);
		load_tree(plain, id, &y);
		assert_int_equal(x.n, y.n);
		for (size_t k = 0; k < x.n; k++)
			assert_true(entry_equal(&x.v[k], &y.v[k]) && x.v[k].layer == y.v[k].layer);
		h = tree_identity(&x, "");
		assert_int_equal(hash_cmp(&h, id), 0);
		tree_free(&x);
		tree_free(&y);
	}
	store_close(kept);
	store_close(plain);
}

/* Lists that are kept in memory give the same trees: as the lowest layer, alone, and above another one. */
static void
test_keep(void **state)
{
	struct store *st = opened(*state);
	struct hash thick = publish_many(st, NULL, "one"), thin, high;
	struct tree t;

	same_tree(*state, &thick);
	load_tree(st, &thick, &t);
	thin = PUBLISH(st, &t, "d3", "d4/f004=new", "d5/f005", "z=new");
	tree_free(&t);
	same_tree(*state, &thin);
	load_tree(st, &thin, &t);
	high = publish_many(st, &t, "two");
	tree_free(&t);
	same_tree(*state, &high);
	store_close(st);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_round_trip),   T(test_stacks_share_names),
		T(test_empty_tree),   T(test_deep_stack),
		T(test_who_may_open), T(test_reading_writes_nothing),
		T(test_gc),           T(test_use_is_remembered),
		T(test_locks),        T(test_mirrors),
		T(test_export),       T(test_keep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
