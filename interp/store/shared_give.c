/* shared_give: results go to a depot: blobs first, what names them last. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/seal.h"
#include "os/fs.h"
#include "store/blob.h"
#include "store/shared_own.h"

#define LOG_MAX (64u << 20)

/* One result on its way. */
struct giving {
	struct shared *sh;
	struct store *st;
	const struct hash *key;
	struct arena arena;
	struct record record;
	struct str text; /* of the record */
	struct action_result ar;
	struct action_file *files;
	size_t cap;
	bool all; /* every blob is asked for, though it was sent before */
};

static void
add(struct giving *g, const char *path, const struct hash *digest, uint64_t size, const void *contents)
{
	GROW(g->files, g->ar.nfiles, g->cap);
	g->files[g->ar.nfiles++] = (struct action_file){
		.path = arena_strdup(&g->arena, path), .digest = *digest, .size = size, .contents = contents};
}

static bool
was_sent(const struct giving *g, const struct hash *blob)
{
	char hex[HASH_HEX];

	return map_has(&g->sh->sent, hash_hex(blob, hex));
}

static void
note_sent(struct giving *g, const struct hash *blob)
{
	char hex[HASH_HEX];

	hash_hex(blob, hex);
	map_set(&g->sh->sent, arena_strdup(&g->sh->arena, hex), g);
}

/* A small text stands in the result itself, which saves a request on either side. */
static int
give_text(struct giving *g, const char *path, const void *p, size_t n, struct err *err)
{
	struct hash h = hash_of(p, n);
	const bool inside = n && n <= SHARED_INSIDE;

	add(g, path, &h, n, inside ? arena_memdup(&g->arena, p, n) : NULL);
	if (inside || was_sent(g, &h))
		return 0;
	if (depot_put_text(shared_depot(g->sh), p, n, &h, err) < 0)
		return -1;
	note_sent(g, &h);
	return 0;
}

/* -- layers ----------------------------------------------------------------------------------------------- */
/* Which blob a layer became: packing it again takes as long as reading it. */
static struct hash
memory_of(const struct hash *layer)
{
	char text[96], hex[HASH_HEX];
	int n = snprintf(text, sizeof text, "jkr blob 1\n%s\n", hash_hex(layer, hex));

	return hash_of(text, (size_t)n);
}

static bool
recall(const struct giving *g, const struct hash *layer, struct hash *digest, uint64_t *size)
{
	struct hash name = memory_of(layer);
	cleanup_str struct str text = {0};
	char hex[HASH_HEX];
	unsigned long long n;

	if (!store_recall(g->st, &name, &text) || !seal_whole(str_text(&text), text.len, SEEN_SENT) ||
	    sscanf(text.s + SEAL_HEAD, "%64s %llu\n", hex, &n) != 2 || hash_parse(digest, hex))
		return false;
	*size = n;
	return true;
}

static void
keep(struct giving *g, const struct hash *layer, const struct hash *digest, uint64_t size)
{
	struct hash name = memory_of(layer);
	cleanup_str struct str text = {0};
	char hex[HASH_HEX];

	seal_begin(&text, SEEN_SENT);
	str_addf(&text, "%s %llu\n", hash_hex(digest, hex), (unsigned long long)size);
	seal_close(&text);
	store_remember(g->st, &name, &text, false);
}

static int
give_files(struct giving *g, const struct hash *layer, const char *name, struct err *err)
{
	struct depot *d = shared_depot(g->sh);
	cleanup_fd int fd = -1;
	struct hash digest;
	uint64_t size;
	int there = recall(g, layer, &digest, &size) ? was_sent(g, &digest) ? 1 : depot_has(d, &digest, err) : 0;

	if (there < 0)
		return -1;
	if (!there) {
		fd = openat(g->st->fd, "tmp", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
		if (fd < 0)
			return store_fault("tmp", err);
		if (blob_pack(g->st, layer, fd, err) || depot_put(d, fd, &digest, &size, err) < 0)
			return -1;
		keep(g, layer, &digest, size);
	}
	note_sent(g, &digest);
	add(g, name, &digest, size, NULL);
	return 0;
}

static int
give_layer(struct giving *g, const struct hash *layer, struct err *err)
{
	cleanup_str struct str list = {0};
	char name[SHARED_NAME], path[STORE_PATH];

	if (!layer_usable(g->st, layer) || !object_read(g->st, object_path(path, "layers", layer, ".list"), &list))
		return err_set(err, "E0809", "a layer of the result is damaged or no longer in the store");
	if (give_text(g, shared_layer_name(name, layer, ".list"), str_text(&list), list.len, err))
		return -1;
	return give_files(g, layer, shared_layer_name(name, layer, ".tar.zst"), err);
}

/* Texts that keys of other steps may hold (a kernel's release): who looks for these needs no layer. */
static int
give_small(struct giving *g, struct err *err)
{
	struct tree t;
	size_t n = 0;
	int r = store_tree(g->st, &g->record.result.tree, &t, err);

	if (r)
		return r < 0 ? -1
			     : err_set(err, "E0809", "the tree of the result is damaged or no longer in the store");
	for (size_t i = 0; i < t.n && n < SHARED_TEXTS && !r; i++) {
		const struct entry *e = &t.v[i];
		cleanup_str struct str text = {0}, name = {0};

		if (!S_ISREG(e->mode) || !e->size || e->size > SHARED_TEXT_MAX || strchr(e->path, '/'))
			continue;
		n++;
		str_addf(&name, SHARED_TEXT "%s", e->path);
		r = tree_read(&t, e->path, &text, SHARED_TEXT_MAX, err) < 0 ||
		    give_text(g, name.s, text.s, text.len, err);
	}
	tree_free(&t);
	return r ? -1 : 0;
}

static int
give_tree(struct giving *g, struct err *err)
{
	const struct hash *tree = &g->record.result.tree;
	cleanup_str struct str text = {0};
	struct hash *layers;
	size_t n;
	int r = 0;

	if (!tree_read_stack(g->st, tree, &layers, &n))
		return err_set(err, "E0809", "the tree of the result is damaged or no longer in the store");
	tree_format_stack(tree, layers, n, &text);
	for (size_t i = 0; i < n && !r; i++)
		r = give_layer(g, &layers[i], err);
	free(layers);
	return r || give_small(g, err) ? -1 : give_text(g, SHARED_TREE, text.s, text.len, err);
}

/* -- the rest --------------------------------------------------------------------------------------------- */
static int
give_log(struct giving *g, struct err *err)
{
	cleanup_free char *path = xasprintf("logs/%s", g->record.log ? g->record.log : "");
	cleanup_fd int fd = g->record.log ? fs_open(g->st->fd, path, O_RDONLY | O_NONBLOCK) : -1;
	struct stat sb;

	if (fd < 0 || fstat(fd, &sb) || !S_ISREG(sb.st_mode) || sb.st_size > (off_t)LOG_MAX)
		return 0;
	if (depot_put(shared_depot(g->sh), fd, &g->ar.stdout_digest, &g->ar.stdout_size, err) < 0)
		return -1;
	g->ar.has_stdout = true;
	return 0;
}

static int
give_texts(struct giving *g, struct err *err)
{
	cleanup_free char *key = store_key_text(g->st, g->key);

	if (!key)
		return err_set(err, "E0809", "the key's text is no longer in the store");
	if (give_text(g, SHARED_KEY, key, strlen(key), err))
		return -1;
	return give_text(g, SHARED_RECORD, g->text.s, g->text.len, err);
}

static int
sign(struct giving *g, struct err *err)
{
	cleanup_str struct str text = {0}, sig = {0};

	if (!g->sh->secret)
		return 0;
	g->ar.files = g->files;
	shared_signed(g->key, &g->ar, &text);
	if (minisign_make(g->sh->secret, text.s, text.len, "a result of jkr", &sig))
		return err_set(err, "E0816", "the result cannot be signed");
	return give_text(g, SHARED_SIGNATURE, sig.s, sig.len, err);
}

/* What the depot has under the key: 1 this very tree, 0 another one, 2 nothing, -1 something else. */
static int
compare(struct giving *g, struct hash *other, struct err *err)
{
	cleanup_str struct str bytes = {0};
	struct found there;
	int r = depot_result(shared_depot(g->sh), g->key, &bytes, err);

	if (r <= 0)
		return r ? -1 : 2;
	r = shared_read(g->sh, 0, g->key, &bytes, &there, err);
	if (r < 0 && strcmp(err->head->code, "E0817"))
		return -1;
	err_free(err);
	if (r <= 0)
		return err_set(
			err, "E0814",
			"the shared cache `%s` has a result that cannot be taken under the key of this one, and it stays",
			depot_address(shared_depot(g->sh)));
	if (other)
		*other = there.record.result.tree;
	return !hash_cmp(&there.record.result.tree, &g->record.result.tree);
}

static int
give(struct giving *g, struct hash *other, struct err *err)
{
	cleanup_str struct str bytes = {0};
	int r = compare(g, other, err);

	if (r <= 0)
		return r;
	if (give_tree(g, err) || give_texts(g, err) || give_log(g, err) || sign(g, err))
		return -1;
	if (r == 1) /* it stands there, and its blobs now too */
		return 1;
	g->ar.files = g->files;
	g->ar.worker = g->record.machine;
	action_result_write(&g->ar, &bytes);
	r = depot_put_result(shared_depot(g->sh), g->key, &bytes, err);
	return r ? r : compare(g, other, err);
}

int
shared_send(struct shared *sh, struct store *st, const struct hash *key, struct hash *other, struct err *err)
{
	struct giving g = {.sh = sh, .st = st, .key = key};
	int r = store_record(st, key, &g.arena, &g.record, err);
	char hex[HASH_HEX];

	if (r > 0) {
		record_format(key, &g.record, &g.text);
		r = give(&g, other, err);
	} else if (!r) {
		r = err_set(err, "E0809", "there is no result %.12s in the store", hash_hex(key, hex));
	}
	str_free(&g.text);
	free(g.files);
	arena_free(&g.arena);
	return r;
}

/* -- what was given --------------------------------------------------------------------------------------- */
static struct hash
mark_of(const struct shared *sh, const struct hash *key)
{
	cleanup_str struct str text = {0};
	char hex[HASH_HEX];

	str_addf(&text, "jkr given 1\n%s\n%s\n", sh->v[0].address, hash_hex(key, hex));
	return hash_of(text.s, text.len);
}

bool
shared_was_given(const struct shared *sh, const struct store *st, const struct hash *key)
{
	struct hash name = mark_of(sh, key);
	cleanup_str struct str text = {0};

	return store_recall(st, &name, &text) && seal_whole(str_text(&text), text.len, SEEN_SENT);
}

void
shared_note_given(const struct shared *sh, struct store *st, const struct hash *key)
{
	struct hash name = mark_of(sh, key);
	cleanup_str struct str text = {0};

	seal_begin(&text, SEEN_SENT);
	seal_close(&text);
	store_remember(st, &name, &text, false);
}
