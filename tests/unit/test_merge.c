#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "os/fs.h"
#include "run/merge.h"
#include "scratch.h"

struct folders {
	int dir, lower, upper;
	char path[SCRATCH];
};

static int
setup(void **state)
{
	static struct folders f;

	f.dir = open(scratch_new(f.path), O_RDONLY | O_DIRECTORY);
	fs_mkdirs(f.dir, "lower");
	fs_mkdirs(f.dir, "upper");
	f.lower = fs_open(f.dir, "lower", O_RDONLY | O_DIRECTORY);
	f.upper = fs_open(f.dir, "upper", O_RDONLY | O_DIRECTORY);
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	struct folders *f = *state;

	close(f->lower);
	close(f->upper);
	close(f->dir);
	return scratch_drop(f->path);
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
has(int dir, const char *path, const char *text)
{
	struct str b = {0};

	assert_int_equal(fs_read_file(dir, path, &b, 100), 0);
	assert_string_equal(str_text(&b), text);
	str_free(&b);
}

static void
takes_new_and_changed_files(void **state)
{
	struct folders *f = *state;

	put(f->lower, "d/kept", "1");
	put(f->lower, "d/changed", "1");
	put(f->upper, "d/changed", "2");
	put(f->upper, "d/e/new", "3");
	assert_int_equal(merge_upper(f->lower, f->upper), 0);
	has(f->lower, "d/kept", "1");
	has(f->lower, "d/changed", "2");
	has(f->lower, "d/e/new", "3");
}

static void
whiteouts_delete(void **state)
{
	struct folders *f = *state;

	put(f->lower, "file", "1");
	put(f->lower, "dir/a/b", "1");
	put(f->lower, "kept", "1");
	assert_int_equal(mknodat(f->upper, "file", S_IFCHR, 0), 0);
	assert_int_equal(mknodat(f->upper, "dir", S_IFCHR, 0), 0);
	assert_int_equal(mknodat(f->upper, "never-was", S_IFCHR, 0), 0);
	assert_int_equal(merge_upper(f->lower, f->upper), 0);
	assert_false(fs_exists(f->lower, "file"));
	assert_false(fs_exists(f->lower, "dir"));
	assert_false(fs_exists(f->lower, "never-was"));
	assert_true(fs_exists(f->lower, "kept"));
}

static void
opaque_folders_replace(void **state)
{
	struct folders *f = *state;
	int fd;

	put(f->lower, "d/old", "1");
	put(f->upper, "d/new", "2");
	fd = fs_open(f->upper, "d", O_RDONLY | O_DIRECTORY);
	assert_int_equal(fsetxattr(fd, "user.overlay.opaque", "y", 1, 0), 0);
	close(fd);
	assert_int_equal(merge_upper(f->lower, f->upper), 0);
	assert_false(fs_exists(f->lower, "d/old"));
	has(f->lower, "d/new", "2");
	fd = fs_open(f->lower, "d", O_RDONLY | O_DIRECTORY);
	assert_true(fgetxattr(fd, "user.overlay.opaque", NULL, 0) < 0);
	close(fd);
}

static void
kinds_replace_each_other(void **state)
{
	struct folders *f = *state;

	put(f->lower, "dir/x", "1");
	put(f->lower, "file", "1");
	put(f->upper, "dir", "now a file");
	put(f->upper, "file/x", "now in a folder");
	assert_int_equal(merge_upper(f->lower, f->upper), 0);
	has(f->lower, "dir", "now a file");
	has(f->lower, "file/x", "now in a folder");
}

/* A link in the lower that leads out must not be followed into. */
static void
links_are_not_followed(void **state)
{
	struct folders *f = *state;

	put(f->dir, "outside/x", "1");
	assert_int_equal(symlinkat("../outside", f->lower, "d"), 0);
	put(f->upper, "d/x", "2");
	assert_int_equal(merge_upper(f->lower, f->upper), 0);
	has(f->dir, "outside/x", "1");
	has(f->lower, "d/x", "2");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(takes_new_and_changed_files, setup, teardown),
		cmocka_unit_test_setup_teardown(whiteouts_delete, setup, teardown),
		cmocka_unit_test_setup_teardown(opaque_folders_replace, setup, teardown),
		cmocka_unit_test_setup_teardown(kinds_replace_each_other, setup, teardown),
		cmocka_unit_test_setup_teardown(links_are_not_followed, setup, teardown),
	};

	return cmocka_run_group_tests_name("merge", tests, NULL, NULL);
}
