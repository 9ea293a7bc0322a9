/* git_checkout: what a commit of a repository holds */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/git.h"
#include "data/git_pack.h"
#include "data/schema.h"
#include "model/job.h"
#include "model/prim.h"
#include "os/url.h"

#define REPOSITORY GIT_MIRROR

struct git_checkout_params {
	const char *url;
	const char *ref;
	const char *commit;
	const char *subdir;
};

static const struct param params[] = {
	PARAM(git_checkout_params, url, P_STRING, P_REQUIRED | P_OPERAND | P_PLAIN | P_ADDRESS,
	      "The repository: https, http, git, ssh, file:/// or user@host:path."),
	PARAM(git_checkout_params, ref, P_STRING, P_PLAIN,
	      "A tag, a branch, or any ref by its full name, in this order, and always a name, also where it looks like the id of a "
	      "commit; the lock pins the commit that it leads to."),
	PARAM(git_checkout_params, commit, P_STRING, P_PLAIN,
	      "The full id of the commit; nothing is asked of the server to know it. A `ref` beside it helps with servers that give "
	      "no commit by its id."),
	PARAM(git_checkout_params, subdir, P_PATH, 0, "A folder of the repository that becomes the whole result."),
	{0},
};

static int
check(const void *arg, struct err *err)
{
	const struct git_checkout_params *p = arg;

	if (git_url_check(p->url, err) < 0 || (p->ref && git_ref_check(p->ref, err) < 0))
		return -1;
	if (!p->commit || git_is_commit(p->commit))
		return 0;
	err_set(err, "E0912", "`%s` is not a full `commit` id", p->commit);
	return err_help(err, "a branch or tag goes into `ref`; `git rev-parse %.40s` prints the 40 digits", p->commit);
}

static int
pin_name(const void *arg, struct str *name)
{
	const struct git_checkout_params *p = arg;
	cleanup_free char *url = url_pinned(p->url);

	if (!p->commit)
		str_addf(name, "git:%s#%s", url, p->ref ? p->ref : "HEAD");
	return 0;
}

static int
pin(const struct pin_request *rq, struct str *text, struct err *err)
{
	const struct git_checkout_params *p = rq->params;
	char commit[GIT_HEX];

	if (rq->locked) {
		str_add(text, rq->locked);
		return 0;
	}
	if (rq->offline && !str_starts(p->url, "file:"))
		return err_set(err, "E0913",
			       "the server of `%s` would be asked which commit `%s` is, and --offline was given",
			       p->url, p->ref ? p->ref : "HEAD"),
		       err_help(err, "run once without --offline: jkr.lock then has the commit");
	if (git_resolve(p->url, p->ref, commit, err) < 0)
		return -1;
	str_add(text, commit);
	return 0;
}

static long long
download(const void *arg, const char *pinned)
{
	(void)arg, (void)pinned;
	return -1;
}

/* Takes what the walk finds into the layer. */
struct taking {
	struct layer *layer;
	size_t lfs;
};

static int
take_folder(void *ctx, const char *path, struct err *err)
{
	struct taking *t = ctx;
	struct entry e = {.path = path, .mode = S_IFDIR | 0755};

	return layer_mkdir(t->layer, &e, err);
}

static int
take_file(void *ctx, const char *path, bool executable, const void *data, size_t size, struct err *err)
{
	static const char lfs[] = "version https://git-lfs.github.com/spec/";
	struct taking *t = ctx;
	struct entry e = {.path = path, .mode = S_IFREG | (executable ? 0755 : 0644)};

	t->lfs += size > sizeof lfs && size < 1024 && !memcmp(data, lfs, sizeof lfs - 1);
	return layer_put(t->layer, &e, data, size, err);
}

static int
take_link(void *ctx, const char *path, const char *target, struct err *err)
{
	struct taking *t = ctx;
	struct entry e = {.path = path, .mode = S_IFLNK | 0777, .target = target};

	return layer_symlink(t->layer, &e, err);
}

static void
progress(void *job, uint64_t done, uint64_t total)
{
	job_progress(job, done, total);
}

/* What the mirror has needs no server. */
static int
have(struct job *job, const struct git_checkout_params *p, const char *commit, int dir, struct err *err)
{
	struct git_watch watch = {.progress = progress, .ctx = job};
	cleanup_free char *shown = url_shown(p->url);
	cleanup_fd int staged = -1;

	if (git_has(dir, REPOSITORY, commit))
		return 0;
	staged = job_staged(job, "git", arena_printf(job_arena(job), "%s.pack", commit));
	if (staged >= 0)
		return git_pack_take(dir, REPOSITORY, commit, staged, err);
	if (!job_offline(job) || str_starts(p->url, "file:")) {
		watch.log = job_log(job);
		return git_fetch(p->url, p->ref, commit, dir, REPOSITORY, &watch, err);
	}
	err_set(err, "E0913",
		"commit %.12s of `%s` is neither in the store nor in the mirror there, and --offline was given", commit,
		shown);
	return err_help(err, "run once without --offline; after that its content is in the store");
}

/* Gets the commit and takes what it holds; a path that is taken twice is replaced. */
static int
take(struct job *job, const struct git_checkout_params *p, const char *commit, struct err *err)
{
	struct taking t = {.layer = job_layer(job)};
	const struct git_visitor v = {.ctx = &t, .folder = take_folder, .file = take_file, .link = take_link};
	int dir = job_mirror(job, p->url, err);
	cleanup_free char *shown = url_shown(p->url);
	int64_t time = 0;

	if (dir < 0 || have(job, p, commit, dir, err) < 0)
		return -1;
	if (git_walk(dir, REPOSITORY, commit, p->subdir, &v, &time, err) < 0)
		return err_wrap(err, "%s", shown);
	if (t.lfs)
		job_note(job, "%zu files are pointers of git-lfs: what they stand for was not fetched", t.lfs);
	job_record(job, "commit", commit);
	if (time > 0)
		job_record(job, "epoch", arena_printf(job_arena(job), "%lld", (long long)time));
	return 0;
}

/* Whether it failed for what the mirror holds, and not for what the server gave. */
static bool
is_mirrors_fault(struct job *job, const struct git_checkout_params *p, const struct err *err)
{
	struct err unopened = {0};
	int dir = str_eq(err->tail ? err->tail->code : NULL, "E0914") ? job_mirror(job, p->url, &unopened) : -1;

	err_free(&unopened);
	return dir >= 0 && git_damaged(dir, REPOSITORY, job_log(job));
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct git_checkout_params *p = arg;
	const char *commit = p->commit ? p->commit : job_pin(job);
	struct err first = {0};

	if (!commit || !git_is_commit(commit)) {
		err_set(err, "E0903", "the pin of `%s` in the lock is not a commit", p->url);
		return err_help(err, "run `jkr update`");
	}
	if (take(job, p, commit, &first) == 0)
		return 0;
	if (!is_mirrors_fault(job, p, &first)) {
		err_move(err, &first);
		return -1;
	}
	err_free(&first);
	job_mirror_damaged(job);
	job_note(job, "the mirror was damaged: it is set aside and made anew");
	return take(job, p, commit, err);
}

const struct prim prim_git_checkout = {
	.name = "git_checkout",
	.doc = "Gets what a commit of a git repository holds: files, symlinks and whether a file can be executed. Submodules are "
	       "refused, attributes and filters are not applied. A `ref` is pinned to its commit in jkr.lock. What a server gave stays in a "
	       "mirror in the store, which all recipes share: of a commit only what is new is fetched, without history, and what the mirror "
	       "has needs no network. `jkr ls refs` lists what there is.",
	.params = params,
	.size = sizeof(struct git_checkout_params),
	.version = 1,
	.flags = PRIM_NETWORK | PRIM_IMPURE,
	.example = "local src = git_checkout \"driver\" { \"https://example.org/driver.git\", ref = \"v1.2\" }\n",
	.run = run,
	.check = check,
	.pin_name = pin_name,
	.pin = pin,
	.download = download,
};
