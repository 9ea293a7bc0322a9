/* proof: what cached results rest on, so small that one look at each object tells whether it is as it was. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "model/statcache.h"
#include "os/fs.h"
#include "os/scan.h"
#include "store/store_own.h"

/* An object, and what stat said of it: of a layer its list, whose folder proves itself by its mark. */
struct object {
	uint32_t kind, unused;
	struct hash id;
	uint64_t ino, size;
	int64_t ctime;
};

enum { RESULT, TREE, LAYER };
static const char *const kinds[] = {"results", "trees", "layers"};

struct proof {
	uint64_t boot, dev;
	int64_t used; /* when the record was that was not used for longest, seconds */
	uint64_t n;
	struct object v[]; /* in the order of kind and id, each once */
};

/* Fewer are looked at sooner than a thread begins. */
enum { ALONE = 2000, THREADS = 16 };

/* A part of the objects, looked at by one thread. */
struct look {
	const struct store *st;
	const struct proof *proof;
	const struct object *v;
	size_t n;
	bool bad;
};

static int
by_place(const void *a, const void *b)
{
	const struct object *x = a, *y = b;

	return x->kind != y->kind ? (x->kind < y->kind ? -1 : 1) : hash_cmp(&x->id, &y->id);
}

/* The shard that is open, and the folder of its kind. */
struct spot {
	int kind, shard;
	const struct object *of; /* one that lies in it */
};

static void
close_spot(struct spot *at)
{
	cleanup_fdp(&at->shard);
	cleanup_fdp(&at->kind);
}

/* Goes to the shard of an object; they come in the order of kind and id. */
static int
go_to(struct spot *at, const struct store *st, const struct object *o)
{
	char hex[HASH_HEX];

	if (at->of && at->of->kind == o->kind && at->of->id.b[0] == o->id.b[0])
		return at->shard;
	cleanup_fdp(&at->shard);
	if (!at->of || at->of->kind != o->kind) {
		cleanup_fdp(&at->kind);
		at->kind = fs_open_nofollow(st->fd, kinds[o->kind], O_PATH | O_DIRECTORY);
	}
	hash_hex(&o->id, hex);
	hex[2] = '\0';
	at->of = o;
	at->shard = at->kind < 0 ? -1 : openat(at->kind, hex, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return at->shard;
}

/* Looks at an object in its shard. */
static bool
look_at(const struct store *st, int shard, const struct object *o, struct stat *sb)
{
	char name[HASH_HEX + sizeof ".list"];

	hash_hex(&o->id, name);
	if (o->kind == LAYER) {
		if (fstatat(shard, name, sb, AT_SYMLINK_NOFOLLOW) || layer_state(st, sb) < LAYER_THIS_BOOT)
			return false;
		memcpy(name + HASH_HEX - 1, ".list", sizeof ".list");
	}
	return !fstatat(shard, name, sb, AT_SYMLINK_NOFOLLOW) && S_ISREG(sb->st_mode);
}

static void
take_mark(struct object *o, const struct stat *sb)
{
	const struct scan_mark m = scan_mark_of(sb);

	o->ino = m.ino;
	o->size = m.size;
	o->ctime = m.ctime;
}

static void *
look_through(void *arg)
{
	struct look *l = arg;
	struct spot at = {-1, -1, NULL};
	struct object now;
	struct stat sb = {0};

	for (size_t i = 0; i < l->n && !l->bad; i++) {
		const struct object *o = &l->v[i];
		int shard = go_to(&at, l->st, o);

		l->bad = shard < 0 || !look_at(l->st, shard, o, &sb) || sb.st_dev != l->proof->dev;
		take_mark(&now, &sb);
		l->bad |= now.ino != o->ino || now.size != o->size || now.ctime != o->ctime;
	}
	close_spot(&at);
	return NULL;
}

static bool
all_as_they_were(const struct store *st, const struct proof *p)
{
	struct look parts[THREADS];
	size_t most = (size_t)scan_threads(), n = p->n < ALONE ? 1 : most < THREADS ? most : THREADS, at = 0;
	bool bad = false;

	for (size_t i = 0; i < n; i++) {
		size_t end = p->n * (i + 1) / n;

		parts[i] = (struct look){.st = st, .proof = p, .v = p->v + at, .n = end - at};
		at = end;
	}
	scan_parallel(look_through, parts, sizeof *parts, (int)n);
	for (size_t i = 0; i < n; i++)
		bad |= parts[i].bad;
	return !bad;
}

bool
store_proven(struct store *st, const void *proof, size_t len)
{
	const struct proof *p = proof;
	struct timespec now;

	if (st->fd < 0 || len < sizeof *p || (len - sizeof *p) / sizeof *p->v != p->n || p->boot != (uint64_t)st->boot)
		return false;
	clock_gettime(CLOCK_REALTIME, &now);
	if (st->writable && p->used < now.tv_sec - TOUCH_SECONDS)
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].kind > LAYER)
			return false;
	return all_as_they_were(st, p);
}

/* -- making one -------------------------------------------------------------------------------------- */
struct objects {
	struct object *v;
	size_t n, cap;
};

static void
add(struct objects *o, uint32_t kind, const struct hash *id)
{
	GROW(o->v, o->n, o->cap);
	o->v[o->n++] = (struct object){.kind = kind, .id = *id};
}

static bool
add_claim(const struct store *st, struct objects *o, const struct store_claim *c)
{
	const struct stack *s = tree_remembered(st, &c->tree);

	add(o, RESULT, &c->key);
	add(o, TREE, &c->tree);
	for (size_t i = 0; s && i < s->n; i++)
		add(o, LAYER, &s->layers[i]);
	return s;
}

static void
sort_once(struct objects *o)
{
	size_t n = 0;

	if (o->n)
		qsort(o->v, o->n, sizeof *o->v, by_place);
	for (size_t i = 0; i < o->n; i++)
		if (!n || by_place(&o->v[n - 1], &o->v[i]))
			o->v[n++] = o->v[i];
	o->n = n;
}

static bool
mark_all(const struct store *st, struct proof *p, struct objects *o, int64_t since)
{
	struct spot at = {-1, -1, NULL};
	bool good = true;

	for (size_t i = 0; good && i < o->n; i++) {
		int shard = go_to(&at, st, &o->v[i]);
		struct stat sb;

		good = shard >= 0 && look_at(st, shard, &o->v[i], &sb) && sb.st_dev == p->dev;
		if (!good)
			break;
		take_mark(&o->v[i], &sb);
		good = o->v[i].ctime < since - STATCACHE_SETTLED;
		if (o->v[i].kind == RESULT && sb.st_mtim.tv_sec < p->used)
			p->used = sb.st_mtim.tv_sec;
	}
	close_spot(&at);
	return good;
}

bool
store_prove(struct store *st, const struct store_claim *v, size_t n, int64_t since, struct str *out)
{
	struct proof p = {.boot = (uint64_t)st->boot, .used = INT64_MAX};
	struct objects o = {0};
	struct stat sb;
	bool names, good = st->fd >= 0 && !fstat(st->fd, &sb) && statcache_trusts(st->fd, &names);

	p.dev = good ? sb.st_dev : 0;
	for (size_t i = 0; good && i < n; i++)
		good = add_claim(st, &o, &v[i]);
	sort_once(&o);
	good = good && mark_all(st, &p, &o, since);
	if (good) {
		p.n = o.n;
		str_addn(out, &p, sizeof p);
		str_addn(out, o.v, o.n * sizeof *o.v);
	}
	free(o.v);
	return good;
}
