#include "data/git_pack.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/git_own.h"
#include "os/fs.h"

#define FAILED "E0914"
#define SHALLOW_MAX (1 << 20)

static int
fail(const char *commit, const char *what, const struct str *said, struct err *err)
{
	const char *p = strstr(str_text(said), "fatal: "), *s = p ? p + strlen("fatal: ") : str_text(said);

	err_set(err, FAILED, "%s commit %.12s%s%.*s", what, commit, *s ? ": " : "", (int)strcspn(s, "\n"), s);
	return -1;
}

int
git_pack_write(int dir, const char *name, const char *commit, int out, struct err *err)
{
	cleanup_free char *git_dir = xasprintf("--git-dir=%s", name);
	const char *const list[] = {git_dir, "rev-list", "--objects", "-n", "1", commit, NULL};
	const char *const pack[] = {git_dir, "pack-objects", "-q", "--stdout", NULL};
	cleanup_fd int objects = memfd_create("objects", MFD_CLOEXEC);
	cleanup_str struct str said = {0};
	int r = objects < 0 ? -1 : git_run_fds(list, dir, -1, objects, &said, err);

	if (!r)
		r = lseek(objects, 0, SEEK_SET) < 0 ? -1 : git_run_fds(pack, dir, objects, out, &said, err);
	if (!r)
		return 0;
	return err_any(err) ? -1 : fail(commit, "git cannot pack", &said, err);
}

/* Its parents are not here, and nobody is to miss them. */
static int
cut_history(int dir, const char *name, const char *commit)
{
	cleanup_free char *path = xasprintf("%s/shallow", name);
	cleanup_str struct str text = {0};

	if (fs_exists(dir, path) && fs_read_file(dir, path, &text, SHALLOW_MAX))
		return -1;
	if (strstr(str_text(&text), commit))
		return 0;
	str_addf(&text, "%s\n", commit);
	return fs_replace(dir, path, text.s, text.len, 0644);
}

int
git_pack_take(int dir, const char *name, const char *commit, int in, struct err *err)
{
	cleanup_free char *git_dir = xasprintf("--git-dir=%s", name), *own = xasprintf(GIT_OWN_REF "%s", commit);
	const char *const init[] = {"init", "-q", "--bare", "--template=", name, NULL};
	const char *const take[] = {git_dir, "index-pack", "--stdin", "--fsck-objects", NULL};
	const char *const whole[] = {git_dir, "rev-list", "--objects", "--quiet", commit, NULL};
	const char *const keep[] = {git_dir, "update-ref", own, commit, NULL};
	cleanup_fd int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	cleanup_str struct str said = {0};
	int r = fs_exists(dir, name) ? 0 : git_run_fds(init, dir, -1, nowhere, &said, err);

	if (!r)
		r = lseek(in, 0, SEEK_SET) < 0 ? -1 : git_run_fds(take, dir, in, nowhere, &said, err);
	if (!r)
		r = cut_history(dir, name, commit);
	if (!r)
		r = git_run_fds(whole, dir, -1, nowhere, &said, err);
	if (!r)
		r = git_run_fds(keep, dir, -1, nowhere, &said, err);
	if (!r)
		return 0;
	return err_any(err) ? -1 : fail(commit, "what is staged is not all of", &said, err);
}
