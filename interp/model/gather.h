/* gather: sources laid out side by side, as copy and pack put them.
 *
 * A file comes under its own name. A folder, of a project or in a result, and a whole result come as
 * what they hold, without the folder's own name. Two sources may give the same folder or equal files. */
#pragma once
#include "data/schema.h"
#include "model/tree.h"

struct err;
struct job;

struct piece {
	const char *path;          /* where it comes to lie */
	const struct entry *entry; /* type, mode, owner, digest; entry->path is where it lies in `tree` */
	const struct tree *tree;   /* NULL: a file of the project */
	const struct source *src;
	bool waits; /* inside gather: a folder that comes for what is in it alone */
};

struct pieces {
	size_t n;
	struct piece *v; /* sorted by path_cmp, folders before what is in them */
};

struct gather_opts {
	const struct strings
		*only; /* patterns (glob_path) of what comes, each of which must match; NULL or none: all */
	const struct strings *exclude; /* patterns of what does not come; likewise */
	const char *as;                /* another name for the one file that is given; NULL: its own */
};

/* Memory lives in the job's arena. With `only` a folder comes where something in it does. */
int gather(struct job *job, const struct sources *srcs, const struct gather_opts *opts, struct pieces *out,
	   struct err *err);
/* Opens a piece that is a regular file. */
int piece_open(struct job *job, const struct piece *p, struct err *err);
/* Takes a piece up into the job's layer, with another mode unless that is -1; a folder that is there, and one that a
 * link leads to, stays as it is. */
int piece_put(struct job *job, const struct piece *p, const char *path, int mode, struct err *err);
/* How sentences name a source: "`recipes/x/README`", "`src/README` in a result", "the result in item 2". */
const char *source_shown(struct job *job, const struct source *src);
