#include "model/statcache.h"

#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <time.h>

#include "base/mem.h"
#include "base/str.h"

/* The bytes: FIRST_LINE, the hash of all behind it, then records in the order of path_cmp. */
#define FIRST_LINE "jkr statcache 1\n"
#define HEAD (sizeof FIRST_LINE - 1 + HASH_SIZE)
#define PATH_BYTES 4096

#define MAGIC_XFS 0x58465342
#define MAGIC_ZFS 0x2fc12fc1
#define MAGIC_BCACHEFS 0xca451a4e

/* The numbers are in this machine's order: another machine's cache has other inodes anyway. A path and
 * its NUL follow, and padding to 8 bytes. */
struct record {
	struct scan_mark mark;
	struct hash hash;
	uint64_t path_len;
};

struct statcache {
	const struct statcache_home *home;
	struct hash name;
	uint64_t dev;     /* of the folder: what is mounted in it is not trusted */
	struct str old;   /* the bytes that were read */
	size_t at;        /* of the next old record */
	struct str fresh; /* the bytes to be written */
};

int64_t
statcache_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME_COARSE, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

bool
statcache_settled(const struct scan_mark *before, const struct scan_mark *after, int64_t now)
{
	return !memcmp(before, after, sizeof *before) && before->ctime < now - STATCACHE_SETTLED;
}

/* The kernel's own file systems on local disks or in memory, which set the ctime with every change. */
static bool
trusts(int fd)
{
	static const unsigned long kinds[] = {EXT4_SUPER_MAGIC, MAGIC_XFS,     BTRFS_SUPER_MAGIC,
					      F2FS_SUPER_MAGIC, TMPFS_MAGIC,   OVERLAYFS_SUPER_MAGIC,
					      MAGIC_ZFS,        MAGIC_BCACHEFS};
	struct statfs fs;

	if (fstatfs(fd, &fs))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if ((unsigned long)fs.f_type == kinds[i])
			return true;
	return false;
}

static size_t
padded(size_t n)
{
	return (n + 7) / 8 * 8;
}

/* The record at `at`, whose path follows it; NULL at the end, and where the bytes do not hold one. */
static const char *
record_at(const struct str *b, size_t at, struct record *out)
{
	const char *path;

	if (b->len - at < sizeof *out)
		return NULL;
	memcpy(out, b->s + at, sizeof *out);
	path = b->s + at + sizeof *out;
	if (out->path_len >= PATH_BYTES || b->len - at - sizeof *out < padded(out->path_len + 1) || path[out->path_len])
		return NULL;
	return path;
}

bool
statcache_whole(const char *bytes, size_t len)
{
	struct hash h;

	if (len < HEAD || memcmp(bytes, FIRST_LINE, sizeof FIRST_LINE - 1) != 0)
		return false;
	h = hash_of(bytes + HEAD, len - HEAD);
	return !memcmp(bytes + sizeof FIRST_LINE - 1, h.b, HASH_SIZE);
}

struct statcache *
statcache_open(const struct statcache_home *home, const struct hash *name, int fd)
{
	struct statcache *c;
	struct stat st;

	if (!home || fstat(fd, &st) || !trusts(fd))
		return NULL;
	c = xcalloc(1, sizeof *c);
	c->home = home;
	c->name = *name;
	c->dev = st.st_dev;
	c->at = HEAD;
	if (!home->recall(home->ctx, name, &c->old) || !statcache_whole(str_text(&c->old), c->old.len))
		c->at = c->old.len = 0;
	str_addn(&c->fresh, FIRST_LINE, sizeof FIRST_LINE - 1);
	str_addn(&c->fresh, &(struct hash){{0}}, HASH_SIZE);
	return c;
}

const struct hash *
statcache_find(struct statcache *c, const struct scan_file *f)
{
	struct record r;
	const char *path;

	while ((path = record_at(&c->old, c->at, &r))) {
		int order = path_cmp(path, f->path);

		if (order > 0)
			return NULL;
		c->at += sizeof r + padded(r.path_len + 1);
		if (order < 0)
			continue;
		if (memcmp(&r.mark, &f->mark, sizeof r.mark) != 0 || f->mark.dev != c->dev)
			return NULL;
		return (const struct hash *)(path - sizeof r + offsetof(struct record, hash));
	}
	return NULL;
}

void
statcache_add(struct statcache *c, const struct scan_file *f, const struct hash *h, bool settled)
{
	static const char zeros[8];
	struct record r = {.mark = f->mark, .hash = *h, .path_len = strlen(f->path)};

	if (!c->home->remember || !settled || f->mark.dev != c->dev)
		return;
	str_addn(&c->fresh, &r, sizeof r);
	str_addn(&c->fresh, f->path, r.path_len);
	str_addn(&c->fresh, zeros, padded(r.path_len + 1) - r.path_len);
}

static void
keep_fresh(struct statcache *c)
{
	struct hash h = hash_of(c->fresh.s + HEAD, c->fresh.len - HEAD);

	memcpy(c->fresh.s + sizeof FIRST_LINE - 1, h.b, HASH_SIZE);
	if (c->fresh.len != c->old.len || memcmp(c->fresh.s, c->old.s, HEAD) != 0)
		c->home->remember(c->home->ctx, &c->name, &c->fresh);
}

void
statcache_close(struct statcache *c, bool keep)
{
	if (!c)
		return;
	if (keep && c->home->remember)
		keep_fresh(c);
	str_free(&c->old);
	str_free(&c->fresh);
	free(c);
}
