/* extlinux: what becomes of a boot menu */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "data/extlinux.h"
#include "data/schema.h"

static const char menu[] =
	"TIMEOUT 30\nDEFAULT primary\n\nLABEL primary\n      MENU LABEL primary kernel\n      LINUX /boot/Image\n"
	"      INITRD /boot/initrd\n      FDT /boot/old.dtb\n      OVERLAYS /boot/old.dtbo\n"
	"      APPEND ${cbootargs} quiet root=/dev/mmcblk0p1 rw  cma=2048M isolcpus=1-5 isolcpus=2\n"
	"# a comment\nLABEL backup\n      LINUX /boot/Image.backup\n      APPEND ${cbootargs} root=/dev/sda1\n";

static struct strings
list(size_t n, const char **v)
{
	return (struct strings){.n = n, .v = v};
}

static void
becomes(const struct extlinux_change *c, const char *text, const char *want)
{
	struct str out = {0};
	struct err err = {0};

	assert_int_equal(extlinux_change(text, c, &out, &err), 0);
	assert_string_equal(str_text(&out), want);
	str_free(&out);
}

static void
refused(const struct extlinux_change *c, const char *text, const char *msg)
{
	struct str out = {0};
	struct err err = {0};

	assert_int_equal(extlinux_change(text, c, &out, &err), -1);
	assert_string_equal(err.head->msg, msg);
	err_free(&err);
	str_free(&out);
}

static void
test_lines_and_arguments(void **state)
{
	const char *args[] = {"root=/dev/nvme0n1p1", "rootwait"}, *gone[] = {"cma", "isolcpus", "not-there"};
	const char *keys[] = {"FDT", "OVERLAYS", NULL}, *values[] = {"/boot/new.dtb", "/boot/new.dtbo"};
	struct strings with = list(2, args), without = list(3, gone);
	const struct extlinux_change c = {NULL, keys, values, &with, &without};

	(void)state;
	becomes(&c, menu,
		"TIMEOUT 30\nDEFAULT primary\n\nLABEL primary\n      MENU LABEL primary kernel\n      LINUX /boot/Image\n"
		"      INITRD /boot/initrd\n      FDT /boot/new.dtb\n"
		"      APPEND ${cbootargs} quiet rw root=/dev/nvme0n1p1 rootwait\n      OVERLAYS /boot/new.dtbo\n"
		"# a comment\nLABEL backup\n      LINUX /boot/Image.backup\n      APPEND ${cbootargs} root=/dev/sda1\n");
}

/* Twice the same is once, and without a value a line goes. */
static void
test_again_and_away(void **state)
{
	const char *args[] = {"root=/dev/a"};
	const char *keys[] = {"FDT", "OVERLAYS", NULL}, *values[] = {"/f", "/o"}, *none[] = {NULL, NULL};
	struct strings with = list(1, args), empty = {0};
	const struct extlinux_change put = {"backup", keys, values, &with, &empty},
				     away = {"backup", keys, none, &empty, &empty};
	static const char once[] =
		"LABEL x\n  APPEND a\nlabel backup\n\tappend b root=/dev/a\n\tFDT /f\n\tOVERLAYS /o\n";

	(void)state;
	becomes(&put, "LABEL x\n  APPEND a\nlabel backup\n\tappend b", once);
	becomes(&put, once, once);
	/* behind a last line that ends without a newline */
	becomes(&put, "LABEL backup\n  APPEND b\n  INITRD /i",
		"LABEL backup\n  APPEND b root=/dev/a\n  OVERLAYS /o\n  INITRD /i\n  FDT /f\n");
	becomes(&away, once, "LABEL x\n  APPEND a\nlabel backup\n\tappend b root=/dev/a\n");
}

/* A line that is new stands behind one that is new as well, and behind one that goes there is nothing. */
static void
test_lines_behind_changed_ones(void **state)
{
	const char *keys[] = {"LINUX", "INITRD", "FDT", "OVERLAYS", NULL}, *values[] = {"/L", "/I", "/F", "/O"},
		   *some[] = {NULL, NULL, "/F", "/O"};
	struct strings none = {0};
	const struct extlinux_change all = {NULL, keys, values, &none, &none}, two = {NULL, keys, some, &none, &none};
	static const char want[] =
		"LABEL p\n  LINUX /L\n  INITRD /I\n  FDT /F\n  MENU LABEL x\n  APPEND a\n  OVERLAYS /O\n";

	(void)state;
	becomes(&all, "LABEL p\n  MENU LABEL x\n  LINUX /l\n  INITRD /i\n  FDT /f\n  APPEND a\n", want);
	becomes(&all, "LABEL p\n  MENU LABEL x\n  APPEND a\n", want);
	becomes(&all, want, want);
	becomes(&two, want, "LABEL p\n  MENU LABEL x\n  APPEND a\n  FDT /F\n  OVERLAYS /O\n");
	/* each once, though two lines have the key that it stands behind */
	becomes(&(struct extlinux_change){NULL, keys + 2, values + 2, &none, &none},
		"LABEL p\n  INITRD /a\n  INITRD /b\n  APPEND a\n",
		"LABEL p\n  INITRD /a\n  FDT /F\n  INITRD /b\n  APPEND a\n  OVERLAYS /O\n");
}

static void
test_refused(void **state)
{
	const char *keys[] = {NULL}, *values[] = {NULL};
	const struct extlinux_change any = {NULL, keys, values, NULL, NULL}, named = {"b", keys, values, NULL, NULL};

	(void)state;
	refused(&any, "", "which of 0 labels is meant is not said: there is no DEFAULT");
	refused(&any, "LABEL a\nAPPEND\nLABEL b\nAPPEND\n",
		"which of 2 labels is meant is not said: there is no DEFAULT");
	refused(&named, "LABEL a\nAPPEND x\n", "there is no label `b`");
	refused(&named, "LABEL b\nAPPEND x\nLABEL b\nAPPEND y\n", "label `b` is there 2 times");
	refused(&named, "LABEL b\nLINUX x\n", "label `b` has no APPEND line");
	refused(&named, "LABEL b\nAPPEND x\nAPPEND y\n", "label `b` has several APPEND lines");
	becomes(&any, "LABEL a\nAPPEND x\n", "LABEL a\nAPPEND x\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_and_arguments),
		cmocka_unit_test(test_again_and_away),
		cmocka_unit_test(test_lines_behind_changed_ones),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
