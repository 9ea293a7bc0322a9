/* layer_own: the inside of a layer, shared by the files layer*.c. */
#pragma once
#include "base/map.h"
#include "base/str.h"
#include "model/layer.h"

#define LAYER_FDS 128 /* folders kept open, found by the hash of their path */

struct layer_dir {
	char *path;
	int fd;
};

struct layer {
	int dir;
	const struct tree *below;
	struct arena arena;
	struct map own;  /* path → struct entry, NULL once it was taken back */
	struct map dirs; /* folders that are on disk here → layer_marker, whether they are in the list or not */
	struct layer_dir fds[LAYER_FDS];
	struct hasher *hasher;
	struct entry *list;
	size_t n;
	bool listed;
	struct str dropped;
};

#define OVERLAY_OPAQUE "user.overlay.opaque"

/* The sentence for a write that failed with errno, with help when the disk is full. Returns -1. */
int layer_fault(const char *path, struct err *err);
/* Whether the entry of the tree below at `path` shows here: no own entry above it hides it. */
const struct entry *layer_below_at(const struct layer *l, const char *path);
/* Adds a copy of `e` to the own entries and gives it. */
struct entry *layer_own_add(struct layer *l, const struct entry *e);
/* Makes one folder that is not there, on disk only: the list does not get it. */
int layer_make_folder(struct layer *l, const char *path, struct err *err);
/* Makes the folder `path` on disk, and what lacks above it. */
int layer_folder(struct layer *l, const char *path, struct err *err);
/* The open folder that holds `path`, made if it lacks. Borrowed until the next call. */
int layer_parent(struct layer *l, const char *path, const char **base, struct err *err);
/* Checks the path, takes away what stands there in this layer, and gives the parent. `was` tells
 * whether something that is no folder stood there. */
int layer_clear(struct layer *l, const struct entry *e, const char **base, bool *was, struct err *err);
/* Takes what this layer itself holds at and below `path` off the disk and out of the list. */
int layer_take_back(struct layer *l, const char *path, struct err *err);
/* Closes the folders that are kept open; before folders go away. */
void layer_close_folders(struct layer *l);
/* Makes a whiteout at a name that is free. */
int layer_whiteout(struct layer *l, const char *path, struct err *err);
/* Makes a file for an entry; the way is clear afterwards. */
int layer_new_file(struct layer *l, const struct entry *e, struct err *err);
