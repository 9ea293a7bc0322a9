/* What reaches the disk when: fsync and syncfs are counted here, and what a power cut leaves of a record that was
 * not waited for is no record. */
#include "store_case.h"

#include "os/writeback.h"

static unsigned files_synced, systems_synced;
static const char *doubted; /* whose mark goes while syncfs waits */
static int fault;           /* that syncfs tells, once */
static int watched = -1;    /* a folder whose temp files are counted at an fsync */
static size_t temps;

int
fsync(int fd)
{
	char **names;
	size_t n;

	(void)fd;
	files_synced++;
	if (watched >= 0 && !fs_names(watched, &names, &n)) {
		for (size_t i = 0; i < n; i++)
			temps += *names[i] == '.';
		fs_names_free(names, n);
	}
	return 0;
}

int
syncfs(int fd)
{
	static const struct timespec none[2];

	if (doubted)
		assert_int_equal(utimensat(fd, doubted, none, AT_SYMLINK_NOFOLLOW), 0);
	__atomic_add_fetch(&systems_synced, 1, __ATOMIC_SEQ_CST); /* also by the thread of a writeback */
	errno = fault;
	fault = 0;
	return errno ? -1 : 0;
}

static struct hash
commit_after(struct store *st, double seconds, const struct hash *tree)
{
	static const char text[] = "jkr-key 1\nquick\n";
	struct record r = {
		.result = {.tree = *tree, .seconds = seconds, .epoch = -1}, .primitive = "write", .step = "a"};
	struct hash key = hash_of(text, strlen(text));
	struct err err = {0};

	ok(store_commit(st, &key, text, &r, &err), &err);
	return key;
}

static void
test_who_waits(void **state)
{
	struct store *st = opened(*state);
	struct hash id = PUBLISH(st, NULL, "a=one");
	struct err err = {0};

	files_synced = systems_synced = 0;
	commit_after(st, 0.1, &id);
	assert_int_equal(files_synced, 0);
	ok(store_sync(st, &err), &err);
	assert_int_equal(systems_synced, 1);
	/* nor after a long one: the runner syncs all when ten seconds of work are not on the disk */
	commit_after(st, 60, &id);
	assert_int_equal(files_synced, 0);
	store_close(st);
}

static void
leave(struct store *st, const struct hash *key, const char *bytes, size_t n)
{
	char hex[HASH_HEX], path[128];

	hash_hex(key, hex);
	snprintf(path, sizeof path, "results/%.2s/%s", hex, hex);
	assert_int_equal(fs_replace(store_fd(st), path, bytes, n, 0644), 0);
}

/* A file that was renamed and not synced may be empty, zeros, stale blocks of another file, or its first page. */
static void
test_torn_record(void **state)
{
	static const char zeros[512], stale[] = "jkr record 1\nkey\t00\ntree\t00\nseconds\t0\n";
	struct store *st = opened(*state);
	struct hash id = PUBLISH(st, NULL, "a=one"), key = commit_after(st, 0, &id);
	const struct {
		const char *bytes;
		size_t n;
	} left[] = {{"", 0}, {zeros, sizeof zeros}, {stale, sizeof stale - 1}, {"jkr record 1\n", 13}};

	for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
		assert_true(found(st, &key));
		leave(st, &key, left[i].bytes, left[i].n);
		assert_false(found(st, &key));
		commit_after(st, 0, &id);
	}
	assert_true(found(st, &key));
	assert_int_equal(bad_objects(st, false, NULL, NULL), 0);
	store_close(st);
}

/* A run syncs now and then, and says what failed at its end: by then the kernel has forgotten it. */
static void
test_lost_once_is_lost(void **state)
{
	struct store *st = opened(*state);
	struct err err = {0};
	struct hash id = PUBLISH(st, NULL, "a=one");
	struct tree t;
	struct stat sb;

	for (int i = 0; i < 2; i++) {
		fault = i ? 0 : EIO;
		assert_int_equal(store_sync(st, &err), -1);
		assert_string_equal(err.head->code, "E0804");
		assert_non_null(strstr(err.head->msg, strerror(EIO)));
		err_free(&err);
	}
	ok(store_tree(st, &id, &t, &err), &err);
	assert_int_equal(fs_stat(store_fd(st), t.layers[0].path, &sb), 0);
	assert_int_not_equal(sb.st_mtim.tv_nsec, 0); /* the mark of this boot, not that of what is durable */
	tree_free(&t);
	store_close(st);
}

/* A step found a layer damaged while the sync of another run, or of its own runner, went on: that must not count it
 * as durable afterwards. */
static void
test_doubt_during_sync(void **state)
{
	struct store *st = opened(*state);
	struct hash id = PUBLISH(st, NULL, "a=one");
	struct err err = {0};
	struct tree t;
	struct stat sb;
	char path[128];

	ok(store_tree(st, &id, &t, &err), &err);
	snprintf(path, sizeof path, "%s", t.layers[0].path);
	tree_free(&t);
	doubted = path;
	ok(store_sync(st, &err), &err);
	doubted = NULL;
	assert_int_equal(fs_stat(store_fd(st), path, &sb), 0);
	assert_int_equal(sb.st_mtim.tv_sec, 0);
	store_close(st);
}

/* Layers are marked by who made them: a store of 100,000 is not walked for each run. */
static void
test_sync_marks_its_own(void **state)
{
	struct store *st = opened(*state);
	struct hash old = PUBLISH(st, NULL, "a=one"), new = PUBLISH(st, NULL, "b=two");
	static const struct timespec before[2] = {{1000000000, 0}, {1000000000, 0}};
	struct err err = {0};
	struct tree o, n;
	struct stat sb;
	char shard[16];

	ok(store_tree(st, &old, &o, &err), &err);
	ok(store_tree(st, &new, &n, &err), &err);
	assert_memory_not_equal(o.layers[0].path, n.layers[0].path, 9);
	snprintf(shard, sizeof shard, "%.9s", o.layers[0].path);
	assert_int_equal(utimensat(store_fd(st), shard, before, 0), 0);
	ok(store_sync(st, &err), &err);
	assert_int_equal(fs_stat(store_fd(st), n.layers[0].path, &sb), 0);
	assert_int_equal(sb.st_mtim.tv_nsec, 0);
	assert_int_equal(fs_stat(store_fd(st), o.layers[0].path, &sb), 0);
	assert_int_not_equal(sb.st_mtim.tv_nsec, 0);
	tree_free(&o);
	tree_free(&n);
	store_close(st);
}

/* Whoever is killed while he writes leaves nothing beside what he writes, also outside of a run. */
static void
test_remembers_by_a_temp_folder(void **state)
{
	struct store *st = opened(*state);
	struct hash name = hash_of("a", 1);
	cleanup_str struct str bytes = {0}, back = {0};
	cleanup_fd int dir = -1, tmp = -1;
	char hex[HASH_HEX], path[96], **names;
	size_t n;

	hash_hex(&name, hex);
	snprintf(path, sizeof path, "seen/%.2s", hex);
	assert_int_equal(fs_mkdirs(store_fd(st), path), 0);
	dir = fs_open(store_fd(st), path, O_RDONLY | O_DIRECTORY);
	str_add(&bytes, "what was seen");
	watched = dir;
	files_synced = 0;
	store_remember(st, &name, &bytes, true);
	watched = -1;
	assert_int_equal(files_synced, 2);
	assert_int_equal(temps, 0);
	assert_true(store_recall(st, &name, &back));
	assert_string_equal(back.s, bytes.s);
	tmp = fs_open(store_fd(st), "tmp", O_RDONLY | O_DIRECTORY);
	assert_int_equal(fs_names(tmp, &names, &n), 0);
	assert_int_equal(n, 0);
	fs_names_free(names, n);
	store_close(st);
}

/* The disk begins while more is being written, and not for a little. */
static void
test_writeback(void **state)
{
	struct writeback *w;

	(void)state;
	systems_synced = 0;
	w = writeback_new(0);
	assert_non_null(w);
	writeback_add(w, 100 << 20);
	usleep(10000);
	assert_int_equal(__atomic_load_n(&systems_synced, __ATOMIC_SEQ_CST), 0);
	writeback_add(w, 100 << 20);
	for (int i = 0; i < 1000 && !__atomic_load_n(&systems_synced, __ATOMIC_SEQ_CST); i++)
		usleep(10000);
	writeback_free(w);
	assert_int_equal(systems_synced, 1);
	writeback_add(NULL, 1);
	writeback_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {T(test_who_waits),
					   T(test_torn_record),
					   T(test_doubt_during_sync),
					   T(test_sync_marks_its_own),
					   T(test_remembers_by_a_temp_folder),
					   T(test_lost_once_is_lost),
					   T(test_writeback)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
