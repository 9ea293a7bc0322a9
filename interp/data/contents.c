#include "data/contents.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "data/archive.h"
#include "os/fs.h"

enum {
	TEXT_MAX = 16 << 20,   /* of a list, a signature, a manifest */
	TEXTS_MAX = 64 << 20,  /* of all of them */
	IMAGE_MAX = 256 << 20, /* of a kernel, to look for its banner */
	BANNER_MAX = 1024,
	BANNERS_MAX = 8192, /* of all of an image */
	CHUNK = 1 << 18,
};

/* One file being read, from whatever it comes. */
struct reading {
	struct contents *to;
	struct hasher *h;
	struct str kept;
	size_t keep; /* bytes kept at most */
	uint64_t size;
	size_t texts; /* bytes of all that are kept */
	char *buf;
	struct map known; /* path → index of the last one with it, plus 1 */
};

static bool
is_text(const char *name)
{
	return str_ends(name, ".sha256") || str_ends(name, ".sig") || str_ends(name, ".asc") ||
	       !strcmp(name, "BUILD_MANIFEST.json") || !strcmp(name, "jetson-av-build.json");
}

static bool
is_image(const char *name)
{
	return !strcmp(name, "Image") || !strcmp(name, "vmlinux") || str_starts(name, "vmlinuz");
}

static bool
is_archive(const char *name)
{
	static const char *const ends[] = {".tar",     ".tar.gz", ".tar.xz", ".tar.zst",
					   ".tar.bz2", ".tbz2",   ".tgz",    ".zip"};

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (str_ends(name, ends[i]))
			return true;
	return false;
}

static void
begin(struct reading *r, const char *path)
{
	const char *name = path_base(path);

	r->size = 0;
	r->keep = is_text(name) ? TEXT_MAX : is_image(name) ? IMAGE_MAX : 0;
	str_reset(&r->kept);
}

static void
take(struct reading *r, size_t n)
{
	hasher_add(r->h, r->buf, n);
	r->size += n;
	if (r->size <= r->keep)
		str_addn(&r->kept, r->buf, n);
}

static const char start[] = "Linux version ";

/* memmem in other words: under the address sanitizer that one looks at all of what is left in each call. */
static const char *
next_start(const char *p, const char *end)
{
	for (; p && (p = memchr(p, start[0], (size_t)(end - p))); p++)
		if ((size_t)(end - p) >= sizeof start - 1 && !memcmp(p, start, sizeof start - 1))
			return p;
	return NULL;
}

/* "Linux version 5.15.148-rt-tegra (jkr@jkr) …": what /proc/version says of a running one. Newer kernels hold it twice,
 * once without the number of the build. Each line that is given ends in a newline. */
static const char *
find_banners(struct arena *a, const struct str *bytes)
{
	const char *p = bytes->s, *end = p ? p + bytes->len : NULL;
	cleanup_str struct str found = {0};

	while (found.len < BANNERS_MAX && (p = next_start(p, end))) {
		size_t most = (size_t)(end - p) < BANNER_MAX ? (size_t)(end - p) : BANNER_MAX;
		const char *from = p, *nl = memchr(p, '\n', most);

		p += sizeof start - 1;
		if (p < end && *p >= '0' && *p <= '9' && nl && !memchr(from, '\0', (size_t)(nl - from)))
			str_addn(&found, from, (size_t)(nl - from) + 1);
	}
	return found.len ? arena_strdup(a, str_text(&found)) : NULL;
}

static void
add(struct reading *r, struct content f, const char *path)
{
	struct contents *c = r->to;

	f.path = arena_strdup(&c->arena, path);
	GROW(c->v, c->n, c->cap);
	c->v[c->n++] = f;
	map_set(&r->known, f.path, (void *)(uintptr_t)c->n);
}

static int
finish(struct reading *r, const char *path, bool inside, struct err *err)
{
	struct contents *c = r->to;
	struct content f = {.size = r->size, .inside = inside};
	bool whole = r->size <= r->keep;

	f.hash = hasher_end(r->h);
	if (whole && is_text(path_base(path))) {
		r->texts += r->kept.len;
		if (r->texts > TEXTS_MAX)
			return err_set(err, "E1208", "lists and manifests of more than %d MiB are not read: `%s`",
				       TEXTS_MAX >> 20, path);
		f.text = arena_strndup(&c->arena, str_text(&r->kept), r->kept.len);
		f.ntext = r->kept.len;
	} else if (whole) {
		f.banner = find_banners(&c->arena, &r->kept);
	}
	add(r, f, path);
	return 0;
}

/* Archives */

static int
read_member(struct reading *r, struct arc *arc, const char *path, bool inside, struct err *err)
{
	ssize_t n;

	begin(r, path);
	while ((n = arc_read(arc, r->buf, CHUNK, err)) > 0)
		take(r, (size_t)n);
	return n < 0 ? -1 : finish(r, path, inside, err);
}

/* A second name of a file that was read before. */
static int
take_hardlink(struct reading *r, const struct member *m, const char *prefix, const char *path, struct err *err)
{
	cleanup_free char *target = xasprintf("%s%s", prefix, m->hardlink);
	uintptr_t known = path_clean(target) ? 0 : (uintptr_t)map_get(&r->known, target);

	if (known) {
		add(r, r->to->v[known - 1], path);
		return 0;
	}
	return err_set(err, "E1208", "`%s` is a link to `%s`, which does not stand before it", path, m->hardlink);
}

static int
take_member(struct reading *r, struct arc *arc, const struct member *m, const char *prefix, struct err *err)
{
	cleanup_free char *name = xstrdup(m->name);
	cleanup_free char *path = NULL;

	if (path_clean(name))
		return err_set(err, "E1208", "the member `%s` leaves the archive", m->name);
	path = xasprintf("%s%s", prefix, name);
	if (m->hardlink)
		return take_hardlink(r, m, prefix, path, err);
	return S_ISREG(m->mode) ? read_member(r, arc, path, *prefix, err) : 0;
}

static int
walk(struct reading *r, struct arc *arc, const char *prefix, struct err *err)
{
	struct member m;
	int got;

	while ((got = arc_next(arc, &m, err)) > 0)
		if (take_member(r, arc, &m, prefix, err))
			return -1;
	return got < 0 ? -1 : arc_finish(arc, err);
}

static int
read_archive(struct reading *r, int fd, const char *label, const char *prefix, struct err *err)
{
	static const struct arc_limits limits = {.ratio = 2000, .floor = 64 << 20, .threads = 2};
	struct arc *arc = arc_open(fd, label, &limits, err);
	int got = arc ? walk(r, arc, prefix, err) : -1;

	if (arc)
		arc_close(arc);
	return got;
}

/* Archives inside an archive are read a second time, from its own start: their bytes had to be hashed as well. */
static int
read_nested(struct reading *r, int fd, const char *label, struct err *err)
{
	static const struct arc_limits limits = {.ratio = 2000, .floor = 64 << 20, .threads = 2};
	struct arc *outer, *inner;
	struct member m;
	int got, bad = 0;

	if (lseek(fd, 0, SEEK_SET) || !(outer = arc_open(fd, label, &limits, err)))
		return -1;
	while (!bad && (got = arc_next(outer, &m, err)) > 0) {
		cleanup_free char *prefix = NULL;

		if (!S_ISREG(m.mode) || m.hardlink || !is_archive(m.name))
			continue;
		prefix = xasprintf("%s!/", m.name + (str_starts(m.name, "./") ? 2 : 0));
		inner = arc_open_member(outer, prefix, err);
		bad = !inner || walk(r, inner, prefix, err);
		if (inner)
			arc_close(inner);
	}
	arc_close(outer);
	return bad || got < 0 ? -1 : 0;
}

static bool
holds_archives(const struct contents *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (is_archive(c->v[i].path))
			return true;
	return false;
}

/* Folders */

struct folder {
	struct reading *r;
	struct err *err;
};

static int
take_file(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	const struct folder *f = ctx;
	cleanup_fd int fd = -1;
	ssize_t n;

	if (!S_ISREG(st->st_mode))
		return 0;
	fd = fs_open_nofollow(at, name, O_RDONLY);
	if (fd < 0)
		return err_sys(f->err, "E1208", "cannot open `%s`", path);
	begin(f->r, path);
	while ((n = read(fd, f->r->buf, CHUNK)) > 0)
		take(f->r, (size_t)n);
	if (n < 0)
		return err_sys(f->err, "E1208", "cannot read `%s`", path);
	if (finish(f->r, path, false, f->err))
		return -1;
	if (is_archive(name) && !lseek(fd, 0, SEEK_SET)) {
		cleanup_free char *prefix = xasprintf("%s!/", path);
		struct err why = {0};

		/* it was hashed: a list may say that it is another */
		if (read_archive(f->r, fd, prefix, prefix, &why))
			err_move(&f->r->to->unread, &why);
	}
	return 0;
}

static int
by_path(const void *a, const void *b)
{
	return path_cmp(((const struct content *)a)->path, ((const struct content *)b)->path);
}

int
contents_read(struct contents *c, const char *path, struct err *err)
{
	struct reading r = {.to = c, .h = hasher_new(), .buf = xmalloc(CHUNK)};
	struct folder f = {&r, err};
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	int got;

	if (fd < 0 || fstat(fd, &st)) {
		got = err_sys(err, "E1208", "cannot open `%s`", path);
	} else if (S_ISDIR(st.st_mode)) {
		got = fs_walk(fd, take_file, &f);
		if (got && !err_any(err))
			err_sys(err, "E1208", "cannot read the folder `%s`", path);
	} else {
		got = read_archive(&r, fd, path, "", err);
		if (!got && holds_archives(c))
			got = read_nested(&r, fd, path, err);
	}
	if (c->n)
		qsort(c->v, c->n, sizeof *c->v, by_path);
	/* which of them is meant would be the unpacker's choice */
	for (size_t i = 1; !got && i < c->n; i++)
		if (!strcmp(c->v[i - 1].path, c->v[i].path))
			got = err_set(err, "E1208", "`%s` holds `%s` twice", path, c->v[i].path);
	hasher_free(r.h);
	map_free(&r.known);
	str_free(&r.kept);
	free(r.buf);
	return got ? -1 : 0;
}

void
contents_free(struct contents *c)
{
	err_free(&c->unread);
	free(c->v);
	arena_free(&c->arena);
}

const struct content *
contents_find(const struct contents *c, const char *path)
{
	struct content key = {.path = path};

	return c->n ? bsearch(&key, c->v, c->n, sizeof key, by_path) : NULL;
}

const struct content *
contents_tail(const struct contents *c, const char *tail)
{
	size_t n = strlen(tail);

	for (size_t i = 0; i < c->n; i++) {
		size_t k = strlen(c->v[i].path);

		if (k >= n && !strcmp(c->v[i].path + k - n, tail) && (k == n || c->v[i].path[k - n - 1] == '/'))
			return &c->v[i];
	}
	return NULL;
}
