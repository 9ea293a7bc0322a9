/* git apply as the judge: made-up changes, put onto files that moved on, must end alike. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/patch_set.h"
#include "os/fs.h"
#include "os/proc.h"
#include "scratch.h"

#define CASES 120

static unsigned
next(unsigned *seed, unsigned below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

static void
make_text(unsigned *seed, struct str *out)
{
	unsigned n = 4 + next(seed, 40);

	for (unsigned i = 0; i < n; i++)
		str_addf(out, next(seed, 3) ? "line %u\n" : "\t}\n", next(seed, 1000));
	if (!next(seed, 6))
		out->s[--out->len] = '\0';
}

/* Changes a few lines: takes away, doubles, puts in. */
static void
change_text(unsigned *seed, const struct str *from, struct str *out, unsigned often)
{
	for (const char *p = from->s, *end = from->s + from->len; p < end;) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((nl ? nl + 1 : end) - p);

		switch (next(seed, often)) {
		case 0: break;
		case 1:
			str_addf(out, "put in %u\n", next(seed, 1000));
			/* fallthrough */
		default: str_addn(out, p, n);
		}
		p += n;
	}
	str_addn(out, "", 0);
}

static void
make_bytes(unsigned *seed, struct str *out, const struct str *from)
{
	str_addn(out, "\0", 1);
	for (unsigned i = 0; i < 2000; i++)
		str_addc(out, from ? from->s[i + 1] : (char)next(seed, 256));
	if (from)
		str_addf(out, "tail %u", next(seed, 1000));
}

static int
git(int dir, struct str *out, const char *const *argv)
{
	static const char *const env[] = {"PATH=/usr/local/bin:/usr/bin:/bin",
					  "GIT_CEILING_DIRECTORIES=/tmp",
					  "GIT_CONFIG_GLOBAL=/dev/null",
					  "GIT_CONFIG_NOSYSTEM=1",
					  "HOME=/nonexistent",
					  "LC_ALL=C",
					  NULL};
	cleanup_fd int null = open("/dev/null", O_WRONLY);
	const struct proc_spec spec = {.argv = argv, .env = env, .dir = dir, .in = -1, .out = -1, .errfd = null};
	struct err err = {0};
	int r = proc_capture(&spec, out, 1 << 24, &err);

	if (r < 0)
		fail_msg("%s", err.head->msg);
	return r;
}

static void
put_file(int dir, const char *path, const struct str *text)
{
	cleanup_fd int fd = fs_create(dir, path, 0644);

	if (fd < 0 || fs_write(fd, str_text(text), text->len))
		fail_msg("cannot write %s", path);
}

static int
look(void *ctx, const char *path, struct patch_node *out, struct err *err)
{
	(void)ctx;
	(void)err;
	out->kind = !strcmp(path, "d/f") ? NODE_FILE : !strcmp(path, "d") ? NODE_FOLDER : NODE_ABSENT;
	return 0;
}

static int
read_base(void *ctx, const char *path, struct str *out, struct err *err)
{
	const struct str *base = ctx;

	(void)path;
	(void)err;
	str_addn(out, str_text(base), base->len);
	return 0;
}

/* 0 applied, with the new content in `out`. */
static int
ours(const struct str *patch, struct str *base, struct str *out)
{
	const struct patch_tree tree = {base, look, read_base, NULL, NULL};
	const struct patch_how how = {.strip = 1};
	struct patch_set set = {.tree = &tree};
	struct arena cleanup_arena a = {0};
	struct err err = {0};
	struct patchfile pf;
	int rc = patchfile_parse("p", patch->s, patch->len, &a, &pf, &err) || patch_set_apply(&set, &pf, &how, &err);
	const struct patch_node *n = rc ? NULL : map_get(&set.files, "d/f");

	if (n)
		str_addn(out, n->data, n->len);
	err_free(&err);
	patch_set_free(&set);
	return rc;
}

/* One made-up change; counts what both took. */
static void
one_case(int top, unsigned seed, unsigned *taken)
{
	struct str cleanup_str old = {0}, new = {0}, base = {0}, patch = {0}, theirs = {0}, mine = {0}, ignored = {0};
	char name[64];
	cleanup_fd int dir = -1, x = -1;
	bool binary = !next(&seed, 5), moved = next(&seed, 3);
	int a, b;

	fs_mkdtemp(top, "case-", name);
	dir = fs_open(top, name, O_RDONLY | O_DIRECTORY);
	if (binary) {
		make_bytes(&seed, &old, NULL);
		make_bytes(&seed, &new, &old);
	} else {
		make_text(&seed, &old);
		change_text(&seed, &old, &new, 12);
	}
	if (moved && !binary)
		change_text(&seed, &old, &base, 25);
	else
		str_addn(&base, old.s, old.len);
	if (moved && binary)
		base.s[100] ^= 1;
	put_file(dir, "a/d/f", &old);
	put_file(dir, "b/d/f", &new);
	put_file(dir, "x/d/f", &base);
	if (git(dir, &patch,
		(const char *const[]){"git", "diff", "--no-index", "--binary", "--no-prefix", "a/d/f", "b/d/f",
				      NULL}) != 1)
		return; /* the change changed nothing */
	put_file(dir, "p", &patch);
	x = fs_open(dir, "x", O_RDONLY | O_DIRECTORY);
	a = git(x, &ignored, (const char *const[]){"git", "apply", "-p1", "../p", NULL});
	b = ours(&patch, &base, &mine);
	/* git pins a hunk that begins at line 1 to the start of the file even if its context is whole; GNU patch
	 * and jkr let it move */
	if ((a == 0) != (b == 0) && !(a && strstr(patch.s, "@@ -1,")))
		fail_msg("git says %d, jkr %d, seed %u:\n%s", a, b, seed, patch.s);
	if (a)
		return;
	assert_int_equal(fs_read_file(x, "d/f", &theirs, 1 << 20), 0);
	assert_int_equal(theirs.len, mine.len);
	assert_memory_equal(str_text(&theirs), str_text(&mine), mine.len);
	++*taken;
}

static void
agrees_with_git(void **state)
{
	char top[SCRATCH];
	unsigned taken = 0;
	cleanup_fd int dir = -1;

	(void)state;
	dir = open(scratch_new(top), O_RDONLY | O_DIRECTORY);
	for (unsigned seed = 1; seed <= CASES; seed++)
		one_case(dir, seed * 2654435761u, &taken);
	assert_in_range(taken, CASES / 4, CASES - 10); /* neither always nor never */
	assert_int_equal(scratch_drop(top), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_git)};

	return cmocka_run_group_tests_name("patch and git", tests, NULL, NULL);
}
