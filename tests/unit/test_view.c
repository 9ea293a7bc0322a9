/* view and the checks over it: what links lead to, what is a text, what patterns match */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "data/filecheck.h"
#include "data/installed.h"
#include "data/schema.h"
#include "data/view.h"

static void
file(struct view *v, const char *path, uint64_t size)
{
	view_add(v, &(struct view_file){.path = path, .size = size, .mode = S_IFREG | 0644});
}

static void
link_to(struct view *v, const char *path, const char *target)
{
	view_add(v, &(struct view_file){.path = path, .target = target, .mode = S_IFLNK | 0777});
}

static void
folder(struct view *v, const char *path)
{
	view_add(v, &(struct view_file){.path = path, .mode = S_IFDIR | 0755});
}

static void
leads(const struct view *v, const char *path, const char *want)
{
	const struct view_file *f = view_follow(v, path);

	if (!want)
		assert_null(f);
	else
		assert_string_equal(f ? f->path : "nothing", want);
}

/* In the order of path_cmp. */
static void
fill(struct view *v)
{
	folder(v, "boot");
	file(v, "boot/Image", 6);
	link_to(v, "boot/abs", "/usr/lib/a");
	link_to(v, "boot/climbs", "../../../../etc/passwd");
	link_to(v, "boot/loop", "loop");
	link_to(v, "boot/one", "two");
	link_to(v, "boot/two", "./one");
	folder(v, "etc");
	file(v, "etc/passwd", 0);
	link_to(v, "lib", "usr/lib");
	folder(v, "usr");
	folder(v, "usr/lib");
	file(v, "usr/lib/a", 1);
}

static void
test_links(void **state)
{
	struct view v = {0};

	(void)state;
	fill(&v);
	leads(&v, "/boot/Image", "boot/Image");
	leads(&v, "//boot/./../boot//Image", "boot/Image");
	leads(&v, "boot/abs", "usr/lib/a");
	leads(&v, "lib/a", "usr/lib/a");
	/* the top is the root: what climbs over it stays there */
	leads(&v, "boot/climbs", "etc/passwd");
	leads(&v, "boot/loop", NULL);
	leads(&v, "boot/one", NULL);
	leads(&v, "boot/Image/x", NULL);
	leads(&v, "", NULL);
	leads(&v, "/", NULL);
	assert_true(view_has_file(&v, "lib/a"));
	assert_false(view_has_file(&v, "etc/passwd"));
	assert_false(view_has_file(&v, "usr"));
	view_free(&v);
}

static void
test_part(void **state)
{
	struct view v = {0}, part;

	(void)state;
	fill(&v);
	view_below(&v, "boot", &part);
	assert_int_equal(part.n, 6);
	leads(&part, "Image", "Image");
	/* what the whole has elsewhere is not in the part */
	leads(&part, "abs", NULL);
	leads(&part, "climbs", NULL);
	view_free(&part);
	view_free(&v);
}

static void
test_patterns(void **state)
{
	(void)state;
	assert_true(view_matches("boot/*.dtb", "boot/a.dtb"));
	assert_false(view_matches("boot/*.dtb", "boot/a/b.dtb"));
	assert_false(view_matches("boot/*", "boot"));
	assert_false(view_matches("boot", "boot/a"));
	assert_true(view_matches("*/*", "a/b"));
	assert_false(view_matches("etc/*", "etc/.hidden"));
	assert_true(view_matches("a[b]/?", "a[b]/c"));
}

struct found {
	struct str all;
};

static int
add_text(void *ctx, const char *s, size_t n)
{
	struct found *f = ctx;

	str_addn(&f->all, s, n);
	str_addc(&f->all, '|');
	return 0;
}

static void
texts(const char *p, size_t n, const char *want)
{
	struct found f = {0};

	assert_int_equal(filecheck_texts(p, n, add_text, &f), 0);
	assert_string_equal(str_text(&f.all), want);
	str_free(&f.all);
}

static void
test_texts(void **state)
{
	(void)state;
	texts("", 0, "");
	texts("a\n\nbc", 5, "a||bc|");
	texts("a\xc3\xa4\n", 4, "a\xc3\xa4|");
	texts("\0abc\0abcd\0\x01 efg\t\xff", 17, "abcd| efg\t|");
	texts("abcd\0", 5, "abcd|");
}

static void
holds(const struct view *v, const struct installed_rules *r, const char *got, const char *msg)
{
	struct str text = {0};
	struct err err = {0};
	int bad = installed_check(v, r, &text, &err);

	assert_int_equal(bad, msg ? -1 : 0);
	if (msg)
		assert_string_equal(err.head->msg, msg);
	else
		assert_string_equal(str_text(&text), got);
	str_free(&text);
	err_free(&err);
}

static void
test_modules(void **state)
{
	const char *names[] = {"snd-soc-x"};
	const struct strings list = {.n = 1, .v = names};
	const struct installed_rules once = {.once = true}, replaces = {.once = true, .replaces = &list},
				     any = {.once = true, .any_replaces = true}, there = {.loadable = &list},
				     gone = {.absent = &list}, other = {.once = true, .release = "6.1"};
	struct view v = {0};

	(void)state;
	holds(&v, &once, NULL, "there are no modules in lib/modules");
	file(&v, "usr/lib/modules/5.15/extra/snd_soc_x.ko.zst", 1);
	file(&v, "usr/lib/modules/5.15/kernel/snd-soc-x.ko", 1);
	holds(&v, &once, NULL, "1 module is there twice: `snd_soc_x (extra/snd_soc_x.ko.zst and kernel/snd-soc-x.ko)`");
	holds(&v, &replaces, "2 modules of 5.15, 1 in place of the kernel's", NULL);
	holds(&v, &any, "2 modules of 5.15, 1 in place of the kernel's", NULL);
	holds(&v, &there, "2 modules of 5.15", NULL);
	holds(&v, &gone, NULL, "module `snd-soc-x` is there, and must not be");
	holds(&v, &other, NULL, "there are no modules of `6.1`: those in lib/modules are of `5.15`");
	file(&v, "usr/lib/modules/6.1/a.ko", 1);
	holds(&v, &other, "1 module of 6.1", NULL);
	holds(&v, &once, NULL,
	      "there are modules in `usr/lib/modules/5.15` and in `usr/lib/modules/6.1`: which kernel's are meant is not clear");
	view_free(&v);
}

static int
open_program(const struct view *v, const struct view_file *f, struct err *err)
{
	static const unsigned char head[20] = {127, 'E', 'L', 'F', 2, 1, [18] = 183};
	int fd = memfd_create("program", MFD_CLOEXEC);

	(void)v;
	(void)f;
	(void)err;
	assert_int_equal(write(fd, head, sizeof head), sizeof head);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* Of a program of any size the first bytes are read. */
static void
test_machine(void **state)
{
	const struct file_rules rules = {.machine = "arm64", .min_size = 1};
	struct view v = {.open = open_program};
	cleanup_str struct str got = {0};
	struct err err = {0};

	(void)state;
	file(&v, "large", (uint64_t)1 << 30);
	assert_int_equal(filecheck(&v, &rules, &got, &err), 0);
	assert_string_equal(got.s, "1 program for arm64");
	view_free(&v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_links), cmocka_unit_test(test_part),    cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_texts), cmocka_unit_test(test_modules), cmocka_unit_test(test_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
