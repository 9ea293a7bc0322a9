/* Proofs of results: what one look at each object tells, and which bytes are no proof. */
#include "store_case.h"

#include "model/statcache.h"

/* Nothing here has to outlive a power cut. */
int
fsync(int fd)
{
	(void)fd;
	return 0;
}

/* The layout is the file's own matter (store/proof.c); what a lying store changes of it is this. */
struct head {
	uint64_t boot, dev;
	int64_t used;
	uint64_t n;
};
struct object {
	uint32_t kind, unused;
	unsigned char id[HASH_SIZE];
	uint64_t ino, size;
	int64_t ctime;
};
enum { RESULT, TREE, LAYER };

/* What a clock shows by which everything has settled long ago. */
static int64_t
later(void)
{
	return statcache_now() + 2 * STATCACHE_SETTLED + 1000000000;
}

struct made {
	struct store *st;
	struct hash key, tree;
	struct str proof;
};

/* A result of two layers, looked up and proven. */
static struct made
make(struct box *b)
{
	struct made m = {.st = opened(b)};
	struct hash below = PUBLISH(m.st, NULL, "a=one", "d/b=two");
	struct err err = {0};
	struct tree t;

	ok(store_tree(m.st, &below, &t, &err), &err);
	m.tree = PUBLISH(m.st, &t, "c=three");
	tree_free(&t);
	m.key = commit(m.st, "jkr-key 1\nproof\n", &m.tree);
	assert_true(found(m.st, &m.key));
	assert_true(store_prove(m.st, &(struct store_claim){m.key, m.tree}, 1, later(), &m.proof));
	assert_int_equal(m.proof.len, sizeof(struct head) + 4 * sizeof(struct object));
	return m;
}

static void
drop(struct made *m)
{
	str_free(&m->proof);
	store_close(m->st);
}

static bool
holds(const struct made *m)
{
	return store_proven(m->st, m->proof.s, m->proof.len);
}

static struct head *
head_of(const struct made *m)
{
	return (struct head *)(void *)m->proof.s;
}

static struct object *
object_of(const struct made *m, uint32_t kind)
{
	struct object *v = (struct object *)(void *)(m->proof.s + sizeof(struct head));

	while (v->kind != kind)
		v++;
	return v;
}

static void
path_of(const struct object *o, char path[192])
{
	static const char *const kinds[] = {"results", "trees", "layers"};
	struct hash id;
	char hex[HASH_HEX];

	memcpy(id.b, o->id, sizeof id.b);
	hash_hex(&id, hex);
	snprintf(path, 192, "%s/%.2s/%s%s", kinds[o->kind], hex, hex, o->kind == LAYER ? ".list" : "");
}

static void
test_holds_while_nothing_changes(void **state)
{
	struct made m = make(*state);
	struct err err = {0};
	struct store *other;

	assert_true(holds(&m));
	other = store_open(((struct box *)*state)->at, false, &err);
	assert_true(store_proven(other, m.proof.s, m.proof.len));
	store_close(other);
	drop(&m);
}

static void
test_other_bytes_are_no_proof(void **state)
{
	struct made m = make(*state);
	struct head *h = head_of(&m);
	size_t len = m.proof.len;
	const struct head was = *h;

	h->boot++;
	assert_false(holds(&m));
	*h = was;
	h->dev++;
	assert_false(holds(&m));
	*h = was;
	for (int i = 0; i < 5; i++) {
		static const uint64_t lies[] = {0, 3, 5, UINT64_MAX, UINT64_MAX / sizeof(struct object) + 5};

		h->n = lies[i];
		assert_false(holds(&m));
		h->n = was.n;
	}
	for (m.proof.len = 0; m.proof.len < len; m.proof.len++)
		if (m.proof.len < sizeof *h || (m.proof.len - sizeof *h) / sizeof(struct object) != h->n)
			assert_false(holds(&m));
	assert_true(holds(&m));
	/* a use that has to be noted is not answered, where it can be noted */
	h->used = time(NULL) - 25 * 3600;
	assert_false(holds(&m));
	h->used = time(NULL) - 23 * 3600;
	assert_true(holds(&m));
	drop(&m);
}

static void
test_other_objects_are_no_proof(void **state)
{
	struct made m = make(*state);
	static const uint32_t kinds[] = {LAYER + 1, 99, UINT32_MAX};

	for (uint32_t kind = RESULT; kind <= LAYER; kind++) {
		struct object *o = object_of(&m, kind);
		const struct object was = *o;

		for (int i = 0; i < 3; i++) {
			o->kind = kinds[i];
			assert_false(holds(&m));
		}
		*o = was;
		o->kind = (kind + 1) % 3; /* the name is there, but among others */
		assert_false(holds(&m));
		*o = was;
		o->id[HASH_SIZE - 1] ^= 1;
		assert_false(holds(&m));
		*o = was;
		o->id[0] ^= 1; /* a shard that is not there */
		assert_false(holds(&m));
		*o = was;
		o->ino++;
		assert_false(holds(&m));
		*o = was;
		o->size++;
		assert_false(holds(&m));
		*o = was;
		o->ctime++;
		assert_false(holds(&m));
		*o = was;
		assert_true(holds(&m));
	}
	drop(&m);
}

/* Other bytes with the same size and times are not those that were looked at: the inode or the ctime says so. */
static void
replace_same(int dir, const char *path, bool rename)
{
	struct stat st;
	struct timespec ts[2];
	cleanup_fd int fd = -1;
	char text[4096];
	ssize_t n;

	assert_int_equal(fs_stat(dir, path, &st), 0);
	fd = fs_open(dir, path, O_RDONLY);
	n = read(fd, text, sizeof text);
	assert_in_range(n, 1, sizeof text - 1);
	text[0] ^= 1;
	ts[0] = st.st_atim;
	ts[1] = st.st_mtim;
	if (rename) {
		assert_int_equal(fs_replace_soon(dir, path, text, (size_t)n, 0644), 0);
	} else {
		cleanup_fd int out = fs_open(dir, path, O_WRONLY);

		assert_int_equal(pwrite(out, text, 1, 0), 1);
	}
	assert_int_equal(utimensat(dir, path, ts, 0), 0);
}

static void
test_changed_objects(void **state)
{
	for (uint32_t kind = RESULT; kind <= LAYER; kind++)
		for (int how = 0; how < 4; how++) {
			struct box *b = *state;
			struct made m;
			char path[192];

			snprintf(b->at, sizeof b->at, "%s/%u%d", b->path, kind, how);
			m = make(b);
			path_of(object_of(&m, kind), path);
			assert_true(holds(&m));
			switch (how) {
			case 0: assert_int_equal(unlinkat(store_fd(m.st), path, 0), 0); break;
			case 1: replace_same(store_fd(m.st), path, true); break;
			case 2: replace_same(store_fd(m.st), path, false); break;
			case 3: /* a link to what it was */
				assert_int_equal(renameat(store_fd(m.st), path, store_fd(m.st), "moved"), 0);
				assert_int_equal(symlinkat("../../moved", store_fd(m.st), path), 0);
				break;
			}
			assert_false(holds(&m));
			drop(&m);
		}
}

static void
test_doubted_layer(void **state)
{
	struct made m = make(*state);
	static const struct timespec none[2];
	char path[192];

	path_of(object_of(&m, LAYER), path);
	path[strlen(path) - strlen(".list")] = '\0';
	assert_int_equal(utimensat(store_fd(m.st), path, none, 0), 0);
	assert_false(holds(&m));
	/* nor is there a new one while it counts for nothing */
	assert_false(store_prove(m.st, &(struct store_claim){m.key, m.tree}, 1, later(), &m.proof));
	drop(&m);
}

static void
test_what_cannot_be_told_for_ever(void **state)
{
	struct made m = make(*state);
	const struct store_claim claim = {m.key, m.tree}, unknown = {{{1}}, m.tree}, no_tree = {m.key, {{1}}};
	struct err err = {0};
	struct str out = {0};
	struct store *other;

	/* written just now: a later write could bear the same time */
	assert_false(store_prove(m.st, &claim, 1, statcache_now(), &out));
	assert_false(store_prove(m.st, &unknown, 1, later(), &out));
	/* no lookup of this handle found it whole */
	assert_false(store_prove(m.st, &no_tree, 1, later(), &out));
	other = opened(*state);
	assert_false(store_prove(other, &claim, 1, later(), &out));
	store_close(other);
	assert_int_equal(out.len, 0);
	/* of nothing there is a proof; each object is in it once */
	assert_true(store_prove(m.st, NULL, 0, later(), &out));
	assert_true(store_proven(m.st, out.s, out.len));
	str_reset(&out);
	assert_true(store_prove(m.st, (const struct store_claim[]){claim, claim}, 2, later(), &out));
	assert_int_equal(out.len, m.proof.len);
	str_free(&out);
	/* a store that is not there */
	other = store_open("/nonexistent/store", false, &err);
	assert_non_null(other);
	assert_false(store_prove(other, NULL, 0, later(), &out));
	assert_false(store_proven(other, m.proof.s, m.proof.len));
	store_close(other);
	drop(&m);
}

/* So many that threads look, each at a part: the only bad one is found wherever it is. */
static void
test_many(void **state)
{
	enum { N = 2100 };
	struct made m = make(*state);
	struct store_claim *v = calloc(N, sizeof *v);
	size_t n;

	for (size_t i = 0; i < N; i++) {
		char text[64];

		snprintf(text, sizeof text, "jkr-key 1\nmany %zu\n", i);
		v[i] = (struct store_claim){commit(m.st, text, &m.tree), m.tree};
	}
	str_reset(&m.proof);
	assert_true(store_prove(m.st, v, N, later(), &m.proof));
	n = head_of(&m)->n;
	assert_int_equal(n, N + 3); /* the stack and two layers are all of them's */
	assert_true(holds(&m));
	for (size_t i = 0; i < 9; i++) {
		struct object *o = (struct object *)(void *)(m.proof.s + sizeof(struct head)) + i * (n - 1) / 8;

		o->size++;
		assert_false(holds(&m));
		o->size--;
	}
	assert_true(holds(&m));
	free(v);
	drop(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_holds_while_nothing_changes),
		T(test_other_bytes_are_no_proof),
		T(test_other_objects_are_no_proof),
		T(test_changed_objects),
		T(test_doubted_layer),
		T(test_what_cannot_be_told_for_ever),
		T(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
