/* image, debian: against programs that answer what the test wrote, in place of apt and mmdebstrap. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/debian.h"
#include "data/rootfs_tar.h"
#include "data/schema.h"
#include "fake_job.h"
#include "model/prim.h"

extern const struct prim prim_image;

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char apt[] =
	"#!/bin/sh\n"
	"case \"$*\" in\n"
	"indextargets*) echo 'http://h/debian/ bookworm main amd64 $(SIGNED_BY)'; echo 'http://h/sec/ bookworm-security main amd64 /k.gpg';\n"
	"  echo 'http://h/other/ bookworm-backports main amd64 x';;\n"
	"*=9*) echo \"E: Version '9' for 'make' was not found\" >&2; exit 100;;\n"
	"*'download nope') echo 'E: Unable to locate package nope' >&2; exit 100;;\n"
	"*'download odd') echo 'rubbish';;\n"
	"*download*) echo \"'http://h/g/git_1%253a2_amd64.deb' git_1%3a2.39-0+b1_amd64.deb 123 SHA256:" HEX "\";;\n"
	"*' bad') echo 'E: no' >&2; exit 100;;\n"
	"*install*) echo \"'http://h/m' make_4.3-4_amd64.deb 10 MD5Sum:x\"; echo \"'http://h/b' base-files_12.4_amd64.deb 5 MD5Sum:x\";;\n"
	"esac\n";

/* The root that it makes: make in version $MAKE. */
static const char mmdebstrap[] =
	"#!/bin/sh\n"
	"export PATH=/usr/bin:/bin\n"
	"grep -q 'signed-by=/k.gpg' || { echo 'E: no sources' >&2; exit 3; }\n"
	"[ \"$SOURCE_DATE_EPOCH\" = 1 ] || exit 4\n"
	"d=$(mktemp -d) && trap 'rm -rf $d' EXIT && cd $d && mkdir -p var/lib/dpkg var/log/apt usr/bin etc\n"
	"echo hello > usr/bin/a; echo x > var/log/apt/h; echo id > etc/machine-id\n"
	"v=$(cat $(dirname $0)/version)\n"
	"printf 'Package: make\\nStatus: install ok installed\\nVersion: %s\\n\\nPackage: gone\\nStatus: deinstall ok config-files\\n"
	"Version: 1\\n\\nPackage: base-files\\nVersion: 12.4\\nStatus: install ok installed\\n' $v > var/lib/dpkg/status\n"
	"[ $v = fail ] && { echo 'I: fine'; echo 'E: it broke' ; exit 1; } >&2\n"
	"tar cf - ./*\n";

struct fixture {
	struct job *job;
	struct arena a;
	struct err err;
	_Alignas(16) char params[512];
};

static void
put_program(struct fixture *f, const char *name, const char *text)
{
	fake_text(f->job, arena_printf(&f->a, "bin/%s", name), text);
	assert_int_equal(chmod(arena_printf(&f->a, "%s/bin/%s", fake_root(f->job), name), 0755), 0);
}

static struct value
text_value(const char *s)
{
	return (struct value){.type = V_STRING, .str = {s, strlen(s)}};
}

static void
begin(struct fixture *f, const char *package, const char *version)
{
	struct field fields[] = {{"packages", text_value(package)}, {"suite", text_value("bookworm")}};
	struct value table = {.type = V_TABLE, .table = {.fields = fields, .nfields = 2}};

	memset(f, 0, sizeof *f);
	f->job = fake_job_new(NULL);
	put_program(f, "apt-get", apt);
	put_program(f, "dpkg", "#!/bin/sh\necho amd64\n");
	put_program(f, "mmdebstrap", mmdebstrap);
	put_program(f, "newuidmap", "");
	put_program(f, "fakechroot", "");
	put_program(f, "fakeroot", "");
	fake_text(f->job, "bin/version", version);
	setenv("PATH", arena_printf(&f->a, "%s/bin", fake_root(f->job)), 1);
	assert_int_equal(schema_bind(prim_image.params, &table, "image", f->params, &f->a, &f->err), 0);
}

static void
end(struct fixture *f)
{
	setenv("PATH", "/usr/bin:/bin", 1);
	fake_job_free(f->job);
	arena_free(&f->a);
	err_free(&f->err);
}

static void
says(struct fixture *f, const char *code, const char *why)
{
	if (err_count(&f->err) != 1 || strcmp(f->err.head->code, code) || !strstr(f->err.head->msg, why))
		fail_msg("%s %s", f->err.head ? f->err.head->code : "",
			 f->err.head ? f->err.head->msg : "(no mistake)");
}

static void
pins_all_versions(void **state)
{
	cleanup_str struct str name = {0}, text = {0};
	struct pin_request rq = {0};
	struct fixture f;

	(void)state;
	begin(&f, "make", "4.3-4");
	rq.params = f.params;
	assert_int_equal(prim_image.check(f.params, &f.err), 0);
	assert_int_equal(prim_image.pin_name(f.params, &name), 0);
	assert_string_equal(name.s, "image:bookworm:make");
	assert_int_equal(prim_image.pin(&rq, &text, &f.err), 0);
	assert_string_equal(text.s, "amd64 bytes:15 base-files=12.4 make=4.3-4");
	assert_int_equal(prim_image.download(f.params, text.s), 15);
	end(&f);
}

static void
builds_without_what_varies(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "make", "4.3-4");
	fake_job_set_pin(f.job, "amd64 bytes:15 base-files=12.4 make=4.3-4 notthere=1");
	if (prim_image.run(f.job, f.params, &f.err) < 0)
		fail_msg("%s", f.err.head->msg);
	assert_string_equal(fake_read(f.job, "usr/bin/a"), "hello\n");
	assert_null(fake_read(f.job, "var/log/apt/h"));
	assert_null(fake_read(f.job, "etc/machine-id"));
	assert_non_null(fake_read(f.job, "var/lib/dpkg/status"));
	assert_non_null(strstr(fake_records(f.job), "package:make=4.3-4"));
	assert_null(strstr(fake_records(f.job), "gone"));
	end(&f);
}

static void
other_versions_than_pinned_fail(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "make", "4.4-1");
	fake_job_set_pin(f.job, "amd64 bytes:15 base-files=12.4 make=4.3-4");
	assert_int_equal(prim_image.run(f.job, f.params, &f.err), -1);
	says(&f, "E0917", "make 4.4-1 (pinned: 4.3-4)");
	assert_non_null(strstr(f.err.head->help[0], "jkr update"));
	end(&f);
}

static void
a_failure_is_named(void **state)
{
	static const char *const pins[] = {"", "amd64", "amd64 make=1", "amd64 bytes:1", "amd64 bytes:1 make"};
	struct fixture f;

	(void)state;
	begin(&f, "make", "fail");
	fake_job_set_pin(f.job, "amd64 bytes:15 make=4.3-4");
	assert_int_equal(prim_image.run(f.job, f.params, &f.err), -1);
	says(&f, "E0916", "mmdebstrap exited with 1: it broke");
	end(&f);
	for (size_t i = 0; i < ARRAY_LEN(pins); i++) {
		begin(&f, "make", "4.3-4");
		fake_job_set_pin(f.job, pins[i]);
		assert_int_equal(prim_image.run(f.job, f.params, &f.err), -1);
		says(&f, "E0903", "cannot be read");
		end(&f);
	}
	begin(&f, "make", "4.3-4");
	fake_job_set_pin(f.job, "amd64 bytes:15 make=4.3-4");
	assert_int_equal(unlink(arena_printf(&f.a, "%s/bin/mmdebstrap", fake_root(f.job))), 0);
	assert_int_equal(prim_image.run(f.job, f.params, &f.err), -1);
	says(&f, "E1140", "not installed");
	end(&f);
}

static void
another_image_than_pinned_fails(void **state)
{
	char wanted[256], got[65];
	struct fixture f;

	(void)state;
	begin(&f, "make", "4.3-4");
	fake_job_set_pin(f.job, "amd64 bytes:15 sha256:" HEX " make=4.3-4");
	assert_int_equal(prim_image.run(f.job, f.params, &f.err), -1);
	says(&f, "E0917", "another image");
	assert_string_equal(f.err.head->help[0], "wanted " HEX);
	assert_int_equal(sscanf(f.err.head->help[1], "got %64s", got), 1);
	end(&f);
	/* what it got is what is wanted the next time, and is told */
	begin(&f, "make", "4.3-4");
	snprintf(wanted, sizeof wanted, "amd64 bytes:15 sha256:%s make=4.3-4", got);
	fake_job_set_pin(f.job, wanted);
	assert_int_equal(prim_image.run(f.job, f.params, &f.err), 0);
	assert_non_null(strstr(fake_records(f.job), arena_printf(&f.a, "image-tar=%s", got)));
	end(&f);
}

/* A root as a tar among what is staged, and the pin that names it. */
static void
stage(struct fixture *f, const char *version)
{
	const char *root = fake_root(f->job);
	char hex[65];
	FILE *p;

	p = popen(arena_printf(&f->a,
			       "PATH=/usr/bin:/bin && cd %s && echo signed-by=/k.gpg | %s/bin/mmdebstrap >t.tar && "
			       "mkdir -p downloads/by-hash/sha256 && sha256sum t.tar",
			       root, root),
		  "r");
	assert_non_null(p);
	assert_int_equal(fscanf(p, "%64s", hex), 1);
	assert_int_equal(pclose(p), 0);
	assert_int_equal(rename(arena_printf(&f->a, "%s/t.tar", root),
				arena_printf(&f->a, "%s/downloads/by-hash/sha256/%s", root, hex)),
			 0);
	fake_job_set_pin(f->job, arena_printf(&f->a, "amd64 bytes:15 sha256:%s make=%s", hex, version));
}

static void
what_is_staged_needs_no_program(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "make", "4.3-4");
	setenv("SOURCE_DATE_EPOCH", "1", 1);
	stage(&f, "4.3-4");
	assert_int_equal(unlink(arena_printf(&f.a, "%s/bin/mmdebstrap", fake_root(f.job))), 0);
	if (prim_image.run(f.job, f.params, &f.err) < 0)
		fail_msg("%s", f.err.head->msg);
	assert_string_equal(fake_read(f.job, "usr/bin/a"), "hello\n");
	assert_null(fake_read(f.job, "etc/machine-id"));
	end(&f);
	/* of other versions than the lock has */
	begin(&f, "make", "4.3-4");
	stage(&f, "4.2");
	assert_int_equal(prim_image.run(f.job, f.params, &f.err), -1);
	says(&f, "E0917", "that is staged has other versions");
	end(&f);
	/* of other bytes than its name says */
	begin(&f, "make", "4.3-4");
	fake_text(f.job, "downloads/by-hash/sha256/" HEX, "evil");
	fake_job_set_pin(f.job, "amd64 bytes:15 sha256:" HEX " make=4.3-4");
	assert_int_equal(prim_image.run(f.job, f.params, &f.err), -1);
	says(&f, "E0905", "is not the image that jkr.lock has");
	end(&f);
	unsetenv("SOURCE_DATE_EPOCH");
}

static void
asks_apt_about_packages(void **state)
{
	static const struct {
		const char *name, *version, *code, *why;
	} bad[] = {
		{"make", "9", "E0908", "version 9"},
		{"nope", NULL, "E0907", "Unable to locate package nope"},
		{"odd", NULL, "E0907", "cannot be read"},
		{"other", NULL, "E0907", "cannot be read"}, /* answers with another package */
		{"-o", NULL, "E0907", "not a Debian package"},
		{"a", NULL, "E0907", "not a Debian package"},
		{"git", "-x", "E0907", "not a Debian package"},
	};
	cleanup_str struct str text = {0};
	struct fixture f;
	struct deb d;

	(void)state;
	begin(&f, "make", "");
	assert_int_equal(debian_find("git", NULL, NULL, &f.a, &d, &f.err), 0);
	deb_format(&d, &text);
	assert_string_equal(text.s, "git 1:2.39-0+b1 amd64 sha256:" HEX " size:123");
	assert_string_equal(d.uri, "http://h/g/git_1%253a2_amd64.deb");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(debian_find(bad[i].name, bad[i].version, NULL, &f.a, &d, &f.err), -1);
		says(&f, bad[i].code, bad[i].why);
		err_free(&f.err);
	}
	end(&f);
}

static void
a_suite_that_apt_does_not_know_fails(void **state)
{
	cleanup_str struct str text = {0};
	struct fixture f;
	const char *bad = "bad";
	struct deb *v;
	size_t n;

	(void)state;
	begin(&f, "make", "");
	assert_int_equal(debian_sources("bookworm", "amd64", &text, &f.err), 0);
	assert_string_equal(
		text.s,
		"deb http://h/debian/ bookworm main\ndeb [signed-by=/k.gpg] http://h/sec/ bookworm-security main\n");
	assert_int_equal(debian_sources("trixie", "amd64", &text, &f.err), -1);
	says(&f, "E0907", "no lists of suite `trixie`");
	err_free(&f.err);
	assert_int_equal(debian_sources("bookworm", "arm64", &text, &f.err), -1);
	err_free(&f.err);
	assert_int_equal(debian_resolve(&bad, 1, "bookworm", "amd64", &f.a, &v, &n, &f.err), -1);
	says(&f, "E0907", "cannot choose the packages of an image: no");
	end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pins_all_versions),
		cmocka_unit_test(builds_without_what_varies),
		cmocka_unit_test(other_versions_than_pinned_fail),
		cmocka_unit_test(a_failure_is_named),
		cmocka_unit_test(another_image_than_pinned_fails),
		cmocka_unit_test(what_is_staged_needs_no_program),
		cmocka_unit_test(asks_apt_about_packages),
		cmocka_unit_test(a_suite_that_apt_does_not_know_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
