/* untar: what it unpacks, and what it refuses with the entry's name */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "base/err.h"
#include "data/schema.h"
#include "fake_job.h"
#include "hostile.h"
#include "model/prim.h"

/* As in interp/prim/untar.c: parameters are bound by the table, so only the table is used here. */
struct run {
	struct job *job;
	struct source one[3];
	struct err err;
	void *bound;
};

extern const struct prim prim_untar;

static void *
field(struct run *r, const char *name)
{
	const struct param *p = schema_find(prim_untar.params, name);

	assert_non_null(p);
	return (char *)r->bound + p->offset;
}

static void
start_on(struct run *r, const struct tree *below, struct job *job)
{
	*r = (struct run){.job = job ? job : fake_job_new(below)};
	r->bound = xcalloc(1, prim_untar.size);
	*(int64_t *)field(r, "max_size") = (int64_t)1 << 30;
	*(int64_t *)field(r, "max_files") = 1000;
	*(int64_t *)field(r, "ratio") = 1000;
}

static void
start(struct run *r)
{
	start_on(r, NULL, NULL);
}

static void
give(struct run *r, const char *name, struct str *bytes)
{
	struct sources *s = field(r, "archives");

	r->one[s->n] = fake_file(r->job, name, bytes->s, bytes->len);
	s->v = r->one;
	s->n++;
}

static void
set_list(struct run *r, const char *name, const char **v, size_t n)
{
	*(struct strings *)field(r, name) = (struct strings){n, v, NULL};
}

static void
finish(struct run *r)
{
	err_free(&r->err);
	free(r->bound);
	fake_job_free(r->job);
}

static int
go(struct run *r)
{
	return prim_untar.run(r->job, r->bound, &r->err);
}

static void
go_well(struct run *r)
{
	if (go(r) < 0)
		fail_msg("%s: %s", r->err.head->code, r->err.head->msg);
}

static void
go_wrong(struct run *r, const char *code, const char *words)
{
	assert_int_equal(go(r), -1);
	if (!r->err.head || !r->err.head->code || strcmp(r->err.head->code, code) || !strstr(r->err.head->msg, words))
		fail_msg("wanted %s `%s`, got %s `%s`", code, words, r->err.head ? r->err.head->code : "",
		         r->err.head ? r->err.head->msg : "");
}

/* Hostile archives: how each is made, and how it is refused. */
struct hostile {
	const char *id;
	void (*make)(struct str *t);
	const char *code, *words;
};

#define MAKE(name) static void name(struct str *t)
MAKE(climb) { tar_file(t, "ok", "x"); tar_file(t, "../evil", "x"); }
MAKE(climb_inside) { tar_file(t, "a/b/../../../evil", "x"); }
MAKE(climb_far) { tar_file(t, "../../../../../../../../../../etc/canary", "x"); }
MAKE(absolute) { tar_file(t, "/tmp/ar013", "x"); }
MAKE(dots) { tar_head(t, "..", '5', 0755, NULL, 0); }
MAKE(pax_climb)
{
	struct str r = {0};

	pax_record(&r, "path", "../evil");
	tar_pax(t, r.s, r.len);
	tar_file(t, "innocent", "x");
	str_free(&r);
}
MAKE(gnu_climb) { tar_long(t, 'L', "../evil"); tar_file(t, "innocent", "x"); }
MAKE(hidden_by_strip) { tar_file(t, "x/../../evil", "x"); }
MAKE(through_link) { tar_link(t, "d", "/etc"); tar_file(t, "d/canary", "x"); }
MAKE(through_dotdot) { tar_link(t, "d", ".."); tar_file(t, "d/evil", "x"); }
MAKE(two_hops) { tar_link(t, "a", ".."); tar_link(t, "b", "a/.."); tar_file(t, "b/evil", "x"); }
MAKE(folder_over_link) { tar_link(t, "d", "/etc"); tar_head(t, "d/", '5', 0777, NULL, 0); }
MAKE(link_over_folder)
{
	tar_head(t, "d/", '5', 0755, NULL, 0);
	tar_link(t, "d", "/etc");
	tar_file(t, "d/x", "x");
}
MAKE(link_over_implied) { tar_file(t, "d/x", "x"); tar_link(t, "d", "/etc"); }
MAKE(below_file) { tar_file(t, "f", "x"); tar_file(t, "f/x", "x"); }
MAKE(proc_link) { tar_link(t, "d", "/proc/self/cwd/../.."); tar_file(t, "d/x", "x"); }
MAKE(hard_absolute) { tar_head(t, "h", '1', 0644, "/etc/passwd", 0); }
MAKE(hard_climb) { tar_head(t, "h", '1', 0644, "../../victim", 0); }
MAKE(hard_to_link) { tar_link(t, "l", "/etc/passwd"); tar_head(t, "h", '1', 0644, "l", 0); }
MAKE(hard_to_later) { tar_head(t, "h", '1', 0644, "f", 0); tar_file(t, "f", "x"); }
MAKE(hard_to_itself) { tar_head(t, "h", '1', 0644, "h", 0); }
MAKE(char_device) { tar_head(t, "null", '3', 0666, NULL, 0); }
MAKE(block_device) { tar_head(t, "sda", '4', 0666, NULL, 0); }
MAKE(fifo) { tar_head(t, "f", '6', 0644, NULL, 0); tar_file(t, "f", "x"); }
MAKE(huge) { tar_head(t, "f", '0', 0644, NULL, (uint64_t)1 << 62); tar_body(t, "abc", 3); }
MAKE(negative) { tar_head(t, "f", '0', 0644, NULL, (uint64_t)-512); }
MAKE(cut_in_data) { tar_head(t, "f", '0', 0644, NULL, 5000); tar_body(t, "abc", 3); }
MAKE(long_component)
{
	char name[5001];

	memset(name, 'a', 5000);
	name[5000] = 0;
	memset(name + 300, '/', 1);
	tar_long(t, 'L', name);
	tar_file(t, "x", "x");
}
MAKE(one_long_component)
{
	char name[302] = "";

	memset(name, 'a', 301);
	tar_long(t, 'L', name);
	tar_file(t, "x", "x");
}
MAKE(deep)
{
	struct str name = {0};

	for (int i = 0; i < 300; i++)
		str_add(&name, "d/");
	str_add(&name, "f");
	tar_long(t, 'L', name.s);
	tar_file(t, "x", "x");
	str_free(&name);
}
MAKE(control) { tar_file(t, "a\033[31mb", "x"); }
MAKE(pax_lie) { tar_pax(t, "99999999999 path=x\n", 19); tar_file(t, "f", "x"); }
MAKE(pax_huge) { tar_head(t, "pax", 'x', 0644, NULL, (uint64_t)4 << 30); tar_file(t, "f", "x"); }
MAKE(sparse_huge)
{
	struct str r = {0};

	pax_record(&r, "GNU.sparse.major", "1");
	pax_record(&r, "GNU.sparse.minor", "0");
	pax_record(&r, "GNU.sparse.name", "f");
	pax_record(&r, "GNU.sparse.realsize", "1099511627776");
	tar_pax(t, r.s, r.len);
	tar_head(t, "f", '0', 0644, NULL, 512);
	tar_body(t, "0\n", 2);
	str_free(&r);
}
MAKE(sparse_lie)
{
	struct str r = {0};

	pax_record(&r, "GNU.sparse.major", "1");
	pax_record(&r, "GNU.sparse.minor", "0");
	pax_record(&r, "GNU.sparse.name", "f");
	pax_record(&r, "GNU.sparse.realsize", "100");
	tar_pax(t, r.s, r.len);
	tar_head(t, "f", '0', 0644, NULL, 1536);
	tar_body(t, "2\n5000\n512\n100\n512\n", 19);
	tar_body(t, "x", 1);
	tar_body(t, "y", 1);
	str_free(&r);
}
MAKE(empty) { (void)t; }
MAKE(only_root) { tar_head(t, "./", '5', 0755, NULL, 0); }

static const struct hostile hostiles[] = {
	{"AR-010", climb, "E0403", "entry 2 `../evil`: leaves the tree"},
	{"AR-011", climb_inside, "E0403", "entry 1 `a/b/../../../evil`: leaves the tree"},
	{"AR-012", climb_far, "E0403", "leaves the tree"},
	{"AR-013", absolute, "E0403", "`/tmp/ar013`: is an absolute path"},
	{"AR-015", dots, "E0403", "`..`: leaves the tree"},
	{"AR-016", pax_climb, "E0403", "`../evil`: leaves the tree"},
	{"AR-017", gnu_climb, "E0403", "`../evil`: leaves the tree"},
	{"AR-022", hidden_by_strip, "E0403", "leaves the tree"},
	{"AR-030", through_link, "E0404", "`d/canary`: goes through the symlink `d`"},
	{"AR-031", through_dotdot, "E0404", "goes through the symlink `d`"},
	{"AR-032", two_hops, "E0404", "goes through the symlink `b`"},
	{"AR-034", folder_over_link, "E0404", "is a folder, but `d` is already a symlink"},
	{"AR-042", link_over_folder, "E0404", "would replace the folder `d`"},
	{"AR-042b", link_over_implied, "E0404", "would replace the folder `d`"},
	{"below-file", below_file, "E0404", "lies below `f`, which is no folder"},
	{"AR-043", proc_link, "E0404", "goes through the symlink"},
	{"AR-035", hard_absolute, "E0405", "hard link to `/etc/passwd`, which is an absolute path"},
	{"AR-036", hard_climb, "E0405", "hard link to `../../victim`, which leaves the tree"},
	{"AR-037", hard_to_link, "E0405", "hard link to `l`, which is no earlier file"},
	{"hard-later", hard_to_later, "E0405", "no earlier file"},
	{"hard-self", hard_to_itself, "E0405", "no earlier file"},
	{"AR-050", char_device, "E0406", "`null`: is a device"},
	{"AR-051", block_device, "E0406", "`sda`: is a device"},
	{"AR-052", fifo, "E0406", "`f`: is a fifo"},
	{"AR-070", huge, "E0407", "grow to more than"},
	{"AR-072", negative, "E0402", ""},
	{"AR-080", cut_in_data, "E0402", "entry 1: Truncated"},
	{"AR-111", long_component, "E0403", "is longer than 4095 bytes"},
	{"AR-111b", one_long_component, "E0403", "component of more than 255 bytes"},
	{"AR-114", deep, "E0403", "nested more than 256 deep"},
	{"AR-116", control, "E0403", "holds a control byte"},
	{"AR-131", pax_lie, "E0402", ""},
	{"AR-130", pax_huge, "E0402", ""},
	{"AR-074", sparse_huge, "E0407", "grow to more than"},
	{"AR-075", sparse_lie, "E0402", ""},
	{"AR-092", empty, "E0411", "the archive is empty"},
	{"only-root", only_root, "E0411", ""},
};

static void
refuses_hostile_archives(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(hostiles); i++) {
		const struct hostile *h = &hostiles[i];
		struct str t = {0};
		struct run r;

		start(&r);
		h->make(&t);
		if (strcmp(h->id, "AR-080"))
			tar_end(&t);
		give(&r, "x.tar", &t);
		if (go(&r) == 0)
			fail_msg("%s: was unpacked", h->id);
		if (!r.err.head || !r.err.head->code || strcmp(r.err.head->code, h->code) ||
		    !strstr(r.err.head->msg, h->words))
			fail_msg("%s: wanted %s `%s`, got %s `%s`", h->id, h->code, h->words,
			         r.err.head ? r.err.head->code : "", r.err.head ? r.err.head->msg : "");
		assert_non_null(strstr(r.err.head->msg, "x.tar"));
		str_free(&t);
		finish(&r);
	}
}

static void
sample(struct str *t)
{
	tar_head(t, "top/", '5', 0775, NULL, 0);
	tar_file(t, "top/README", "read me\n");
	tar_head(t, "top/run", '0', 04755, NULL, 3);
	tar_body(t, "#!x", 3);
	tar_file(t, "top/drivers/a/Kconfig", "config A\n");
	tar_file(t, "top/drivers/b/Kconfig", "config B\n");
	tar_link(t, "top/link", "../../outside");
	tar_head(t, "top/same", '1', 0644, "top/README", 0);
	tar_head(t, "top/same", '1', 0644, "top/same", 0);
}

static void
unpacks_a_source_tree(void **state)
{
	struct str t = {0};
	const struct entry *e;
	struct run r;

	(void)state;
	start(&r);
	sample(&t);
	tar_end(&t);
	give(&r, "x.tar", &t);
	*(int64_t *)field(&r, "strip") = 1;
	go_well(&r);
	assert_string_equal(fake_read(r.job, "README"), "read me\n");
	assert_string_equal(fake_read(r.job, "same"), "read me\n");
	assert_string_equal(fake_read(r.job, "drivers/b/Kconfig"), "config B\n");
	e = tree_find(fake_result(r.job), "run");
	assert_int_equal(e->mode, S_IFREG | 0755);
	e = tree_find(fake_result(r.job), "link");
	assert_string_equal(e->target, "../../outside");
	assert_null(tree_find(fake_result(r.job), "top"));
	assert_non_null(strstr(fake_records(r.job), "epoch=1700000000"));
	assert_non_null(strstr(fake_notes(r.job), "1 entries lose setuid"));
	str_free(&t);
	finish(&r);
}

static void
keeps_what_a_root_file_system_has(void **state)
{
	struct str t = {0}, rec = {0};
	const struct entry *e;
	struct run r;

	(void)state;
	start(&r);
	sample(&t);
	pax_record(&rec, "SCHILY.xattr.user.note", "A=B");
	pax_record(&rec, "SCHILY.xattr.trusted.overlay.opaque", "y");
	pax_record(&rec, "uid", "2147483647");
	tar_pax(&t, rec.s, rec.len);
	tar_file(&t, "top/x", "x");
	tar_head(&t, "top/null", '3', 0666, NULL, 0);
	tar_head(&t, "top/pipe", '6', 0600, NULL, 0);
	tar_end(&t);
	give(&r, "x.tar", &t);
	*(bool *)field(&r, "rootfs") = true;
	go_well(&r);
	e = tree_find(fake_result(r.job), "top/run");
	assert_int_equal(e->mode, S_IFREG | 04755);
	e = tree_find(fake_result(r.job), "top/x");
	assert_int_equal(e->uid, 2147483647);
	assert_string_equal(e->xattrs, "user.note=413d42");
	e = tree_find(fake_result(r.job), "top/null");
	assert_int_equal(e->mode, S_IFCHR | 0666);
	assert_true(e->rdev != 0);
	e = tree_find(fake_result(r.job), "top/pipe");
	assert_int_equal(e->mode, S_IFIFO | 0600);
	str_free(&t);
	str_free(&rec);
	finish(&r);
}

static void
refuses_the_device_that_hides_files(void **state)
{
	struct str t = {0};
	struct run r;
	unsigned sum = 0;

	(void)state;
	tar_head(&t, "gone", '3', 0666, NULL, 0);
	memset(t.s + 329, '0', 7);
	memset(t.s + 337, '0', 7);
	memset(t.s + 148, ' ', 8);
	for (int i = 0; i < 512; i++)
		sum += (unsigned char)t.s[i];
	snprintf(t.s + 148, 8, "%06o", sum);
	tar_end(&t);
	start(&r);
	give(&r, "x.tar", &t);
	*(bool *)field(&r, "rootfs") = true;
	go_wrong(&r, "E0406", "0:0");
	str_free(&t);
	finish(&r);
}

static void
chooses_by_only_and_skip(void **state)
{
	const char *only[] = {"./top/drivers/*/Kconfig", "top/README"}, *skip[] = {"top/drivers/b/"};
	struct str t = {0};
	struct run r;

	(void)state;
	start(&r);
	sample(&t);
	tar_end(&t);
	give(&r, "x.tar", &t);
	set_list(&r, "only", only, 2);
	set_list(&r, "skip", skip, 1);
	*(int64_t *)field(&r, "strip") = 1;
	*(const char **)field(&r, "into") = "sub/dir";
	go_well(&r);
	assert_non_null(fake_read(r.job, "sub/dir/README"));
	assert_non_null(fake_read(r.job, "sub/dir/drivers/a/Kconfig"));
	assert_null(tree_find(fake_result(r.job), "sub/dir/drivers/b/Kconfig"));
	assert_null(tree_find(fake_result(r.job), "sub/dir/run"));
	str_free(&t);
	finish(&r);
}

static void
names_the_nearest_where_nothing_matches(void **state)
{
	const char *only[] = {"top/drivers", "top/REDME"}, *skip[] = {"top/zzzzzzzzzz"};
	struct str t = {0};
	struct run r;

	(void)state;
	start(&r);
	sample(&t);
	tar_end(&t);
	give(&r, "x.tar", &t);
	set_list(&r, "only", only, 2);
	set_list(&r, "skip", skip, 1);
	go_wrong(&r, "E0408", "`only` = `top/REDME` matches no entry");
	assert_int_equal(err_count(&r.err), 2);
	assert_string_equal(r.err.head->help[0], "the nearest entry is `top/README`");
	assert_non_null(strstr(r.err.tail->msg, "`skip` = `top/zzzzzzzzzz`"));
	str_free(&t);
	finish(&r);
}

static void
says_when_strip_leaves_nothing(void **state)
{
	struct str t = {0};
	struct run r;

	(void)state;
	start(&r);
	sample(&t);
	tar_end(&t);
	give(&r, "x.tar", &t);
	*(int64_t *)field(&r, "strip") = 9;
	go_wrong(&r, "E0411", "`strip` = 9 leaves nothing");
	str_free(&t);
	finish(&r);
}

static void
bounds_files_and_bytes(void **state)
{
	struct str t = {0};
	struct run r;
	char name[32];

	(void)state;
	for (int i = 0; i < 1001; i++) {
		snprintf(name, sizeof name, "f%d", i);
		tar_file(&t, name, "");
	}
	tar_end(&t);
	start(&r);
	give(&r, "x.tar", &t);
	go_wrong(&r, "E0407", "entry 1001 `f1000`: there are more than 1000 entries");
	finish(&r);
	str_reset(&t);
	tar_file(&t, "a", "12345");
	tar_file(&t, "b", "12345");
	tar_end(&t);
	start(&r);
	give(&r, "x.tar", &t);
	*(int64_t *)field(&r, "max_size") = 9;
	go_wrong(&r, "E0407", "entry 2 `b`: the files grow to more than 9");
	str_free(&t);
	finish(&r);
}

static void
compares_the_checksum_first(void **state)
{
	struct str t = {0};
	char hex[HASH_HEX];
	struct hash h;
	struct run r;

	(void)state;
	str_add(&t, "no archive at all");
	start(&r);
	give(&r, "x.tar", &t);
	*(const char **)field(&r, "sha256") = "0000000000000000000000000000000000000000000000000000000000000000";
	go_wrong(&r, "E0409", "`x.tar` has another checksum");
	finish(&r);
	str_reset(&t);
	sample(&t);
	tar_end(&t);
	h = hash_of(t.s, t.len);
	start(&r);
	give(&r, "x.tar", &t);
	*(const char **)field(&r, "sha256") = hash_hex(&h, hex);
	go_well(&r);
	assert_non_null(fake_read(r.job, "top/README"));
	finish(&r);
	start(&r);
	give(&r, "x.tar", &t);
	give(&r, "y.tar", &t);
	*(const char **)field(&r, "sha256") = hex;
	assert_int_equal(prim_untar.check(r.bound, &r.err), -1);
	str_free(&t);
	finish(&r);
}

static void
unpacks_several_one_over_the_other(void **state)
{
	struct str t = {0}, second = {0};
	struct run r;

	(void)state;
	tar_file(&t, "a", "first");
	tar_file(&t, "b", "early");
	tar_file(&t, "b", "late");
	tar_end(&t);
	tar_file(&second, "a", "second");
	tar_end(&second);
	start(&r);
	give(&r, "x.tar", &t);
	give(&r, "y.tar", &second);
	go_well(&r);
	assert_string_equal(fake_read(r.job, "a"), "second");
	assert_string_equal(fake_read(r.job, "b"), "late");
	assert_string_equal(fake_notes(r.job), "x.tar: `b` comes more than once; the last one counts\n");
	finish(&r);
	str_reset(&second); /* a hard link into another archive */
	tar_head(&second, "c", '1', 0644, "a", 0);
	tar_end(&second);
	start(&r);
	give(&r, "x.tar", &t);
	give(&r, "y.tar", &second);
	go_wrong(&r, "E0405", "`y.tar`: entry 1 `c`: is a hard link to `a`, which is no earlier file");
	str_free(&t), str_free(&second);
	finish(&r);
}

static void
writes_over_the_tree_below(void **state)
{
	struct job *first = fake_job_new(NULL), *job;
	struct tree *below = fake_tree(first, "etc/issue", "old", "lib", "->usr/lib", "usr/lib/x", "x", NULL);
	struct str t = {0};
	struct run r;

	(void)state;
	tar_file(&t, "etc/issue", "new");
	tar_end(&t);
	job = fake_job_new(below);
	start_on(&r, NULL, job);
	give(&r, "x.tar", &t);
	go_well(&r);
	assert_string_equal(fake_read(r.job, "etc/issue"), "new");
	assert_string_equal(fake_read(r.job, "usr/lib/x"), "x");
	finish(&r);
	str_reset(&t);
	tar_file(&t, "lib/y", "y");
	tar_end(&t);
	job = fake_job_new(below);
	start_on(&r, NULL, job);
	give(&r, "x.tar", &t);
	go_wrong(&r, "E0404", "goes through the symlink `lib`");
	str_free(&t);
	finish(&r);
	fake_job_free(first);
}

static void
goes_into_inner_archives(void **state)
{
	static const char *const xz[] = {"xz", "-c", NULL}, *const gz[] = {"gzip", "-nc", NULL};
	const char *inner[] = {"./sub/in.tar.xz", "top/deep.zip"}, *wrong[] = {"sub/in.tar.gz"};
	const struct zip_file f[] = {{"hello", "hello", "text", 0100644, 0, 0}};
	struct str zip = zip_of(f, 1), t = {0}, packed, outer = {0}, all;
	struct run r;

	(void)state;
	tar_head(&t, "top/deep.zip", '0', 0644, NULL, zip.len);
	tar_body(&t, zip.s, zip.len);
	tar_end(&t);
	packed = through(&t, xz);
	tar_file(&outer, "before", "x");
	tar_head(&outer, "./sub/in.tar.xz", '0', 0644, NULL, packed.len);
	tar_body(&outer, packed.s, packed.len);
	tar_end(&outer);
	all = through(&outer, gz);
	start(&r);
	give(&r, "x.tgz", &all);
	set_list(&r, "inner", inner, 2);
	go_well(&r);
	assert_string_equal(fake_read(r.job, "hello"), "text");
	finish(&r);
	start(&r);
	give(&r, "x.tgz", &all);
	set_list(&r, "inner", wrong, 1);
	go_wrong(&r, "E0410", "holds no file `sub/in.tar.gz`");
	assert_string_equal(r.err.head->help[0], "the nearest entry is `sub/in.tar.xz`");
	finish(&r);
	all.s[all.len - 6] ^= 1; /* the outer checksum counts also when the inner archive is whole */
	start(&r);
	give(&r, "x.tgz", &all);
	set_list(&r, "inner", inner, 2);
	go_wrong(&r, "E0402", "gzip data is damaged");
	finish(&r);
	str_free(&zip), str_free(&t), str_free(&packed), str_free(&outer), str_free(&all);
}

static void
unpacks_the_data_of_a_package(void **state)
{
	static const char *const xz[] = {"xz", "-c", NULL};
	const char *control[] = {"control.tar.xz"};
	struct str t = {0}, c = {0}, packed, cpacked, deb = {0};
	struct run r;

	(void)state;
	tar_file(&t, "./usr/src/x", "source");
	tar_end(&t);
	tar_file(&c, "./control", "Package: x\n");
	tar_end(&c);
	packed = through(&t, xz);
	cpacked = through(&c, xz);
	ar_file(&deb, "debian-binary", "2.0\n", 4);
	ar_file(&deb, "control.tar.xz", cpacked.s, cpacked.len);
	ar_file(&deb, "data.tar.xz", packed.s, packed.len);
	start(&r);
	give(&r, "x.deb", &deb);
	go_well(&r);
	assert_string_equal(fake_read(r.job, "usr/src/x"), "source");
	assert_null(tree_find(fake_result(r.job), "control"));
	finish(&r);
	start(&r);
	give(&r, "x.deb", &deb);
	set_list(&r, "inner", control, 1);
	go_well(&r);
	assert_string_equal(fake_read(r.job, "control"), "Package: x\n");
	finish(&r);
	str_free(&t), str_free(&c), str_free(&packed), str_free(&cpacked), str_free(&deb);
}

/* A package as dpkg-deb makes it, where that is installed. */
static void
unpacks_what_dpkg_deb_makes(void **state)
{
	static const char *const build[] = {"sh", "-c",
		"d=$(mktemp -d) && mkdir -p $d/DEBIAN $d/usr/share/x && echo text >$d/usr/share/x/file && ln -s file $d/usr/share/x/l &&"
		" printf 'Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x <x@y.z>\nDescription: x\n' >$d/DEBIAN/control &&"
		" chmod 755 $d $d/DEBIAN && dpkg-deb --root-owner-group -b $d $d.deb >/dev/null && cat $d.deb; rm -rf $d $d.deb", NULL};
	struct str none = {.s = xstrdup("")}, deb = through(&none, build);
	struct run r;

	(void)state;
	if (!deb.len) {
		str_free(&none);
		skip();
	}
	start(&r);
	give(&r, "x.deb", &deb);
	go_well(&r);
	assert_string_equal(fake_read(r.job, "usr/share/x/file"), "text\n");
	assert_string_equal(tree_find(fake_result(r.job), "usr/share/x/l")->target, "file");
	str_free(&none), str_free(&deb);
	finish(&r);
}

static void
keeps_long_names_large_and_sparse_files(void **state)
{
	struct str t = {0}, rec = {0}, name = {0}, big = {0};
	const struct entry *e;
	struct hash want;
	struct run r;

	(void)state;
	for (int i = 0; i < 30; i++)
		str_add(&name, "directory/");
	str_add(&name, "n\xc3\xa4me");
	tar_long(&t, 'L', name.s);
	tar_file(&t, "short", "gnu");
	pax_record(&rec, "path", "p\xc3\xa4x/a\xcc\x88");
	tar_pax(&t, rec.s, rec.len);
	tar_file(&t, "short", "pax");
	tar_file(&t, "latin\xe9", "1");
	str_reset(&rec);
	pax_record(&rec, "GNU.sparse.major", "1");
	pax_record(&rec, "GNU.sparse.minor", "0");
	pax_record(&rec, "GNU.sparse.name", "sparse");
	pax_record(&rec, "GNU.sparse.realsize", "20000000");
	tar_pax(&t, rec.s, rec.len);
	tar_head(&t, "x", '0', 0644, NULL, 512 + 3);
	tar_body(&t, "2\n10000000\n3\n20000000\n0\n", 24);
	tar_body(&t, "mid", 3);
	while (big.len < (9 << 20) + 5)
		str_addc(&big, (char)(big.len * 7));
	tar_head(&t, "big", '0', 0644, NULL, big.len);
	tar_body(&t, big.s, big.len);
	tar_end(&t);
	start(&r);
	give(&r, "x.tar", &t);
	go_well(&r);
	assert_string_equal(fake_read(r.job, name.s), "gnu");
	assert_string_equal(fake_read(r.job, "p\xc3\xa4x/a\xcc\x88"), "pax"); /* not composed */
	assert_string_equal(fake_read(r.job, "latin\xe9"), "1");
	want = hash_of(big.s, big.len);
	e = tree_find(fake_result(r.job), "big");
	assert_int_equal(hash_cmp(&e->digest, &want), 0);
	str_reset(&big);
	while (big.len < 20000000)
		str_addc(&big, 0);
	memcpy(big.s + 10000000, "mid", 3);
	want = hash_of(big.s, big.len);
	e = tree_find(fake_result(r.job), "sparse");
	assert_int_equal(e->size, 20000000);
	assert_int_equal(hash_cmp(&e->digest, &want), 0);
	str_free(&t), str_free(&rec), str_free(&name), str_free(&big);
	finish(&r);
}

static void
notes_what_lies_behind_the_end(void **state)
{
	struct str t = {0};
	struct run r;

	(void)state;
	sample(&t);
	tar_end(&t);
	tar_file(&t, "../evil", "x");
	tar_end(&t);
	start(&r);
	give(&r, "x.tar", &t);
	go_well(&r);
	assert_non_null(strstr(fake_notes(r.job), "bytes behind the end of the archive are ignored"));
	str_free(&t);
	finish(&r);
}

/* A reader that believes the older field would skip the second file. */
static void
lets_a_pax_size_win_as_tar_does(void **state)
{
	struct str rec = {0}, inside = {0}, t = {0};
	struct run r;

	(void)state;
	pax_record(&rec, "size", "0");
	tar_pax(&t, rec.s, rec.len);
	tar_file(&inside, "second", "x");
	tar_head(&t, "f", '0', 0644, NULL, inside.len);
	str_addn(&t, inside.s, inside.len);
	tar_end(&t);
	start(&r);
	give(&r, "x.tar", &t);
	go_well(&r);
	assert_string_equal(fake_read(r.job, "f"), "");
	assert_string_equal(fake_read(r.job, "second"), "x");
	str_free(&rec), str_free(&inside), str_free(&t);
	finish(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_hostile_archives),
		cmocka_unit_test(unpacks_a_source_tree),
		cmocka_unit_test(keeps_what_a_root_file_system_has),
		cmocka_unit_test(refuses_the_device_that_hides_files),
		cmocka_unit_test(chooses_by_only_and_skip),
		cmocka_unit_test(names_the_nearest_where_nothing_matches),
		cmocka_unit_test(says_when_strip_leaves_nothing),
		cmocka_unit_test(bounds_files_and_bytes),
		cmocka_unit_test(compares_the_checksum_first),
		cmocka_unit_test(unpacks_several_one_over_the_other),
		cmocka_unit_test(writes_over_the_tree_below),
		cmocka_unit_test(goes_into_inner_archives),
		cmocka_unit_test(unpacks_the_data_of_a_package),
		cmocka_unit_test(unpacks_what_dpkg_deb_makes),
		cmocka_unit_test(keeps_long_names_large_and_sparse_files),
		cmocka_unit_test(notes_what_lies_behind_the_end),
		cmocka_unit_test(lets_a_pax_size_win_as_tar_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
