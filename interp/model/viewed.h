/* viewed: a source of a step as checks look at it: a folder, a result or a single file. */
#pragma once
#include "data/schema.h"
#include "data/view.h"

struct err;
struct job;
struct tree;

/* The tree that a source is a folder of, or NULL in `t` (no err) where it is one file. */
int source_folder(struct job *job, const struct source *src, const struct tree **t, const char **sub, struct err *err);

/* All of it as a view; a single file is one entry, under its own name. Memory lives in the job's arena and in the view,
 * which view_free ends. */
int viewed(struct job *job, const struct source *src, struct view *out, struct err *err);
/* Runs a check over a source, or what the step stands on where there is none, below `folder` (NULL: all); notes what
 * it got. */
int viewed_check(struct job *job, const struct source *src, const char *folder, view_check_fn fn, const void *rules,
		 struct err *err);

/* The one file that a source is or names, in a view of it; a folder is a mistake. */
int viewed_file(struct job *job, const struct source *src, struct view *out, const struct view_file **f,
		struct err *err);
