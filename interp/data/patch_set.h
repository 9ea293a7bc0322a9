/* patch_set: patches, one after the other, put into a tree of files; the result stays in memory.
 *
 * A patch is applied whole or not at all, and the next one sees what it did. Nothing outside the
 * tree is named, no symlink is followed, and what changes nothing is a mistake. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/patchfile.h"

struct err;

enum node_kind { NODE_ABSENT, NODE_FILE, NODE_LINK, NODE_FOLDER, NODE_OTHER };

struct patch_node {
	enum node_kind kind;
	bool executable;
	char *data; /* a file's bytes, or where a link points; heap */
	size_t len;
	bool loaded;        /* data is there */
	bool touched;       /* by the patch being applied */
	bool dirty;         /* by any */
	enum node_kind was; /* what the tree below has at this path */
};

/* The tree below, as a patch may see it. */
struct patch_tree {
	void *ctx;
	/* what stands at a clean path, no link followed: kind, executable and, of a link, the target */
	int (*look)(void *ctx, const char *path, struct patch_node *out, struct err *err);
	int (*read)(void *ctx, const char *path, struct str *out, struct err *err);
	const char *(*near)(void *ctx, const char *path); /* for "did you mean"; may give NULL */
	void (*note)(void *ctx, const char *text);        /* a hunk that moved */
};

/* How far the hunks of a patch moved. */
struct patch_moves {
	size_t moved;     /* hunks */
	long least, most; /* offsets of those */
	unsigned fuzz;    /* the largest that was needed */
};

struct patch_set {
	const struct patch_tree *tree;
	struct patch_moves moves; /* of the newest patch that is in */
	struct arena arena;
	struct map files;   /* path → struct patch_node, of the patches that are in */
	struct map pending; /* of the one being applied */
};

struct patch_how {
	int strip; /* folders taken off the names, -1: found */
	unsigned fuzz;
	bool reverse;
	const char *into; /* folder of the tree that the names start at, "" or NULL: its root */
	bool lean;        /* hunks go where patch(1) puts them */
};

int patch_set_apply(struct patch_set *s, const struct patchfile *pf, const struct patch_how *how, struct err *err);
void patch_set_free(struct patch_set *s);

/* What stands at a path after the patches so far; NULL with a mistake. */
struct patch_node *patch_set_node(struct patch_set *s, const char *path, struct err *err);
/* The same with a file's content. */
struct patch_node *patch_set_load(struct patch_set *s, const char *path, struct err *err);

/* A name of a patch as a path of the tree. NULL with the reason when it may not be one. */
const char *patch_path(struct arena *a, const char *name, int strip, const char *into, const char **why);
/* The level of -p at which all files of the patch are there; -1 with a mistake. */
int patch_find_strip(struct patch_set *s, const struct patchfile *pf, const struct patch_how *how, struct err *err);
/* The level that was said, how->strip; -1 where it puts new files where nothing is, and another one does not: such a
 * file fits at every level. */
int patch_check_strip(struct patch_set *s, const struct patchfile *pf, const struct patch_how *how, struct err *err);

struct patch_reject;
/* The mistake that a hunk does not apply, with what stands there instead. */
int patch_say_reject(const struct patchfile *pf, const struct patch_change *c, const char *path,
		     const struct patch_reject *r, struct err *err);
