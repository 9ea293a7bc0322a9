/* Layers: what is written is what the list says. */
#include "layer_case.h"

static void
test_disk_is_plain(void **state)
{
	struct box *b = *state;
	mode_t old = umask(077);
	int fd = folder(b, "L");
	struct layer *l = layer_new(fd, NULL);
	struct entry e = {.path = "s", .mode = S_IFREG | 04755, .uid = 7, .gid = 8, .xattrs = "user.a=01"};
	struct err err = {0};
	struct stat st;
	size_t n;

	put(l, "d/e/f", 0600, "x");
	ok(layer_put(l, &e, "", 0, &err), &err);
	layer_list(l, &n, &err);
	umask(old);
	assert_int_equal(n, 4);
	assert_int_equal(fs_stat(fd, "d/e/f", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(st.st_mtime, FS_MTIME);
	assert_int_equal(fs_stat(fd, "s", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_equal(fs_stat(fd, "d/e", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_equal(st.st_mtime, FS_MTIME);
	assert_int_equal(layer_find(l, "s")->mode, S_IFREG | 04755);
	assert_int_equal(layer_find(l, "s")->gid, 8);
	assert_int_equal(layer_find(l, "d")->mode, S_IFDIR | 0755);
	layer_free(l);
	close(fd);
}

static void
refused(struct layer *l, const char *path)
{
	struct err err = {0};
	struct entry e = {.path = path, .mode = S_IFREG | 0644};

	if (!layer_put(l, &e, "", 0, &err))
		fail_msg("accepted: %s", path);
	assert_string_equal(err.head->code, "E0805");
	err_free(&err);
}

static void
test_bad_paths(void **state)
{
	struct box *b = *state;
	struct tree t = base_tree(b);
	int fd = folder(b, "L1");
	struct layer *l = layer_new(fd, &t);
	cleanup_free char *deep = xcalloc(1, 4096);
	struct err err = {0};

	refused(l, "");
	refused(l, "/x");
	refused(l, "../x");
	refused(l, "a/../../x");
	refused(l, "a//x");
	refused(l, "a/");
	refused(l, "l/x");
	refused(l, "dangling/x");
	refused(l, "b/x");
	for (int i = 0; i < 3999; i++)
		deep[i] = i % 2 ? '/' : 'a';
	refused(l, deep);
	assert_int_equal(layer_remove(l, "none", &err), -1);
	assert_string_equal(err.head->code, "E0806");
	err_free(&err);
	assert_int_equal(layer_remove(l, "", &err), -1);
	err_free(&err);
	list_is(l, "");
	layer_free(l);
	close(fd);
	tree_free(&t);
}

static void
test_view_and_list(void **state)
{
	struct box *b = *state;
	struct tree t = base_tree(b);
	int fd = folder(b, "L1");
	struct layer *l = layer_new(fd, &t);

	put(l, "b", 0644, "b"); /* equal: says nothing */
	mkd(l, "c", 0755);
	list_is(l, "");
	assert_false(fs_exists(fd, "b"));
	assert_false(fs_exists(fd, "c"));
	rm(l, "a/y");
	assert_null(layer_find(l, "a/y"));
	assert_null(layer_find(l, "a/y/z"));
	assert_non_null(layer_find(l, "a/x"));
	list_is(l, "a/y!0 ");
	put(l, "a/y/new", 0644, "n");
	assert_null(layer_find(l, "a/y/z"));
	list_is(l, "a/y*40755 a/y/new:100644 ");
	rm(l, "a/y");
	put(l, "a/y", 0644, "file now");
	list_is(l, "a/y:100644 ");
	rm(l, "a/y");
	list_is(l, "a/y!0 ");
	layer_free(l);
	close(fd);
	tree_free(&t);
}

static void
test_files(void **state)
{
	struct box *b = *state;
	int fd = folder(b, "L"), other = folder(b, "other"), f;
	struct layer *l = layer_new(fd, NULL);
	struct entry e = {.path = "p/one", .mode = S_IFREG | 0644};
	struct err err = {0};
	struct hash h = hash_of("hello", 5);
	struct stat st;

	f = layer_open_file(l, &e, &err);
	assert_true(f >= 0);
	assert_int_equal(fs_write(f, "hello", 5), 0);
	assert_null(layer_find(l, "p/one"));
	ok(layer_close_file(l, &e, f, NULL, 0, &err), &err);
	assert_int_equal(hash_cmp(&layer_find(l, "p/one")->digest, &h), 0);
	e.path = "p/short";
	f = layer_open_file(l, &e, &err);
	assert_int_equal(layer_close_file(l, &e, f, &h, 5, &err), -1);
	err_free(&err);
	f = fs_create(other, "take", 0600);
	assert_int_equal(fs_write(f, "hello", 5), 0);
	e.path = "taken";
	ok(layer_adopt(l, &e, other, "take", &err), &err);
	assert_false(fs_exists(other, "take"));
	assert_int_equal(fs_stat(fd, "taken", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(st.st_mtime, FS_MTIME);
	e.path = "copied";
	ok(layer_put_fd(l, &e, f, &err), &err);
	assert_int_equal(hash_cmp(&layer_find(l, "copied")->digest, &h), 0);
	ok(layer_hardlink(l, "hard", "p/one", &err), &err);
	assert_int_equal(layer_hardlink(l, "p", "p/one", &err), -1);
	assert_int_equal(layer_hardlink(l, "h2", "none", &err), -1);
	err_free(&err);
	assert_int_equal(fs_stat(fd, "hard", &st), 0);
	assert_int_equal(st.st_size, 5);
	close(f);
	close(other);
	layer_free(l);
	close(fd);
}

static void
test_copy_tree(void **state)
{
	struct box *b = *state;
	struct tree t = base_tree(b), u;
	int fd = folder(b, "L1");
	struct layer *l = layer_new(fd, NULL);
	struct err err = {0};
	struct hash x, y;

	ok(layer_copy_tree(l, &t, "a", "in/here", &err), &err);
	ok(layer_copy_tree(l, &t, "b", "one", &err), &err);
	assert_int_equal(layer_copy_tree(l, &t, "none", "", &err), -1);
	err_free(&err);
	u = frozen(l, fd);
	x = tree_identity(&t, "a");
	y = tree_identity(&u, "in/here");
	assert_int_equal(hash_cmp(&x, &y), 0);
	assert_non_null(tree_find(&u, "one"));
	/* a damaged store is noticed on the way */
	assert_int_equal(fs_replace(t.layers[0].fd, "b", "B", 1, 0644), 0);
	fd = folder(b, "L2");
	l = layer_new(fd, NULL);
	assert_int_equal(layer_copy_tree(l, &t, "", "", &err), -1);
	assert_string_equal(err.head->code, "E0803");
	err_free(&err);
	layer_free(l);
	close(fd);
	tree_free(&u);
	tree_free(&t);
}

static void
test_stacking_does_not_matter(void **state)
{
	struct box *b = *state;
	struct tree t = base_tree(b), u, v;
	int fd = folder(b, "L1"), fd2 = folder(b, "L2");
	struct layer *l = layer_new(fd, &t);

	rm(l, "a/y");
	mkd(l, "a/y", 0755);
	put(l, "b", 0755, "other");
	put(l, "b", 0644, "b"); /* and back */
	put(l, "n", 0644, "n");
	u = frozen(l, fd);
	l = layer_new(fd2, NULL);
	put(l, "n", 0644, "n");
	put(l, "c/d/e", 0644, "e");
	put(l, "b", 0644, "b");
	lnk(l, "l", "a/x");
	lnk(l, "dangling", "/nowhere");
	put(l, "a/x", 0644, "x");
	mkd(l, "a/y", 0755);
	put(l, "a/run.sh", 0775, "#!");
	v = frozen(l, fd2);
	assert_int_equal(hash_cmp(&u.id, &v.id), 0);
	assert_int_not_equal(hash_cmp(&u.id, &t.id), 0);
	tree_free(&v);
	tree_free(&u);
	tree_free(&t);
}

static void
test_special(void **state)
{
	struct box *b = *state;
	struct tree t = base_tree(b), u;
	int fd = folder(b, "L1");
	struct layer *l = layer_new(fd, &t);
	struct entry e = {.path = "dev/null", .mode = S_IFCHR | 0666, .rdev = 259};
	struct err err = {0};

	ok(layer_special(l, &e, &err), &err);
	e.path = "b";
	ok(layer_special(l, &e, &err), &err);
	u = frozen(l, fd);
	assert_false(fs_exists(u.layers[1].fd, "dev/null"));
	assert_int_equal(tree_find(&u, "b")->rdev, 259);
	assert_int_equal(tree_open(&u, "b", &err), -1);
	err_free(&err);
	tree_free(&u);
	tree_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_disk_is_plain), T(test_bad_paths), T(test_view_and_list),
		T(test_files),         T(test_copy_tree), T(test_stacking_does_not_matter),
		T(test_special),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
