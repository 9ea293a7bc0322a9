#include "cli/head.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/cli.h"
#include "os/proc.h"

#define NO_REPOSITORY "E1209"
#define OUT_MAX (1 << 20)

/* The first line that git says. */
static int
ask(const char *dir, const char *const *words, struct str *out, struct err *err)
{
	cleanup_fd int quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);
	/* a repository can name a program that `git status` would run */
	const char *argv[16] = {"git", "-c", "core.fsmonitor=false", "-C", dir};
	size_t n = 5;
	int status;

	while (*words && n < ARRAY_LEN(argv) - 1)
		argv[n++] = *words++;
	status = proc_capture(&(struct proc_spec){.argv = argv, .dir = -1, .in = -1, .out = -1, .errfd = quiet}, out,
			      OUT_MAX, err);
	while (out->len && out->s[out->len - 1] == '\n')
		out->s[--out->len] = '\0';
	return status;
}

int
head_find(struct head *h, struct err *err)
{
	static const char *const commit[] = {"rev-parse", "--verify", "-q", "HEAD^{commit}", NULL};
	static const char *const folder[] = {"rev-parse", "--path-format=absolute", "--git-common-dir", NULL};
	static const char *const above[] = {"rev-parse", "--show-toplevel", NULL};
	cleanup_str struct str id = {0}, git = {0}, top = {0};

	if (ask(h->dir, commit, &id, err) || ask(h->dir, folder, &git, err) || ask(h->dir, above, &top, err) ||
	    !git_is_commit(str_text(&id))) {
		if (err_any(err))
			return -1;
		err_set(err, NO_REPOSITORY, "the folder `%s` has no commit of git", h->dir);
		return err_help(err, "what is signed is what a commit holds: `git init`, `git add`, `git commit`");
	}
	memcpy(h->commit, id.s, id.len + 1);
	h->git = xstrdup(str_text(&git));
	h->top = xstrdup(str_text(&top));
	return 0;
}

void
head_say_dirty(const struct cli *cli, const struct head *h, const char *what)
{
	static const char *const words[] = {"status", "--porcelain", "--untracked-files=no", NULL};
	cleanup_str struct str out = {0};
	struct err unsaid = {0};

	if (!ask(h->dir, words, &out, &unsaid) && out.len && !cli->quiet)
		fprintf(stderr, "note: %s is what HEAD (%.12s) holds; `%s` has changes that are not committed\n", what,
			h->commit, h->dir);
	err_free(&unsaid);
}

bool
head_is_top(const struct head *h)
{
	struct stat a, b;

	return !stat(h->dir, &a) && !stat(h->top, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

void
head_free(struct head *h)
{
	free(h->git);
	free(h->top);
}
