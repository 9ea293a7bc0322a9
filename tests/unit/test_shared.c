/* Shared results, by way of a folder: what one store sends another takes whole, or not at all. */
#include <dirent.h>

#include "data/base64.h"
#include "data/minisign.h"
#include "store/depot.h"
#include "store/shared.h"

#include "store_case.h"

struct machines {
	struct store *one, *two;
	struct shared *sh;
	char address[SCRATCH + 64], folder[SCRATCH + 32];
	struct str said;
};

static void
hear(void *ctx, const char *sentence)
{
	str_addf(ctx, "%s\n", sentence);
}

static struct shared *
open_at(struct machines *p, const char *const *trusted, const char *secret)
{
	struct shared_options opt = {.trusted = trusted, .secret = secret, .warn = hear, .ctx = &p->said};
	const char *const addresses[] = {p->address, NULL};
	struct err err = {0};
	struct shared *sh = shared_open(addresses, &opt, &err);

	ok(!sh, &err);
	return sh;
}

static void
begin(struct machines *p, struct box *b)
{
	struct err err = {0};

	*p = (struct machines){.one = opened(b)};
	snprintf(b->at, sizeof b->at, "%s/t", b->path);
	p->two = opened(b);
	snprintf(p->folder, sizeof p->folder, "%s/cache", b->path);
	snprintf(p->address, sizeof p->address, "file://%s", p->folder);
	p->sh = open_at(p, NULL, NULL);
	ok(0, &err);
}

static void
end(struct machines *p)
{
	shared_close(p->sh);
	store_close(p->one);
	store_close(p->two);
	str_free(&p->said);
}

/* A tree of two layers, the upper one with a whiteout and a changed file. */
static struct hash
stacked(struct store *st, struct hash *tree)
{
	struct hash base = PUBLISH(st, NULL, "a/x=one", "a/y=two", "b=b", "d/e/f=deep");
	struct err err = {0};
	struct tree t;

	ok(store_tree(st, &base, &t, &err), &err);
	*tree = PUBLISH(st, &t, "a/x=new", "a/y", "c=c");
	tree_free(&t);
	return commit(st, "a key", tree);
}

static void
send(struct machines *p, const struct hash *key, int want)
{
	struct err err = {0};
	int r = shared_send(p->sh, p->one, key, NULL, &err);

	if (r < 0)
		ok(-1, &err);
	assert_int_equal(r, want);
}

static void
test_comes_whole(void **state)
{
	struct machines p;
	struct hash tree, key;
	struct err err = {0};
	cleanup_str struct str s = {0};
	struct result r;
	struct tree t;

	begin(&p, *state);
	key = stacked(p.one, &tree);
	assert_int_equal(shared_lookup(p.sh, &key, &r), 0);
	send(&p, &key, 1);
	send(&p, &key, 1);
	assert_int_equal(shared_lookup(p.sh, &key, &r), 1);
	assert_int_equal(hash_cmp(&r.tree, &tree), 0);
	assert_true(r.epoch == 1234567);
	assert_false(found(p.two, &key));
	assert_int_equal(shared_list(p.sh, &tree, &t), 1);
	assert_non_null(tree_find(&t, "a/x"));
	assert_null(tree_find(&t, "a/y"));
	tree_free(&t);
	assert_int_equal(shared_fetch(p.sh, p.two, &key, &err), 1);
	ok(0, &err);
	assert_true(found(p.two, &key));
	ok(store_tree(p.two, &tree, &t, &err), &err);
	ok(tree_read(&t, "a/x", &s, 99, &err), &err);
	assert_string_equal(s.s, "new");
	tree_free(&t);
	assert_int_equal(bad_objects(p.two, false, NULL, NULL), 0);
	assert_string_equal(str_text(&p.said), "");
	end(&p);
}

/* Every blob in turn is cut, longer, and changed in a byte. */
static void
spoil(const char *path, int how)
{
	cleanup_fd int fd = open(path, O_RDWR);
	struct stat sb;
	char c;

	assert_true(fd >= 0 && !fstat(fd, &sb));
	if (how == 0)
		assert_int_equal(ftruncate(fd, sb.st_size / 2), 0);
	else if (how == 1)
		assert_int_equal(ftruncate(fd, sb.st_size + 1), 0);
	else if (sb.st_size) {
		assert_int_equal(pread(fd, &c, 1, sb.st_size / 2), 1);
		c ^= 1;
		assert_int_equal(pwrite(fd, &c, 1, sb.st_size / 2), 1);
	}
}

static void
one_spoiled(struct box *b, size_t number, const char *kind, int how, bool *more)
{
	struct machines p;
	struct hash tree, key;
	struct err err = {0};
	char path[SCRATCH + 400], **names;
	size_t n;
	int r;

	scratch_drop(b->path);
	scratch_new(b->path);
	snprintf(b->at, sizeof b->at, "%s/s", b->path);
	begin(&p, b);
	key = stacked(p.one, &tree);
	send(&p, &key, 1);
	snprintf(path, sizeof path, "%s/%s", p.folder, kind);
	cleanup_fd int dir = open(path, O_RDONLY | O_DIRECTORY);
	assert_int_equal(fs_names(dir, &names, &n), 0);
	snprintf(path, sizeof path, "%s/%s/%s", p.folder, kind, names[number]);
	*more = number + 1 < n;
	fs_names_free(names, n);
	spoil(path, how);
	shared_close(p.sh);
	p.sh = open_at(&p, NULL, NULL);
	r = shared_fetch(p.sh, p.two, &key, &err);
	ok(0, &err);
	/* small texts stand in the result itself: their blobs are not asked for */
	assert_true(r == 1 || (!r && strstr(str_text(&p.said), p.address)));
	assert_true(r == found(p.two, &key));
	assert_int_equal(bad_objects(p.two, false, NULL, NULL), 0);
	end(&p);
}

static void
test_spoiled_is_a_miss(void **state)
{
	static const char *const kinds[] = {"ac", "cas"};

	for (size_t k = 0; k < 2; k++)
		for (int how = 0; how < 3; how++) {
			bool more = true;

			for (size_t i = 0; more; i++)
				one_spoiled(*state, i, kinds[k], how, &more);
		}
}

static void
test_dangling_is_a_miss(void **state)
{
	struct machines p;
	struct hash tree, key;
	struct err err = {0};
	struct result r;
	char path[SCRATCH + 64];

	begin(&p, *state);
	key = stacked(p.one, &tree);
	send(&p, &key, 1);
	snprintf(path, sizeof path, "%s/cas", p.folder);
	assert_int_equal(scratch_drop(path), 0);
	assert_int_equal(shared_lookup(p.sh, &key, &r), 1);
	assert_int_equal(shared_fetch(p.sh, p.two, &key, &err), 0);
	ok(0, &err);
	assert_string_equal(str_text(&p.said), "");
	end(&p);
}

static void
test_another_tree_stays(void **state)
{
	struct machines p;
	struct hash tree, key, other, first;
	struct err err = {0};

	begin(&p, *state);
	key = stacked(p.one, &first);
	send(&p, &key, 1);
	tree = PUBLISH(p.two, NULL, "z=z");
	commit(p.two, "a key", &tree);
	assert_int_equal(shared_send(p.sh, p.two, &key, &other, &err), 0);
	assert_int_equal(hash_cmp(&other, &first), 0);
	end(&p);
}

static void
test_off_after_three(void **state)
{
	struct machines p;
	struct hash key = {{7}};
	struct result r;
	char path[SCRATCH + 200], hex[HASH_HEX];

	begin(&p, *state);
	snprintf(path, sizeof path, "%s/ac/%s", p.folder, hash_hex(&key, hex));
	assert_int_equal(fs_mkdirs(AT_FDCWD, "."), 0);
	cleanup_fd int top = open("/", O_PATH | O_DIRECTORY);
	assert_int_equal(fs_mkdirs(top, path + 1), 0); /* a folder, where a file must be */
	for (int i = 0; i < 5; i++)
		assert_int_equal(shared_lookup(p.sh, &key, &r), 0);
	assert_true(shared_off(p.sh));
	assert_non_null(strstr(str_text(&p.said), "not asked any more"));
	end(&p);
}

static void
says(struct err *err, int r, const char *code)
{
	assert_int_equal(r, -1);
	assert_string_equal(err->head->code, code);
	err_free(err);
}

static void
test_mistakes_have_codes(void **state)
{
	static const char *const bad[] = {"cache.example", "ftp://x/y", "file://relative/x", "http://a:b@host/cache",
					  "http://host/a b"};
	struct machines p;
	struct hash tree, key, digest;
	struct err err = {0};
	char path[SCRATCH + 200], hex[HASH_HEX];
	cleanup_fd int fd = -1;
	struct depot *d;
	uint64_t size;

	begin(&p, *state);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		says(&err, depot_open(bad[i], NULL, &err) ? 0 : -1, "E0815");
	key = stacked(p.one, &tree);
	send(&p, &key, 1);
	snprintf(path, sizeof path, "%s/blob", ((struct box *)*state)->path);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	assert_int_equal(write(fd, "bytes", 5), 5);
	assert_int_equal(depot_put(shared_depot(p.sh), fd, &digest, &size, &err), 1);
	assert_int_equal(depot_put(shared_depot(p.sh), fd, &digest, &size, &err), 0);
	assert_int_equal(depot_fetch(shared_depot(p.sh), &digest, 5, fd, &err), 1);
	says(&err, depot_fetch(shared_depot(p.sh), &digest, 4, fd, &err), "E0813");
	snprintf(path, sizeof path, "%s/cas/%s", p.folder, hash_hex(&digest, hex));
	spoil(path, 2);
	says(&err, depot_fetch(shared_depot(p.sh), &digest, 5, fd, &err), "E0813");
	close(fd);
	snprintf(path, sizeof path, "%s/blob", ((struct box *)*state)->path);
	fd = open(path, O_RDONLY);
	says(&err, depot_fetch(shared_depot(p.sh), &digest, 5, fd, &err), "E0816");
	snprintf(path, sizeof path, "%s/ac/%s", p.folder, hash_hex(&key, hex));
	spoil(path, 0);
	says(&err, shared_send(p.sh, p.one, &key, NULL, &err), "E0814");
	unlink(path);
	assert_int_equal(mkdir(path, 0755), 0);
	says(&err, shared_send(p.sh, p.one, &key, NULL, &err), "E0813");
	snprintf(path, sizeof path, "file://%s/blob", ((struct box *)*state)->path);
	d = depot_open(path, NULL, &err);
	says(&err, depot_has(d, &digest, &err), "E0812");
	depot_close(d);
	key.b[0] ^= 1;
	says(&err, shared_send(p.sh, p.one, &key, NULL, &err), "E0809");
	end(&p);
}

/* A pair of keys in minisign's form, as it would be without a password. */
static void
make_keys(unsigned char seed, struct str *secret, char shown[MINISIGN_PUBLIC])
{
	unsigned char b[158] = "Ed\0\0B2";
	struct minisign_key k = {{seed}, {0}};

	memset(b + 62, seed, ED25519_KEY);
	assert_int_equal(ed25519_public(b + 62, k.key), 0);
	memcpy(b + 54, k.id, MINISIGN_ID);
	memcpy(b + 94, k.key, ED25519_KEY);
	minisign_shown(&k, shown);
	str_add(secret, "untrusted comment: a key\n");
	base64_add(secret, b, sizeof b);
	str_addc(secret, '\n');
}

/* With keys that are trusted only what one of them signed counts. */
static void
test_signed(void **state)
{
	cleanup_str struct str secret = {0}, other_secret = {0};
	char public[MINISIGN_PUBLIC], other[MINISIGN_PUBLIC];
	const char *const trusted[] = {public, NULL}, *const others[] = {other, NULL};
	struct machines p;
	struct hash tree, key;
	struct result r;

	begin(&p, *state);
	make_keys(1, &secret, public);
	make_keys(2, &other_secret, other);
	key = stacked(p.one, &tree);
	send(&p, &key, 1);
	shared_close(p.sh);
	p.sh = open_at(&p, trusted, secret.s);
	assert_int_equal(shared_lookup(p.sh, &key, &r), 0);
	assert_non_null(strstr(str_text(&p.said), "is not signed")); /* E0817 */
	shared_close(p.sh);
	str_reset(&p.said);
	strcat(p.address, "2");
	p.sh = open_at(&p, trusted, secret.s);
	send(&p, &key, 1);
	assert_int_equal(shared_lookup(p.sh, &key, &r), 1);
	shared_close(p.sh);
	p.sh = open_at(&p, others, NULL);
	assert_int_equal(shared_lookup(p.sh, &key, &r), 0);
	assert_non_null(strstr(str_text(&p.said), "no trusted key signed"));
	end(&p);
}

/* The first place that has a valid answer gives it. */
static void
test_peers(void **state)
{
	struct machines p;
	struct hash tree, key;
	struct err err = {0};
	struct shared_options opt = {.warn = hear};
	char empty[SCRATCH + 80];
	const char *addresses[] = {empty, NULL, NULL};

	begin(&p, *state);
	opt.ctx = &p.said;
	key = stacked(p.one, &tree);
	send(&p, &key, 1);
	snprintf(empty, sizeof empty, "%s-empty", p.address);
	addresses[1] = p.address;
	shared_close(p.sh);
	p.sh = shared_open(addresses, &opt, &err);
	ok(!p.sh, &err);
	assert_int_equal(shared_fetch(p.sh, p.two, &key, &err), 1);
	assert_true(found(p.two, &key));
	assert_string_equal(str_text(&p.said), "");
	end(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_comes_whole),
		T(test_spoiled_is_a_miss),
		T(test_dangling_is_a_miss),
		T(test_another_tree_stays),
		T(test_off_after_three),
		T(test_mistakes_have_codes),
		T(test_signed),
		T(test_peers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
