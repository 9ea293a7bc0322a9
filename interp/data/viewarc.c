#include "data/viewarc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "data/archive.h"

#define CODE "E1208"
enum { CHUNK = 1 << 18 };

/* Where a file's bytes lie. */
struct span {
	off_t at;
	uint64_t size;
};

struct spool {
	int fd;
	off_t end;
	struct map spans; /* path → struct span */
	struct map known; /* path → index of its entry, plus 1 */
	struct unread *unread;
	size_t nunread, cap;
	struct hasher *h;
	char *buf;
};

bool
view_archive_name(const char *name)
{
	static const char *const ends[] = {".tar", ".tar.gz", ".tar.xz", ".tar.zst", ".tar.bz2", ".tbz2",
					   ".tgz", ".txz",    ".zip",    ".deb",     ".ar"};

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (str_ends(name, ends[i]))
			return true;
	return false;
}

/* Of one path the last entry holds, as for who unpacks it. */
static void
put(struct view *v, const struct view_file *f)
{
	struct spool *s = v->ctx;
	uintptr_t known = (uintptr_t)map_get(&s->known, f->path);

	if (known) {
		v->v[known - 1] = *f;
		return;
	}
	view_add(v, f);
	map_set(&s->known, f->path, (void *)(uintptr_t)v->n);
}

/* A copy in memory: readers want a descriptor that begins where the file does. */
static int
open_span(const struct view *v, const struct view_file *f, struct err *err)
{
	const struct spool *s = v->ctx;
	const struct span *span = map_get(&s->spans, f->path);
	cleanup_fd int fd = memfd_create("jkr-view", MFD_CLOEXEC);
	off_t at = span ? span->at : 0;
	uint64_t left = span ? span->size : 0;

	while (fd >= 0 && left) {
		ssize_t n = sendfile(fd, s->fd, &at, left < CHUNK ? left : CHUNK);

		if (n <= 0)
			break;
		left -= (uint64_t)n;
	}
	if (!span || fd < 0 || left || lseek(fd, 0, SEEK_SET))
		return err_sys(err, CODE, "cannot read `%s`", f->path);
	return steal_fd(&fd);
}

static int
write_all(struct spool *s, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t k = write(s->fd, s->buf + done, n - done);

		if (k < 0)
			return -1;
		done += (size_t)k;
	}
	s->end += (off_t)n;
	return 0;
}

static int
take_bytes(struct view *v, struct arc *arc, const char *path, uint32_t mode, struct err *err)
{
	struct spool *s = v->ctx;
	struct span *span = arena_new(&v->arena, struct span);
	struct hash *digest = arena_new(&v->arena, struct hash);
	ssize_t n;

	span->at = s->end;
	while ((n = arc_read(arc, s->buf, CHUNK, err)) > 0) {
		hasher_add(s->h, s->buf, (size_t)n);
		if (write_all(s, (size_t)n))
			return err_sys(err, CODE, "cannot unpack `%s`", path);
	}
	*digest = hasher_end(s->h);
	if (n < 0)
		return -1;
	span->size = (uint64_t)(s->end - span->at);
	map_set(&s->spans, path, span);
	put(v, &(struct view_file){.path = path, .digest = digest, .size = span->size, .mode = S_IFREG | mode});
	return 0;
}

/* A second name of a file that stands before it. */
static int
take_hardlink(struct view *v, const struct member *m, const char *prefix, const char *path, struct err *err)
{
	struct spool *s = v->ctx;
	char *target = arena_printf(&v->arena, "%s%s", prefix, m->hardlink);
	struct span *span = path_clean(target) ? NULL : map_get(&s->spans, target);

	if (!span)
		return err_set(err, CODE, "`%s` is a link to `%s`, which does not stand before it", path, m->hardlink);
	map_set(&s->spans, path, span);
	put(v, &(struct view_file){.path = path, .size = span->size, .mode = S_IFREG | (m->mode & 07777)});
	return 0;
}

static int
take_member(struct view *v, struct arc *arc, const struct member *m, const char *prefix, struct err *err)
{
	char *name = arena_strdup(&v->arena, m->name);
	const char *path;

	if (path_clean(name))
		return err_set(err, CODE, "the member `%s` leaves the archive", m->name);
	if (!*name)
		return 0;
	path = arena_printf(&v->arena, "%s%s", prefix, name);
	if (m->hardlink)
		return take_hardlink(v, m, prefix, path, err);
	if (S_ISREG(m->mode))
		return take_bytes(v, arc, path, m->mode & 07777, err);
	put(v, &(struct view_file){.path = path, .target = arena_strdup(&v->arena, m->target), .mode = m->mode});
	return 0;
}

/* What stands in front of the names of an archive inside; NULL: it is none. */
static const char *
inner_prefix(struct arena *a, enum arc_kind outer, const char *name)
{
	if (!view_archive_name(name) || str_ends(name, ".deb"))
		return NULL;
	if (outer == ARC_AR)
		return str_starts(name, "control.tar") ? "DEBIAN/" : "";
	return arena_printf(a, "%s!/", name + (str_starts(name, "./") ? 2 : 0));
}

static int
walk(struct view *v, struct arc *arc, const char *prefix, struct err *err)
{
	struct member m;
	int got;

	while ((got = arc_next(arc, &m, err)) > 0)
		if (take_member(v, arc, &m, prefix, err))
			return -1;
	return got < 0 ? -1 : arc_finish(arc, err);
}

/* The parts of a package are the package; any other archive inside is one file of many, and the rest is read without
 * it.
 */
static int
cannot_read(struct view *v, const char *prefix, struct err *own, struct err *err)
{
	struct spool *s = v->ctx;
	const char *named = arena_printf(&v->arena, "`%s`: ", prefix), *text;
	cleanup_str struct str why = {0};

	if (!str_ends(prefix, "!/")) {
		err_move(err, own);
		return -1;
	}
	err_brief(own, &why);
	err_free(own);
	text = str_text(&why);
	text += str_starts(text, named) ? strlen(named) : 0;
	GROW(s->unread, s->nunread, s->cap);
	s->unread[s->nunread++] =
		(struct unread){arena_strndup(&v->arena, prefix, strlen(prefix) - 2), arena_strdup(&v->arena, text)};
	return 0;
}

/* Archives inside are read a second time, from the start: their bytes were needed as well. */
static int
walk_inner(struct view *v, struct arc *outer, struct err *err)
{
	struct member m;
	int got, bad = 0;

	while (!bad && (got = arc_next(outer, &m, err)) > 0) {
		const char *prefix =
			S_ISREG(m.mode) && !m.hardlink ? inner_prefix(&v->arena, arc_kind(outer), m.name) : NULL;
		struct err own = {0};
		struct arc *inner = prefix ? arc_open_member(outer, prefix, &own) : NULL;

		if (!prefix)
			continue;
		if (!inner || walk(v, inner, prefix, &own))
			bad = cannot_read(v, prefix, &own, err);
		if (inner)
			arc_close(inner);
	}
	return bad || got < 0 ? -1 : 0;
}

/* What was read of an archive before its damage is no list of what is in it. */
static void
drop_unread(struct view *v)
{
	const struct spool *s = v->ctx;
	size_t n = 0;

	for (size_t i = 0; i < v->n; i++) {
		bool drop = false;

		for (size_t k = 0; k < s->nunread; k++) {
			size_t len = strlen(s->unread[k].path);

			drop |= !strncmp(v->v[i].path, s->unread[k].path, len) && str_starts(v->v[i].path + len, "!/");
		}
		if (!drop)
			v->v[n++] = v->v[i];
	}
	v->n = n;
}

static int
by_path(const void *a, const void *b)
{
	return path_cmp(((const struct view_file *)a)->path, ((const struct view_file *)b)->path);
}

static int
read_all(struct view *v, int fd, const char *path, struct err *err)
{
	static const struct arc_limits limits = {.ratio = 2000, .floor = 64 << 20, .threads = 2};
	struct arc *arc;
	int r = -1;

	for (int pass = 0; pass < 2; pass++) {
		arc = lseek(fd, 0, SEEK_SET) ? NULL : arc_open(fd, path, &limits, err);
		r = !arc ? -1 : pass ? walk_inner(v, arc, err) : walk(v, arc, "", err);
		if (arc)
			arc_close(arc);
		if (r)
			break;
	}
	drop_unread(v);
	if (v->n)
		qsort(v->v, v->n, sizeof *v->v, by_path);
	return r;
}

static int
nameless(void)
{
	const char *dir = getenv("TMPDIR");
	int fd = open(dir && *dir ? dir : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	return fd >= 0 ? fd : memfd_create("jkr-spool", MFD_CLOEXEC);
}

int
view_archive(struct view *v, const char *path, struct err *err)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct spool *s = xcalloc(1, sizeof *s);

	*v = (struct view){.open = open_span, .ctx = s, .dir = -1};
	s->fd = nameless();
	s->h = hasher_new();
	s->buf = xmalloc(CHUNK);
	if (fd < 0 || s->fd < 0)
		return err_sys(err, CODE, "cannot open `%s`", path);
	return read_all(v, fd, path, err);
}

const struct unread *
view_archive_unread(const struct view *v, size_t i)
{
	const struct spool *s = v->ctx;

	return i < s->nunread ? &s->unread[i] : NULL;
}

void
view_archive_free(struct view *v)
{
	struct spool *s = v->ctx;

	if (s) {
		cleanup_fdp(&s->fd);
		map_free(&s->spans);
		map_free(&s->known);
		hasher_free(s->h);
		free(s->unread);
		free(s->buf);
		free(s);
	}
	view_free(v);
}
