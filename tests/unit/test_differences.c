/* What two stacks of layers differ in, beside the comparison of their whole lists. */
#include "store_case.h"

#include "store/differences.h"

static struct tree
tree_of(struct store *st, const struct hash *id)
{
	struct err err = {0};
	struct tree t;

	ok(store_tree(st, id, &t, &err), &err);
	return t;
}

static const struct entry *
file_at(const struct tree *t, const char *path)
{
	const struct entry *e = tree_find(t, path);

	return e && !S_ISDIR(e->mode) ? e : NULL;
}

/* Each one that is listed differs, and each that differs is listed. */
static void
assert_like_lists(const struct tree *was, const struct tree *now, const struct difference *v, size_t n)
{
	const struct tree *const both[] = {was, now};
	size_t differ = 0;

	for (size_t i = 0; i < n; i++) {
		const struct entry *a = file_at(was, v[i].path), *b = file_at(now, v[i].path);

		assert_true(!i || path_cmp(v[i - 1].path, v[i].path) < 0);
		assert_true(!a == !v[i].was && !b == !v[i].now && (a || b));
		assert_true(!a || entry_equal(a, v[i].was));
		assert_true(!b || entry_equal(b, v[i].now));
		assert_true(!a || !b || !entry_equal(a, b));
	}
	for (size_t s = 0; s < 2; s++)
		for (size_t i = 0; i < both[s]->n; i++) {
			const char *path = both[s]->v[i].path;
			const struct entry *a = file_at(was, path), *b = file_at(now, path);

			if ((a || b) && !(a && b && entry_equal(a, b)) && !(s && tree_find(was, path)))
				differ++;
		}
	assert_int_equal(differ, n);
}

static void
test_tells_what_thin_layers_changed(void **state)
{
	struct store *st = opened(*state);
	struct hash base = PUBLISH(st, NULL, "a=1", "d/b=2", "d/c=3", "e=4");
	struct tree b = tree_of(st, &base);
	struct hash one = PUBLISH(st, &b, "d/b=20", "new=5"), two = PUBLISH(st, &b, "d/b=2", "e");
	cleanup_arena struct arena a = {0};
	struct difference *v;
	size_t n;

	assert_int_equal(store_differences(st, &one, &two, &a, &v, &n), 0);
	assert_int_equal(n, 3);
	assert_string_equal(v[0].path, "d/b");
	assert_true(v[0].was->size == 2 && v[0].now->size == 1);
	assert_string_equal(v[1].path, "e");
	assert_true(v[1].was && !v[1].now);
	assert_string_equal(v[2].path, "new");
	assert_true(v[2].was && !v[2].now);
	assert_int_equal(store_differences(st, &one, &one, &a, &v, &n), 0);
	assert_int_equal(n, 0);
	tree_free(&b);
	store_close(st);
}

static void
test_says_when_layers_do_not_tell(void **state)
{
	struct store *st = opened(*state);
	struct hash base = PUBLISH(st, NULL, "a=1", "d/b=2", "d/c=3"), other = PUBLISH(st, NULL, "a=1");
	struct tree b = tree_of(st, &base);
	struct hash gone = PUBLISH(st, &b, "d"), file = PUBLISH(st, &b, "d", "d=now a file");
	cleanup_arena struct arena a = {0};
	struct difference *v;
	size_t n;

	assert_int_equal(store_differences(st, &base, &other, &a, &v, &n), 1);
	assert_int_equal(store_differences(st, &base, &gone, &a, &v, &n), 1);
	assert_int_equal(store_differences(st, &file, &base, &a, &v, &n), 1);
	assert_int_equal(store_differences(st, &base, &(struct hash){{9}}, &a, &v, &n), 1);
	tree_free(&b);
	store_close(st);
}

enum { TREES = 24, NAMES = 9 };

/* A layer of three random changes: a file written, a file or folder taken away, or one put in the place of the other.
 */
static struct hash
change(struct store *st, const struct hash *below)
{
	static const char *const names[NAMES] = {"a", "d", "d/a", "d/b", "d/f", "d/f/a", "d/f/b", "z", "z/a"};
	struct tree t = tree_of(st, below);
	char text[3][32];
	const char *v[8];
	size_t n = 0;
	struct hash id;

	for (size_t i = 0; i < 3; i++) {
		const char *name = names[(size_t)rand() % NAMES], *slash = strrchr(name, '/');
		const struct entry *e = tree_find(&t, name);
		bool twice = false, inside = false;

		for (size_t k = 0; k < n; k++) {
			cleanup_free char *path = xstrndup(v[k], strcspn(v[k], "="));

			twice |= path_within(name, path) || path_within(path, name) || !strcmp(path, name);
		}
		if (twice)
			continue;
		for (const char *p = slash; p && !inside; p = NULL) {
			cleanup_free char *up = xstrndup(name, (size_t)(slash - name));
			const struct entry *dir = tree_find(&t, up);

			inside = dir && !S_ISDIR(dir->mode);
		}
		if (inside || (strlen(name) > 3 && file_at(&t, "d")))
			continue;
		snprintf(text[i], sizeof text[i], "%s=%d", name, rand() % 2);
		if (e)
			v[n++] = name;
		if (!e || rand() % 3)
			v[n++] = text[i];
	}
	v[n] = NULL;
	id = publish(st, &t, v);
	tree_free(&t);
	return id;
}

static void
test_is_what_whole_lists_say(void **state)
{
	struct store *st = opened(*state);
	struct hash id[TREES];
	size_t told = 0;

	srand(7);
	id[0] = PUBLISH(st, NULL, "a=0", "d/a=0", "d/b=0", "d/f/a=0", "d/f/b=1", "z/a=1");
	for (size_t i = 1; i < TREES; i++)
		id[i] = change(st, &id[(size_t)rand() % i]);
	for (size_t i = 0; i < TREES * TREES; i++) {
		struct tree was = tree_of(st, &id[i / TREES]), now = tree_of(st, &id[i % TREES]);
		cleanup_arena struct arena a = {0};
		struct difference *v;
		size_t n;

		if (!store_differences(st, &was.id, &now.id, &a, &v, &n)) {
			assert_like_lists(&was, &now, v, n);
			told++;
		}
		tree_free(&was);
		tree_free(&now);
	}
	assert_true(told > TREES * TREES / 10);
	store_close(st);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {T(test_tells_what_thin_layers_changed), T(test_says_when_layers_do_not_tell),
					   T(test_is_what_whole_lists_say)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
