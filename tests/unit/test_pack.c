#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/archive.h"
#include "data/archive_write.h"
#include "fake_job.h"
#include "model/prim.h"
#include "values.h"

#define BIG (8u << 20)

/* What reading an archive gives, a line for each member. */
static void
list_archive(int fd, struct str *out)
{
	struct arc_limits limits = {.threads = 1};
	struct err err = {0};
	struct arc *a = arc_open(fd, "x", &limits, &err);
	struct member m;
	char buf[256];
	ssize_t n;

	assert_non_null(a);
	while (arc_next(a, &m, &err) == 1) {
		str_addf(out, "%06o %u:%u %s", m.mode, m.uid, m.gid, m.name);
		if (m.target)
			str_addf(out, " -> %s", m.target);
		if (m.xattrs)
			str_addf(out, " [%s]", m.xattrs);
		if (S_ISCHR(m.mode))
			str_addf(out, " (%u,%u)", major(m.rdev), minor(m.rdev));
		if (m.mtime != 1700000000)
			str_addf(out, " at %lld", (long long)m.mtime);
		if (S_ISREG(m.mode))
			str_add(out, " =");
		while ((n = arc_read(a, buf, sizeof buf, &err)) > 0)
			str_addn(out, buf, (size_t)n);
		str_addc(out, '\n');
	}
	assert_int_equal(arc_finish(a, &err), 0);
	assert_false(err_any(&err));
	arc_close(a);
}

static struct tree *
rootfs(struct job *job)
{
	struct layer *l = fake_layer(job, NULL);
	struct entry v[] = {
		{.path = "bin", .mode = S_IFDIR | 0755},
		{.path = "bin/su", .mode = S_IFREG | 04755},
		{.path = "bin/ping", .mode = S_IFREG | 0755, .xattrs = "security.capability=0100ff user.x="},
		{.path = "bin/sh", .mode = S_IFLNK | 0777, .target = "su"},
		{.path = "home", .mode = S_IFDIR | 01777, .uid = 1000, .gid = 100},
		{.path = "dev/null", .mode = S_IFCHR | 0666, .rdev = makedev(1, 3)},
		{.path = "z\xc3\xa9", .mode = S_IFREG | 0600, .uid = 70000, .gid = 4000000},
	};
	struct err err = {0};
	int r = 0;

	for (size_t i = 0; i < COUNT(v); i++) {
		if (S_ISDIR(v[i].mode))
			r |= layer_mkdir(l, &v[i], &err);
		else if (S_ISLNK(v[i].mode))
			r |= layer_symlink(l, &v[i], &err);
		else if (S_ISREG(v[i].mode))
			r |= layer_put(l, &v[i], v[i].path, strlen(v[i].path), &err);
		else
			r |= layer_special(l, &v[i], &err);
	}
	assert_int_equal(r, 0);
	return fake_seal(job, l);
}

static const char listing[] = "040755 0:0 r/\n"
			      "040755 0:0 r/s/\n"
			      "040755 0:0 r/s/bin/\n"
			      "100755 0:0 r/s/bin/ping [security.capability=0100ff user.x=] =bin/ping\n"
			      "120777 0:0 r/s/bin/sh -> su\n"
			      "104755 0:0 r/s/bin/su =bin/su\n"
			      "040755 0:0 r/s/dev/\n"
			      "020666 0:0 r/s/dev/null (1,3)\n"
			      "041777 1000:100 r/s/home/\n"
			      "100644 0:0 r/s/note =n\n"
			      "100600 70000:4000000 r/s/z\xc3\xa9 =z\xc3\xa9\n";

static struct job *
packed(const struct tree *t, const char *name, int level)
{
	struct job *job = fake_job_new(NULL);
	struct value items[] = {REF(0, ""), FILE_AT(fake_root(job), "note")};
	struct field f[] = {{"level", INT(level)}, {"name", STR("")}, {"prefix", STR("r/s")}};

	f[1].value.str.s = name;
	f[1].value.str.len = strlen(name);
	fake_text(job, "note", "n");
	fake_job_give(job, 0, t);
	fake_job_set_epoch(job, 1700000000);
	fake_runs(job, prim_find("pack"), (struct value)TABLE(items, 2, f, 3));
	return job;
}

/* GNU tar complains about each; of an archive that is not packed */
static void
no_note_of_charset(int fd)
{
	cleanup_str struct str bytes = {0};
	char buf[4096];
	ssize_t n;

	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	while ((n = read(fd, buf, sizeof buf)) > 0)
		str_addn(&bytes, buf, (size_t)n);
	assert_non_null(memmem(bytes.s, bytes.len, "z\xc3\xa9", 3));
	assert_null(memmem(bytes.s, bytes.len, "hdrcharset", 10));
}

static void
test_formats(void **state)
{
	static const char *const names[] = {"x.tar", "x.tar.gz", "sub/x.tar.xz", "x.tar.zst"};
	struct job *outer = fake_job_new(NULL);
	struct tree *t = rootfs(outer);

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct job *one = packed(t, names[i], i != 0), *two = packed(t, names[i], i != 0);
		cleanup_str struct str out = {0};
		struct err err = {0};
		cleanup_fd int fd = tree_open(fake_result(one), names[i], &err);

		list_archive(fd, &out);
		assert_string_equal(out.s, listing);
		if (!i)
			no_note_of_charset(fd);
		assert_int_equal(hash_cmp(&fake_result(one)->id, &fake_result(two)->id), 0);
		fake_job_free(one);
		fake_job_free(two);
	}
	fake_job_free(outer);
}

/* 8 MB that compress a little, so that several threads have work. */
static int
big_file(struct job *job)
{
	size_t n = BIG;
	cleanup_free char *data = xmalloc(n);
	cleanup_free char *path = xasprintf("%s/big", fake_root(job));
	unsigned seed = 1;

	for (size_t i = 0; i < n; i++) {
		seed = seed * 1103515245 + 12345;
		data[i] = "abcdefgh\n qrst"[(seed >> 16) % 14];
	}
	fake_file(job, "big", data, n);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static struct hash
written(int from, const char *format, int threads)
{
	struct arc_out_opts opts = {.format = format, .level = 1, .threads = threads};
	struct member m = {.name = "big", .mode = S_IFREG | 0644, .size = BIG, .mtime = 5};
	FILE *f = tmpfile();
	struct err err = {0};
	struct arc_out *o = arc_out_open(fileno(f), &opts, &err);
	struct hash h;

	assert_int_equal(lseek(from, 0, SEEK_SET), 0);
	assert_int_equal(arc_out_add(o, &m, from, &err), 0);
	assert_int_equal(arc_out_end(o, &err), 0);
	arc_out_free(o);
	lseek(fileno(f), 0, SEEK_SET);
	assert_int_equal(hash_fd(fileno(f), &h, NULL), 0);
	fclose(f);
	return h;
}

static void
test_threads(void **state)
{
	struct job *job = fake_job_new(NULL);
	cleanup_fd int fd = big_file(job);

	(void)state;
	for (size_t i = 0; arc_out_formats[i]; i++) {
		struct hash one = written(fd, arc_out_formats[i], 1), four = written(fd, arc_out_formats[i], 4);

		assert_int_equal(hash_cmp(&one, &four), 0);
	}
	fake_job_free(job);
}

static void
refused(const char *key, struct value v, const char *name, const char *code, const char *part)
{
	struct job *job = fake_job_new(NULL);
	struct tree *t = fake_tree(job, "a", "1", NULL);
	struct value items[] = {REF(0, "")};
	struct field f[] = {{key, v}, {"name", STR("")}};

	f[1].value.str.s = name;
	f[1].value.str.len = strlen(name);
	fake_job_give(job, 0, t);
	fake_fails(job, prim_find("pack"), (struct value)TABLE(items, 1, f, 2), code, part);
	fake_job_free(job);
}

static void
test_refused(void **state)
{
	(void)state;
	refused("level", (struct value)INT(0), "x.rar", "E0105", "`x.rar` does not say how to pack");
	refused("level", (struct value)INT(0), ".tar", "E0105", "`.tar` does not say");
	refused("level", (struct value)INT(10), "x.tar.gz", "E0104", "tar.gz has no level 10");
	refused("level", (struct value)INT(20), "x.tar.zst", "E0104", "20");
	refused("format", (struct value)STR("zip"), "x", "E0105", "`zip` is not a choice");
	refused("exclude", (struct value)STR("b"), "x.tar", "E0123", "`b` matches nothing");
}

static void
test_writer_refuses(void **state)
{
	struct arc_out_opts opts = {.format = "tar.zst", .threads = 1};
	struct member sock = {.name = "s", .mode = S_IFSOCK | 0644},
		      file = {.name = "f", .mode = S_IFREG | 0644, .size = 9},
		      link = {.name = "l", .mode = S_IFLNK | 0777, .target = "z\xc3\xa9"};
	struct job *job = fake_job_new(NULL);
	struct source src = fake_text(job, "short", "1234");
	struct err err = {0};
	cleanup_fd int fd = job_open(job, &src, &err);
	FILE *f = tmpfile();
	struct arc_out *o = arc_out_open(fileno(f), &opts, &err);

	(void)state;
	assert_int_equal(arc_out_add(o, &sock, -1, &err), -1);
	assert_string_equal(err.tail->msg, "`s` is a socket, which no archive holds");
	assert_int_equal(arc_out_add(o, &file, fd, &err), -1);
	assert_string_equal(err.tail->msg, "`f` is shorter than it was");
	setlocale(LC_CTYPE, "C");
	assert_int_equal(arc_out_add(o, &link, -1, &err), -1);
	assert_string_equal(err.tail->msg,
			    "`l` has a name or target beyond ASCII, and this machine has no locale C.UTF-8");
	setlocale(LC_CTYPE, "C.UTF-8");
	arc_out_free(o);
	opts.format = "zip";
	assert_null(arc_out_open(fileno(f), &opts, &err));
	err_free(&err);
	fclose(f);
	fake_job_free(job);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_writer_refuses),
	};

	setlocale(LC_CTYPE, "C.UTF-8"); /* as main does */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
