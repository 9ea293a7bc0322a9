/* shared_take: results come from a depot, and are hashed before they count. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "os/fs.h"
#include "store/blob.h"
#include "store/shared_own.h"

static int
wrong_tree(const struct shared *sh, const struct found *f, struct err *err)
{
	char hex[HASH_HEX];

	return err_set(err, "E0813", "the shared cache `%s` has layers under %.12s that do not make the tree they name",
		       depot_address(sh->v[f->from].depot), hash_hex(&f->key, hex));
}

/* 1, 0 dangling, -1 a mistake of the place. */
static int
layer_text(struct shared *sh, const struct found *f, size_t layer, struct str *out, struct err *err)
{
	char name[SHARED_NAME];

	return shared_text(sh, f->from, &f->ar, shared_layer_name(name, &f->layers[layer], ".list"), out, err);
}

/* -- lists ------------------------------------------------------------------------------------------------ */
/* Folds one more list over what `t` holds. */
static int
fold(struct tree *t, const struct hash *id, char *text, size_t len, struct err *err)
{
	struct entry *v;
	size_t n;

	if (list_cut(text, len, &t->arena, &v, &n, err))
		return -1;
	list_merge(&t->arena, t->v, t->n, v, n, (uint16_t)t->nlayers, &t->v, &t->n);
	t->layers[t->nlayers++] = (struct tree_layer){.fd = -1, .id = *id};
	return 0;
}

static int
is_the_tree(const struct shared *sh, const struct found *f, struct tree *t, struct err *err)
{
	t->id = tree_identity(t, "");
	return hash_cmp(&t->id, &f->record.result.tree) ? wrong_tree(sh, f, err) : 1;
}

static int
merged(struct shared *sh, const struct found *f, struct tree *t, struct err *err)
{
	*t = (struct tree){0};
	t->layers = arena_array(&t->arena, struct tree_layer, f->nlayers + 1);
	for (size_t i = 0; i < f->nlayers; i++) {
		cleanup_str struct str text = {0};
		int r = layer_text(sh, f, i, &text, err);

		if (r <= 0)
			return r;
		if (fold(t, &f->layers[i], arena_strndup(&t->arena, str_text(&text), text.len), text.len, err))
			return -1;
	}
	return is_the_tree(sh, f, t, err);
}

static const struct found *
of_tree(const struct shared *sh, const struct hash *tree)
{
	char hex[HASH_HEX];

	return map_get(&sh->trees, hash_hex(tree, hex));
}

int
shared_list(struct shared *sh, const struct hash *tree, struct tree *out)
{
	const struct found *f = of_tree(sh, tree);
	struct hash key;

	while (f) {
		struct err err = {0};
		int r = shared_on(sh, f->from) ? merged(sh, f, out, &err) : 0;

		if (r > 0)
			return 1;
		tree_free(out);
		if (r < 0)
			shared_fault(sh, f->from, &err);
		key = f->key;
		shared_forget(sh, f);
		f = shared_find(sh, &key, f->from + 1);
		if (f && hash_cmp(&f->record.result.tree, tree))
			f = NULL;
		if (!f)
			shared_give_up(sh, &key);
	}
	return 0;
}

/* Whose fault it is: of a place it is a miss, of this store it is told. */
static bool
of_the_place(const struct err *err)
{
	return err->head && (!strcmp(err->head->code, "E0812") || !strcmp(err->head->code, "E0813"));
}

static int
file_of(struct shared *sh, const struct found *f, const struct tree *t, const struct entry *e, struct str *out,
	struct err *err)
{
	char name[SHARED_NAME];
	const struct action_file *file =
		action_result_find(&f->ar, shared_layer_name(name, &t->layers[e->layer].id, ".tar.zst"));
	cleanup_fd int fd = memfd_create("layer", MFD_CLOEXEC);
	int r;

	if (fd < 0 || !file)
		return 0;
	r = depot_fetch(sh->v[f->from].depot, &file->digest, file->size, fd, err);
	return r <= 0 ? r : blob_file(fd, e, out, err) ? -1 : 1;
}

int
shared_small(struct shared *sh, const struct hash *tree, const struct entry *e, struct str *out)
{
	const struct found *f = of_tree(sh, tree);
	cleanup_str struct str name = {0};
	const struct action_file *file;
	struct err err = {0};
	int r = 0;

	str_addf(&name, SHARED_TEXT "%s", e->path);
	file = f && shared_on(sh, f->from) ? action_result_find(&f->ar, name.s) : NULL;
	if (file && S_ISREG(e->mode) && !hash_cmp(&file->digest, &e->digest))
		r = shared_text(sh, f->from, &f->ar, name.s, out, &err);
	if (r < 0)
		shared_fault(sh, f->from, &err);
	return r > 0;
}

int
shared_file(struct shared *sh, const struct hash *tree, const char *path, struct str *out)
{
	struct err err = {0};
	const struct entry *e;
	const struct found *f;
	struct tree t;
	int r = 0;

	str_reset(out);
	if (!shared_list(sh, tree, &t))
		return 0;
	f = of_tree(sh, tree);
	e = tree_resolve(&t, path);
	if (f && e && S_ISREG(e->mode) && e->size <= SHARED_FILE_MAX)
		r = file_of(sh, f, &t, e, out, &err);
	if (r < 0)
		shared_fault(sh, f->from, &err);
	tree_free(&t);
	return r > 0;
}

/* -- layers ----------------------------------------------------------------------------------------------- */
static int
scratch(struct store *st, struct err *err)
{
	int fd = openat(st->fd, "tmp", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);

	return fd < 0 ? store_fault("tmp", err) : fd;
}

/* What blob_unpack says of bytes, with the address. */
static int
name_place(const struct shared *sh, const struct found *f, struct err *err)
{
	return of_the_place(err) ? err_wrap(err, "from `%s`", depot_address(sh->v[f->from].depot)) : -1;
}

static int
take_layer(struct shared *sh, struct store *st, const struct found *f, size_t i, struct err *err)
{
	cleanup_str struct str list = {0};
	char name[SHARED_NAME];
	const struct action_file *file;
	cleanup_fd int fd = -1;
	int r;

	if (layer_usable(st, &f->layers[i]))
		return 1;
	file = action_result_find(&f->ar, shared_layer_name(name, &f->layers[i], ".tar.zst"));
	r = layer_text(sh, f, i, &list, err);
	if (r <= 0)
		return r;
	fd = scratch(st, err);
	if (fd < 0)
		return -1;
	r = depot_fetch(sh->v[f->from].depot, &file->digest, file->size, fd, err);
	if (r <= 0)
		return r;
	return blob_unpack(st, &f->layers[i], &list, fd, err) ? name_place(sh, f, err) : 1;
}

/* The stack is written only when its layers make the tree. */
static int
take_tree(struct shared *sh, struct store *st, const struct found *f, struct err *err)
{
	struct tree t = {0};
	int r = 1;

	for (size_t i = 0; i < f->nlayers && r > 0; i++)
		r = take_layer(sh, st, f, i, err);
	if (r <= 0)
		return r;
	t.layers = arena_array(&t.arena, struct tree_layer, f->nlayers + 1);
	for (size_t i = 0; i < f->nlayers && r > 0; i++) {
		cleanup_str struct str text = {0};
		char path[STORE_PATH];

		if (!object_read(st, object_path(path, "layers", &f->layers[i], ".list"), &text))
			r = store_fault(path, err);
		else if (fold(&t, &f->layers[i], arena_strndup(&t.arena, str_text(&text), text.len), text.len, err))
			r = -1;
	}
	if (r > 0)
		r = is_the_tree(sh, f, &t, err);
	arena_free(&t.arena);
	if (r > 0)
		r = tree_write(st, &f->record.result.tree, f->layers, f->nlayers, err) ? -1 : 1;
	return r;
}

/* The log is worth having, and nothing rests on it. */
static void
take_log(struct shared *sh, struct store *st, const struct found *f)
{
	cleanup_free char *path = xasprintf("logs/%s", f->record.log ? f->record.log : "");
	cleanup_str struct str text = {0};
	struct err unsaid = {0};

	if (!f->ar.has_stdout || f->ar.stdout_size > SHARED_SMALL || fs_exists(st->fd, path))
		return;
	if (depot_fetch_text(sh->v[f->from].depot, &f->ar.stdout_digest, f->ar.stdout_size, &text, &unsaid) > 0)
		object_write(st, path, &text, false, &unsaid);
	err_free(&unsaid);
}

/* A record's log is a plain name in logs/, whoever wrote it. */
static struct record
own_record(const struct found *f)
{
	struct record r = f->record;

	if (r.log && (!entry_path_ok(r.log) || strchr(r.log, '/') || strlen(r.log) > 120))
		r.log = NULL;
	return r;
}

static int
take(struct shared *sh, struct store *st, const struct found *f, struct err *err)
{
	struct record rec = own_record(f);
	int r = take_tree(sh, st, f, err);

	if (r <= 0)
		return r;
	if (rec.log)
		take_log(sh, st, f);
	return store_commit(st, &f->key, f->key_text, &rec, err) ? -1 : 1;
}

static int
fetch(struct shared *sh, struct store *st, const struct found *f, struct err *err)
{
	struct hash key;

	while (f) {
		struct err why = {0};
		int r = shared_on(sh, f->from) ? take(sh, st, f, &why) : 0;

		if (r > 0)
			return 1;
		if (r < 0 && !of_the_place(&why)) {
			err_move(err, &why);
			return -1;
		}
		if (r < 0)
			shared_fault(sh, f->from, &why);
		key = f->key;
		shared_forget(sh, f);
		f = shared_find(sh, &key, f->from + 1);
		if (!f)
			shared_give_up(sh, &key);
	}
	return 0;
}

int
shared_fetch(struct shared *sh, struct store *st, const struct hash *key, struct err *err)
{
	const struct found *f = shared_known(sh, key);
	struct result r;

	if (store_lookup(st, key, &r, err) > 0)
		return 1;
	return fetch(sh, st, f ? f : shared_find(sh, key, 0), err);
}

int
shared_fetch_tree(struct shared *sh, struct store *st, const struct hash *tree, struct err *err)
{
	const struct found *f = of_tree(sh, tree);

	return f ? fetch(sh, st, f, err) : 0;
}
