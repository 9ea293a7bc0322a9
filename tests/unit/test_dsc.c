/* dsc: what a .dsc says, signed or not, and what is refused of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/dsc.h"

#define H "75296f5ef618ae2f1849e22b142a2b5ab52c452ebefa4e7b0564c44617db3790"
#define HEAD(format) "Format: " format "\nSource: hello\nVersion: 1:2.10-3\n"
#define QUILT                                                                                              \
	HEAD("3.0 (quilt)")                                                                                \
	"Checksums-Sha256:\n " H " 12 hello_2.10-3.debian.tar.xz\n " H " 5 hello_2.10.orig-po.tar.gz\n " H \
	" 7 hello_2.10.orig.tar.bz2\n " H " 8 hello_2.10.orig.tar.bz2.asc\n"

static int
parse(const char *text, struct arena *a, struct dsc *d, struct err *err)
{
	return dsc_parse("x/hello.dsc", text, strlen(text), a, d, err);
}

static void
check_quilt(const char *text)
{
	static const struct dsc_file want[] = {
		{"hello_2.10.orig.tar.bz2", H, 7, DSC_ORIG, NULL},
		{"hello_2.10.orig-po.tar.gz", H, 5, DSC_COMPONENT, "po"},
		{"hello_2.10-3.debian.tar.xz", H, 12, DSC_DEBIAN, NULL},
		{"hello_2.10.orig.tar.bz2.asc", H, 8, DSC_SIGNATURE, NULL},
	};
	cleanup_arena struct arena a = {0};
	struct err err = {0};
	struct dsc d;

	assert_int_equal(parse(text, &a, &d, &err), 0);
	assert_string_equal(d.source, "hello");
	assert_string_equal(d.version, "1:2.10-3");
	assert_int_equal(d.format, DSC_QUILT);
	assert_int_equal(d.n, ARRAY_LEN(want));
	assert_int_equal(d.size, 32);
	for (size_t i = 0; i < d.n; i++) {
		assert_string_equal(d.v[i].name, want[i].name);
		assert_string_equal(d.v[i].sha256, want[i].sha256);
		assert_int_equal(d.v[i].size, want[i].size);
		assert_int_equal(d.v[i].part, want[i].part);
		assert_true(str_eq(d.v[i].component, want[i].component));
	}
}

static void
reads(void **state)
{
	(void)state;
	check_quilt(QUILT);
	check_quilt("\n" QUILT "\nSource: other\n");
	check_quilt("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n" QUILT
		    "\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n");
	check_quilt("Files:\n 00 12 hello_2.10-3.debian.tar.xz\n" QUILT "Package-List:\n hello deb devel optional\n");
}

#define ONE(name) HEAD("1.0") "Checksums-Sha256:\n " H " 1 " name "\n"

static void
refuses(void **state)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
		{"", "does not say `Format`"},
		{"Format: 1.0\nSource: hello\n", "does not say `Version`"},
		{"<html>\n", "no `Field: value`"},
		{" x\n", "in the middle of a field"},
		{"Format: 1.0\n" HEAD("1.0"), "twice"},
		{HEAD("1.0"), "no `Checksums-Sha256`"},
		{HEAD("1.0") "Checksums-Sha256:\n " H " 1\n", "no hash, size and name"},
		{HEAD("1.0") "Checksums-Sha256:\n 00 1 a.tar.gz\n", "no hash, size and name"},
		{HEAD("1.0") "Checksums-Sha256:\n " H " -1 a.tar.gz\n", "no hash, size and name"},
		{ONE("../a.tar.gz"), "name that is refused"},
		{ONE(".a.tar.gz"), "name that is refused"},
		{ONE("a.tar.gz") " " H " 1 a.tar.gz\n", "`a.tar.gz` twice"},
		{ONE("a.zip"), "no part of a source package"},
		{ONE("a.diff.gz"), "0 files that are each the archive of the source"},
		{ONE("a.tar.gz") " " H " 1 b.debian.tar.gz\n", "has none"},
		{ONE("a.orig-.tar.gz"), "component is no name"},
		{ONE("a.orig-x_y.tar.gz"), "component is no name"},
		{HEAD("3.0 (git)") "Checksums-Sha256:\n " H " 1 a.git\n", "format `3.0 (git)`"},
		{HEAD("3.0 (quilt)") "Checksums-Sha256:\n " H " 1 a.orig.tar.gz\n",
		 "0 files that are each the archive of the folder"},
		{"Format: 1.0\nSource: -x\nVersion: 1\nChecksums-Sha256:\n " H " 1 a.tar.gz\n",
		 "no Debian package has"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		cleanup_arena struct arena a = {0};
		struct err err = {0};
		struct dsc d;

		if (!parse(bad[i].text, &a, &d, &err) || !strstr(err.head->msg, bad[i].why))
			fail_msg("number %zu: %s", i, err.head ? err.head->msg : "taken");
		assert_string_equal(err.head->code, "E0412");
		err_free(&err);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
