/* fetch: addresses, staged files, Debian packages, and what is refused before any work. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/debian.h"
#include "data/schema.h"
#include "fake_job.h"
#include "model/prim.h"

extern const struct prim prim_fetch;

#define TEXT "what was asked for\n"

static int
by_key(const void *x, const void *y)
{
	return strcmp(((const struct field *)x)->key, ((const struct field *)y)->key);
}

/* As written in a recipe: pairs of name and text; `file` is taken as a file below `root`. */
static int
bind(struct arena *a, const char *root, void *out, struct err *err, ...)
{
	struct field *f = arena_array(a, struct field, 16);
	struct value table = {.type = V_TABLE, .table = {.fields = f}};
	const char *key;
	va_list ap;

	va_start(ap, err);
	while ((key = va_arg(ap, const char *))) {
		const char *s = va_arg(ap, const char *);
		struct value *v = &f[table.table.nfields].value;

		f[table.table.nfields++].key = key;
		if (strcmp(key, "file")) {
			*v = (struct value){.type = V_STRING, .str = {s, strlen(s)}};
		} else {
			v->type = V_FILE;
			v->file = (struct file_ref){.root = root, .rel = arena_printf(a, "recipes/%s", s), .shown = s};
		}
	}
	va_end(ap);
	qsort(f, table.table.nfields, sizeof *f, by_key);
	memset(out, 0, prim_fetch.size);
	return schema_bind(prim_fetch.params, &table, "fetch", out, a, err);
}

struct fixture {
	struct job *job;
	struct arena a;
	struct err err;
	char hex[HASH_HEX];
	_Alignas(16) char params[512];
};

static void
begin(struct fixture *f)
{
	struct hash h = hash_of(TEXT, strlen(TEXT));

	memset(f, 0, sizeof *f);
	hash_hex(&h, f->hex);
	f->job = fake_job_new(NULL);
	assert_true(prim_fetch.size <= sizeof f->params);
}

static void
end(struct fixture *f)
{
	fake_job_free(f->job);
	arena_free(&f->a);
	err_free(&f->err);
}

static bool
says(struct fixture *f, const char *code, const char *why)
{
	if (err_count(&f->err) == 1 && !strcmp(f->err.head->code, code) && strstr(f->err.head->msg, why))
		return true;
	print_message("%s\n", f->err.head ? f->err.head->msg : "(no mistake)");
	return false;
}

static void
fetches_an_address(void **state)
{
	struct fixture f;
	const char *url;

	(void)state;
	begin(&f);
	fake_text(f.job, "up stream/a.txt", TEXT);
	fake_text(f.job, "b.txt", TEXT);
	url = arena_printf(&f.a, "file://%s/b.txt?v=1", fake_root(f.job));
	url = arena_strndup(&f.a, url, strcspn(url, "?"));
	assert_int_equal(bind(&f.a, "", f.params, &f.err, "url", url, "sha256", f.hex, NULL), 0);
	assert_int_equal(prim_fetch.check(f.params, &f.err), 0);
	assert_int_equal(prim_fetch.run(f.job, f.params, &f.err), 0);
	assert_string_equal(fake_read(f.job, "b.txt"), TEXT);
	assert_non_null(strstr(fake_records(f.job), f.hex));
	end(&f);
}

static void
a_wrong_hash_fails(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	fake_text(f.job, "b.txt", "something else\n");
	assert_int_equal(bind(&f.a, "", f.params, &f.err, "url",
			      arena_printf(&f.a, "file://%s/b.txt", fake_root(f.job)), "sha256", f.hex, "name", "c.txt",
			      NULL),
			 0);
	assert_int_equal(prim_fetch.run(f.job, f.params, &f.err), -1);
	assert_true(says(&f, "E0905", "another"));
	assert_non_null(strstr(f.err.head->help[0], f.hex));
	end(&f);
}

static void
refuses_at_load(void **state)
{
	static const struct {
		const char *fields[8], *code, *why;
	} bad[] = {
		{{NULL}, "E0911", "fetch needs an address"},
		{{"url", "https://h/a", "deb", "make"}, "E0911", "not several"},
		{{"url", "ftp://h/a"}, "E0912", "not an http"},
		{{"url", "https://h/"}, "E0911", "give `name`"},
		{{"url", "https://h"}, "E0911", "give `name`"},
		{{"url", "https://h/x/.."}, "E0911", "give `name`"},
		{{"url", "https://h/a", "name", "x/y"}, "E0911", "not a path"},
		{{"url", "https://h/a", "arch", "arm64"}, "E0911", "`arch` belongs to `deb`"},
		{{"url", "https://h/a", "get", "ask"}, "E0911", "`get` belongs to `file`"},
		{{"deb", "-o"}, "E0911", "not the name of a Debian package"},
		{{"deb", "make", "version", "=1"}, "E0911", "not the version"},
		{{"deb", "make", "name", "x"}, "E0911", "does not go with `deb`"},
		{{"dsc", "make", "deb", "make"}, "E0911", "not several"},
		{{"dsc", "Make_1"}, "E0911", "not the name of a Debian package"},
		{{"dsc", "make", "arch", "arm64"}, "E0911", "`arch` belongs to `deb`"},
		{{"dsc", "make", "name", "x"}, "E0911", "does not go with `dsc`"},
		{{"dsc", "https://h/a.tar.gz"}, "E0911", "does not end in `.dsc`"},
		{{"dsc", "https://h/a.dsc?x"}, "E0911", "does not end in `.dsc`"},
		{{"dsc", "https://h/a.dsc", "version", "1"}, "E0911", "`version` belongs to `deb` and `dsc`"},
	};
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		const char *const *v = bad[i].fields;

		begin(&f);
		assert_int_equal(bind(&f.a, "", f.params, &f.err, v[0], v[1], v[2], v[3], NULL), 0);
		assert_int_equal(prim_fetch.check(f.params, &f.err), -1);
		if (!says(&f, bad[i].code, bad[i].why))
			fail_msg("number %zu", i);
		end(&f);
	}
}

static void
an_address_without_hash_needs_a_pin(void **state)
{
	cleanup_str struct str name = {0}, text = {0};
	struct pin_request rq = {0};
	struct fixture f;

	(void)state;
	begin(&f);
	fake_text(f.job, "b.txt", TEXT);
	assert_int_equal(
		bind(&f.a, "", f.params, &f.err, "url", arena_printf(&f.a, "file://%s/b.txt", fake_root(f.job)), NULL),
		0);
	rq.params = f.params;
	assert_int_equal(prim_fetch.pin_name(f.params, &name), 0);
	assert_true(str_starts(name.s, "url:file:///"));
	assert_int_equal(prim_fetch.pin(&rq, &text, &f.err), -1);
	assert_true(says(&f, "E0911", "no `sha256`"));
	err_free(&f.err);
	fake_job_set_pin(f.job, arena_printf(&f.a, "sha256:%s", f.hex));
	assert_int_equal(prim_fetch.run(f.job, f.params, &f.err), 0);
	end(&f);
}

static void
finds_staged_files_in_any_case(void **state)
{
	cleanup_str struct str name = {0}, text = {0}, why = {0};
	struct pin_request rq = {0};
	struct fixture f;

	(void)state;
	begin(&f);
	unsetenv("JKR_DOWNLOADS");
	fake_text(f.job, "downloads/JetPack.TBZ2", TEXT);
	assert_int_equal(bind(&f.a, fake_root(f.job), f.params, &f.err, "file", "jetpack.tbz2", NULL), 0);
	rq.params = f.params;
	assert_int_equal(prim_fetch.absent(f.params, &why), 0);
	assert_int_equal(prim_fetch.pin_name(f.params, &name), 0);
	assert_string_equal(name.s, "file:jetpack.tbz2");
	assert_int_equal(prim_fetch.pin(&rq, &text, &f.err), 0);
	assert_string_equal(text.s, arena_printf(&f.a, "sha256:%s", f.hex));
	fake_job_set_pin(f.job, text.s);
	assert_int_equal(prim_fetch.run(f.job, f.params, &f.err), 0);
	assert_string_equal(fake_read(f.job, "jetpack.tbz2"), TEXT);
	rq.locked = "sha256:"
		    "0123";
	str_reset(&name);
	assert_int_equal(prim_fetch.pin(&rq, &name, &f.err), -1);
	assert_true(says(&f, "E0905", "is not the file that jkr.lock pins"));
	end(&f);
}

static void
a_staged_file_that_is_not_there_is_absent(void **state)
{
	cleanup_str struct str why = {0}, both = {0};
	struct fixture f;

	(void)state;
	begin(&f);
	fake_text(f.job, "recipes/x.lua", "");
	assert_int_equal(
		bind(&f.a, fake_root(f.job), f.params, &f.err, "file", "bsp.tbz2", "get", "log in and fetch it", NULL),
		0);
	assert_int_equal(prim_fetch.absent(f.params, &why), 1);
	assert_non_null(strstr(why.s, "`bsp.tbz2` is not staged: log in and fetch it (looked in "));
	assert_int_equal(prim_fetch.run(f.job, f.params, &f.err), -1);
	assert_true(says(&f, "E0909", "not staged"));
	err_free(&f.err);
	fake_text(f.job, "recipes/BSP.tbz2", TEXT);
	fake_text(f.job, "recipes/Bsp.tbz2", TEXT);
	assert_int_equal(prim_fetch.absent(f.params, &both), 0);
	assert_int_equal(prim_fetch.run(f.job, f.params, &f.err), -1);
	assert_true(says(&f, "E0910", "both `BSP.tbz2` and `Bsp.tbz2`"));
	err_free(&f.err);
	fake_text(f.job, "recipes/bsp.tbz2", TEXT);
	assert_int_equal(prim_fetch.absent(f.params, &both), 0);
	end(&f);
}

static void
a_staged_file_with_another_hash_fails(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	fake_text(f.job, "recipes/bsp.tbz2", "something else");
	assert_int_equal(bind(&f.a, fake_root(f.job), f.params, &f.err, "file", "bsp.tbz2", "sha256", f.hex, NULL), 0);
	assert_int_equal(prim_fetch.run(f.job, f.params, &f.err), -1);
	assert_true(says(&f, "E0905", "bsp.tbz2"));
	assert_int_equal(f.err.head->nhelp, 2);
	end(&f);
}

static void
package_pins_read_back(void **state)
{
	static const char *const bad[] = {
		"",
		"make",
		"make 4.3 amd64 sha256:00 size:1",
		"-o 4.3 amd64 sha256:%s size:1",
		"make 4.3 amd64 sha256:%s size:-1",
		"make 4.3 am/d64 sha256:%s size:1",
		"make 4.3 amd64 sha256:%s size:1 more",
		"make 4.3 amd64 sha256:%s size:99999999999999999999",
	};
	cleanup_str struct str text = {0};
	struct fixture f;
	struct deb d;

	(void)state;
	begin(&f);
	assert_int_equal(deb_parse(arena_printf(&f.a, "make 1:4.3~b+c amd64 sha256:%s size:123", f.hex), &f.a, &d), 0);
	assert_string_equal(d.version, "1:4.3~b+c");
	assert_int_equal(d.size, 123);
	deb_format(&d, &text);
	assert_string_equal(text.s, arena_printf(&f.a, "make 1:4.3~b+c amd64 sha256:%s size:123", f.hex));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		cleanup_str struct str s = {0};
		const char *p = strstr(bad[i], "%s");

		if (p)
			str_addf(&s, "%.*s%s%s", (int)(p - bad[i]), bad[i], f.hex, p + 2);
		else
			str_add(&s, bad[i]);
		if (deb_parse(str_text(&s), &f.a, &d) != -1)
			fail_msg("taken: %s", str_text(&s));
	}
	fake_job_set_pin(f.job, "rubbish");
	assert_int_equal(bind(&f.a, "", f.params, &f.err, "deb", "make", NULL), 0);
	assert_int_equal(prim_fetch.run(f.job, f.params, &f.err), -1);
	assert_true(says(&f, "E0903", "cannot be read"));
	end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fetches_an_address),
		cmocka_unit_test(a_wrong_hash_fails),
		cmocka_unit_test(refuses_at_load),
		cmocka_unit_test(an_address_without_hash_needs_a_pin),
		cmocka_unit_test(finds_staged_files_in_any_case),
		cmocka_unit_test(a_staged_file_that_is_not_there_is_absent),
		cmocka_unit_test(a_staged_file_with_another_hash_fails),
		cmocka_unit_test(package_pins_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
