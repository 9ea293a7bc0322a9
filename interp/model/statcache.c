#include "model/statcache.h"

#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <time.h>

#include "base/mem.h"
#include "base/seal.h"
#include "base/str.h"
#include "os/fs.h"

/* Under this seal lie records in the order of path_cmp. */
#define FIRST_LINE "jkr statcache 2\n"
#define PATH_BYTES 4096

#define MAGIC_XFS 0x58465342
#define MAGIC_ZFS 0x2fc12fc1
#define MAGIC_BCACHEFS 0xca451a4e

/* The numbers are in this machine's order: another machine's cache has other inodes anyway. A path and
 * its NUL follow, and padding to 8 bytes. Every name of the folder has one. */
struct record {
	struct scan_mark mark; /* all but the mode zeros where it says nothing */
	struct hash hash;
	uint64_t path_len;
};

/* An old record in the order of the bytes, which is that of path_cmp. */
struct node {
	size_t at;
	size_t end; /* index of the first one behind it that does not lie in it */
};

struct statcache {
	const struct statcache_home *home;
	struct hash name;
	uint64_t dev;   /* of the folder: what is mounted in it is not trusted */
	struct str old; /* the bytes that were read */
	size_t at;      /* of the next old record */
	struct node *v; /* of the old records, where names are trusted */
	size_t n;
	struct scan_known known;
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
bool
statcache_trusts(int fd, bool *names)
{
	static const unsigned long kinds[] = {EXT4_SUPER_MAGIC, MAGIC_XFS,     BTRFS_SUPER_MAGIC,
					      F2FS_SUPER_MAGIC, TMPFS_MAGIC,   OVERLAYFS_SUPER_MAGIC,
					      MAGIC_ZFS,        MAGIC_BCACHEFS};
	struct statfs fs;

	if (fstatfs(fd, &fs))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if ((unsigned long)fs.f_type == kinds[i]) {
			*names = kinds[i] != OVERLAYFS_SUPER_MAGIC;
			return true;
		}
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
	return seal_whole(bytes, len, FIRST_LINE);
}

/* NULL: this folder, as it is now, is another than the recorded one, or in no record. */
static const struct node *
find_folder(const struct statcache *c, const char *path, const struct scan_mark *mark)
{
	size_t lo = 0, hi = c->n;
	struct record r;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const char *there = record_at(&c->old, c->v[mid].at, &r);
		int order = path_cmp(there, path);

		if (!order)
			return mark->dev == c->dev && !memcmp(&r.mark, mark, sizeof r.mark) ? &c->v[mid] : NULL;
		if (order < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static bool
known_folder(const void *ctx, const char *path, const struct scan_mark *mark, struct scan_names *at)
{
	const struct statcache *c = ctx;
	const struct node *node = find_folder(c, path, mark);

	if (node)
		*at = (struct scan_names){(size_t)(node - c->v) + 1, node->end};
	return node;
}

static const char *
known_name(const void *ctx, struct scan_names *at)
{
	const struct statcache *c = ctx;
	struct record r;
	size_t i = at->next;

	if (i >= at->end)
		return NULL;
	at->next = c->v[i].end;
	return path_base(record_at(&c->old, c->v[i].at, &r));
}

/* Where each record's folder ends, by the folders that are open at it. */
static void
index_names(struct statcache *c)
{
	size_t open[FS_DEPTH + 2], depth = 0, cap = 0, at = SEAL_HEAD;
	const char *path;
	struct record r;

	for (; (path = record_at(&c->old, at, &r)) && depth < ARRAY_LEN(open); c->n++) {
		while (depth && !path_within(path, c->old.s + c->v[open[depth - 1]].at + sizeof r))
			c->v[open[--depth]].end = c->n;
		GROW(c->v, c->n, cap);
		c->v[c->n] = (struct node){at, c->n + 1};
		if (S_ISDIR(r.mark.mode))
			open[depth++] = c->n;
		at += sizeof r + padded(r.path_len + 1);
	}
	while (depth)
		c->v[open[--depth]].end = c->n;
	if (at != c->old.len)
		c->n = 0;
	c->known = (struct scan_known){c, known_folder, known_name};
}

const struct scan_known *
statcache_names(const struct statcache *c)
{
	return c->n ? &c->known : NULL;
}

struct statcache *
statcache_open(const struct statcache_home *home, const struct hash *name, int fd)
{
	struct statcache *c;
	struct stat st;
	bool names;

	if (!home || fstat(fd, &st) || !statcache_trusts(fd, &names))
		return NULL;
	c = xcalloc(1, sizeof *c);
	c->home = home;
	c->name = *name;
	c->dev = st.st_dev;
	c->at = SEAL_HEAD;
	if (!home->recall(home->ctx, name, &c->old) || !statcache_whole(str_text(&c->old), c->old.len))
		c->at = c->old.len = 0;
	if (c->at && names && S_ISDIR(st.st_mode))
		index_names(c);
	seal_begin(&c->fresh, FIRST_LINE);
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
	struct record r = {.mark = {.mode = f->mark.mode}, .path_len = strlen(f->path)};

	if (!c->home->remember)
		return;
	if (settled && f->mark.dev == c->dev)
		r.mark = f->mark;
	if (h)
		r.hash = *h;
	str_addn(&c->fresh, &r, sizeof r);
	str_addn(&c->fresh, f->path, r.path_len);
	str_addn(&c->fresh, zeros, padded(r.path_len + 1) - r.path_len);
}

static void
keep_fresh(struct statcache *c)
{
	seal_close(&c->fresh);
	if (c->fresh.len != c->old.len || memcmp(c->fresh.s, c->old.s, SEAL_HEAD) != 0)
		c->home->remember(c->home->ctx, &c->name, &c->fresh);
}

void
statcache_close(struct statcache *c, bool keep)
{
	if (!c)
		return;
	if (keep && c->fresh.len > SEAL_HEAD)
		keep_fresh(c);
	str_free(&c->old);
	str_free(&c->fresh);
	free(c->v);
	free(c);
}
