/* what files held when they were last read: an answer is never stale, and nothing but an answer */
#include "model/files.h"
#include "model/statcache.h"
#include "os/scan.h"
#include "store_case.h"

#define HEAD 48 /* of a cache's bytes: the first line and a hash */

/* A home in memory. */
struct shelf {
	struct str bytes;
	unsigned asked, given;
};

static bool
recall(void *ctx, const struct hash *name, struct str *out)
{
	struct shelf *s = ctx;

	(void)name;
	s->asked++;
	str_addn(out, str_text(&s->bytes), s->bytes.len);
	return s->bytes.len;
}

static void
remember(void *ctx, const struct hash *name, const struct str *bytes)
{
	struct shelf *s = ctx;

	(void)name;
	s->given++;
	str_reset(&s->bytes);
	str_addn(&s->bytes, bytes->s, bytes->len);
}

static struct hash
hashed(const char *root, const char *rel, const struct statcache_home *home)
{
	struct file_ref f = {.root = root, .rel = rel, .shown = rel};
	struct err err = {0};
	struct file_content c;

	ok(files_hash(&f, home, NULL, &c, &err), &err);
	return c.hash;
}

static void
put(const char *dir, const char *name, const char *text)
{
	cleanup_free char *path = xasprintf("%s/%s", dir, name);
	cleanup_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* All folders are made at once, and the wait until they may be recorded is one for all tests. */
#define FOLDERS 14
static char root[SCRATCH];

static int
make_folders(void **state)
{
	(void)state;
	scratch_new(root);
	for (int i = 0; i < FOLDERS; i++) {
		cleanup_free char *dir = xasprintf("%s/%d", root, i), *sub = xasprintf("%s/sub", dir),
				  *link = xasprintf("%s/link", dir), *git = xasprintf("%s/.git", dir);

		assert_false(mkdir(dir, 0755) || mkdir(sub, 0755) || mkdir(git, 0755) || symlink("a", link));
		put(dir, "a", "aaaa");
		put(dir, "sub.x", "sxsx");
		put(sub, "b", "bbbb");
		put(sub, "c", "cccc");
		put(git, "HEAD", "not looked at");
	}
	usleep((useconds_t)(STATCACHE_SETTLED / 1000 + 100000));
	return 0;
}

static int
remove_folders(void **state)
{
	(void)state;
	return scratch_drop(root);
}

/* A folder with a cache of it in which every recorded hash is a wrong one: an answer out of the cache
 * is another than one that was read. */
struct poisoned {
	char dir[SCRATCH + 16];
	struct shelf shelf;
	struct statcache_home home;
	struct hash before; /* as read */
	struct hash wrong;  /* as the cache has it */
};

static void
seal(struct str *b)
{
	struct hash h = hash_of(b->s + HEAD, b->len - HEAD);

	memcpy(b->s + HEAD - HASH_SIZE, h.b, HASH_SIZE);
}

static void
poison(struct str *b)
{
	/* in a record: a mark of 6 numbers, the hash, the length of the path, the path with its NUL, padded */
	for (size_t at = HEAD, n; at < b->len; at += 88 + (n + 8) / 8 * 8) {
		memcpy(&n, b->s + at + 80, sizeof n);
		b->s[at + 48] ^= 1;
	}
	seal(b);
}

/* A name that is there is left out when the cache is believed: another one stands for it, and that is not there. */
static void
poison_names(struct str *b)
{
	char *name = memmem(b->s, b->len, "sub/c", 6);

	assert_non_null(name);
	name[4] = 'q';
	seal(b);
}

static void
poisoned_by(struct poisoned *p, int i, void (*poison_it)(struct str *))
{
	memset(p, 0, sizeof *p);
	snprintf(p->dir, sizeof p->dir, "%s/%d", root, i);
	p->home = (struct statcache_home){&p->shelf, recall, remember};
	p->before = hashed(p->dir, "", &p->home);
	if (!p->shelf.asked)
		skip(); /* /tmp is on a file system that is not trusted */
	assert_int_equal(p->shelf.given, 1);
	poison_it(&p->shelf.bytes);
	p->wrong = hashed(p->dir, "", &p->home);
	/* the control: the cache was believed, and found good */
	assert_true(hash_cmp(&p->wrong, &p->before) != 0);
	assert_int_equal(p->shelf.given, 1);
}

static void
poisoned(struct poisoned *p, int i)
{
	poisoned_by(p, i, poison);
}

/* What is asked now must be what is read without any cache. */
static void
assert_true_answer(struct poisoned *p)
{
	struct hash truth = hashed(p->dir, "", NULL), h = hashed(p->dir, "", &p->home);

	assert_int_equal(hash_cmp(&h, &truth), 0);
	str_free(&p->shelf.bytes);
}

static void
same_identity_with_and_without(void **state)
{
	struct shelf shelf = {0};
	const struct statcache_home home = {&shelf, recall, remember};
	char dir[SCRATCH + 16];
	struct hash plain, first, second;

	(void)state;
	snprintf(dir, sizeof dir, "%s/0", root);
	plain = hashed(dir, "", NULL);
	first = hashed(dir, "", &home);
	second = hashed(dir, "", &home);
	assert_int_equal(hash_cmp(&plain, &first), 0);
	assert_int_equal(hash_cmp(&plain, &second), 0);
	assert_true(shelf.given <= 1);
	str_free(&shelf.bytes);
}

/* Sets size and mtime of `name` to what they were, as a tool that hides its traces does. */
static void
rewrite_quietly(const char *dir, const char *name, const char *text)
{
	cleanup_free char *path = xasprintf("%s/%s", dir, name);
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	put(dir, name, text);
	assert_int_equal(utimensat(AT_FDCWD, path, (struct timespec[]){st.st_atim, st.st_mtim}, 0), 0);
}

static void
mtime_put_back(void **state)
{
	struct poisoned p;

	(void)state;
	poisoned(&p, 1);
	for (int i = 0; i < 4; i++)
		rewrite_quietly(p.dir, (const char *[]){"a", "sub.x", "sub/b", "sub/c"}[i], "quie");
	assert_true_answer(&p);
}

static void
another_inode_with_the_same_looks(void **state)
{
	struct poisoned p;
	struct stat st;

	(void)state;
	poisoned(&p, 2);
	for (int i = 0; i < 4; i++) {
		const char *name = (const char *[]){"a", "sub.x", "sub/b", "sub/c"}[i];
		cleanup_free char *path = xasprintf("%s/%s", p.dir, name), *other = xasprintf("%s/other", root);

		assert_int_equal(stat(path, &st), 0);
		put(root, "other", "swap");
		assert_int_equal(utimensat(AT_FDCWD, other, (struct timespec[]){st.st_atim, st.st_mtim}, 0), 0);
		assert_int_equal(rename(other, path), 0);
	}
	assert_true_answer(&p);
}

static void
one_changed_is_one_read(void **state)
{
	struct poisoned p;
	struct hash h;

	(void)state;
	poisoned(&p, 3);
	rewrite_quietly(p.dir, "sub/b", "BBBB");
	h = hashed(p.dir, "", &p.home);
	/* neither all of the cache nor none of it */
	assert_true(hash_cmp(&h, &p.wrong) != 0);
	assert_true(hash_cmp(&h, &(struct hash[]){hashed(p.dir, "", NULL)}[0]) != 0);
	str_free(&p.shelf.bytes);
}

/* What was written a moment ago could be written again at the same time. */
static void
just_written_is_not_recorded(void **state)
{
	struct poisoned p;

	(void)state;
	poisoned(&p, 4);
	for (int i = 0; i < 4; i++)
		put(p.dir, (const char *[]){"a", "sub.x", "sub/b", "sub/c"}[i], "soon");
	str_reset(&p.shelf.bytes);
	hashed(p.dir, "", &p.home);
	assert_int_equal(p.shelf.given, 2); /* of the folders, which are older */
	poison(&p.shelf.bytes);
	assert_true_answer(&p);
}

static void
comes(const char *sub)
{
	put(sub, "new", "nnnn");
}

static void
goes(const char *sub)
{
	cleanup_free char *b = xasprintf("%s/b", sub);

	assert_int_equal(unlink(b), 0);
}

static void
moves(const char *sub)
{
	cleanup_free char *b = xasprintf("%s/b", sub), *d = xasprintf("%s/d", sub);

	assert_int_equal(rename(b, d), 0);
}

static void
is_another(const char *sub)
{
	cleanup_free char *old = xasprintf("%s.old", sub);

	assert_int_equal(rename(sub, old), 0);
	assert_int_equal(mkdir(sub, 0755), 0);
	put(sub, "c", "cccc");
}

/* Also when the folder's mtime is put back. */
static void
names_are_known_until_one_changes(void **state)
{
	static void (*const change[])(const char *) = {comes, goes, moves, is_another};

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct poisoned p;
		struct stat st;
		char sub[300];

		poisoned_by(&p, 10 + i, poison_names);
		snprintf(sub, sizeof sub, "%s/sub", p.dir);
		assert_int_equal(stat(sub, &st), 0);
		change[i](sub);
		assert_int_equal(utimensat(AT_FDCWD, sub, (struct timespec[]){st.st_atim, st.st_mtim}, 0), 0);
		assert_true_answer(&p);
	}
}

/* A folder in which something was made a moment ago may get another name at the same time. */
static void
names_just_made_are_not_recorded(void **state)
{
	struct poisoned p;

	(void)state;
	poisoned_by(&p, 9, poison_names);
	for (int i = 0; i < 2; i++)
		put(i ? root : p.dir, i ? "9/sub/e" : "e", "eeee");
	str_reset(&p.shelf.bytes);
	hashed(p.dir, "", &p.home);
	poison_names(&p.shelf.bytes);
	assert_true_answer(&p);
}

static void
settled_means_older_and_unchanged(void **state)
{
	struct scan_mark m = {.size = 1, .ctime = 10 * STATCACHE_SETTLED}, n = m;
	int64_t late = 11 * STATCACHE_SETTLED;

	(void)state;
	assert_true(statcache_settled(&m, &n, late + 1));
	assert_false(statcache_settled(&m, &n, late));
	assert_false(statcache_settled(&m, &n, 0));
	n.ctime++;
	assert_false(statcache_settled(&m, &n, late + 1));
}

static void
damaged_is_empty(void **state)
{
	struct poisoned p;
	struct str whole = {0};

	(void)state;
	poisoned(&p, 5);
	str_addn(&whole, p.shelf.bytes.s, p.shelf.bytes.len);
	for (size_t at = 0; at < whole.len; at++) { /* every byte, also those of the first line: another version */
		str_reset(&p.shelf.bytes);
		str_addn(&p.shelf.bytes, whole.s, whole.len);
		p.shelf.bytes.s[at] ^= 0x10;
		assert_false(statcache_whole(p.shelf.bytes.s, whole.len));
		struct hash h = hashed(p.dir, "", &p.home);
		assert_int_equal(hash_cmp(&h, &p.before), 0);
	}
	for (size_t n = 0; n < whole.len; n++) {
		str_reset(&p.shelf.bytes);
		str_addn(&p.shelf.bytes, whole.s, n);
		assert_false(statcache_whole(str_text(&p.shelf.bytes), n));
		struct hash h = hashed(p.dir, "", &p.home);
		assert_int_equal(hash_cmp(&h, &p.before), 0);
	}
	str_free(&whole);
	assert_true_answer(&p);
}

/* The sum is right, the records are nonsense. */
static void
sealed_nonsense(void **state)
{
	struct poisoned p;
	struct hash h;

	(void)state;
	poisoned(&p, 6);
	for (size_t at = HEAD; at + 88 <= p.shelf.bytes.len; at += 88)
		memset(p.shelf.bytes.s + at + 80, 0xff, 8);
	h = hash_of(p.shelf.bytes.s + HEAD, p.shelf.bytes.len - HEAD);
	memcpy(p.shelf.bytes.s + HEAD - HASH_SIZE, h.b, HASH_SIZE);
	assert_true(statcache_whole(p.shelf.bytes.s, p.shelf.bytes.len));
	assert_true_answer(&p);
}

static void
nothing_is_written_where_nothing_may_be(void **state)
{
	struct shelf shelf = {0};
	const struct statcache_home home = {&shelf, recall, NULL};
	char dir[SCRATCH + 16];

	(void)state;
	snprintf(dir, sizeof dir, "%s/7", root);
	struct hash plain = hashed(dir, "", NULL), h = hashed(dir, "", &home);
	assert_int_equal(hash_cmp(&plain, &h), 0);
	assert_int_equal(shelf.given, 0);
}

static bool
store_recalls(void *ctx, const struct hash *name, struct str *out)
{
	return store_recall(ctx, name, out);
}

static void
store_remembers(void *ctx, const struct hash *name, const struct str *bytes)
{
	store_remember(ctx, name, bytes, false);
}

/* Several runs read and write one cache while the folder changes; afterwards the truth. */
static void
many_at_once(void **state)
{
	struct box *b = *state;
	struct store *st = opened(b);
	const struct statcache_home home = {st, store_recalls, store_remembers};
	char dir[SCRATCH + 16];
	int status;

	snprintf(dir, sizeof dir, "%s/8", root);
	for (int i = 0; i < 4; i++) {
		if (fork())
			continue;
		for (int k = 0; k < 25; k++) {
			char text[24];

			snprintf(text, sizeof text, "%d.%02d", i, k);
			rewrite_quietly(dir, i & 1 ? "a" : "sub/c", text);
			hashed(dir, "", &home);
		}
		_exit(0);
	}
	for (int i = 0; i < 4; i++)
		assert_true(wait(&status) > 0 && !status);
	struct hash plain = hashed(dir, "", NULL), h = hashed(dir, "", &home);
	assert_int_equal(hash_cmp(&plain, &h), 0);
	assert_int_equal(bad_objects(st, false, NULL, NULL), 0);
	store_close(st);
}

static void
verify_finds_a_damaged_one(void **state)
{
	struct box *b = *state;
	struct store *st = opened(b);
	struct hash name = hash_of("x", 1);
	struct str bytes = {0};

	str_add(&bytes, "jkr statcache 3\n");
	store_remember(st, &name, &bytes, false);
	assert_int_equal(bad_objects(st, false, NULL, NULL), 1);
	bad_objects(st, true, NULL, NULL);
	assert_int_equal(bad_objects(st, false, NULL, NULL), 0);
	str_free(&bytes);
	store_close(st);
}

static void
a_large_file(void **state)
{
	struct shelf shelf = {0};
	const struct statcache_home home = {&shelf, recall, remember};
	cleanup_free char *path = xasprintf("%s/large", root);
	cleanup_fd int fd = open(path, O_WRONLY | O_CREAT, 0644);

	(void)state;
	assert_int_equal(ftruncate(fd, 1 << 20), 0);
	struct hash plain = hashed(root, "large", NULL), h = hashed(root, "large", &home);
	assert_int_equal(hash_cmp(&plain, &h), 0);
	hashed(root, "0/a", &home); /* small: read sooner than looked up */
	assert_true(shelf.asked <= 1);
	str_free(&shelf.bytes);
}

static void
scan_is_in_order(void **state)
{
	static const char *const want[] = {"a", "e", "link", "sub", "sub/b", "sub/c", "sub/e", "sub.x"};
	cleanup_free char *dir = xasprintf("%s/9", root);
	cleanup_fd int fd = open(dir, O_RDONLY | O_DIRECTORY);
	struct scan s;

	(void)state;
	assert_int_equal(scan_folder(fd, NULL, NULL, &s), 0);
	assert_int_equal(s.n, ARRAY_LEN(want) + 2); /* .git and what is in it */
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_string_equal(s.v[i + 2].path, want[i]);
	scan_free(&s);
	for (int i = 0, at = fd; i < FS_DEPTH; i++) {
		assert_int_equal(mkdirat(at, "d", 0755), 0);
		at = openat(at, "d", O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	assert_int_equal(scan_folder(fd, NULL, NULL, &s), -1);
	assert_int_equal(errno, ENAMETOOLONG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_identity_with_and_without),
		cmocka_unit_test(mtime_put_back),
		cmocka_unit_test(another_inode_with_the_same_looks),
		cmocka_unit_test(one_changed_is_one_read),
		cmocka_unit_test(just_written_is_not_recorded),
		cmocka_unit_test(names_are_known_until_one_changes),
		cmocka_unit_test(names_just_made_are_not_recorded),
		cmocka_unit_test(settled_means_older_and_unchanged),
		cmocka_unit_test(damaged_is_empty),
		cmocka_unit_test(sealed_nonsense),
		cmocka_unit_test(nothing_is_written_where_nothing_may_be),
		T(many_at_once),
		T(verify_finds_a_damaged_one),
		cmocka_unit_test(a_large_file),
		cmocka_unit_test(scan_is_in_order),
	};

	return cmocka_run_group_tests(tests, make_folders, remove_folders);
}
