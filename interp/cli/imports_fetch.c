/* The commit of an import in the store's mirror of its repository. */
#include "base/str.h"
#include "cli/imports_own.h"
#include "data/git_pack.h"
#include "data/staged.h"
#include "os/url.h"

bool
imports_may_ask(const struct session *s, const struct import *m)
{
	return !s->cli->offline || str_starts(m->at.url, "file:");
}

static int
have(struct session *s, const struct import *m, const struct mirror *mirror, struct err *err)
{
	const struct git_watch watch = {.log = -1};
	cleanup_free char *shown = url_shown(m->at.url), *pack = xasprintf("%s.pack", m->commit);
	cleanup_fd int staged = -1;

	if (use_address_is_oci(&m->at)) /* who uses it asks for the parts that he needs */
		return 0;
	if (git_has(mirror->dir, GIT_MIRROR, m->commit))
		return 0;
	staged = staged_by_hash(s->recipe->root, "git", pack);
	if (staged >= 0)
		return git_pack_take(mirror->dir, GIT_MIRROR, m->commit, staged, err);
	if (!imports_may_ask(s, m)) {
		err_set(err, "E0913", "%s of `%s` is not in the store, and --offline was given", imports_what(s, m),
			shown);
		return err_help(err, "run once without --offline; after that it is in the store");
	}
	if (!s->cli->quiet)
		fprintf(stderr, "fetching %s of %s\n", imports_what(s, m), shown);
	return git_fetch(m->at.url, m->at.ref, m->commit, mirror->dir, GIT_MIRROR, &watch, err);
}

static int
take(struct session *s, const struct import *m, struct mirror *mirror, import_fn use, void *ctx, struct err *err)
{
	cleanup_free char *shown = url_shown(m->at.url);

	if (store_mirror(s->store, m->at.url, true, mirror, err) || have(s, m, mirror, err))
		return -1;
	if (!use(s, m, mirror, ctx, err))
		return 0;
	return use_address_is_oci(&m->at) ? -1 : err_wrap(err, "%s", shown); /* of a registry the sentence says it */
}

int
imports_in_mirror(struct session *s, const struct import *m, import_fn use, void *ctx, struct err *err)
{
	cleanup_fd int in_use = store_lock(s->store, false, !s->cli->no_wait, err);
	struct mirror mirror = {.dir = -1, .lock = -1};
	struct err first = {0};
	int r = in_use < 0 ? -1 : take(s, m, &mirror, use, ctx, &first);

	if (r && str_eq(first.tail ? first.tail->code : NULL, "E0914") && mirror.dir >= 0 &&
	    git_damaged(mirror.dir, GIT_MIRROR, -1)) {
		err_free(&first);
		store_mirror_damaged(s->store, &mirror);
		r = take(s, m, &mirror, use, ctx, &first);
	}
	err_move(err, &first);
	store_mirror_close(&mirror);
	return r;
}
