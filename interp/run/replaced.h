/* replaced: the few files that lie over a tree's lowest layer where all of them stand in for files of it. Such a tree
 * can be shown as that layer with these files bound over it, which costs nothing where an overlay costs a little for
 * each name that is opened. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct job;
struct tree;

#define REPLACED_MAX 16

struct replaced {
	const char *path; /* below the tree */
	const char *from; /* the folder that holds the file under the same path, relative to the job's */
};

/* `lowers` are the links to the tree's layers, top first, `upper` is the folder over them; all relative to the job's.
 * False: there are more than REPLACED_MAX, or something is new, gone or of another kind; then nothing is known. */
bool replaced_find(struct job *job, const struct tree *t, const char *const *lowers, const char *upper,
		   struct replaced v[REPLACED_MAX], size_t *n);
