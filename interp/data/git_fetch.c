/* The mirror of a server: what it once gave, in a bare repository that is kept. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/git.h"
#include "data/git_own.h"
#include "os/fs.h"
#include "os/url.h"

#define FAILED "E0914"
#define REFUSED "E0912"
#define OBJECT "E0915"
#define MOVED "E0919"
#define OUT_MAX (1 << 20)
#define FILES_MANY 100 /* two or three for each pack */
#define OWN GIT_OWN_REF

/* A mirror in use. */
struct use {
	const char *url, *commit;
	int dir, log;
	const struct git_watch *watch; /* of a fetch */
	const char *name;
	const char *git_dir; /* the option that names it */
	struct str said;     /* what git said last */
};

/* Exit status or -1; what git says stays in u->said. */
static int
run(struct use *u, const char *const *args, struct str *out, struct err *err)
{
	int status;

	str_reset(&u->said);
	status = git_run(args, u->dir, out, OUT_MAX, &u->said, err);
	fs_write(u->log, str_text(&u->said), u->said.len);
	return status;
}

/* The same of a transfer, while who looks on is told how far it is. */
static int
transfer(struct use *u, const char *const *args, struct err *err)
{
	int status;

	str_reset(&u->said);
	status = git_run_watched(args, u->dir, u->watch, &u->said, err);
	fs_write(u->log, str_text(&u->said), u->said.len);
	return status;
}

/* Whether `name` leads to an object of this type. */
static int
is_of_type(struct use *u, const char *name, const char *type)
{
	const char *const args[] = {u->git_dir, "cat-file", "-t", name, NULL};
	cleanup_str struct str out = {0}, said = {0};
	struct err err = {0};
	int status = git_run(args, u->dir, &out, OUT_MAX, &said, &err);

	err_free(&err);
	return status == 0 && !strncmp(str_text(&out), type, strlen(type)) && out.len == strlen(type) + 1;
}

bool
git_has(int dir, const char *name, const char *commit)
{
	cleanup_free char *git_dir = xasprintf("--git-dir=%s", name), *own = xasprintf(OWN "%s", commit);
	struct use u = {.dir = dir, .git_dir = git_dir, .log = -1};

	return git_is_commit(commit) && fs_exists(dir, name) && is_of_type(&u, own, "commit");
}

bool
git_damaged(int dir, const char *name, int log)
{
	cleanup_free char *git_dir = xasprintf("--git-dir=%s", name);
	const char *const args[] = {git_dir, "fsck", "--no-progress", "--no-dangling", "--no-reflogs", NULL};
	struct use u = {.dir = dir, .git_dir = git_dir, .log = log};
	cleanup_str struct str out = {0};
	struct err err = {0};
	int status = fs_exists(dir, name) ? run(&u, args, &out, &err) : 0;

	str_free(&u.said);
	err_free(&err);
	return status > 0;
}

/* What a killed git left: whoever is here has the mirror for himself. */
static int
take_leftover(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	(void)ctx, (void)path;
	if (S_ISREG(st->st_mode) && (str_ends(name, ".lock") || str_starts(name, "tmp_")))
		unlinkat(at, name, 0);
	return 0;
}

static int
prepare(struct use *u, const char *name, struct err *err)
{
	const char *const init[] = {"init", "-q", "--bare", "--template=", name, NULL};
	cleanup_fd int there = fs_open_nofollow(u->dir, name, O_RDONLY | O_DIRECTORY);
	cleanup_str struct str out = {0};

	if (there >= 0)
		return fs_walk(there, take_leftover, NULL) < 0
			       ? err_sys(err, FAILED, "cannot read the mirror of `%s`", u->url)
			       : 0;
	if (run(u, init, &out, err) != 0)
		return err_any(err) ? -1 : git_fail("git cannot make a repository for", u->url, &u->said, err);
	return 0;
}

/* An object that git did not take in: no other way of fetching makes it better. */
static int
fail_object(const struct use *u, struct err *err)
{
	cleanup_free char *shown = url_shown(u->url);
	const char *p = strstr(str_text(&u->said), "error: object ");

	if (!p)
		return 0;
	p += strlen("error: object ");
	return err_set(err, OBJECT, "`%s` holds an object that git refuses: %.*s", shown, (int)strcspn(p, "\n"), p);
}

/* A server that cannot give one commit by its id, but may give branches and tags: an old one, or plain files. */
static bool
gives_only_refs(const struct str *said)
{
	static const char *const says[] = {"unadvertised object", "does not support shallow"};

	for (size_t i = 0; i < ARRAY_LEN(says); i++)
		if (strstr(str_text(said), says[i]))
			return true;
	return false;
}

/* One commit without its history. 1 it is there, 0 it is not (u->said). */
static int
fetch_one(struct use *u, struct err *err)
{
	cleanup_free char *spec = xasprintf("+%s:" OWN "%s", u->commit, u->commit);
	const char *const args[] = {u->git_dir, "fetch", "--progress", "--depth=1", "--no-tags",
				    "--",       u->url,  spec,         NULL};
	int status = transfer(u, args, err);

	return status < 0 ? -1 : status == 0;
}

/* What `from` leads to, with its history; 1 when the commit came with it. */
static int
fetch_refs(struct use *u, const char *const from[2], struct err *err)
{
	cleanup_free char *own = xasprintf(OWN "%s", u->commit);
	cleanup_free char *shallow = xasprintf("%s/shallow", u->name);
	/* a history that was cut off is no reason to ask for its rest; servers of plain files know no depth */
	const char *depth = fs_exists(u->dir, shallow) ? "--depth=2147483647" : "--progress";
	const char *const args[] = {u->git_dir, "fetch", "--progress", depth,   "--no-tags",
				    "--",       u->url,  from[0],      from[1], NULL};
	const char *const keep[] = {u->git_dir, "update-ref", own, u->commit, NULL};
	cleanup_str struct str out = {0};
	int status = transfer(u, args, err);

	if (status == 0 && is_of_type(u, u->commit, "commit"))
		status = run(u, keep, &out, err);
	else if (status == 0)
		status = 1;
	return status < 0 ? -1 : status == 0;
}

static int
fetch_history(struct use *u, const char *ref, struct err *err)
{
	static const char *const all[2] = {"+refs/heads/*:refs/jkr/heads/*", "+refs/tags/*:refs/jkr/tags/*"};
	cleanup_free char *full = NULL;
	char now[GIT_HEX];
	/* a name that looks like an id is one to git fetch, so it is given the full name */
	int r = git_find(u->url, ref, now, &full, err);

	if (r > 0) {
		cleanup_free char *spec = xasprintf("+%s:refs/jkr/some", full);

		r = fetch_refs(u, (const char *const[2]){spec, NULL}, err);
	}
	return r ? r : fail_object(u, err) ? -1 : fetch_refs(u, all, err);
}

/* Nothing failed, and the commit is not there. */
static int
fail_missing(const struct use *u, const char *ref, struct err *err)
{
	cleanup_free char *shown = url_shown(u->url), *full = NULL;
	char now[GIT_HEX] = "";
	struct err unasked = {0};
	int found = ref ? git_find(u->url, ref, now, &full, &unasked) : 0;

	err_free(&unasked);
	if (found > 0 && strcmp(now, u->commit)) {
		err_set(err, MOVED,
			"`%s` of `%s` leads to commit %.12s now, and %.12s, which is asked for, is no longer given",
			ref, shown, now, u->commit);
		return err_help(err, "`jkr update` takes the new one, after a look at what changed");
	}
	err_set(err, FAILED, "`%s` does not have the commit %s", shown, u->commit);
	return err_help(err, "was it pushed, and does a branch or tag still lead to it?");
}

static int
fetch(struct use *u, const char *ref, struct err *err)
{
	int r = fetch_one(u, err);

	if (!r && gives_only_refs(&u->said))
		r = fetch_history(u, ref, err);
	if (r)
		return r < 0 ? -1 : 0;
	if (fail_object(u, err))
		return -1;
	if (!u->said.len || (strstr(u->said.s, "not our ref") && !strstr(u->said.s, "does not match index")))
		return fail_missing(u, ref, err);
	return git_fail("git cannot fetch", u->url, &u->said, err);
}

/* Each fetch leaves a pack; of many small ones it makes a few. What does not work out leaves them as they are. */
static void
join_packs(struct use *u)
{
	cleanup_free char *path = xasprintf("%s/objects/pack", u->name);
	cleanup_fd int dir = fs_open_nofollow(u->dir, path, O_RDONLY | O_DIRECTORY);
	const char *const args[] = {u->git_dir, "repack", "-q", "-d", "--geometric=2", NULL};
	cleanup_str struct str out = {0};
	struct err err = {0};
	char **names;
	size_t n;

	if (dir < 0 || fs_names(dir, &names, &n))
		return;
	fs_names_free(names, n);
	if (n > FILES_MANY)
		run(u, args, &out, &err);
	err_free(&err);
}

static int
fail_sha256(const char *url, struct err *err)
{
	cleanup_free char *shown = url_shown(url);

	err_set(err, FAILED, "`%s` names its commits by SHA-256, and here git objects are read only by SHA-1", shown);
	return err_help(err, "fetch an archive of it, with its sha256");
}

int
git_fetch(const char *url, const char *ref, const char *commit, int dir, const char *name,
	  const struct git_watch *watch, struct err *err)
{
	cleanup_free char *git_dir = xasprintf("--git-dir=%s", name);
	struct use u = {.url = url,
			.commit = commit,
			.dir = dir,
			.log = watch->log,
			.watch = watch,
			.name = name,
			.git_dir = git_dir};
	int r;

	if (git_url_check(url, err) < 0 || (ref && git_ref_check(ref, err) < 0))
		return -1;
	if (!git_is_commit(commit))
		return err_set(err, REFUSED, "`%s` is not a full commit id", commit);
	if (strlen(commit) > 40)
		return fail_sha256(url, err);
	r = prepare(&u, name, err);
	if (r == 0 && !git_has(dir, name, commit)) {
		r = fetch(&u, ref, err);
		join_packs(&u);
	}
	if (r == 0 && !git_has(dir, name, commit))
		r = err_set(err, FAILED, "%s is no commit of `%s` but another object of git", commit, url),
		err_help(err, "of a tag, `git rev-parse TAG^{commit}` prints the commit");
	str_free(&u.said);
	return r;
}
