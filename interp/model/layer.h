/* layer: a folder being written and the list of what it adds to or takes from the tree below.
 *
 * Nothing is written outside the folder. Files get mode 0644 or 0755 on disk and the constant mtime;
 * what the entry says beyond that lives in the list. A path that is added twice replaces (last wins)
 * unless the writer refuses first. Functions return 0 or -1 with a sentence. */
#pragma once
#include "model/tree.h"

struct layer;
struct err;

/* `dir` is an empty folder (kept open, not owned); `below` may be NULL. */
struct layer *layer_new(int dir, const struct tree *below);
void layer_free(struct layer *l);
const struct tree *layer_below(const struct layer *l);

/* The entry of the merged view while writing: own additions first, then below; NULL when absent. */
const struct entry *layer_find(const struct layer *l, const char *path);

/* Writes a whole file from memory. `e->path`, `e->mode`, owners and xattrs are read; size and
 * digest are computed unless `e->digest` is already known (then pass known = true). */
int layer_put(struct layer *l, const struct entry *e, const void *data, size_t n, struct err *err);
/* Copies a file from a descriptor, by reflink where possible; size and digest computed. */
int layer_put_fd(struct layer *l, const struct entry *e, int fd, struct err *err);
/* Starts a file that is written in pieces; layer_close_file takes digest and size. */
int layer_open_file(struct layer *l, const struct entry *e, struct err *err);
int layer_close_file(struct layer *l, const struct entry *e, int fd, const struct hash *digest,
                     uint64_t size, struct err *err);
/* Takes over an existing file of another folder by rename (same file system) and hashes it. */
int layer_adopt(struct layer *l, const struct entry *e, int fromdir, const char *name, struct err *err);
int layer_mkdir(struct layer *l, const struct entry *e, struct err *err);
int layer_symlink(struct layer *l, const struct entry *e, struct err *err); /* e->target */
int layer_hardlink(struct layer *l, const char *path, const char *existing, struct err *err);
int layer_special(struct layer *l, const struct entry *e, struct err *err); /* device, fifo: in the list only */
/* Takes a file or a whole folder of the view away. Absent: error ENOENT in the sentence. */
int layer_remove(struct layer *l, const char *path, struct err *err);
/* Copies entries from a tree (or a part of it) to `into` in this layer, by reflink or hard copy. */
int layer_copy_tree(struct layer *l, const struct tree *from, const char *sub, const char *into, struct err *err);

/* Reads back an overlayfs upper (or a plain folder with `below` NULL) that a container wrote in
 * `dir`: whiteouts and opaque marks become entries, files equal to the view below are dropped, overlay's
 * own xattrs are dropped, times are pinned. The folder `dir` itself becomes the layer's folder. */
struct layer *layer_from_upper(int dir, const struct tree *below, struct err *err);

/* Parent folders that are missing are added with 0755; the list comes back sorted and normalised
 * (nothing that equals the tree below), owned by the layer. */
const struct entry *layer_list(struct layer *l, size_t *n);
