#include "data/git_history.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/git.h"
#include "data/git_own.h"
#include "os/fs.h"

#define DIR_OPTION "--git-dir=history.git"
#define DEPTH "--depth=500"
#define OUT_MAX (1 << 20)
#define TOLD "21" /* one more than are told */

/* Exit status, or -1 with a sentence. */
static int
run(const char *const *args, int dir, struct str *out, struct str *said, struct err *err)
{
	str_reset(said);
	str_reset(out);
	return git_run(args, dir, out, OUT_MAX, said, err);
}

static int
fetch(const char *url, const char *full, int dir, struct err *err)
{
	cleanup_free char *spec = xasprintf("+%s:refs/jkr/now", full);
	const char *const init[] = {"init", "-q", "--bare", "--template=", "history.git", NULL};
	const char *const get[] = {DIR_OPTION, "fetch", "-q", DEPTH, "--no-tags", "--", url, spec, NULL};
	cleanup_str struct str out = {0}, said = {0};

	if (run(init, dir, &out, &said, err) || run(get, dir, &out, &said, err))
		return err_any(err) ? -1 : git_fail("git cannot fetch", url, &said, err);
	return 0;
}

static int
take_log(const char *range, int dir, struct arena *a, struct git_history *h, struct err *err)
{
	const char *const args[] = {DIR_OPTION, "log", "--format=%h %an: %s", "--abbrev=12", "-n", TOLD, range,
				    "--",       NULL};
	cleanup_str struct str out = {0}, said = {0};
	int status = run(args, dir, &out, &said, err);
	char *rest = arena_strdup(a, str_text(&out)), *line;
	size_t max = strtoul(TOLD, NULL, 10);

	if (status)
		return err_any(err) ? -1 : git_fail("git cannot list the commits of", range, &said, err);
	h->v = arena_array(a, const char *, max);
	while ((line = strsep(&rest, "\n")) && *line) {
		if (h->n + 1 == max)
			h->more = true;
		else
			h->v[h->n++] = line;
	}
	return 0;
}

static int
compare(const char *from, const char *to, int dir, struct arena *a, struct git_history *h, struct err *err)
{
	const char *const follows[] = {DIR_OPTION, "merge-base", "--is-ancestor", from, to, NULL};
	cleanup_str struct str out = {0}, said = {0};
	int status = run(follows, dir, &out, &said, err);

	if (status < 0)
		return -1;
	if (status)
		h->state = fs_exists(dir, "history.git/shallow") ? GIT_FAR : GIT_REWRITTEN;
	return take_log(status ? to : arena_printf(a, "%s..%s", from, to), dir, a, h, err);
}

int
git_history(const char *url, const char *ref, const char *from, const char *to, int dir, struct arena *a,
	    struct git_history *out, struct err *err)
{
	cleanup_free char *full = NULL;
	char now[GIT_HEX];
	int found = git_find(url, ref, now, &full, err);

	*out = (struct git_history){0};
	if (found <= 0)
		return found < 0 ? -1 : err_set(err, "E0914", "there is no `%s` any more", ref ? ref : "HEAD");
	out->tag = str_starts(full, "refs/tags/");
	return fetch(url, full, dir, err) || compare(from, to, dir, a, out, err) ? -1 : 0;
}
