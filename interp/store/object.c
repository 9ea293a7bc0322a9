/* object: the small texts of the store, whole or not there. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "os/fs.h"
#include "store/store_own.h"

enum { SMALL = 16 << 20 };

#define SUM "sum "
#define SUM_LINE (sizeof SUM - 1 + HASH_HEX)

const char *
object_path(char buf[STORE_PATH], const char *kind, const struct hash *h, const char *suffix)
{
	char hex[HASH_HEX], *s = stpcpy(buf, kind);

	/* made for every look into the store; the kinds and suffixes are this folder's own, and short */
	hash_hex(h, hex);
	*s++ = '/';
	*s++ = hex[0];
	*s++ = hex[1];
	*s++ = '/';
	stpcpy(stpcpy(s, hex), suffix);
	return buf;
}

int
store_fault(const char *path, struct err *err)
{
	int saved = errno;

	err_sys(err, "E0804", "cannot write `%s` of the store", path);
	if (saved == ENOSPC || saved == EDQUOT)
		err_help(err, "free space on the file system of the store, or run `jkr cache gc`");
	return -1;
}

int
store_must_write(const struct store *st, struct err *err)
{
	if (st->writable)
		return 0;
	return err_set(err, "E0804", "the store `%s` was opened for reading only", st->path);
}

/* A small text in one read: room for a byte more than it has tells that it ends there. */
static bool
read_small(int fd, const struct stat *sb, struct str *out)
{
	ssize_t k;

	if (sb->st_size > SMALL)
		return false;
	k = pread(fd, str_room(out, (size_t)sb->st_size + 1), (size_t)sb->st_size + 1, 0);
	if (k != sb->st_size)
		return false;
	out->len = (size_t)k;
	out->s[k] = '\0';
	return true;
}

int
object_read_time(const struct store *st, const char *path, struct str *out, time_t *mtime)
{
	cleanup_fd int fd = st->fd < 0 ? -1 : fs_open_nofollow(st->fd, path, O_RDONLY | O_NONBLOCK);
	struct stat sb;

	str_reset(out);
	if (fd < 0 || fstat(fd, &sb) || !S_ISREG(sb.st_mode))
		return 0;
	*mtime = sb.st_mtime;
	return read_small(fd, &sb, out) || !fs_read(fd, out, STORE_MAX_TEXT);
}

int
object_read(const struct store *st, const char *path, struct str *out)
{
	time_t mtime;

	return object_read_time(st, path, out, &mtime);
}

static int
write_temp(int at, const char *name, const struct str *text, bool durable)
{
	cleanup_fd int fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd < 0 || fs_write(fd, str_text(text), text->len) || (durable && fsync(fd)))
		return -1;
	return close(steal_fd(&fd));
}

/* The folder of the temp file, and its name there: the process makes it unique in a temp folder, the object
 * beside the object. */
static int
temp_place(const struct store *st, int at, const char *base, char name[STORE_PATH])
{
	char own[STORE_PATH];
	int fd = -1;

	snprintf(name, STORE_PATH, ".tmp-%ld-%.100s", (long)getpid(), base);
	snprintf(own, sizeof own, "tmp/%.63s", st->own);
	if (*st->own)
		fd = fs_open_nofollow(st->fd, own, O_PATH | O_DIRECTORY);
	/* a folder that was published as a whole is there no more */
	return fd >= 0 || (*st->own && errno != ENOENT) ? fd : fcntl(at, F_DUPFD_CLOEXEC, 0);
}

static int
sync_folder(int at)
{
	cleanup_fd int fd = openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -1 : fsync(fd);
}

int
object_write(struct store *st, const char *path, const struct str *text, bool durable, struct err *err)
{
	char temp[STORE_PATH];
	const char *base;
	cleanup_fd int at = -1, from = -1;
	struct stat sb;

	/* a file cannot take the place of a folder, which is no object */
	if (!fs_stat(st->fd, path, &sb) && S_ISDIR(sb.st_mode) && object_trash(st, path))
		return store_fault(path, err);
	snprintf(temp, sizeof temp, "%.*s", (int)(path_base(path) - path), path);
	if (fs_mkdirs(st->fd, temp))
		return store_fault(path, err);
	at = fs_parent(st->fd, path, &base);
	from = at < 0 ? -1 : temp_place(st, at, base, temp);
	/* a leftover of a dead process is in the way */
	if (from < 0 || (unlinkat(from, temp, 0) && errno != ENOENT))
		return store_fault(path, err);
	if (write_temp(from, temp, text, durable) || renameat(from, temp, at, base)) {
		store_fault(path, err);
		unlinkat(from, temp, 0);
		return -1;
	}
	return durable && sync_folder(at) ? store_fault(path, err) : 0;
}

void
object_seal(struct str *text)
{
	struct hash h = hash_of(str_text(text), text->len);
	char hex[HASH_HEX];

	str_addf(text, SUM "%s\n", hash_hex(&h, hex));
}

bool
object_open(struct str *text)
{
	struct hash h;
	char hex[HASH_HEX], *sum;

	if (text->len < SUM_LINE || memchr(text->s, '\0', text->len))
		return false;
	sum = text->s + text->len - SUM_LINE;
	h = hash_of(text->s, text->len - SUM_LINE);
	hash_hex(&h, hex);
	if (memcmp(sum, SUM, sizeof SUM - 1) || memcmp(sum + sizeof SUM - 1, hex, HASH_HEX - 1) ||
	    sum[SUM_LINE - 1] != '\n')
		return false;
	text->len -= SUM_LINE;
	*sum = '\0';
	return true;
}

char *
object_line(char **rest)
{
	char *line = *rest, *end = strchr(line, '\n');

	if (!end)
		return NULL;
	*end = '\0';
	*rest = end + 1;
	return line;
}

void
store_acquit(struct store *st)
{
	for (size_t i = 0; i < st->condemned.n; i++)
		free((char *)st->condemned.v[i].key);
	map_free(&st->condemned);
}

/* A folder of its own in `where`/ takes the object, so that names there never clash. Who empties the
 * trash may take that folder away before it is used: then once more. */
static int
move_to(struct store *st, const char *path, const char *where)
{
	cleanup_fd int dir = fs_mkdirs(st->fd, where) ? -1 : fs_open_nofollow(st->fd, where, O_RDONLY | O_DIRECTORY);
	char name[64], to[STORE_PATH];

	for (int i = 0; dir >= 0 && i < 100; i++) {
		if (!fs_exists(st->fd, path))
			return 0;
		if (fs_mkdtemp(dir, "", name))
			return -1;
		snprintf(to, sizeof to, "%s/%.63s/%.100s", where, name, path_base(path));
		if (!renameat(st->fd, path, st->fd, to))
			return 0;
		if (errno != ENOENT) {
			int saved = errno;

			unlinkat(dir, name, AT_REMOVEDIR);
			errno = saved;
			return -1;
		}
		unlinkat(dir, name, AT_REMOVEDIR);
	}
	return -1;
}

int
object_trash(struct store *st, const char *path)
{
	return move_to(st, path, "trash");
}

void
object_set_aside(struct store *st, const char *path, const char *why)
{
	str_addf(&st->aside, "%s: %s\n", path, why);
	if (st->writable)
		move_to(st, path, "quarantine");
	else if (!map_get(&st->condemned, path))
		map_set(&st->condemned, xstrdup(path), st);
}

/* A shard's own time is that of the last object that came or went. */
static bool
older(int dir, const char *shard, int64_t since)
{
	struct stat sb;

	return since && !fstatat(dir, shard, &sb, AT_SYMLINK_NOFOLLOW) && sb.st_mtim.tv_sec < since;
}

int
store_each(struct store *st, const char *kind, store_object_fn fn, void *ctx)
{
	return store_each_since(st, kind, 0, fn, ctx);
}

int
store_each_since(struct store *st, const char *kind, int64_t since, store_object_fn fn, void *ctx)
{
	cleanup_fd int dir = st->fd < 0 ? -1 : fs_open_nofollow(st->fd, kind, O_RDONLY | O_DIRECTORY);
	char **shards, **names, path[STORE_PATH * 2];
	size_t nshards, n;
	int r = 0;

	if (dir < 0 || fs_names(dir, &shards, &nshards))
		return 0;
	for (size_t i = 0; i < nshards && !r; i++) {
		cleanup_fd int shard = -1;

		if (older(dir, shards[i], since))
			continue;
		shard = openat(dir, shards[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (shard < 0 || fs_names(shard, &names, &n))
			continue;
		for (size_t j = 0; j < n && !r; j++) {
			snprintf(path, sizeof path, "%s/%s/%s", kind, shards[i], names[j]);
			r = fn(ctx, st, names[j], path);
		}
		fs_names_free(names, n);
	}
	fs_names_free(shards, nshards);
	return r;
}
