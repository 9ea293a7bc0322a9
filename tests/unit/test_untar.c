/* untar: what it unpacks, and how it is told what to unpack */
#include "untar_run.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake_archive.h"
#include "model/unpack.h"
#include "scratch.h"

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
	go_wrong(&r, "E0407", "entry 1001 `f1000` is over the limit: `max_files` is 1000");
	finish(&r);
	str_reset(&t);
	tar_file(&t, "a", "12345");
	tar_file(&t, "b", "12345");
	tar_end(&t);
	start(&r);
	give(&r, "x.tar", &t);
	*(int64_t *)field(&r, "max_size") = 9;
	go_wrong(&r, "E0407", "entry 2 `b` is over the limit: `max_size` is 9");
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
	go_wrong(&r, "E0405", "`y.tar`: entry 1 `c` is a hard link to `a`, which is no earlier file");
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
	static const char *const build[] = {
		"sh", "-c",
		"d=$(mktemp -d) && mkdir -p $d/DEBIAN $d/usr/share/x && echo text >$d/usr/share/x/file && ln -s file $d/usr/share/x/l &&"
		" printf 'Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x <x@y.z>\nDescription: x\n' >$d/DEBIAN/control &&"
		" chmod 755 $d $d/DEBIAN && dpkg-deb --root-owner-group -b $d $d.deb >/dev/null && cat $d.deb; rm -rf $d $d.deb",
		NULL};
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

/* AR-033: the link is replaced, not written through. */
static void
replaces_a_link_by_a_file(void **state)
{
	struct str t = {0};
	struct run r;

	(void)state;
	tar_link(&t, "f", "/etc/canary");
	tar_file(&t, "f", "text");
	tar_end(&t);
	start(&r);
	give(&r, "x.tar", &t);
	go_well(&r);
	assert_int_equal(tree_find(fake_result(r.job), "f")->mode, S_IFREG | 0644);
	assert_string_equal(fake_read(r.job, "f"), "text");
	str_free(&t);
	finish(&r);
}

/* What the writer meets must reach the reader, also when that one has to wait for room. */
static void
ends_when_a_file_cannot_be_written(void **state)
{
	struct str t = {0}, body = {0};
	char name[32];

	(void)state;
	while (body.len < 1 << 20)
		str_addc(&body, 'x');
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof name, "f%d", i);
		tar_head(&t, name, '0', 0644, NULL, body.len);
		tar_body(&t, body.s, body.len);
	}
	tar_end(&t);
	for (int threads = 1; threads <= 2; threads++)
		for (int at = 1; at < 100; at += 97) {
			char dir[SCRATCH];
			cleanup_fd int in = bytes_fd(t.s, t.len), root = -1, sub = -1;
			struct unpack_opts opts = {.threads = threads};
			struct unpack_sums sums;
			struct err err = {0};
			struct unpack *u;
			struct layer *l;

			root = open(scratch_new(dir), O_RDONLY | O_DIRECTORY);
			snprintf(name, sizeof name, "f%d", at);
			assert_int_equal(mkdirat(root, name, 0755), 0); /* nobody told the layer */
			sub = openat(root, name, O_RDONLY | O_DIRECTORY);
			assert_int_equal(mkdirat(sub, "d", 0755), 0);
			l = layer_new(root, NULL);
			u = unpack_new(l, &opts);
			if (unpack_archive(u, in, "x", &err) == 0)
				assert_int_equal(unpack_end(u, &sums, &err), -1);
			assert_non_null(strstr(err.head->msg, name));
			unpack_free(u);
			layer_free(l);
			err_free(&err);
			assert_int_equal(scratch_drop(dir), 0);
		}
	str_free(&t), str_free(&body);
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
		cmocka_unit_test(replaces_a_link_by_a_file),
		cmocka_unit_test(ends_when_a_file_cannot_be_written),
		cmocka_unit_test(notes_what_lies_behind_the_end),
		cmocka_unit_test(lets_a_pax_size_win_as_tar_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
