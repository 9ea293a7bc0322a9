/* sources: all that a recipe is built from, in one file: its project's files, jkr.lock, and under downloads/by-hash
 * what it takes from elsewhere. With it the recipe builds on a machine without a network, in an empty store.
 *
 * The file is a tar in one folder. `jkr-sources` in it is its list: a line of what it is, one that names the recipe,
 * and for each other regular file its SHA-256, as sha256sum has it. */
#pragma once
#include "base/map.h"
#include "base/mem.h"
#include "cli/session.h"
#include "model/tree.h"

#define SOURCES_LIST "jkr-sources"
#define SOURCES_HEAD "# jkr sources 1\n"
#define SOURCES_RECIPE "# recipe "

/* What goes into the file: a path in it, and where that is here. */
struct source_file {
	struct entry e;
	const char *from; /* absolute; NULL: a folder or a link */
};

struct sources_out {
	struct arena arena;
	struct source_file *v;
	size_t n, cap;
	struct map taken; /* paths → struct source_file's number plus 1 */
	bool plain;       /* without what a person staged, who may not be allowed to hand it on */
};

void sources_free(struct sources_out *o);
/* A file, folder (all below it) or link of this machine, as `path`; twice the same is once. */
int sources_add(struct sources_out *o, const char *path, const char *root, const char *rel, struct err *err);
/* The files of the project that the load read and that steps name, and what is staged for them. A file of elsewhere
 * that is neither jkr's own nor an import's is a mistake. */
int sources_of_project(struct sources_out *o, struct session *s, struct err *err);
/* Writes the file. */
int sources_write(struct sources_out *o, const char *folder, const char *recipe, const char *to, struct err *err);

/* sources_images.c: an image of Debian packages goes along as a tar (model/image_tar.h). */
/* Under --locked an image of which jkr.lock has no hash is refused, for that would have to go there. */
int sources_check_images(struct session *s, struct err *err);
/* Puts the hashes of the tars that a run handed over into jkr.lock; -1, or how many there are. */
int sources_pin_images(struct session *s, struct err *err);
/* That changed the keys of the images: takes them into the user's own store, from the tars in `keep`. */
int sources_settle_images(struct cli *cli, const char *keep, int *interrupted, struct err *err);

/* `jkr export`: what the network gives comes into a store of its own, so that all of it comes. */
int sources_export(struct cli *cli, int *interrupted, struct err *err);
/* `jkr import`: unpacks such a file, which may be anybody's, into a new folder. */
int sources_import(const struct cli *cli, struct err *err);
