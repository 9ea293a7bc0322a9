/* Files below a descriptor: nothing leaves it, writes are whole, walks and removals end. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "os/fs.h"
#include "scratch.h"

struct box {
	char path[SCRATCH];
	int fd;
};

static int
setup(void **state)
{
	struct box *b = calloc(1, sizeof *b);

	b->fd = open(scratch_new(b->path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(b->fd >= 0);
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct box *b = *state;

	assert_int_equal(scratch_drop(b->path), 0);
	assert_int_equal(access(b->path, F_OK), -1);
	close(b->fd);
	free(b);
	return 0;
}

static void
put(int dir, const char *path, const char *text)
{
	int fd = fs_create(dir, path, 0644);

	assert_true(fd >= 0);
	assert_int_equal(fs_write(fd, text, strlen(text)), 0);
	close(fd);
}

static void
refused(int got, int want)
{
	assert_int_equal(got, -1);
	assert_int_equal(errno, want);
}

static void
test_escapes(void **state)
{
	struct box *b = *state;

	put(b->fd, "d/f", "x");
	assert_int_equal(symlinkat("/etc", b->fd, "abs"), 0);
	assert_int_equal(symlinkat("../..", b->fd, "d/up"), 0);
	assert_int_equal(symlinkat("d", b->fd, "in"), 0);
	refused(fs_open(b->fd, "/etc/passwd", O_RDONLY), EXDEV);
	refused(fs_open(b->fd, "../x", O_RDONLY), EXDEV);
	refused(fs_open(b->fd, "d/../../x", O_RDONLY), EXDEV);
	refused(fs_open(b->fd, "abs/passwd", O_RDONLY), EXDEV);
	refused(fs_open(b->fd, "d/up/etc/passwd", O_RDONLY), EXDEV);
	refused(fs_open_nofollow(b->fd, "in/f", O_RDONLY), ELOOP);
	refused(fs_create(b->fd, "abs/new", 0644), ELOOP);
	refused(fs_create(b->fd, "in/new", 0644), ELOOP);
	refused(fs_create(b->fd, "../new", 0644), EXDEV);
	refused(fs_create(b->fd, "/tmp/new", 0644), EXDEV);
	refused(fs_create(b->fd, "d/..", 0644), EINVAL);
	refused(fs_create(b->fd, "", 0644), EINVAL);
	refused(fs_mkdirs(b->fd, "a/../../b"), EXDEV);
	refused(fs_mkdirs(b->fd, "in/b"), ELOOP);
	refused(fs_replace(b->fd, "abs/x", "", 0, 0644), ELOOP);
	refused(fs_remove(b->fd, "abs/passwd"), ELOOP);
	refused(fs_remove(b->fd, ".."), EINVAL);
	assert_int_equal(fs_remove(b->fd, "abs"), 0);
	assert_int_equal(access("/etc/passwd", F_OK), 0);
}

static void
test_links_inside_are_followed(void **state)
{
	struct box *b = *state;
	cleanup_fd int fd = -1;
	struct stat st;

	put(b->fd, "d/f", "x");
	assert_int_equal(symlinkat("d/../d", b->fd, "in"), 0);
	fd = fs_open(b->fd, "in/f", O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(fs_stat(b->fd, "in", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(fs_stat(b->fd, "", &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_false(fs_exists(b->fd, "in/none"));
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

static void
test_create_is_exclusive(void **state)
{
	struct box *b = *state;

	put(b->fd, "a/b/c", "one");
	refused(fs_create(b->fd, "a/b/c", 0644), EEXIST);
	refused(fs_create(b->fd, "a/b/c/d", 0644), ENOTDIR);
	assert_int_equal(symlinkat("none", b->fd, "dangling"), 0);
	refused(fs_create(b->fd, "dangling", 0644), EEXIST);
	assert_int_equal(fs_mkdirs(b->fd, "a/b"), 0);
	assert_int_equal(fs_mkdirs(b->fd, ""), 0);
}

static void
test_replace_and_read(void **state)
{
	struct box *b = *state;
	cleanup_str struct str s = {0};
	char **names;
	size_t n;

	assert_int_equal(fs_replace(b->fd, "x/f", "one", 3, 0644), 0);
	assert_int_equal(fs_replace(b->fd, "x/f", "second", 6, 0644), 0);
	assert_int_equal(fs_read_file(b->fd, "x/f", &s, 6), 0);
	assert_string_equal(s.s, "second");
	str_reset(&s);
	refused(fs_read_file(b->fd, "x/f", &s, 5), EFBIG);
	assert_int_equal(fs_mkdirs(b->fd, "x/dir"), 0);
	refused(fs_replace(b->fd, "x/dir", "a", 1, 0644), EISDIR);
	cleanup_fd int x = fs_open(b->fd, "x", O_RDONLY | O_DIRECTORY);
	assert_int_equal(fs_names(x, &names, &n), 0);
	assert_int_equal(n, 2); /* no temp file is left */
	assert_string_equal(names[0], "dir");
	fs_names_free(names, n);
	assert_int_equal(mkfifoat(b->fd, "fifo", 0600), 0);
	fs_read_file(b->fd, "fifo", &s, 9); /* ends */
}

static void
write_often(int dir, char c)
{
	char text[100];

	memset(text, c, sizeof text);
	for (int i = 0; i < 2000; i++)
		if (fs_replace_soon(dir, "f", text, sizeof text, 0644))
			_exit(1);
	_exit(0);
}

/* Two that replace one file at once both succeed, and every reader finds one of them whole. */
static void
test_replace_at_once(void **state)
{
	struct box *b = *state;
	cleanup_str struct str s = {0};
	int status, ended = 0;
	pid_t pid[2];
	char **names;
	size_t n;

	put(b->fd, "f", "");
	for (int i = 0; i < 2; i++)
		if (!(pid[i] = fork()))
			write_often(b->fd, (char)('a' + i));
	while (ended < 2) {
		str_reset(&s);
		assert_int_equal(fs_read_file(b->fd, "f", &s, 200), 0);
		assert_true(!s.len || (s.len == 100 && strspn(s.s, (char[]){s.s[0], '\0'}) == 100));
		for (pid_t p; (p = waitpid(-1, &status, WNOHANG)) > 0; ended++)
			assert_int_equal(status, 0);
	}
	assert_int_equal(fs_names(b->fd, &names, &n), 0);
	assert_int_equal(n, 1);
	fs_names_free(names, n);
}

/* What a killed one left goes with the next; what a live one is about to move, and what is not ours, stays. */
static void
test_leftovers(void **state)
{
	struct box *b = *state;
	cleanup_fd int live = -1;

	put(b->fd, "x/.tmp-jkr.deadaaaa", "half");
	put(b->fd, "x/.tmp-jkr.liveaaaa", "half");
	put(b->fd, "x/.tmp-jkr.others", "mine");
	assert_int_equal(symlinkat("f", b->fd, "x/.tmp-jkr.linkaaaa"), 0);
	live = fs_open(b->fd, "x/.tmp-jkr.liveaaaa", O_RDONLY);
	assert_int_equal(flock(live, LOCK_EX | LOCK_NB), 0);
	assert_int_equal(fs_replace(b->fd, "x/f", "one", 3, 0644), 0);
	assert_false(fs_exists(b->fd, "x/.tmp-jkr.deadaaaa"));
	assert_true(fs_exists(b->fd, "x/.tmp-jkr.liveaaaa"));
	assert_true(fs_exists(b->fd, "x/.tmp-jkr.others"));
	assert_true(fs_exists(b->fd, "x/.tmp-jkr.linkaaaa"));
	cleanup_fdp(&live);
	live = -1;
	assert_int_equal(fs_replace_soon(b->fd, "x/f", "two", 3, 0644), 0);
	assert_false(fs_exists(b->fd, "x/.tmp-jkr.liveaaaa"));
}

static void
test_copy(void **state)
{
	struct box *b = *state;
	cleanup_free char *big = xmalloc(300000);
	cleanup_str struct str s = {0};
	cleanup_fd int from = -1, to = -1, piped = -1;
	int p[2];

	memset(big, 'q', 300000);
	from = fs_create(b->fd, "from", 0644);
	assert_int_equal(fs_write(from, big, 300000), 0);
	to = fs_create(b->fd, "to", 0644);
	assert_int_equal(fs_copy(from, to), 0);
	assert_int_equal(fs_read_file(b->fd, "to", &s, 1 << 20), 0);
	assert_int_equal(s.len, 300000);
	assert_memory_equal(s.s, big, 300000);
	assert_int_equal(pipe(p), 0);
	assert_int_equal(fs_write(p[1], "hello", 5), 0);
	close(p[1]);
	piped = fs_create(b->fd, "piped", 0644);
	assert_int_equal(fs_copy(p[0], piped), 0);
	close(p[0]);
	str_reset(&s);
	assert_int_equal(fs_read_file(b->fd, "piped", &s, 99), 0);
	assert_string_equal(s.s, "hello");
}

static int
collect(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	struct stat again;

	assert_int_equal(fstatat(at, name, &again, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(again.st_ino, st->st_ino);
	str_addf(ctx, "%s ", path);
	return strcmp(name, "stop") ? 0 : 7;
}

static void
test_walk_order(void **state)
{
	struct box *b = *state;
	cleanup_str struct str s = {0};

	put(b->fd, "a-b", "");
	put(b->fd, "a/z", "");
	put(b->fd, "a/b/c", "");
	assert_int_equal(symlinkat("a", b->fd, "l"), 0);
	assert_int_equal(fs_walk(b->fd, collect, &s), 0);
	assert_string_equal(s.s, "a a/b a/b/c a/z a-b l ");
	put(b->fd, "a/stop", "");
	assert_int_equal(fs_walk(b->fd, collect, &s), 7);
}

static int
nothing(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	(void)ctx, (void)at, (void)name, (void)path, (void)st;
	return 0;
}

static void
test_deep(void **state)
{
	struct box *b = *state;
	int at = openat(b->fd, ".", O_RDONLY | O_DIRECTORY), next;

	for (int i = 0; i < 3000; i++) {
		assert_int_equal(mkdirat(at, "d", 0755), 0);
		next = openat(at, "d", O_RDONLY | O_DIRECTORY);
		assert_true(next >= 0);
		close(openat(at, "f", O_CREAT | O_WRONLY, 0));
		if (i % 7 == 3)
			fchmod(at, 0555);
		close(at);
		at = next;
	}
	close(at);
	refused(fs_walk(b->fd, nothing, NULL), ENAMETOOLONG);
	assert_int_equal(fs_remove(b->fd, "d"), 0);
	assert_false(fs_exists(b->fd, "d"));
}

static void
test_remove_forbidden(void **state)
{
	struct box *b = *state;

	put(b->fd, "r/s/f", "");
	assert_int_equal(fchmodat(b->fd, "r/s", 0, 0), 0);
	assert_int_equal(fchmodat(b->fd, "r", 0500, 0), 0);
	assert_int_equal(fs_remove(b->fd, "r"), 0);
	assert_int_equal(fs_remove(b->fd, "r"), 0);
	assert_int_equal(fs_remove(b->fd, "r/s/f"), 0);
}

/* so often yes, then no */
static bool
some_more(void *ctx)
{
	unsigned *left = ctx;

	return *left && (*left)--;
}

static void
test_remove_in_parts(void **state)
{
	struct box *b = *state;
	unsigned calls = 0, left;
	char path[32];

	for (int i = 0; i < 40; i++) {
		snprintf(path, sizeof path, "p/%d/f", i);
		put(b->fd, path, "");
	}
	left = 0;
	assert_int_equal(fs_remove_while(b->fd, "p", some_more, &left), -1);
	assert_int_equal(errno, ECANCELED);
	assert_true(fs_exists(b->fd, "p/0/f"));
	do {
		assert_true(fs_exists(b->fd, "p"));
		left = 10;
	} while (++calls < 40 && fs_remove_while(b->fd, "p", some_more, &left));
	assert_in_range(calls, 5, 39);
	assert_false(fs_exists(b->fd, "p"));
}

static void
test_temp_and_time(void **state)
{
	struct box *b = *state;
	char a[64], c[64];
	struct stat st;

	assert_int_equal(fs_mkdtemp(b->fd, "job-", a), 0);
	assert_int_equal(fs_mkdtemp(b->fd, "job-", c), 0);
	assert_true(str_starts(a, "job-") && strcmp(a, c));
	assert_int_equal(symlinkat("none", b->fd, "l"), 0);
	assert_int_equal(fs_pin_time(b->fd, "l"), 0);
	assert_int_equal(fs_stat(b->fd, "l", &st), 0);
	assert_int_equal(st.st_mtime, FS_MTIME);
	assert_int_equal(fs_pin_time(b->fd, NULL), 0);
	assert_int_equal(fs_stat(b->fd, "", &st), 0);
	assert_int_equal(st.st_mtime, FS_MTIME);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_escapes),
		T(test_links_inside_are_followed),
		T(test_create_is_exclusive),
		T(test_replace_and_read),
		T(test_replace_at_once),
		T(test_leftovers),
		T(test_copy),
		T(test_walk_order),
		T(test_deep),
		T(test_remove_forbidden),
		T(test_remove_in_parts),
		T(test_temp_and_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
