/* Bundles that strangers made: what is read of them is bounded, and what is taken for a kernel's banner is whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "data/contents.h"
#include "growth.h"
#include "os/fs.h"
#include "scratch.h"

struct bundle {
	char path[SCRATCH];
	int dir;
};

static int
setup(void **state)
{
	struct bundle *b = calloc(1, sizeof *b);

	scratch_new(b->path);
	b->dir = open(b->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = b;
	return b->dir < 0;
}

static int
teardown(void **state)
{
	struct bundle *b = *state;
	int r;

	close(b->dir);
	r = scratch_drop(b->path);
	free(b);
	return r;
}

static void
put(const struct bundle *b, const char *name, const char *p, size_t n)
{
	assert_int_equal(fs_replace_soon(b->dir, name, p, n, 0644), 0);
}
#define PUT(b, name, text) put(b, name, text, sizeof(text) - 1)

static void
takes_whole_banners(void **state)
{
	struct bundle *b = *state;
	struct contents c = {0};
	struct err err = {0};

	PUT(b, "Image", "\0Linux version 5.15 (a@b) #1\n\0Linux version %s (%s)\n\0Linux version 6.1 (a@b)\n");
	PUT(b, "boot/vmlinuz", "Linux version 5\0.15 (a@b)\nLinux version 6.2");
	PUT(b, "other", "Linux version 5.15 (a@b) #1\n");
	assert_int_equal(contents_read(&c, b->path, &err), 0);
	assert_int_equal(c.n, 3);
	assert_string_equal(contents_find(&c, "Image")->banner,
			    "Linux version 5.15 (a@b) #1\nLinux version 6.1 (a@b)\n");
	/* who looks through the lines would run behind the end of a part */
	assert_null(contents_find(&c, "boot/vmlinuz")->banner);
	assert_null(contents_find(&c, "other")->banner);
	contents_free(&c);
}

static void
read_beginnings(size_t n, void *of)
{
	struct bundle *b = of;
	cleanup_str struct str image = {0};
	struct contents c = {0};
	struct err err = {0};

	for (size_t i = 0; i < n; i++)
		str_add(&image, "Linux version 5");
	put(b, "Image", image.s, image.len);
	assert_int_equal(contents_read(&c, b->path, &err), 0);
	assert_null(c.v[0].banner);
	contents_free(&c);
}

/* Beginnings without an end: looking for the end of each through all that follows takes half a minute for 4 MiB. */
static void
looks_not_far_for_the_end(void **state)
{
	assert_grows_with_input(read_beginnings, 50000, *state);
}

static void
keeps_banners_up_to_a_bound(void **state)
{
	struct bundle *b = *state;
	cleanup_str struct str image = {0};
	struct contents c = {0};
	struct err err = {0};

	for (int i = 0; i < 5000; i++)
		str_addf(&image, "Linux version 5.%d\n", i);
	put(b, "Image", image.s, image.len);
	assert_int_equal(contents_read(&c, b->path, &err), 0);
	assert_in_range(strlen(c.v[0].banner), 8192, 8192 + 1024);
	contents_free(&c);
}

static void
keeps_texts_up_to_a_bound(void **state)
{
	struct bundle *b = *state;
	struct contents c = {0};
	struct err err = {0};
	char name[32];

	for (int i = 0; i < 5; i++) {
		cleanup_fd int fd = -1;

		snprintf(name, sizeof name, "%d.sha256", i);
		fd = fs_create(b->dir, name, 0644);
		assert_int_equal(ftruncate(fd, 16 << 20), 0);
	}
	assert_int_equal(contents_read(&c, b->path, &err), -1);
	assert_string_equal(err.head->code, "E1208");
	assert_non_null(strstr(err.head->msg, "64 MiB"));
	err_free(&err);
	contents_free(&c);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {T(takes_whole_banners), T(looks_not_far_for_the_end),
					   T(keeps_banners_up_to_a_bound), T(keeps_texts_up_to_a_bound)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
