#include "store/exported.h"

#include <stddef.h>
#include <sys/stat.h>

#include "base/seal.h"
#include "model/statcache.h"
#include "os/fs.h"
#include "store/store_own.h"

/* Under this seal: the boot, then records sorted by path. */
#define FIRST_LINE "jkr exported 1\n\n"
#define PATH_BYTES 4096

/* Longer than a tick of any kernel's clock (10 ms), shorter than anybody sees. */
#define TICKS ((int64_t)20000000)

/* In this machine's order. A path with its NUL follows. */
struct held {
	struct scan_mark mark;
	struct hash hash;
	uint64_t path_len;
};

struct exported {
	struct arena arena;
	struct hash name;
	struct map files; /* path → struct held */
	int64_t boot;
	int dir;
	bool changed;
};

bool
exported_whole(const char *bytes, size_t len)
{
	return seal_whole(bytes, len, FIRST_LINE);
}

static void
set(struct exported *x, const char *path, const struct held *r)
{
	struct held *old = map_get(&x->files, path);

	if (old)
		*old = *r;
	else
		map_set(&x->files, arena_strdup(&x->arena, path), arena_memdup(&x->arena, r, sizeof *r));
}

/* Bytes that are not whole, or of another boot, say nothing, and do not stay. */
static void
read_records(struct exported *x, const struct str *b)
{
	size_t at = SEAL_HEAD + sizeof x->boot;
	struct held r;

	x->changed = !exported_whole(str_text(b), b->len) || b->len < at ||
		     memcmp(b->s + SEAL_HEAD, &x->boot, sizeof x->boot) != 0;
	if (x->changed)
		return;
	for (; b->len - at >= sizeof r; at += r.path_len + 1) {
		memcpy(&r, b->s + at, sizeof r);
		at += sizeof r;
		if (r.path_len >= PATH_BYTES || b->len - at <= r.path_len || b->s[at + r.path_len])
			return;
		set(x, b->s + at, &r);
	}
}

struct exported *
exported_open(const struct store *st, const char *folder, int dir)
{
	cleanup_free char *name = xasprintf("exported\n%s", folder);
	cleanup_str struct str bytes = {0};
	struct exported *x;
	bool names;

	if (!statcache_trusts(dir, &names))
		return NULL;
	x = xcalloc(1, sizeof *x);
	x->name = hash_of(name, strlen(name));
	x->boot = st->boot;
	x->dir = dir;
	if (store_recall(st, &x->name, &bytes))
		read_records(x, &bytes);
	return x;
}

static void
write_records(struct exported *x, struct str *out)
{
	seal_begin(out, FIRST_LINE);
	str_addn(out, &x->boot, sizeof x->boot);
	map_sort(&x->files);
	for (size_t i = 0; i < x->files.n; i++) {
		const char *path = x->files.v[i].key;
		struct held *r = x->files.v[i].value;
		struct stat sb;

		r->path_len = strlen(path);
		if (fs_stat(x->dir, path, &sb))
			continue;
		str_addn(out, r, sizeof *r);
		str_addn(out, path, r->path_len + 1);
	}
	seal_close(out);
}

void
exported_close(struct exported *x, struct store *st)
{
	cleanup_str struct str bytes = {0};

	if (!x)
		return;
	if (x->changed) {
		write_records(x, &bytes);
		/* behind the run's sync: what a power cut tore would lie there until somebody exports again */
		store_remember(st, &x->name, &bytes, true);
	}
	map_free(&x->files);
	arena_free(&x->arena);
	free(x);
}

enum exported_state
exported_ask(const struct exported *x, const char *path, const struct scan_mark *mark, const struct hash *digest)
{
	const struct held *r = x ? map_get(&x->files, path) : NULL;

	if (!r || memcmp(&r->mark, mark, sizeof *mark) != 0)
		return EXPORTED_UNKNOWN;
	return hash_cmp(&r->hash, digest) ? EXPORTED_OTHER : EXPORTED_SAME;
}

void
exported_note(struct exported *x, const char *path, const struct scan_mark *mark, const struct hash *digest)
{
	struct held r = {.mark = *mark, .hash = *digest};

	set(x, path, &r);
	x->changed = true;
}

int
exported_settle(int fd)
{
	int64_t t = statcache_now() - TICKS;
	const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {t / 1000000000, t % 1000000000}};

	return futimens(fd, times);
}

/* A time of whole seconds may be that of a file system which keeps no others. */
bool
exported_settled(const struct scan_mark *mark)
{
	return mark->ctime - mark->mtime > TICKS / 2 && mark->ctime % 1000000000;
}
