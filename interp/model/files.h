/* files: what a file or folder of a project holds, as a key sees it. */
#pragma once
#include <stdbool.h>

#include "base/hash.h"
#include "data/value.h"
#include "model/tree.h"

struct err;
struct statcache_home;

struct file_content {
	struct hash hash;
	bool executable; /* as files_executable says */
};

/* A file: the hash of its bytes. A folder: the identity of its list, as it would be taken up into the store: modes
 * 0644 and 0755, owner 0:0, symlinks as they are; `.git` is left out, of a checkout `.cache` and compile_commands.json,
 * too; anything but files, folders and symlinks is a mistake. What did not change since the last time is not read again
 * (model/statcache.h); `home` may be NULL. With `list` the caller gets the list of a folder, a tree without layers that
 * he frees; of a file nothing. */
int files_hash(const struct file_ref *file, const struct statcache_home *home, struct tree *list,
	       struct file_content *out, struct err *err);
/* Whether it is a file with an executable bit, which copy and pack take over. */
bool files_executable(const struct file_ref *file);
/* Opens a file or folder below its project's root; the caller owns the descriptor. */
int files_open(const struct file_ref *file, struct err *err);
