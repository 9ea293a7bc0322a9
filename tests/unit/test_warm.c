/* Marks of build directories: which of them a sync takes away. */
#include <sys/file.h>

#include "store_case.h"

#include "run/job_impl.h"
#include "run/warm.h"

static unsigned files_synced;

int
fsync(int fd)
{
	(void)fd;
	__atomic_add_fetch(&files_synced, 1, __ATOMIC_SEQ_CST);
	return 0;
}

static void
put(struct store *st, const char *id, const char *text)
{
	char path[64];

	snprintf(path, sizeof path, "warm/%s/mark", id);
	assert_int_equal(fs_replace_soon(store_fd(st), path, text, strlen(text), 0644), 0);
	snprintf(path, sizeof path, "warm/%s.lock", id);
	assert_int_equal(fs_replace_soon(store_fd(st), path, "", 0, 0644), 0);
}

static bool
marked(struct store *st, const char *id)
{
	char path[64];

	snprintf(path, sizeof path, "warm/%s/mark", id);
	return fs_exists(store_fd(st), path);
}

static void
test_settles_what_was_merged_before(void **state)
{
	struct store *st = opened(*state);
	struct str boot = {0};
	struct warm_merged *m;
	cleanup_fd int lock = -1;

	warm_boot(&boot);
	put(st, "plain", boot.s);
	put(st, "again", boot.s);
	put(st, "held", boot.s);
	put(st, "merging", "merging\n");
	put(st, "older", "merged another boot\n");
	m = warm_merged(store_fd(st));
	put(st, "later", boot.s); /* what it is about may not have been on its way to the disk yet */
	usleep(20000);            /* a file system's clock ticks every few milliseconds */
	put(st, "again", "merging\n");
	put(st, "again", boot.s);
	lock = fs_open(store_fd(st), "warm/held.lock", O_RDWR);
	assert_int_equal(flock(lock, LOCK_EX), 0);
	warm_settle(store_fd(st), m, true);
	assert_false(marked(st, "plain"));
	assert_true(marked(st, "again"));
	assert_true(marked(st, "held"));
	assert_true(marked(st, "merging"));
	assert_true(marked(st, "older"));
	assert_true(marked(st, "later"));
	str_free(&boot);
	store_close(st);
}

static void
test_settles_nothing_without_a_sync(void **state)
{
	struct store *st = opened(*state);
	struct str boot = {0};

	warm_boot(&boot);
	put(st, "plain", boot.s);
	warm_settle(store_fd(st), warm_merged(store_fd(st)), false);
	assert_true(marked(st, "plain"));
	warm_settle(store_fd(st), warm_merged(store_fd(st)), true);
	assert_false(marked(st, "plain"));
	str_free(&boot);
	store_close(st);
}

/* Two folders of one project do not take turns in one directory. */
static void
test_is_of_a_recipe_file_and_a_step(void **state)
{
	struct arena a = {0};
	const char *one = warm_path(&a, "/home/a/board.lua", "linux");

	(void)state;
	assert_string_equal(one, warm_path(&a, "/home/a/board.lua", "linux"));
	assert_string_not_equal(one, warm_path(&a, "/home/b/board.lua", "linux"));
	assert_string_not_equal(one, warm_path(&a, "/home/a/board.lua", "modules"));
	assert_string_not_equal(one, warm_path(&a, "/home/a/board.lua\nlinux", ""));
	arena_free(&a);
}

static int
merge_into(struct store *st, const char *id, bool whole, struct err *err)
{
	char path[64];
	struct job job = {.warm = {.lock = -1, .tree = -1, .whole = whole}};

	snprintf(path, sizeof path, "warm/%s", id);
	job.warm.dir = fs_open(store_fd(st), path, O_RDONLY | O_DIRECTORY);
	assert_true(job.warm.dir >= 0);
	if (!strcmp(id, "gone"))
		assert_int_equal(fs_remove(store_fd(st), path), 0);
	files_synced = 0;
	warm_announce(&job);
	if (whole) {
		for (int i = 0;
		     i < (strcmp(id, "gone") ? 1000 : 1) && __atomic_load_n(&files_synced, __ATOMIC_SEQ_CST) < 2; i++)
			usleep(1000);
		assert_int_equal(files_synced, !strcmp(id, "gone") ? 0 : 2); /* the mark and its folder, by now */
	}
	int r = warm_commit(&job, err);
	close(job.warm.dir);
	return r;
}

/* The mark is written beside the storing of the result; nothing is merged without it. */
static void
test_marks_before_it_merges(void **state)
{
	struct store *st = opened(*state);
	struct str boot = {0};
	cleanup_str struct str text = {0};
	struct err err = {0};

	warm_boot(&boot);
	put(st, "a", "");
	put(st, "gone", "");
	ok(merge_into(st, "a", true, &err), &err);
	assert_int_equal(files_synced, 2);
	assert_int_equal(fs_read_file(store_fd(st), "warm/a/mark", &text, 4096), 0);
	assert_string_equal(str_text(&text), boot.s);
	ok(merge_into(st, "a", false, &err), &err); /* whose program was killed: none is begun, and it marks itself */
	assert_int_equal(files_synced, 2);
	assert_int_equal(merge_into(st, "gone", true, &err), -1);
	assert_string_equal(err.head->code, "E0804");
	err_free(&err);
	str_free(&boot);
	store_close(st);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {T(test_settles_what_was_merged_before),
					   T(test_settles_nothing_without_a_sync), T(test_marks_before_it_merges),
					   T(test_is_of_a_recipe_file_and_a_step)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
