/* What is exported again: what stays as it is, what is noticed, what is remembered and for how long. */
#include "store_case.h"

#include "os/scan.h"
#include "store/exported.h"
#include "store/store_own.h"

struct exporting {
	struct store *st;
	struct tree t;
	char path[SCRATCH + 8]; /* of the folder */
	int dir;
};

static void
begin(struct exporting *p, struct box *b, const struct hash *tree)
{
	struct err err = {0};
	cleanup_fd int top = open(b->path, O_RDONLY | O_DIRECTORY);

	snprintf(p->path, sizeof p->path, "%s/out", b->path);
	assert_int_equal(fs_mkdirs(top, "out"), 0);
	p->dir = fs_open(top, "out", O_RDONLY | O_DIRECTORY);
	ok(store_tree(p->st, tree, &p->t, &err), &err);
}

static void
end(struct exporting *p)
{
	tree_free(&p->t);
	close(p->dir);
	store_close(p->st);
}

/* All of the tree, over what is there. */
static void
export_all(struct exporting *p)
{
	struct exported *x = exported_open(p->st, p->path, p->dir);
	struct err err = {0};

	assert_non_null(x);
	ok(store_export_over(&p->t, tree_find(&p->t, ""), p->dir, x, &err), &err);
	exported_close(x, p->st);
}

static struct stat
look(struct exporting *p, const char *path)
{
	struct stat st;

	assert_int_equal(fs_stat(p->dir, path, &st), 0);
	return st;
}

static enum exported_state
state_of(struct exporting *p, const char *path)
{
	struct exported *x = exported_open(p->st, p->path, p->dir);
	struct stat st = look(p, path);
	struct scan_mark mark = scan_mark_of(&st);
	enum exported_state r = exported_ask(x, path, &mark, &tree_find(&p->t, path)->digest);

	exported_close(x, p->st);
	return r;
}

static void
assert_file(struct exporting *p, const char *path, const char *text)
{
	cleanup_str struct str b = {0};

	assert_int_equal(fs_read_file(p->dir, path, &b, 100), 0);
	assert_string_equal(str_text(&b), text);
}

/* Other bytes, with the size and the mtime of those that were there. */
static void
write_over(struct exporting *p, const char *path, const char *text)
{
	struct stat st = look(p, path);
	cleanup_fd int fd = fs_open(p->dir, path, O_WRONLY);

	assert_int_equal(fs_write(fd, text, strlen(text)), 0);
	assert_int_equal(futimens(fd, (const struct timespec[2]){st.st_atim, st.st_mtim}), 0);
	st = look(p, path);
	assert_int_equal(st.st_size, strlen(text));
}

static void
test_stays(void **state)
{
	struct exporting p = {.st = opened(*state)};
	struct hash tree = PUBLISH(p.st, NULL, "a=one", "d/b=two");
	struct stat a, b, now;

	begin(&p, *state, &tree);
	export_all(&p);
	/* known from the moment on in which they were written */
	assert_int_equal(state_of(&p, "a"), EXPORTED_SAME);
	assert_int_equal(state_of(&p, "d/b"), EXPORTED_SAME);
	a = look(&p, "a"), b = look(&p, "d/b");
	export_all(&p);
	now = look(&p, "a");
	assert_memory_equal(&now.st_ctim, &a.st_ctim, sizeof a.st_ctim);
	now = look(&p, "d/b");
	assert_int_equal(now.st_ino, b.st_ino);
	/* another time is read, found equal, and stays; it is young, and so is not noted */
	assert_int_equal(utimensat(p.dir, "a", NULL, 0), 0);
	assert_int_equal(state_of(&p, "a"), EXPORTED_UNKNOWN);
	export_all(&p);
	now = look(&p, "a");
	assert_int_equal(now.st_ino, a.st_ino);
	assert_int_equal(state_of(&p, "a"), EXPORTED_UNKNOWN);
	end(&p);
}

static void
test_change_is_seen(void **state)
{
	struct exporting p = {.st = opened(*state)};
	struct hash tree = PUBLISH(p.st, NULL, "a=one", "b=two", "c=three", "d/e=four", "f=five");
	struct stat old, st;

	begin(&p, *state, &tree);
	export_all(&p);
	old = look(&p, "a");
	write_over(&p, "a", "eno");
	/* another file of the same size and mtime takes the place of one */
	assert_int_equal(fs_replace(p.dir, "b", "owt", 3, 0644), 0);
	assert_int_equal(utimensat(p.dir, "b", (const struct timespec[2]){old.st_atim, old.st_mtim}, 0), 0);
	assert_int_equal(fchmodat(p.dir, "c", 0600, 0), 0);
	assert_int_equal(fs_remove(p.dir, "d"), 0);
	assert_int_equal(linkat(p.dir, "f", p.dir, "f2", 0), 0);
	old = look(&p, "f");
	export_all(&p);
	assert_file(&p, "a", "one");
	assert_file(&p, "b", "two");
	st = look(&p, "c");
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_file(&p, "d/e", "four");
	st = look(&p, "f");
	assert_int_not_equal(st.st_ino, old.st_ino); /* nobody else's any more */
	assert_false(fs_exists(p.dir, "f2"));
	end(&p);
}

static void
test_kinds_change(void **state)
{
	struct exporting p = {.st = opened(*state)};
	struct hash tree = PUBLISH(p.st, NULL, "a=one", "d/e=two", "g=three");
	struct stat st;

	begin(&p, *state, &tree);
	assert_int_equal(fs_mkdirs(p.dir, "a/below/it"), 0);
	assert_int_equal(fs_mkdirs(p.dir, "old/er"), 0);
	assert_int_equal(fs_replace(p.dir, "d", "file", 4, 0644), 0);
	assert_int_equal(fs_replace(p.dir, "other", "one", 3, 0644), 0);
	assert_int_equal(symlinkat("other", p.dir, "g"), 0);
	assert_int_equal(mkfifoat(p.dir, "zz", 0600), 0);
	export_all(&p);
	assert_file(&p, "a", "one");
	assert_file(&p, "d/e", "two");
	st = look(&p, "g");
	assert_true(S_ISREG(st.st_mode));
	assert_false(fs_exists(p.dir, "old") || fs_exists(p.dir, "other") || fs_exists(p.dir, "zz"));
	/* a fifo in the place of a file is not waited for; a link to what is equal is no file */
	assert_int_equal(fs_remove(p.dir, "a"), 0);
	assert_int_equal(mkfifoat(p.dir, "a", 0644), 0);
	assert_int_equal(fs_replace(p.dir, "h", "two", 3, 0644) || fs_remove(p.dir, "d/e"), 0);
	assert_int_equal(symlinkat("../h", p.dir, "d/e"), 0);
	export_all(&p);
	assert_file(&p, "a", "one");
	st = look(&p, "d/e");
	assert_true(S_ISREG(st.st_mode));
	end(&p);
}

static void
test_links(void **state)
{
	struct box *b = *state;
	struct exporting p = {.st = opened(b)};
	struct err err = {0};
	char name[64];
	cleanup_fd int dir = store_tmp(p.st, name, &err);
	struct layer *l = layer_new(dir, NULL);
	struct entry ln = {.path = "ln", .mode = S_IFLNK, .target = "there"};
	struct stat st, old;
	struct hash id;

	ok(layer_symlink(l, &ln, &err) || store_publish(p.st, l, name, "", NULL, NULL, &id, &err), &err);
	layer_free(l);
	begin(&p, b, &id);
	export_all(&p);
	old = look(&p, "ln");
	export_all(&p);
	st = look(&p, "ln");
	assert_memory_equal(&st.st_ctim, &old.st_ctim, sizeof st.st_ctim);
	assert_int_equal(unlinkat(p.dir, "ln", 0) || symlinkat("theme", p.dir, "ln"), 0);
	export_all(&p);
	assert_int_equal(readlinkat(p.dir, "ln", name, sizeof name), 5);
	assert_memory_equal(name, "there", 5);
	end(&p);
}

/* What was remembered is of the folder, whoever exports to it; what has no name any more is dropped. */
static void
test_remembers(void **state)
{
	struct exporting p = {.st = opened(*state)};
	struct hash tree = PUBLISH(p.st, NULL, "a=one", "b=two");
	struct scan_mark mark = {.size = 3};
	struct exported *x;
	struct stat st;

	begin(&p, *state, &tree);
	export_all(&p);
	x = exported_open(p.st, p.path, p.dir);
	exported_note(x, "gone", &mark, &tree);
	exported_close(x, p.st);
	x = exported_open(p.st, p.path, p.dir);
	assert_int_equal(exported_ask(x, "gone", &mark, &tree), EXPORTED_UNKNOWN);
	st = look(&p, "a");
	mark = scan_mark_of(&st);
	assert_int_equal(exported_ask(x, "a", &mark, &tree_find(&p.t, "a")->digest), EXPORTED_SAME);
	assert_int_equal(exported_ask(x, "a", &mark, &tree_find(&p.t, "b")->digest), EXPORTED_OTHER);
	mark.ctime++;
	assert_int_equal(exported_ask(x, "a", &mark, &tree_find(&p.t, "a")->digest), EXPORTED_UNKNOWN);
	exported_close(x, p.st);
	/* another store, or another folder, knows nothing; nor does the next boot */
	x = exported_open(p.st, "/elsewhere", p.dir);
	mark.ctime--;
	assert_int_equal(exported_ask(x, "a", &mark, &tree_find(&p.t, "a")->digest), EXPORTED_UNKNOWN);
	exported_close(x, p.st);
	p.st->boot++;
	assert_int_equal(state_of(&p, "a"), EXPORTED_UNKNOWN);
	p.st->boot--;
	assert_int_equal(state_of(&p, "a"), EXPORTED_UNKNOWN); /* it did not stay */
	end(&p);
}

static void
find_seen(void *ctx, const char *object, const char *what)
{
	if (str_starts(object, "seen/") && strstr(what, "damaged"))
		++*(int *)ctx;
}

static void
test_damage(void **state)
{
	struct exporting p = {.st = opened(*state)};
	struct hash tree = PUBLISH(p.st, NULL, "a=one"), name;
	cleanup_free char *text = NULL;
	char path[STORE_PATH];
	cleanup_str struct str b = {0}, bad = {0};
	int seen = 0;

	begin(&p, *state, &tree);
	export_all(&p);
	text = xasprintf("exported\n%s", p.path);
	name = hash_of(text, strlen(text));
	assert_true(store_recall(p.st, &name, &b));
	assert_true(exported_whole(b.s, b.len));
	bad_objects(p.st, false, find_seen, &seen);
	assert_int_equal(seen, 0);
	for (size_t i = 0; i < b.len; i++) {
		b.s[i] ^= 4;
		assert_false(exported_whole(b.s, b.len));
		store_remember(p.st, &name, &b, false);
		assert_int_equal(state_of(&p, "a"), EXPORTED_UNKNOWN);
		b.s[i] ^= 4;
	}
	assert_false(exported_whole(b.s, b.len - 1));
	str_addn(&bad, b.s, b.len - 1);
	assert_int_equal(fs_replace(store_fd(p.st), object_path(path, "seen", &name, ""), bad.s, bad.len, 0644), 0);
	bad_objects(p.st, false, find_seen, &seen);
	assert_int_equal(seen, 1);
	/* it is too young to be noted again, but what is damaged does not stay */
	assert_int_equal(utimensat(p.dir, "a", NULL, 0), 0);
	export_all(&p);
	assert_file(&p, "a", "one");
	bad_objects(p.st, false, find_seen, &seen);
	assert_int_equal(seen, 1);
	assert_int_equal(state_of(&p, "a"), EXPORTED_UNKNOWN);
	end(&p);
}

/* The mark of a file that was written in the tick in which it got its name is that of any such write. */
static void
test_settled(void **state)
{
	struct box *b = *state;
	cleanup_fd int top = open(b->path, O_RDONLY | O_DIRECTORY);
	cleanup_fd int fd = openat(top, "f", O_RDWR | O_CREAT, 0644);
	struct scan_mark mark;
	struct stat st;

	assert_int_equal(fs_write(fd, "1", 1) || fstat(fd, &st), 0);
	mark = scan_mark_of(&st);
	assert_false(exported_settled(&mark));
	assert_int_equal(exported_settle(fd) || fstat(fd, &st), 0);
	mark = scan_mark_of(&st);
	assert_true(exported_settled(&mark));
	assert_int_equal(fs_write(fd, "2", 1) || fstat(fd, &st), 0);
	mark = scan_mark_of(&st);
	assert_false(exported_settled(&mark));
	mark.ctime = 5000000000, mark.mtime = 1000000000;
	assert_false(exported_settled(&mark)); /* a file system of whole seconds */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {T(test_stays),  T(test_change_is_seen), T(test_kinds_change),
					   T(test_links),  T(test_remembers),      T(test_damage),
					   T(test_settled)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
