/* view: what checks look at: the sorted list of a folder or a result, and a way to read its files. Nothing is
 * written, and no link leads out: the top is the root, as the machine will see it that boots from there. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/mem.h"

struct err;
struct str;
struct view;

struct view_file {
	const char *path;          /* clean, relative */
	const char *target;        /* symlink: where it points, else NULL */
	const struct hash *digest; /* of a file whose list knows it, else NULL */
	uint64_t size;
	uint32_t mode;
};

/* Opens a regular file of the view; -1 with a sentence. */
typedef int (*view_open_fn)(const struct view *v, const struct view_file *f, struct err *err);

struct view {
	struct arena arena;
	struct view_file *v; /* sorted by path_cmp */
	size_t n, cap;
	view_open_fn open;
	void *ctx; /* of `open` */
	int dir;   /* view_folder: the folder, borrowed */
};

/* A folder of this machine, which stays open as long as the view. */
int view_folder(struct view *v, int dir, struct err *err);
/* Adds an entry behind all others; its strings are not copied. */
void view_add(struct view *v, const struct view_file *f);
void view_free(struct view *v);

/* The entry at a path as it is written, or NULL. */
const struct view_file *view_find(const struct view *v, const char *path);
/* The same with links followed, absolute ones from the top; a leading slash of `path` does not count. NULL when
 * nothing is there. */
const struct view_file *view_follow(const struct view *v, const char *path);
/* Whether a regular file is there that holds something, links followed. */
bool view_has_file(const struct view *v, const char *path);
/* Whether `path` matches a pattern, whose parts may have `*` and `?`. */
bool view_matches(const char *pattern, const char *path);
/* The first entry at or behind index `from` that matches, or NULL. */
const struct view_file *view_match(const struct view *v, const char *pattern, size_t from);
/* The path that is nearest to one that is not there, or NULL. */
const char *view_near(const struct view *v, const char *path);

/* The part below a folder as a view of its own; it uses the strings and the files of the whole. */
void view_below(const struct view *whole, const char *folder, struct view *out);

/* A check: 0, and in `got` what is there in a few words; -1 with a mistake for each rule that does not hold. What
 * `rules` points to is the check's own. */
typedef int (*view_check_fn)(const struct view *v, const void *rules, struct str *got, struct err *err);

/* Opens a regular file, not a link. */
int view_open(const struct view *v, const struct view_file *f, struct err *err);
/* Reads it, at most `max` bytes. */
int view_read(const struct view *v, const struct view_file *f, size_t max, struct str *out, struct err *err);
