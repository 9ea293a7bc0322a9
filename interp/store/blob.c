#include "store/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "data/archive.h"
#include "data/archive_write.h"
#include "os/fs.h"

#define PIECE (256u << 10)
/* A layer of zeros packs to a ten thousandth; each file is bounded by its size in the list. */
#define RATIO 20000
#define FLOOR (1u << 30)

/* -- packing ---------------------------------------------------------------------------------------------- */
static int
add(struct arc_out *out, int dir, const struct entry *e, struct err *err)
{
	struct member m = {.name = e->path,
			   .target = e->target,
			   .size = e->size,
			   .mode = (e->mode & S_IFMT) | (S_ISREG(e->mode) && !(e->mode & 0111) ? 0644 : 0755),
			   .mtime = FS_MTIME};
	cleanup_fd int fd = -1;

	if (e->whiteout || !(S_ISREG(e->mode) || S_ISDIR(e->mode) || S_ISLNK(e->mode)))
		return 0;
	if (S_ISREG(e->mode)) {
		fd = fs_open_nofollow(dir, e->path, O_RDONLY | O_NONBLOCK);
		if (fd < 0)
			return err_sys(err, "E0803", "cannot read `%s` of the store", e->path);
	}
	return arc_out_add(out, &m, fd, err);
}

int
blob_pack(struct store *st, const struct hash *layer, int fd, struct err *err)
{
	const struct arc_out_opts opts = {.format = "tar.zst", .level = 1, .threads = 1};
	cleanup_arena struct arena a = {0};
	char path[STORE_PATH];
	cleanup_fd int dir = fs_open_nofollow(st->fd, object_path(path, "layers", layer, ""), O_RDONLY | O_DIRECTORY);
	struct entry *v = NULL;
	struct arc_out *out;
	const char *why = "it is gone";
	size_t n = 0;
	int r = 0;

	if (dir < 0 || !layer_read_list(st, layer, &a, &v, &n, &why))
		return err_set(err, "E0809", "layer %s cannot be sent: %s", path, why);
	if (ftruncate(fd, 0) || lseek(fd, 0, SEEK_SET) < 0)
		return store_fault(path, err);
	out = arc_out_open(fd, &opts, err);
	if (!out)
		return -1;
	for (size_t i = 0; i < n && !r; i++)
		r = add(out, dir, &v[i], err);
	if (!r)
		r = arc_out_end(out, err);
	arc_out_free(out);
	return r;
}

/* -- unpacking -------------------------------------------------------------------------------------------- */
struct unpack {
	const struct entry *v;
	size_t n, at;
	struct arc *arc;
	struct layer *layer;
	struct hasher *hasher;
	char *piece;
};

static int
wrong(const char *path, const char *what, struct err *err)
{
	return err_set(err, "E0813", "a layer of a shared cache is not what its list says: `%s` %s", path, what);
}

/* What the archive says is about this machine's tools, not its user: the caller speaks of the address. */
static int
damaged(struct err *err)
{
	struct err why = {0};

	err_move(&why, err);
	err_set(err, "E0813", "a layer of a shared cache is no archive: %s",
		why.head ? why.head->msg : "it ends early");
	err_free(&why);
	return -1;
}

static int
take_bytes(struct unpack *u, const struct entry *e, int fd, struct err *err)
{
	uint64_t size = 0;
	ssize_t n;

	while ((n = arc_read(u->arc, u->piece, PIECE, err)) > 0) {
		size += (uint64_t)n;
		if (size > e->size)
			return wrong(e->path, "is longer", err);
		hasher_add(u->hasher, u->piece, (size_t)n);
		if (fs_write(fd, u->piece, (size_t)n))
			return store_fault(e->path, err);
	}
	if (n < 0)
		return damaged(err);
	return size == e->size ? 0 : wrong(e->path, "is shorter", err);
}

static int
take_file(struct unpack *u, const struct entry *e, struct err *err)
{
	int fd = layer_open_file(u->layer, e, err), r;
	struct hash h;

	if (fd < 0)
		return -1;
	r = take_bytes(u, e, fd, err);
	h = hasher_end(u->hasher);
	if (!r && hash_cmp(&h, &e->digest))
		r = wrong(e->path, "has other bytes", err);
	if (r) {
		close(fd);
		return -1;
	}
	return layer_close_file(u->layer, e, fd, &h, e->size, err);
}

int
blob_file(int fd, const struct entry *e, struct str *out, struct err *err)
{
	const struct arc_limits limits = {.ratio = RATIO, .floor = FLOOR, .threads = 1};
	struct arc *arc = arc_open(fd, "blob", &limits, err);
	struct member m;
	ssize_t n = 0;
	struct hash h;
	int r = -1;

	while (arc && (r = arc_next(arc, &m, err)) > 0 && strcmp(m.name, e->path) != 0)
		;
	while (r > 0 && out->len <= e->size && (n = arc_read(arc, str_room(out, PIECE), PIECE, err)) > 0)
		out->len += (size_t)n;
	arc_close(arc);
	if (r < 0 || n < 0)
		return damaged(err);
	h = hash_of(str_text(out), out->len);
	return r > 0 && out->len == e->size && !hash_cmp(&h, &e->digest) ? 0 : wrong(e->path, "has other bytes", err);
}

/* Makes all that stands in the list before the next file; NULL: there is none. */
static int
next_file(struct unpack *u, const struct entry **file, struct err *err)
{
	for (*file = NULL; u->at < u->n && !*file; u->at++) {
		const struct entry *e = &u->v[u->at];

		if (layer_again(u->layer, e, err))
			return -1;
		if (!e->whiteout && S_ISREG(e->mode))
			*file = e;
	}
	return 0;
}

static int
take_members(struct unpack *u, struct err *err)
{
	const struct entry *file;
	struct member m;
	int r;

	while ((r = arc_next(u->arc, &m, err)) > 0) {
		if (!S_ISREG(m.mode) || m.hardlink)
			continue;
		if (next_file(u, &file, err))
			return -1;
		if (!file || strcmp(file->path, m.name))
			return wrong(m.name, "stands where another file must", err);
		if (take_file(u, file, err))
			return -1;
	}
	if (r < 0 || arc_finish(u->arc, err))
		return damaged(err);
	if (next_file(u, &file, err))
		return -1;
	return file ? wrong(file->path, "is missing", err) : 0;
}

/* The folder is complete: it bears the name only if its own list has that hash. */
static int
settle(struct store *st, struct unpack *u, const char *from, const struct hash *id, struct err *err)
{
	const struct entry *v;
	struct hash got;
	size_t n;

	v = layer_list(u->layer, &n, err);
	if (!v)
		return -1;
	return layer_place(st, from, v, n, id, &got, err);
}

static int
unpack(struct store *st, struct unpack *u, const struct hash *id, int fd, struct err *err)
{
	const struct arc_limits limits = {.ratio = RATIO, .floor = FLOOR, .threads = 2};
	char name[64], from[STORE_PATH];
	cleanup_fd int dir = store_tmp(st, name, err), at = -1;
	int r = -1;

	if (dir < 0)
		return -1;
	snprintf(from, sizeof from, "tmp/%.63s/layer", name);
	if (!fs_mkdirs(dir, "layer"))
		at = fs_open_nofollow(dir, "layer", O_RDONLY | O_DIRECTORY);
	if (at < 0) {
		store_fault(from, err);
	} else if (!(u->arc = arc_open(fd, "blob", &limits, err))) {
		damaged(err);
	} else {
		u->layer = layer_new(at, NULL);
		r = take_members(u, err) || settle(st, u, from, id, err) ? -1 : 0;
		layer_free(u->layer);
		arc_close(u->arc);
	}
	store_discard(st, name);
	return r;
}

int
blob_unpack(struct store *st, const struct hash *id, const struct str *list, int fd, struct err *err)
{
	cleanup_arena struct arena a = {0};
	struct hash h = hash_of(str_text(list), list->len);
	char *copy = arena_strndup(&a, str_text(list), list->len);
	struct unpack u = {0};
	struct err why = {0};
	struct entry *v = NULL;
	int r;

	if (layer_usable(st, id))
		return 0;
	if (hash_cmp(&h, id) || list_cut(copy, list->len, &a, &v, &u.n, &why)) {
		err_free(&why);
		return err_set(err, "E0813", "the list of a layer of a shared cache is not the one that was asked for");
	}
	u.v = v;
	u.hasher = hasher_new();
	u.piece = xmalloc(PIECE);
	r = unpack(st, &u, id, fd, err);
	hasher_free(u.hasher);
	free(u.piece);
	return r;
}
