/* tree: an immutable result, as the sorted list of what it holds and the layers that hold it.
 *
 * A tree is a stack of layers. Each layer is a folder of plain files plus a list of what it adds or
 * takes away. The list is the truth about owners, modes, devices, xattrs; on disk files are the
 * user's, with mode 0644 or 0755 and one constant mtime. A tree's id is the hash of its merged list
 * and does not depend on how it was stacked. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/mem.h"

struct err;
struct str;

struct entry {
	const char *path;   /* clean, relative; the root itself has no entry */
	const char *target; /* symlink: where it points, else NULL */
	const char *xattrs; /* "name=hex name=hex", sorted, or NULL */
	uint64_t size;      /* regular file: bytes */
	uint32_t mode;      /* S_IFMT bits and 07777 */
	uint32_t uid, gid;
	uint64_t rdev;
	uint16_t layer;     /* index into tree.layers of the layer that holds the file */
	bool whiteout;      /* in a layer's own list only: the name below is gone */
	bool opaque;        /* in a layer's own list only: a folder that hides what is below */
	struct hash digest; /* regular file: SHA-256 of its bytes */
};

/* One layer on disk. */
struct tree_layer {
	int fd;           /* its folder, O_PATH|O_DIRECTORY; owned by the tree */
	const char *path; /* relative to the store's root, for mounting */
	struct hash id;   /* hash of its list */
};

struct tree {
	struct arena arena;
	struct entry *v; /* merged, sorted by path_cmp */
	size_t n;
	struct tree_layer *layers; /* bottom first */
	size_t nlayers;
	struct hash id;
};

void tree_free(struct tree *t);
/* The entry at `path` as written in the list (no symlink is followed), or NULL. "" is a folder that
 * stands for the root. */
const struct entry *tree_find(const struct tree *t, const char *path);
/* The same with symlinks inside the tree followed, at every component; "." and ".." are understood.
 * NULL when it leaves the tree (an absolute target does) or needs more than 40 links. */
const struct entry *tree_resolve(const struct tree *t, const char *path);
/* The entries below a folder: first index and count. "" gives all. */
size_t tree_range(const struct tree *t, const char *dir, size_t *count);
/* Opens a regular file for reading, links inside the tree followed, and hashes it: what is read is what the
 * list says; -1 with a sentence. */
int tree_open(const struct tree *t, const char *path, struct err *err);
/* The file of a regular entry, its content not looked at: for who hashes what it reads. */
int tree_open_entry(const struct tree *t, const struct entry *e, struct err *err);
/* The sentence for a file that is not that of the list. Its layer loses its mark: it is hashed before it counts
 * again. Returns -1. */
int tree_damaged(const struct tree *t, const struct entry *e, struct err *err);
/* Reads a small text file. */
int tree_read(const struct tree *t, const char *path, struct str *out, size_t max, struct err *err);
/* The nearest name to `path` in the tree, for help lines; NULL when none. */
const char *tree_near(const struct tree *t, const char *path);

/* The hash of a merged list: what identifies a tree, or the part of one below the folder `dir`, whose
 * paths then count from there. A part that is no folder is its one line with the path ".", one that
 * is absent all zeros. */
struct hash tree_identity(const struct tree *t, const char *dir);

/* Lists are texts: "jkr list 1", then a line for each entry, strictly sorted by path_cmp, fields
 * separated by tabs; control bytes and backslashes in fields are \xNN. TYPE and MODE in octal stand
 * together, @UID:GID follows where it is not 0:0; xattrs are the last field where there are any:
 *
 *   f644	PATH	SIZE	SHA256		d755	PATH		o755	PATH (opaque folder)
 *   l777	PATH	TARGET			c600	PATH	RDEV	(b, too)
 *   p644	PATH (fifo; s: socket)		w	PATH (whiteout)
 *
 * There is exactly one text for a list; anything else does not parse. */
void entry_format(const struct entry *e, struct str *out);          /* one line, ended by '\n' */
void list_format(const struct entry *v, size_t n, struct str *out); /* with the first line */
/* Reads a list that is cut in place: the strings of its entries stay in `text`, which has a
 * NUL behind it; the entries live in the arena. */
int list_cut(char *text, size_t len, struct arena *a, struct entry **v, size_t *n, struct err *err);
/* The same of a text that is still on its way: `more` waits, and gives how many of its bytes may be read and cut, more
 * than the `have` of before, in the end `len`; less than the first line's is a text that will not come. */
typedef size_t (*list_more_fn)(void *ctx, size_t have);
int list_cut_coming(char *text, size_t len, list_more_fn more, void *ctx, struct arena *a, struct entry **v, size_t *n,
		    struct err *err);
/* Adds the entries of a list to a heap array; strings live in the arena. */
int list_parse(const char *text, size_t len, struct arena *a, struct entry **v, size_t *n, struct err *err);
/* Whether `path` can stand in a list: relative, no empty part, no "." or "..", parts of at most 255
 * bytes and at most FS_DEPTH of them, at most 4095 bytes in all. */
bool entry_path_ok(const char *path);
/* Equal in everything that identity covers, and in the marks. */
bool entry_equal(const struct entry *a, const struct entry *b);
/* Merges a layer's own list over `below` (may be NULL with 0) into a new sorted array in the arena;
 * `layer` becomes the index of the entries of `upper`. */
void list_merge(struct arena *a, const struct entry *below, size_t nbelow, const struct entry *upper, size_t nupper,
		uint16_t layer, struct entry **out, size_t *nout);
/* The same with the indices as they are: what is seen of a list that lies over another. */
void list_see(struct arena *a, const struct entry *below, size_t nbelow, const struct entry *upper, size_t nupper,
	      struct entry **out, size_t *nout);
/* Folds a layer's list over the list of the layer below it into a heap array that the caller frees.
 * With `marks` the result is a layer's list again, whiteouts and opaque folders kept; without, it is
 * what is seen. `layer` of the entries stays. */
struct entry *list_fold(const struct entry *below, size_t nbelow, const struct entry *upper, size_t nupper, bool marks,
			size_t *nout);
