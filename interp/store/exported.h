/* exported: what the files of a folder held when they were written there, or last read, by what lstat said of them.
 *
 * As model/statcache.h has it for the project: a file whose device, inode, size, mode, mtime and ctime are the
 * recorded ones holds what it held. A file that was just written is recorded at once, though its ctime is no two
 * seconds old: its mtime was set to before the tick of the clock in which it got its name, and whoever writes to it
 * in that tick sets the mtime to it. Nothing that was recorded in an earlier boot counts, for what is exported is not
 * made durable: a power cut may leave names and times without what belongs to them. Such a file is read once.
 *
 * It is only ever an answer to "is this file already what it should be". One for each folder and store, whoever
 * exports to it; who uses it holds the folder's lock. */
#pragma once
#include <stdbool.h>

#include "base/hash.h"
#include "os/scan.h"

struct exported;
struct store;

/* `folder` is the absolute name of `dir`. NULL on file systems whose ctime does not tell of every change. */
struct exported *exported_open(const struct store *st, const char *folder, int dir);
/* Keeps what is new, and of the old what still has its name; frees. May be NULL. */
void exported_close(struct exported *x, struct store *st);

enum exported_state { EXPORTED_UNKNOWN, EXPORTED_SAME, EXPORTED_OTHER };
/* Whether the file that bears `mark` holds what `digest` says. Paths are relative to the folder. `x` may be NULL. */
enum exported_state exported_ask(const struct exported *x, const char *path, const struct scan_mark *mark,
				 const struct hash *digest);
/* The file was found to hold it. */
void exported_note(struct exported *x, const char *path, const struct scan_mark *mark, const struct hash *digest);

/* Before a new file gets its name: sets its mtime so that the mark it then bears may be noted. -1 with errno. */
int exported_settle(int fd);
/* Whether the mark of a file that was settled, and then named, may be noted. */
bool exported_settled(const struct scan_mark *mark);

/* For verify: whether the bytes are a whole record. */
bool exported_whole(const char *bytes, size_t len);
