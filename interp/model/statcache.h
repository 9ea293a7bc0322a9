/* statcache: what the files of a folder held when they were last read, by what lstat said of them.
 *
 * A file whose mark (device, inode, size, mode, mtime, ctime) is the recorded one is not read again; of a folder
 * that bears its recorded mark the names are known, and each is asked for by lstat. That no answer is stale rests
 * on the ctime, which every write, truncation, chmod and rename over a file, and every name that comes to a folder
 * or goes from it, sets to the kernel's clock, and which no program can set:
 *
 *   - a mark is recorded only when it was the same before and after the file was read, and when its
 *     ctime was then older than STATCACHE_SETTLED: a later write cannot bear the same time;
 *   - only on file systems of this kernel that keep a ctime (a table in statcache.c), never on those of
 *     a server, of FUSE or of FAT, and never on one that is mounted inside the folder; names of folders not on
 *     overlays, where they come of several folders of which one says the time.
 *
 * Left open is what escapes every ctime: a program that has the file mapped for writing while it is
 * read, a clock that is set back to the very nanosecond, writing to the block device itself.
 *
 * A cache that is damaged, of another version or of another folder is an empty one. It is only ever
 * an answer to "what is in this file": no key depends on whether there is one. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/hash.h"
#include "os/scan.h"

struct str;

/* Coarser than the times of any file system that is trusted: ext4 with small inodes keeps seconds. */
#define STATCACHE_SETTLED ((int64_t)2000000000)

/* Where caches are kept; `name` stands for the folder. Neither may fail: what is not kept is read again.
 * `remember` is NULL where nothing may be written. */
struct statcache_home {
	void *ctx;
	bool (*recall)(void *ctx, const struct hash *name, struct str *out);
	void (*remember)(void *ctx, const struct hash *name, const struct str *bytes);
};

struct statcache; /* of one folder, or of one file whose path is "" */

/* Reads the cache of the folder that `name` stands for; NULL with no home, and for a folder that is
 * not trusted. `fd` is the folder, or the file. */
struct statcache *statcache_open(const struct statcache_home *home, const struct hash *name, int fd);
/* The names in its folders, for scan_folder; NULL when none are known. */
const struct scan_known *statcache_names(const struct statcache *c);
/* The recorded hash of a file, or NULL. Paths must come in the order of path_cmp, each once. */
const struct hash *statcache_find(struct statcache *c, const struct scan_file *f);
/* Records all that was found, in the same order, the folder itself first: `h` of a file, else NULL; `settled` as
 * statcache_settled said, false where the mark says nothing. Path is borrowed. */
void statcache_add(struct statcache *c, const struct scan_file *f, const struct hash *h, bool settled);
/* Frees; with `keep` the new records go to the home, when there are any and they are others than the old ones. May
 * be NULL. */
void statcache_close(struct statcache *c, bool keep);

/* Whether `mark`, found before reading at `now` and again after it, may be recorded. */
bool statcache_settled(const struct scan_mark *before, const struct scan_mark *after, int64_t now);
/* Whether the file system of `fd` is one whose ctime tells of every change; `names`: also of each name in a folder. */
bool statcache_trusts(int fd, bool *names);
/* The clock that file systems take their times from, in nanoseconds. */
int64_t statcache_now(void);
/* Whether the bytes are a whole cache of this version. */
bool statcache_whole(const char *bytes, size_t len);
