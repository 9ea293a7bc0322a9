/* Marks of layers: what lstat tells of a change, what only hashing tells, and what counts afterwards. */
#include "store_case.h"

/* The only layer of a tree that was just published. */
static struct hash
layer_of(struct store *st, const struct hash *tree, char path[128])
{
	struct err err = {0};
	struct tree t;
	struct hash id;

	ok(store_tree(st, tree, &t, &err), &err);
	assert_int_equal(t.nlayers, 1);
	id = t.layers[0].id;
	snprintf(path, 128, "%s", t.layers[0].path);
	tree_free(&t);
	return id;
}

/* The sneakiest: same size, same mtime. */
static void
write_over(int dir, const char *path, const char *text)
{
	cleanup_fd int fd = fs_open(dir, path, O_WRONLY);

	assert_int_equal(fs_write(fd, text, strlen(text)), 0);
	assert_int_equal(fs_pin_time(fd, NULL), 0);
}

static void
test_change_is_seen(void **state)
{
	struct store *st = opened(*state);
	struct hash tree = PUBLISH(st, NULL, "d/a=one", "b=two"), layer;
	char path[128], file[160], marks[160];
	struct err err = {0};

	layer = layer_of(st, &tree, path);
	snprintf(file, sizeof file, "%s/d/a", path);
	snprintf(marks, sizeof marks, "%s.marks", path);
	assert_true(store_layer_marked(st, &layer));
	write_over(store_fd(st), file, "One");
	assert_false(store_layer_marked(st, &layer));
	assert_int_equal(store_layer_prove(st, &layer, &err), -1);
	assert_string_equal(err.head->code, "E0803");
	assert_non_null(strstr(err.head->msg, "d/a` is damaged"));
	err_free(&err);
	/* it lost its mark: who looks next sets it aside */
	assert_int_equal(store_tree(st, &tree, &(struct tree){0}, &err), 1);
	assert_non_null(store_set_aside(st));
	/* built anew, it is marked anew, though the old marks are still there */
	assert_true(fs_exists(store_fd(st), marks));
	PUBLISH(st, NULL, "d/a=one", "b=two");
	assert_true(store_layer_marked(st, &layer));
	store_close(st);
}

static void
test_other_marks_are_no_damage(void **state)
{
	struct store *st = opened(*state);
	struct hash tree = PUBLISH(st, NULL, "d/a=one", "b=two"), layer;
	char path[128], file[160], marks[160];
	struct err err = {0};

	layer = layer_of(st, &tree, path);
	snprintf(file, sizeof file, "%s/d/a", path);
	snprintf(marks, sizeof marks, "%s.marks", path);
	write_over(store_fd(st), file, "one"); /* as a copied store has it */
	assert_false(store_layer_marked(st, &layer));
	ok(store_layer_prove(st, &layer, &err), &err);
	assert_true(store_layer_marked(st, &layer));
	assert_int_equal(unlinkat(store_fd(st), marks, 0), 0); /* a store of an older jkr */
	assert_false(store_layer_marked(st, &layer));
	ok(store_layer_prove(st, &layer, &err), &err);
	assert_true(store_layer_marked(st, &layer));
	assert_int_equal(bad_objects(st, false, NULL, NULL), 0);
	store_close(st);
}

static void
test_damaged_marks(void **state)
{
	struct store *st = opened(*state);
	struct hash tree = PUBLISH(st, NULL, "a=one"), layer;
	char path[128], marks[160];
	struct gc_policy all = {.all_unreferenced_only = true};
	struct err err = {0};
	uint64_t freed;

	layer = layer_of(st, &tree, path);
	snprintf(marks, sizeof marks, "%s.marks", path);
	write_over(store_fd(st), marks, "x");
	assert_false(store_layer_marked(st, &layer));
	assert_int_equal(bad_objects(st, false, NULL, NULL), 1);
	assert_int_equal(bad_objects(st, true, NULL, NULL), 1);
	assert_int_equal(bad_objects(st, false, NULL, NULL), 0);
	ok(store_layer_prove(st, &layer, &err), &err);
	assert_true(store_layer_marked(st, &layer));
	/* they go with their layer */
	ok(store_gc(st, &all, &freed, &err), &err);
	assert_false(fs_exists(store_fd(st), marks));
	store_close(st);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {T(test_change_is_seen), T(test_other_marks_are_no_damage),
					   T(test_damaged_marks)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
