#include "cli/kept.h"

#include <stdlib.h>
#include <string.h>

#include "base/seal.h"
#include "cli/kept_own.h"
#include "model/statcache.h"
#include "os/self.h"

/* Each text with its end, so that no two lists of texts look alike. */
static void
add(struct str *b, const char *text)
{
	str_addn(b, text ? text : "", text ? strlen(text) + 1 : 0);
	str_addc(b, text ? '\1' : '\2');
}

static void
add_all(struct str *b, const char *const *texts)
{
	for (; texts && *texts; texts++)
		add(b, *texts);
	add(b, NULL);
}

/* All that is asked, and where it is asked: what else a plan is made of is looked at. */
static bool
make_name(struct session *s, struct hash *out)
{
	const struct load_request *rq = &s->request;
	const struct cli *cli = s->cli;
	const char *path, *root;
	cleanup_str struct str b = {0};
	struct err unsaid = {0};

	if (load_place(rq, &s->arena, &path, &root, &unsaid)) {
		err_free(&unsaid);
		return false;
	}
	add(&b, rq->path), add(&b, path), add(&b, root);
	add_all(&b, rq->search);
	add_all(&b, (const char *const *)cli->defs.v);
	add(&b, cli->profile);
	add_all(&b, rq->plugins);
	for (size_t i = 0; rq->plugins && rq->plugins[i]; i++) {
		cleanup_free char *real = xrealpath(rq->plugins[i]);

		add(&b, real);
	}
	add_all(&b, cli->argv + 1);
	add_all(&b, (const char *const *)cli->trusted_keys.v);
	add(&b, cli->backend);
	str_addc(&b, cli->locked ? 'l' : ' ');
	str_addc(&b, cli->offline ? 'o' : ' ');
	*out = hash_of(b.s, b.len);
	return true;
}

/* The store that is there, with its lock where a run writes to it. */
static bool
open_store(struct session *s, bool write)
{
	struct err unsaid = {0};
	bool good = false;

	s->store = store_open(s->cli->store, false, &unsaid);
	if (s->store && store_fd(s->store) >= 0 && store_recall(s->store, &s->kept->name, &s->recipe->bytes) &&
	    (!write || !store_open_more(s->store, &unsaid))) {
		if (write)
			s->in_use = store_lock(s->store, false, !s->cli->no_wait, &unsaid);
		good = !write || s->in_use >= 0;
	}
	if (s->store && !good) {
		store_close(s->store);
		s->store = NULL;
	}
	err_free(&unsaid);
	return good;
}

/* What was made goes, but for the store, with what was found damaged in it, and for what was read of files: that is
 * read once a session. */
static void
undo(struct session *s)
{
	cleanup_fdp(&s->project);
	s->project = -1;
	lock_free(&s->lock);
	plan_free(&s->plan);
	recipe_free(s->recipe);
	memset(s->recipe, 0, sizeof *s->recipe);
}

bool
kept_take(struct session *s, bool write)
{
	struct kept *k = arena_new(&s->arena, struct kept);

	/* what is built again whatever is stored needs the steps themselves */
	k->since = statcache_now();
	if (s->cli->fresh || s->cli->twice || s->cli->with.n || self_build(&k->build) || !make_name(s, &k->name))
		return false;
	s->kept = k;
	session_env(s);
	if (open_store(s, write) && kept_read(s)) {
		s->kept = NULL; /* it is kept already */
		return true;
	}
	undo(s);
	return false;
}
