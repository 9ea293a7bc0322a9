/* session: what planning asks of the store, the project and its lock. */
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "cli/session.h"
#include "cli/sharing.h"
#include "model/key.h"

/* Entries of a tree that is read as fast as it is found again. */
enum { SMALL_TREE = 256 };

static int
env_lookup(void *ctx, const struct hash *key, struct result *out, struct err *err)
{
	struct session *s = ctx;

	return sharing_lookup(s, key, out, err);
}

/* `r` as the store's functions give it, 0 or -1. */
static int
lost(struct session *s, const struct hash *id, int r, struct err *err)
{
	char hex[HASH_HEX];

	if (r > 0) {
		s->env.lost++;
		err_set(err, "E0809", "the result %.12s is damaged or no longer in the store", hash_hex(id, hex));
		err_help(err, "run again: it is built anew");
	}
	return r ? -1 : 0;
}

static bool
only_list(const struct tree *t)
{
	return t->nlayers && t->layers[0].fd < 0;
}

/* Of a tree elsewhere: its layers as well, where they may come. */
static int
open_away(struct session *s, struct tree *t, struct err *err)
{
	int r = sharing_fetch(s, &t->id, err);

	return r ? r : store_list_open(s->store, t, err);
}

/* A tree of the store, or the list alone of one that is elsewhere. */
static struct tree *
known(struct session *s, const struct hash *id, struct err *err)
{
	char hex[HASH_HEX];
	struct tree *t = map_get(&s->trees, hash_hex(id, hex));
	int r;

	if (t)
		return t;
	t = arena_new(&s->arena, struct tree);
	r = store_tree(s->store, id, t, err);
	if (r > 0)
		r = sharing_list(s, id, t);
	if (lost(s, id, r, err))
		return NULL;
	map_set(&s->trees, arena_strdup(&s->arena, hex), t);
	return t;
}

const struct tree *
session_tree(struct session *s, const struct hash *id, struct err *err)
{
	struct tree *t = known(s, id, err);

	if (t && only_list(t) && s->in_use >= 0 && lost(s, id, open_away(s, t, err), err))
		return NULL;
	return t;
}

static int
trimmed(struct str *s)
{
	while (s->len && strchr(" \t\r\n", s->s[s->len - 1]))
		s->s[--s->len] = '\0';
	return 0;
}

static int
env_text(void *ctx, const struct hash *id, const char *path, struct str *out, struct err *err)
{
	const struct tree *t = known(ctx, id, err);

	if (t && only_list(t) && sharing_text(ctx, t, path, out))
		return trimmed(out);
	t = t ? session_tree(ctx, id, err) : NULL;
	if (!t)
		return -1;
	if (only_list(t)) /* in a plan */
		return lost(ctx, id, 1, err);
	return tree_read(t, path, out, 1 << 20, err) < 0 ? -1 : trimmed(out);
}

static int
no_such_path(const struct tree *t, const char *path, struct err *err)
{
	const char *near = tree_near(t, path);

	err_set(err, "E0305", "the result has no `%s`", path);
	return near ? err_help(err, "the nearest name in it is `%s`", near) : -1;
}

static int
part_of(const struct tree *t, const char *path, struct hash *out, struct err *err)
{
	const struct entry *e = tree_resolve(t, path);

	if (!e)
		return no_such_path(t, path, err);
	/* a plain file is its bytes; of any other the mode and the owner count, too */
	if (e->mode == (S_IFREG | 0644) && !e->uid && !e->gid && !e->xattrs)
		*out = e->digest;
	else
		*out = tree_identity(t, e->path);
	return 0;
}

/* Many steps take one file of a small result: such a tree does not stay open with its layers. */
static int
env_part(void *ctx, const struct hash *id, const char *path, struct hash *out, struct err *err)
{
	struct session *s = ctx;
	char hex[HASH_HEX];
	struct tree *t = map_get(&s->trees, hash_hex(id, hex)), own;
	bool away;
	int r;

	*out = *id;
	if (!*path)
		return 0;
	if (t)
		return part_of(t, path, out, err);
	r = store_list(s->store, id, &own, err);
	away = r > 0;
	if (away)
		r = sharing_list(s, id, &own);
	if (lost(s, id, r, err))
		return -1;
	r = part_of(&own, path, out, err);
	if (own.n < SMALL_TREE)
		tree_free(&own);
	else if (away)
		map_set(&s->trees, arena_strdup(&s->arena, hex), arena_memdup(&s->arena, &own, sizeof own));
	else if (lost(s, id, store_list_open(s->store, &own, err), err))
		r = -1, tree_free(&own);
	else
		map_set(&s->trees, arena_strdup(&s->arena, hex), arena_memdup(&s->arena, &own, sizeof own));
	return r;
}

static const char *
env_locked(void *ctx, const char *name)
{
	return lock_get(&((struct session *)ctx)->lock, name);
}

static const char *
env_reason(void *ctx, const struct step *step, const char *text, struct arena *a)
{
	struct session *s = ctx;
	cleanup_free char *before = NULL;
	struct record r;
	struct hash key;

	if (s->cli->fresh)
		return "--fresh was given";
	if (!store_last(s->store, s->recipe->name, step->name, &key, NULL))
		return NULL;
	before = store_key_text(s->store, &key);
	if (!before)
		return "its stored result is gone";
	if (strcmp(before, text))
		return key_reason(before, text, s->recipe, step, a);
	/* a record that is there names what is not */
	return store_record(s->store, &key, a, &r, NULL) ? "its stored result is damaged" : "its stored result is gone";
}

static double
env_history(void *ctx, const char *step)
{
	struct session *s = ctx;
	struct hash key;
	double seconds;

	return store_last(s->store, s->recipe->name, step, &key, &seconds) ? seconds : -1;
}

void
session_env(struct session *s)
{
	s->env = (struct plan_env){
		.ctx = s,
		.lookup = env_lookup,
		.text = env_text,
		.part = env_part,
		.file = session_file,
		.folder = session_folder,
		.locked = env_locked,
		.reason = env_reason,
		.history = env_history,
		.offline = s->cli->offline,
		.locked_only = s->cli->locked,
		.fresh = s->cli->fresh,
		.epoch = s->env.epoch,
		.host = s->cli->backend && !strcmp(s->cli->backend, "none"),
	};
}
