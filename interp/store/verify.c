/* verify: every object against its name, every layer against its list. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/seal.h"
#include "model/statcache.h"
#include "os/fs.h"
#include "store/exported.h"
#include "store/store_own.h"

struct verify {
	store_report_fn report;
	void *ctx;
	bool repair;
	bool unproven; /* only what a power cut may have damaged */
	uint64_t bad;
};

static void
found_bad(struct verify *v, struct store *st, const char *path, const char *what)
{
	v->bad++;
	if (v->report)
		v->report(v->ctx, path, what);
	if (v->repair)
		object_set_aside(st, path, what);
}

static void
forward(void *ctx, const char *object, const char *what)
{
	struct verify *v = ctx;

	v->bad++;
	if (v->report)
		v->report(v->ctx, object, what);
}

/* ID.marks: a damaged one costs a reading of the layer, but it tells of a damaged disk. One whose layer
 * is gone is no damage. */
static int
verify_marks(struct verify *v, struct store *st, const char *name, const char *path)
{
	char hex[HASH_HEX];
	struct hash id;

	snprintf(hex, sizeof hex, "%.64s", name);
	if (hash_parse(&id, hex) || strlen(name) != HASH_HEX - 1 + strlen(".marks"))
		found_bad(v, st, path, "does not belong there");
	else if (!marks_whole(st, &id, path))
		found_bad(v, st, path, "what it remembers of files is damaged");
	return 0;
}

/* ID, ID.list and ID.marks; ID.list is looked at together with ID. */
static int
verify_layer(void *ctx, struct store *st, const char *name, const char *path)
{
	cleanup_arena struct arena a = {0};
	struct entry *list = NULL;
	struct verify *v = ctx;
	char list_path[STORE_PATH];
	const char *why;
	struct hash id;
	size_t n = 0;

	if (*name == '.' || str_ends(name, ".list"))
		return 0;
	if (str_ends(name, ".marks"))
		return verify_marks(v, st, name, path);
	if (hash_parse(&id, name)) {
		found_bad(v, st, path, "does not belong there");
		return 0;
	}
	if (v->unproven && layer_state_of(st, &id) != LAYER_UNPROVEN)
		return 0;
	object_path(list_path, "layers", &id, ".list");
	if (!layer_read_list(st, &id, &a, &list, &n, &why)) {
		found_bad(v, st, list_path, why);
		if (v->repair)
			object_set_aside(st, path, why);
		return 0;
	}
	if (!layer_check(st, &id, list, n, forward, v)) {
		if (v->unproven) {
			marks_write(st, &id);
			layer_mark(st, path, st->boot);
		}
	} else if (v->repair) {
		object_set_aside(st, path, "files are missing, changed or too many");
	}
	return 0;
}

/* A list whose folder is gone: what a crash leaves, and no damage while no tree names it. */
static bool
layer_is_there(struct store *st, const struct hash *id)
{
	char path[STORE_PATH];

	return layer_state_of(st, id) != LAYER_ABSENT && fs_exists(st->fd, object_path(path, "layers", id, ".list"));
}

static const char *
tree_fault(struct store *st, const struct hash *id, bool stack_only)
{
	struct hash *layers, found;
	struct err err = {0};
	struct tree t;
	bool whole = true;
	size_t n;
	int r;

	if (!tree_read_stack(st, id, &layers, &n))
		return "the stack of layers is damaged";
	for (size_t i = 0; i < n; i++)
		whole = whole && layer_is_there(st, &layers[i]);
	free(layers);
	if (!whole)
		return "a layer of it is missing";
	if (stack_only)
		return NULL;
	r = store_tree(st, id, &t, &err);
	err_free(&err);
	if (r)
		return "a layer of it is damaged";
	found = tree_identity(&t, "");
	tree_free(&t);
	return hash_cmp(&found, id) ? "the layers make another tree" : NULL;
}

static int
verify_tree(void *ctx, struct store *st, const char *name, const char *path)
{
	struct verify *v = ctx;
	struct hash id;
	const char *what;

	if (*name == '.')
		return 0;
	what = hash_parse(&id, name) ? "does not belong there" : tree_fault(st, &id, v->unproven);
	if (what)
		found_bad(v, st, path, what);
	return 0;
}

static int
verify_result(void *ctx, struct store *st, const char *name, const char *path)
{
	cleanup_arena struct arena a = {0};
	struct record r;
	struct hash key;
	char tree[STORE_PATH];
	const char *what = NULL;

	if (*name == '.')
		return 0;
	if (hash_parse(&key, name))
		what = "does not belong there";
	else if (!store_record(st, &key, &a, &r, NULL))
		what = "the record is damaged";
	else if (!fs_exists(st->fd, object_path(tree, "trees", &r.result.tree, "")))
		what = "its tree is missing";
	if (what)
		found_bad(ctx, st, path, what);
	return 0;
}

static int
verify_key(void *ctx, struct store *st, const char *name, const char *path)
{
	cleanup_free char *text = NULL;
	struct hash key;

	if (*name == '.')
		return 0;
	if (hash_parse(&key, name))
		found_bad(ctx, st, path, "does not belong there");
	else if (!(text = store_key_text(st, &key)))
		found_bad(ctx, st, path, "the text does not hash to its key");
	return 0;
}

/* A damaged one is no danger, it counts as empty; but it tells of a damaged disk. */
static int
verify_seen(void *ctx, struct store *st, const char *name, const char *path)
{
	cleanup_str struct str bytes = {0};
	struct hash id;

	if (*name == '.')
		return 0;
	if (hash_parse(&id, name))
		found_bad(ctx, st, path, "does not belong there");
	else if (!object_read(st, path, &bytes) ||
		 (!statcache_whole(str_text(&bytes), bytes.len) && !exported_whole(str_text(&bytes), bytes.len) &&
		  !seal_whole(str_text(&bytes), bytes.len, SEEN_PLAN) &&
		  !seal_whole(str_text(&bytes), bytes.len, SEEN_SENT)))
		found_bad(ctx, st, path, "what it remembers of files or of a plan is damaged");
	return 0;
}

static void
verify_all(struct store *st, struct verify *v)
{
	store_each(st, "layers", verify_layer, v);
	store_each(st, "trees", verify_tree, v);
	store_each(st, "results", verify_result, v);
	store_each(st, "keys", verify_key, v);
	store_each(st, "seen", verify_seen, v);
}

void
verify_unproven(struct store *st)
{
	struct verify v = {.repair = true, .unproven = true};

	verify_all(st, &v);
}

int
store_verify(struct store *st, bool repair, store_report_fn report, void *ctx, uint64_t *bad, struct err *err)
{
	struct verify v = {.report = report, .ctx = ctx, .repair = repair};
	bool writable = st->writable;
	cleanup_fd int lock = -1;

	*bad = 0;
	if (st->fd < 0)
		return 0;
	if (repair && store_must_write(st, err))
		return -1;
	if (writable && (lock = store_lock(st, false, true, err)) < 0)
		return -1;
	/* What is only looked at stays where it is. */
	st->writable = repair;
	verify_all(st, &v);
	st->writable = writable;
	store_acquit(st);
	*bad = v.bad;
	return 0;
}
