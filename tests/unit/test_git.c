/* git: what is taken of a commit, and what hostile repositories may try. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/git.h"
#include "os/fs.h"
#include "scratch.h"

/* A repository made by a script; `head` gets what the script prints. */
struct fixture {
	char dir[SCRATCH], url[SCRATCH + 16], head[128];
	int fd, log;
	struct str seen;
	struct err err;
};

static void
begin(struct fixture *f, const char *script)
{
	cleanup_free char *command = NULL;
	FILE *out;

	memset(f, 0, sizeof *f);
	f->fd = open(scratch_new(f->dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	f->log = open("/dev/null", O_WRONLY | O_CLOEXEC);
	snprintf(f->url, sizeof f->url, "file://%s/up", f->dir);
	command = xasprintf(
		"cd %s && export HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a "
		"GIT_COMMITTER_EMAIL=a GIT_AUTHOR_DATE='1700000000 +0000' GIT_COMMITTER_DATE='1700000000 +0000' && "
		"git init -q -b main up && cd up && %s",
		f->dir, script);
	out = popen(command, "r");
	assert_non_null(out);
	assert_non_null(fgets(f->head, sizeof f->head, out));
	f->head[strcspn(f->head, "\n")] = 0;
	assert_int_equal(pclose(out), 0);
}

static void
end(struct fixture *f)
{
	close(f->fd);
	close(f->log);
	str_free(&f->seen);
	err_free(&f->err);
	assert_int_equal(scratch_drop(f->dir), 0);
}

static int
see_folder(void *ctx, const char *path, struct err *err)
{
	(void)err;
	str_addf(ctx, "%s/ ", path);
	return 0;
}

static int
see_file(void *ctx, const char *path, bool executable, const void *data, size_t size, struct err *err)
{
	(void)err;
	str_addf(ctx, "%s%s=%.*s ", path, executable ? "*" : "", (int)size, (const char *)data);
	return 0;
}

static int
see_link(void *ctx, const char *path, const char *target, struct err *err)
{
	(void)err;
	str_addf(ctx, "%s->%s ", path, target);
	return 0;
}

static int
take(struct fixture *f, const char *ref, const char *subdir, int64_t *time)
{
	const struct git_visitor v = {&f->seen, see_folder, see_file, see_link};
	char commit[GIT_HEX];

	if (ref && git_resolve(f->url, ref, commit, &f->err) < 0)
		return -1;
	if (git_fetch(f->url, ref, ref ? commit : f->head, f->fd, "mirror", &(struct git_watch){.log = f->log},
		      &f->err) < 0)
		return -1;
	return git_walk(f->fd, "mirror", ref ? commit : f->head, subdir, &v, time, &f->err);
}

#define GOOD                                                                                                      \
	"mkdir -p d/e && printf 1 > d/e/a && printf 2 > x && chmod +x x && ln -s /etc/passwd l && git add -A && " \
	"git commit -qm one && git tag -a v1 -m v1 && printf 3 > more && git add -A && git commit -qm two && git rev-parse v1^{commit}"

static void
takes_a_tag_and_a_commit(void **state)
{
	static const char *const refs[] = {"v1", NULL};
	struct fixture f;
	int64_t time;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refs); i++) {
		begin(&f, GOOD);
		assert_int_equal(take(&f, refs[i], NULL, &time), 0);
		assert_string_equal(f.seen.s, "d/ d/e/ d/e/a=1 l->/etc/passwd x*=2 ");
		assert_int_equal(time, 1700000000);
		end(&f);
	}
	begin(&f, GOOD);
	assert_int_equal(take(&f, "main", "d/e", &time), 0);
	assert_string_equal(f.seen.s, "a=1 ");
	end(&f);
}

/* A commit of a tree whose raw bytes printf makes: B is the blob's and T the empty tree's id, as \x escapes. */
#define RAW(entries)                                                                                 \
	"b=$(printf hi | git hash-object -w --stdin) && B=$(echo $b | sed 's/../\\\\x&/g') && "      \
	"e=$(git mktree </dev/null) && T=$(echo $e | sed 's/../\\\\x&/g') && "                       \
	"t=$(bash -c \"printf '" entries "'\" | git hash-object -w -t tree --literally --stdin) && " \
	"c=$(git commit-tree -m x $t) && git update-ref refs/heads/main $c && echo $c"

static void
refuses_hostile_trees(void **state)
{
	static const struct {
		const char *script, *subdir, *code;
	} bad[] = {
		{RAW("40000 ..\\0$T"), NULL, "E0915"},
		{RAW("40000 .git\\0$T"), NULL, "E0915"},
		{RAW("40000 .GIT\\0$T"), NULL, "E0915"},
		{RAW("100644 a/../../evil\\0$B"), NULL, "E0915"},
		{RAW("100644 a\\0${B}100644 a\\0$B"), NULL, "E0915"},
		{RAW("100644 b\\0${B}100644 a\\0$B"), NULL, "E0915"},
		{RAW("104755 a\\0$B"), NULL, "E0915"},
		{RAW("160000 sub\\0$B"), NULL, "E0915"},
		{RAW("100644 a\\x01b\\0$B"), NULL, "E0915"},
		{GOOD, "none", "E0915"},
		{GOOD, "x", "E0915"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct fixture f;
		int64_t time;

		begin(&f, bad[i].script);
		if (take(&f, NULL, bad[i].subdir, &time) != -1)
			fail_msg("number %zu was taken: %s", i, str_text(&f.seen));
		if (err_count(&f.err) != 1 || strcmp(f.err.head->code, bad[i].code))
			fail_msg("number %zu: %s %s", i, f.err.head->code, f.err.head->msg);
		end(&f);
	}
}

static void
a_hook_and_the_settings_there_do_nothing(void **state)
{
	struct fixture f;
	int64_t time;

	(void)state;
	begin(&f, GOOD
	      " && printf '#!/bin/sh\\ntouch ../pwned' > .git/hooks/post-checkout && chmod +x .git/hooks/* && "
	      "git config core.fsmonitor 'touch ../pwned' && git config uploadpack.packObjectsHook 'touch ../pwned; false'");
	assert_int_equal(take(&f, "v1", NULL, &time), 0);
	assert_int_equal(faccessat(f.fd, "pwned", F_OK, 0), -1);
	end(&f);
}

static void
addresses_refs_and_commits(void **state)
{
	static const char *const good[] = {"https://h/a", "git@h:a/b.git", "ssh://u@h/a", "file:///a"};
	static const char *const bad[] = {
		"",         "-u",       "--upload-pack=x", "ext::sh",    "ext::sh -c x",
		"/abs",     "rel",      "fd::1",           "https://",   "ssh://-oProxyCommand=x",
		"git@-x:y", "git@h::x", "https://h/a b",   "http://h/\n"};
	static const char *const refs[] = {"",   "-x", "a b", "a..b",   "a^",    "a:b",
					   "/a", "a/", ".a",  "a.lock", "a@{1}", "a*"};
	struct err err = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_int_equal(git_url_check(good[i], &err), 0);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (git_url_check(bad[i], &err) != -1)
			fail_msg("taken: %s", bad[i]);
	for (size_t i = 0; i < ARRAY_LEN(refs); i++)
		if (git_ref_check(refs[i], &err) != -1)
			fail_msg("taken: %s", refs[i]);
	assert_int_equal(git_ref_check("v6.12-rc1/x", &err), 0);
	assert_false(git_is_commit("main"));
	assert_false(git_is_commit("1234567"));
	assert_true(git_is_commit("0123456789012345678901234567890123456789"));
	assert_false(git_is_commit("0123456789012345678901234567890123456789a"));
	err_free(&err);
}

/* A tag and a branch of one name, a branch that looks like the id of the first commit, and a ref of another kind. */
#define NAMES                                                                                                                 \
	"printf 1 > a && git add -A && git commit -qm one && git tag -a v1 -m v1 && git update-ref refs/pull/1/head HEAD && " \
	"one=$(git rev-parse HEAD) && printf 2 > a && git commit -qam two && git branch $one && git branch v1 && echo $one"

static void
a_ref_is_a_tag_a_branch_or_a_full_name(void **state)
{
	static const struct {
		const char *ref;
		bool first;
	} cases[] = {{"v1", true},    {"refs/tags/v1", true}, {"refs/heads/v1", false},  {"main", false},
		     {"HEAD", false}, {NULL, false},          {"refs/pull/1/head", true}};
	cleanup_arena struct arena a = {0};
	char commit[GIT_HEX], second[GIT_HEX];
	struct git_ref *v;
	struct fixture f;
	size_t n;

	(void)state;
	begin(&f, NAMES);
	assert_int_equal(git_resolve(f.url, "main", second, &f.err), 0);
	assert_string_not_equal(second, f.head);
	assert_int_equal(git_refs(f.url, &a, &v, &n, &f.err), 0);
	assert_int_equal(n, 6);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *want = cases[i].first ? f.head : second;

		assert_int_equal(git_resolve(f.url, cases[i].ref, commit, &f.err), 0);
		if (strcmp(commit, want))
			fail_msg("%s leads to %s", cases[i].ref, commit);
		if (cases[i].ref)
			assert_string_equal(git_meant(v, n, cases[i].ref)->commit, want);
	}
	/* never the id that it looks like */
	assert_int_equal(git_resolve(f.url, f.head, commit, &f.err), 0);
	assert_string_equal(commit, second);
	assert_int_equal(git_resolve(f.url, second, commit, &f.err), -1);
	assert_string_equal(f.err.head->code, "E0914");
	assert_null(git_meant(v, n, second));
	end(&f);
}

static void
a_mirror_has_what_it_took_whole(void **state)
{
	struct fixture f;
	int64_t time;

	(void)state;
	begin(&f, GOOD);
	assert_false(git_has(f.fd, "mirror", f.head));
	assert_false(git_damaged(f.fd, "mirror", f.log));
	assert_int_equal(take(&f, NULL, NULL, &time), 0);
	assert_true(git_has(f.fd, "mirror", f.head));
	assert_false(git_has(f.fd, "mirror", "main"));
	assert_false(git_damaged(f.fd, "mirror", f.log));
	/* what it has needs no server; what a killed git left is in nobody's way */
	assert_int_equal(renameat(f.fd, "up", f.fd, "gone"), 0);
	assert_int_equal(close(openat(f.fd, "mirror/shallow.lock", O_WRONLY | O_CREAT | O_CLOEXEC, 0644)), 0);
	assert_int_equal(take(&f, NULL, NULL, &time), 0);
	assert_int_equal(faccessat(f.fd, "mirror/shallow.lock", F_OK, 0), -1);
	/* what came without its own ref, from a fetch that broke, does not count */
	assert_int_equal(renameat(f.fd, "mirror/refs/jkr/commits", f.fd, "mirror/refs/jkr/other"), 0);
	assert_false(git_has(f.fd, "mirror", f.head));
	assert_int_equal(take(&f, NULL, NULL, &time), -1);
	assert_string_equal(f.err.head->code, "E0914");
	assert_int_equal(unlinkat(f.fd, "mirror/HEAD", 0), 0);
	assert_true(git_damaged(f.fd, "mirror", f.log));
	end(&f);
}

static size_t
packs(const struct fixture *f)
{
	cleanup_fd int dir = openat(f->fd, "mirror/objects/pack", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t n, found = 0;
	char **names;

	assert_int_equal(fs_names(dir, &names, &n), 0);
	for (size_t i = 0; i < n; i++)
		found += str_ends(names[i], ".pack");
	fs_names_free(names, n);
	return found;
}

static void
many_packs_become_few(void **state)
{
	cleanup_free char *script = NULL;
	struct fixture f;
	int64_t time;

	(void)state;
	begin(&f, GOOD);
	assert_int_equal(take(&f, NULL, NULL, &time), 0);
	script = xasprintf(
		"cd %s/mirror && for i in $(seq 60); do echo $i | git hash-object -w --stdin | git pack-objects -q "
		"objects/pack/pack >/dev/null; done; rm -rf objects/??",
		f.dir);
	assert_int_equal(system(script), 0);
	assert_int_equal(packs(&f), 61);
	str_reset(&f.seen);
	assert_int_equal(take(&f, "main", NULL, &time), 0);
	assert_string_equal(f.seen.s, "d/ d/e/ d/e/a=1 l->/etc/passwd more=3 x*=2 ");
	assert_true(packs(&f) < 10);
	assert_true(git_has(f.fd, "mirror", f.head));
	assert_false(git_damaged(f.fd, "mirror", f.log));
	end(&f);
}

static void
progress_lines(void **state)
{
	static const struct {
		const char *line;
		int what;
		uint64_t done, total;
	} lines[] = {
		{"Receiving objects:  45% (450/1000), 1.20 MiB | 1.00 MiB/s", 2, 450, 1000},
		{"Receiving objects: 100% (10/10), done.", 2, 10, 10},
		{"Receiving objects: 100% (11/10), done.", 1, 0, 0},
		{"Receiving objects: 12", 1, 0, 0},
		{"Receiving objects:  45% (99999999999999999999/1000)", 1, 0, 0},
		{"Resolving deltas:  12% (3/24)", 1, 0, 0},
		{"remote: Counting objects:  50% (1/2)", 1, 0, 0},
		{"remote: Total 3 (delta 0), reused 0", 1, 0, 0},
		{"remote: error: upload-pack: not our ref", 0, 0, 0},
		{"fatal: early EOF", 0, 0, 0},
		{"", 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		uint64_t done = 0, total = 0;

		assert_int_equal(git_progress(lines[i].line, &done, &total), lines[i].what);
		if (lines[i].what == 2) {
			assert_int_equal(done, lines[i].done);
			assert_int_equal(total, lines[i].total);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(progress_lines),
		cmocka_unit_test(takes_a_tag_and_a_commit),
		cmocka_unit_test(refuses_hostile_trees),
		cmocka_unit_test(a_hook_and_the_settings_there_do_nothing),
		cmocka_unit_test(addresses_refs_and_commits),
		cmocka_unit_test(a_ref_is_a_tag_a_branch_or_a_full_name),
		cmocka_unit_test(a_mirror_has_what_it_took_whole),
		cmocka_unit_test(many_packs_become_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
