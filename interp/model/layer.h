/* layer: a folder being written and the list of what it adds to or takes from the tree below.
 *
 * Nothing is written outside the folder. Files get mode 0644 or 0755 on disk (folders 0755) whatever
 * the umask, and the constant mtime; what the entry says beyond that lives in the list. Owners are
 * 0:0 in every tree that is not a root file system; links are always 0777. A path that is added twice
 * replaces (last wins, a file a folder and vice versa); ask layer_find first to refuse. A path below
 * something that is no folder is refused. On disk the folder is an overlayfs layer (`userxattr`): what
 * is gone is a char device 0:0, a folder that hides what is below bears user.overlay.opaque.
 *
 * A layer is not locked: calls on one layer must not overlap, but any one thread may make them, so
 * a writer thread may own it while another reads an archive, until it has been joined.
 * Functions return 0 or -1 with a sentence. */
#pragma once
#include "model/tree.h"

struct layer;
struct err;

/* `dir` is an empty folder (kept open, not owned); `below` may be NULL. */
struct layer *layer_new(int dir, const struct tree *below);
void layer_free(struct layer *l);
const struct tree *layer_below(const struct layer *l);
int layer_dir(const struct layer *l);

/* The entry of the merged view while writing: own additions first, then below; NULL when absent. */
const struct entry *layer_find(const struct layer *l, const char *path);

/* Writes a whole file from memory. `e->path`, `e->mode`, owners and xattrs are read; size and
 * digest are computed. */
int layer_put(struct layer *l, const struct entry *e, const void *data, size_t n, struct err *err);
/* Copies a file from a descriptor, by reflink where possible; size and digest computed. */
int layer_put_fd(struct layer *l, const struct entry *e, int fd, struct err *err);
/* Starts a file that is written in pieces and gives its descriptor; layer_close_file closes it, also
 * when it fails, and takes digest (NULL: read back and hashed) and size, which must be the file's.
 * The file counts only then. */
int layer_open_file(struct layer *l, const struct entry *e, struct err *err);
int layer_close_file(struct layer *l, const struct entry *e, int fd, const struct hash *digest, uint64_t size,
		     struct err *err);
/* Takes over an existing file of another folder by rename (same file system) and hashes it. */
int layer_adopt(struct layer *l, const struct entry *e, int fromdir, const char *name, struct err *err);
int layer_mkdir(struct layer *l, const struct entry *e, struct err *err);
int layer_symlink(struct layer *l, const struct entry *e, struct err *err); /* e->target */
int layer_hardlink(struct layer *l, const char *path, const char *existing, struct err *err);
int layer_special(struct layer *l, const struct entry *e, struct err *err); /* device, fifo: in the list only */
/* Takes a file or a whole folder of the view away. Absent: an error (E0806). */
int layer_remove(struct layer *l, const char *path, struct err *err);
/* Copies a tree, or its part `sub`, into this layer by reflink or copy: what lies in a folder to below
 * `into` ("": the top), a single file or link to `into` itself. Contents are checked on the way. */
int layer_copy_tree(struct layer *l, const struct tree *from, const char *sub, const char *into, struct err *err);

/* Makes what a line of a layer's own list says, marks included, in a layer that is made again from such a list, line by
 * line in its order; of a regular file only the folders above it, for the caller puts that. */
int layer_again(struct layer *l, const struct entry *e, struct err *err);

/* Reads back an overlayfs upper (or a plain folder with `below` NULL) that a container wrote in
 * `dir`, after all its processes are gone: whiteouts and opaque marks become entries, files equal to the
 * view below are dropped, overlay's own xattrs are dropped, times are pinned. The folder `dir` itself
 * becomes the layer's folder. Owners, setuid bits and xattrs of the view below stay where the disk mode
 * is as it was shown; otherwise the list gets mode & 0777 of the disk and 0:0. Sockets, fifos and
 * devices that a program left behind are no results: they are removed and named by layer_dropped. */
struct layer *layer_from_upper(int dir, const struct tree *below, struct err *err);
/* "socket `run/x`, fifo `y`", or NULL: for the log. */
const char *layer_dropped(const struct layer *l);

/* The list, sorted and normalised (nothing that equals the tree below), owned by the layer; what is
 * left out goes from the disk too, and times of folders are pinned. NULL with a sentence. Writing may
 * go on afterwards. */
const struct entry *layer_list(struct layer *l, size_t *n, struct err *err);
