#include "data/git_commits.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/git_own.h"

enum { LIST_MAX = 64 << 20 };

int
git_commits(const char *url, const char *from, const char *to, int dir, struct str *out, struct err *err)
{
	cleanup_free char *range = xasprintf("%s..%s", from, to);
	const char *const init[] = {"init", "-q", "--bare", ".", NULL}, *const one[] = {"fetch",     "-q",
											"--no-tags", "--filter=tree:0",
											"--",        url,
											to,          NULL},
			  *const all[] = {"fetch", "-q", "--filter=tree:0", "--", url, "+refs/*:refs/*", NULL},
			  *const before[] = {"merge-base", "--is-ancestor", from, to, NULL},
			  *const list[] = {"log", "--first-parent", "--reverse", "--format=%H %s", "--no-color", range,
					   NULL};
	cleanup_str struct str said = {0}, none = {0};
	int r;

	if (git_run(init, dir, &none, 1 << 20, &said, err))
		return git_fail("cannot make a repository for", url, &said, err);
	/* not each server gives a commit by its id */
	if (git_run(one, dir, &none, 1 << 20, &said, err) && git_run(all, dir, &none, 1 << 20, &said, err))
		return git_fail("cannot get the history of", url, &said, err);
	r = git_run(before, dir, &none, 1 << 20, &said, err);
	if (r)
		return r < 0 ? -1 : 1;
	return git_run(list, dir, out, LIST_MAX, &said, err) ? git_fail("cannot list the commits of", url, &said, err)
							     : 0;
}
