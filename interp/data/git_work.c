#include "data/git_work.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/git_own.h"
#include "data/git_work_own.h"
#include "os/fs.h"

int
git_work(int dir, const char *const *args, const char *const *env, struct str *out, struct err *err)
{
	cleanup_str struct str said = {0}, own = {0};
	int status = git_run_env(args, env, dir, out ? out : &own, GIT_WORK_MAX, &said, err);
	const char *s = str_text(&said), *p = strstr(s, "fatal: ");

	if (status <= 0)
		return status;
	while (!strcmp(*args, "-c"))
		args += 2;
	p = p ? p + strlen("fatal: ") : str_starts(s, "error: ") ? s + strlen("error: ") : s;
	return err_set(err, "E1021", "`git %s` failed in the checkout: %.*s", *args, (int)strcspn(p, "\n"), p);
}

/* Bytes are what they are: no line end, keyword or filter of an attribute changes them. */
static const char attributes[] = "* -text -ident -filter -working-tree-encoding\n";
/* What is no part of the tree (model/files.h). */
static const char exclude[] = "compile_commands.json\n.cache/\n";

static int
settings(int dir, struct err *err)
{
	if (!fs_mkdirs(dir, ".git/info") &&
	    !fs_replace_soon(dir, ".git/info/attributes", attributes, strlen(attributes), 0644) &&
	    !fs_replace_soon(dir, ".git/info/exclude", exclude, strlen(exclude), 0644))
		return 0;
	return err_sys(err, "E1020", "cannot write into the repository of the checkout");
}

/* The commit as the branch's first, and its server as the remote; false where it cannot be had: a mirror is a cache. */
static bool
take_commit(int dir, const struct git_origin *from)
{
	cleanup_free char *ref = xasprintf(GIT_OWN_REF "%s", from->commit);
	const char *const fetch[] = {"fetch", "-q", "--depth=1", "--no-tags", from->mirror, ref, NULL};
	const char *const remote[] = {"remote", "add", "origin", from->url, NULL};
	const char *const set[] = {"update-ref", "HEAD", from->commit, NULL};
	struct err unsaid = {0};
	bool taken = !git_work(dir, fetch, NULL, NULL, &unsaid) && !git_work(dir, remote, NULL, NULL, &unsaid) &&
		     !git_work(dir, set, NULL, NULL, &unsaid);

	err_free(&unsaid);
	return taken;
}

/* Whether the index holds what the branch's commit does; false without one. */
static bool
is_committed(int dir)
{
	static const char *const diff[] = {"diff-index", "--cached", "--quiet", "HEAD", "--", NULL};
	struct err none = {0};
	int status = git_work(dir, diff, NULL, NULL, &none);

	err_free(&none);
	return !status;
}

/* All in one pack: every file counts as big, and such ones are written there at once. */
static const char *const add_all[] = {"-c",  "core.bigFileThreshold=1",
				      "-c",  "core.compression=1",
				      "-c",  "core.autocrlf=false",
				      "add", "-A",
				      "-f",  ".",
				      NULL};

int
git_work_begin(int dir, const struct git_origin *from, const char *subject, int64_t time, struct err *err)
{
	static const char *const init[] = {"init", "-q", "--template=", "-b", "main", ".", NULL};
	static const char *const base[] = {"update-ref", GIT_WORK_BASE, "HEAD", NULL};
	cleanup_free char *author = xasprintf("GIT_AUTHOR_DATE=@%lld +0000", (long long)(time < 0 ? 0 : time));
	cleanup_free char *committer = xasprintf("GIT_COMMITTER_DATE=@%lld +0000", (long long)(time < 0 ? 0 : time));
	const char *const dates[] = {author, committer, NULL};
	const char *const first[] = {"-c",
				     "user.name=jkr",
				     "-c",
				     "user.email=jkr@localhost",
				     "-c",
				     "commit.gpgSign=false",
				     "commit",
				     "-q",
				     "--allow-empty",
				     "-m",
				     subject,
				     NULL};

	if (git_work(dir, init, NULL, NULL, err) || settings(dir, err))
		return -1;
	if (from && !take_commit(dir, from))
		from = NULL;
	if (git_work(dir, add_all, NULL, NULL, err))
		return -1;
	if (!(from && is_committed(dir)) && git_work(dir, first, dates, NULL, err))
		return -1;
	return git_work(dir, base, NULL, NULL, err) ? -1 : 0;
}
