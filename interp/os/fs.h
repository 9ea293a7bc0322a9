/* fs: files below a directory descriptor. A path given here never leaves that directory: it is
 * resolved by openat2 with RESOLVE_BENEATH|RESOLVE_NO_MAGICLINKS. Functions return 0, a descriptor
 * or a size, and -1 with errno set; the caller makes the sentence. Descriptors are close-on-exec. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

struct str;

/* Opens an existing file. `flags` as for open(2). "" and "." are the directory itself. */
int fs_open(int dir, const char *path, int flags);
/* The same, refusing any symlink on the way (ELOOP). */
int fs_open_nofollow(int dir, const char *path, int flags);
/* Makes a new file (EEXIST when the name is taken); missing folders above it are made, 0755. */
int fs_create(int dir, const char *path, mode_t mode);
int fs_mkdirs(int dir, const char *path);                /* 0 also when it is there */
int fs_stat(int dir, const char *path, struct stat *st); /* of the link itself */
bool fs_exists(int dir, const char *path);
/* The folder that holds `path` (O_PATH), reached without any symlink; `base` is its last part. */
int fs_parent(int dir, const char *path, const char **base);

/* Writes all bytes or fails. */
int fs_write(int fd, const void *p, size_t n);
/* Reads to the end, at most `max` bytes (EFBIG). */
int fs_read(int fd, struct str *out, size_t max);
int fs_read_file(int dir, const char *path, struct str *out, size_t max);
/* Replaces a file at once: file without a name, fsync, a random name beside it, rename, fsync of the folder. Who is
 * killed between name and rename leaves it; the next that replaces a file of that folder takes it away. */
int fs_replace(int dir, const char *path, const void *p, size_t n, mode_t mode);
/* The same without fsync: who reads it must see by itself whether it is whole, for a power cut may leave the old
 * one, an empty one or a torn one. */
int fs_replace_soon(int dir, const char *path, const void *p, size_t n, mode_t mode);
/* Copies the whole contents between descriptors, by reflink or copy_file_range where that works. A
 * source that cannot seek is read from where it stands. */
int fs_copy(int from, int to);

/* Calls `fn` for every entry below `dir` (not itself), parents before children, names sorted.
 * `path` is relative to `dir`, `at` the open folder that holds `name`. Stops on nonzero. What `fn`
 * removes or changes is looked at afterwards, so it may delete, replace or chmod its entry. Deeper
 * than FS_DEPTH folders is ENAMETOOLONG. */
#define FS_DEPTH 256
typedef int (*fs_walk_fn)(void *ctx, int at, const char *name, const char *path, const struct stat *st);
int fs_walk(int dir, fs_walk_fn fn, void *ctx);
/* Sorted names in a folder, "." and ".." left out. Caller frees with fs_names_free. */
int fs_names(int dir, char ***names, size_t *n);
void fs_names_free(char **names, size_t n);
/* Removes a tree of any depth, also where modes forbid it; follows no link. 0 when it was not there. */
int fs_remove(int dir, const char *path);
/* The same while `more` says so: -1 with ECANCELED after its no, and what is left can be removed later. */
int fs_remove_while(int dir, const char *path, bool (*more)(void *ctx), void *ctx);

/* Sets both times of `name` (NULL: of `at` itself) to the one mtime that every stored file bears. */
#define FS_MTIME 1
int fs_pin_time(int at, const char *name);

/* A private temporary folder name "<prefix>XXXXXXXX" made in `dir`; `name` takes 64 bytes. */
int fs_mkdtemp(int dir, const char *prefix, char name[64]);
/* Such a name only. */
#define FS_RANDOM 8 /* characters behind the prefix */
void fs_random_name(const char *prefix, char name[64]);
