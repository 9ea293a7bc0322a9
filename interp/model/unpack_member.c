#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "model/unpack_state.h"
#include "os/fs.h"

#define WHOLE ((uint64_t)8 << 20) /* larger files are written in pieces */
#define PIECE ((size_t)1 << 20)
#define EPOCH_MAX 4102444800 /* the year 2100: later times are nonsense */

void
unpack_note(struct unpack *u, const char *fmt, ...)
{
	struct str b = {0};
	va_list ap;

	va_start(ap, fmt);
	str_addv(&b, fmt, ap);
	va_end(ap);
	if (u->opts->note)
		u->opts->note(u->opts->ctx, str_text(&b));
	str_free(&b);
}

__attribute__((format(printf, 5, 6))) static int
refuse(struct unpack *u, const struct member *m, struct err *err, const char *code, const char *fmt, ...)
{
	struct str name = {0}, why = {0};
	va_list ap;

	va_start(ap, fmt);
	str_addv(&why, fmt, ap);
	va_end(ap);
	str_add_quoted(&name, m->name, strlen(m->name));
	err_set(err, code, "`%s`: entry %zu `%.300s` %s", u->label, m->number, str_text(&name), str_text(&why));
	str_free(&name);
	str_free(&why);
	return -1;
}

/* What stands at a path: own writing first, then the tree below. NULL: nothing. */
static void *
kind_at(struct unpack *u, const char *path)
{
	void *k = map_get(&u->kinds, path);
	const struct entry *e;

	if (k || !u->below)
		return k;
	e = tree_find(u->below, path);
	return e ? KIND(e->mode, 0) : NULL;
}

/* Every folder on the way must be one; those that nobody named yet are remembered as such. */
static int
check_parents(struct unpack *u, const struct member *m, const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 0;
	char *dir;

	if (!n || (u->parent && !strncmp(u->parent, path, n) && !u->parent[n]))
		return 0;
	dir = arena_strndup(&u->arena, path, n);
	for (char *p = dir; p; p = p ? p + 1 : NULL) {
		void *k;

		p = strchr(p, '/');
		if (p)
			*p = '\0';
		k = kind_at(u, dir);
		if (k && KIND_TYPE(k) == S_IFLNK) {
			refuse(u, m, err, "E0404", "goes through the symlink `%s`", dir);
			return err_help(err, "leave it out with `skip`, or unpack it elsewhere with `into`");
		}
		if (k && KIND_TYPE(k) != S_IFDIR)
			return refuse(u, m, err, "E0404", "lies below `%s`, which is no folder", dir);
		if (!k)
			map_set(&u->kinds, arena_strdup(&u->arena, dir), KIND(S_IFDIR, 0));
		if (p)
			*p = '/';
	}
	u->parent = dir;
	return 0;
}

/* Whether a member of this type may take the place; the last of two files wins. */
static int
check_place(struct unpack *u, const struct member *m, const char *path, uint32_t type, struct err *err)
{
	void *k = kind_at(u, path);

	if (!k)
		return 0;
	if (type == S_IFDIR && KIND_TYPE(k) != S_IFDIR)
		return refuse(u, m, err, "E0404", "is a folder, but `%s` is already %s", path,
			      KIND_TYPE(k) == S_IFLNK ? "a symlink" : "a file");
	if (type != S_IFDIR && KIND_TYPE(k) == S_IFDIR)
		return refuse(u, m, err, "E0404", "would replace the folder `%s`", path);
	if (type != S_IFDIR && KIND_ARCHIVE(k) == u->archive && ++u->twice <= 3)
		unpack_note(u, "%s: `%s` comes more than once; the last one counts", u->label, path);
	return 0;
}

static void
remember(struct unpack *u, const struct entry *e)
{
	map_set(&u->kinds, e->path, KIND(e->mode, u->archive));
	u->sums.entries++;
}

static int
check_limits(struct unpack *u, const struct member *m, struct err *err)
{
	const struct unpack_opts *o = u->opts;

	if (o->max_files && u->sums.entries >= o->max_files) {
		refuse(u, m, err, "E0407", "is over the limit: `max_files` is %llu", (unsigned long long)o->max_files);
		return err_help(err, "raise `max_files` when it is meant so");
	}
	if (o->max_size && (m->size > o->max_size || u->sums.bytes > o->max_size - m->size)) {
		char size[32];

		refuse(u, m, err, "E0407", "is over the limit: `max_size` is %s", format_size(o->max_size, size));
		return err_help(err, "raise `max_size` when it is meant so");
	}
	return 0;
}

static int
write_piece(int fd, const char *p, size_t n)
{
	static const char zero[4096];

	for (size_t at = 0, k; at < n; at += k) {
		k = n - at < sizeof zero ? n - at : sizeof zero;
		if (memcmp(p + at, zero, k) == 0 ? lseek(fd, (off_t)k, SEEK_CUR) < 0 : fs_write(fd, p + at, k) < 0)
			return -1;
	}
	return 0;
}

/* Writes what comes, holes as holes, and gives the digest. */
static int
copy_pieces(struct unpack *u, struct arc *a, const struct member *m, int fd, struct hash *digest, struct err *err)
{
	struct hasher *h = hasher_new();
	char *buf = xmalloc(PIECE);
	uint64_t size = 0;
	ssize_t k;

	while ((k = arc_read(a, buf, PIECE, err)) > 0) {
		hasher_add(h, buf, (size_t)k);
		size += (uint64_t)k;
		if (write_piece(fd, buf, (size_t)k) < 0)
			k = err_sys(err, "E0804", "cannot write `%s`", m->name);
		if (k < 0)
			break;
	}
	if (k == 0 && size != m->size)
		k = refuse(u, m, err, "E0402", "is shorter than it says");
	if (k == 0 && ftruncate(fd, (off_t)size) < 0)
		k = err_sys(err, "E0804", "cannot write `%s`", m->name);
	*digest = hasher_end(h);
	hasher_free(h);
	free(buf);
	return k < 0 ? -1 : 0;
}

static int
put_large(struct unpack *u, struct arc *a, const struct member *m, const struct entry *e, struct err *err)
{
	struct hash digest;
	int fd;

	if (sink_wait(u->sink, err) < 0)
		return -1;
	fd = layer_open_file(u->layer, e, err);
	if (fd < 0)
		return -1;
	if (copy_pieces(u, a, m, fd, &digest, err) < 0) {
		close(fd);
		return -1;
	}
	return layer_close_file(u->layer, e, fd, &digest, m->size, err);
}

static int
put_file(struct unpack *u, struct arc *a, const struct member *m, const struct entry *e, struct err *err)
{
	size_t got = 0;
	char *data;
	ssize_t k;

	u->sums.bytes += m->size;
	if (m->size > WHOLE)
		return put_large(u, a, m, e, err);
	data = xmalloc((size_t)m->size + 1); /* one more, so that the reader sees the end and compares checksums */
	while ((k = arc_read(a, data + got, (size_t)m->size + 1 - got, err)) > 0)
		got += (size_t)k;
	if (k == 0 && got != m->size)
		k = refuse(u, m, err, "E0402", "is shorter than it says");
	if (k == 0)
		return sink_add(u->sink, e, data, got, err);
	free(data);
	return -1;
}

static const char *
wanted_path(struct unpack *u, const char *name)
{
	const char *rest = name_strip(name, u->opts->strip);

	if (rest && u->opts->into && *u->opts->into)
		return arena_printf(&u->arena, "%s/%s", u->opts->into, rest);
	return rest;
}

static int
put_hardlink(struct unpack *u, const struct member *m, struct entry *e, struct err *err)
{
	const char *why, *to = name_clean(&u->arena, m->hardlink, &why), *path;
	void *k;

	if (!to)
		return refuse(u, m, err, "E0405", "is a hard link to `%.300s`, which %s", m->hardlink, why);
	path = wanted_path(u, to);
	k = path ? map_get(&u->kinds, path) : NULL;
	if (!k || KIND_TYPE(k) != S_IFREG || KIND_ARCHIVE(k) != u->archive) {
		refuse(u, m, err, "E0405", "is a hard link to `%.300s`, which is no earlier file of the archive", to);
		return u->only.n || u->skip.n || u->opts->strip
			       ? err_help(err, "what `strip`, `only` and `skip` leave out cannot be linked to")
			       : -1;
	}
	if (!strcmp(path, e->path)) /* `tar -c x x` makes a link of x to x */
		return 0;
	e->mode = S_IFREG | (e->mode & 07777);
	e->target = path;
	if (check_limits(u, m, err) < 0 || check_place(u, m, e->path, S_IFREG, err) < 0)
		return -1;
	remember(u, e);
	return sink_hardlink(u->sink, e, err);
}

static int
check_type(struct unpack *u, const struct member *m, struct err *err)
{
	switch (m->mode & S_IFMT) {
	case S_IFREG:
	case S_IFDIR: return 0;
	case S_IFLNK: return m->target && *m->target ? 0 : refuse(u, m, err, "E0402", "is a symlink to nothing");
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
		if (S_ISCHR(m->mode) && m->rdev == 0)
			return refuse(u, m, err, "E0406", "is the device 0:0, by which overlayfs hides files");
		if (u->opts->rootfs)
			return 0;
		refuse(u, m, err, "E0406", "is a %s", S_ISFIFO(m->mode) ? "fifo" : "device");
		return err_help(err, "`rootfs = true` admits it, `skip` leaves it out");
	default: return refuse(u, m, err, "E0406", "is neither file, folder nor link");
	}
}

/* What the list shall say about the member. */
static int
describe(struct unpack *u, const struct member *m, const char *path, struct entry *e, struct err *err)
{
	*e = (struct entry){.path = path, .mode = (m->mode & S_IFMT) | (m->mode & 0777)};
	if (u->opts->plain_modes)
		e->mode = (m->mode & S_IFMT) | (S_ISDIR(m->mode) || (m->mode & 0111) ? 0755 : 0644);
	if (S_ISLNK(m->mode)) {
		e->mode = S_IFLNK | 0777;
		e->target = arena_strdup(&u->arena, m->target);
		if (e->target && strpbrk(e->target, "\n\r"))
			return refuse(u, m, err, "E0403", "points to a name with a control byte");
	}
	u->acls += m->acl;
	if (!u->opts->rootfs) {
		u->setid += (m->mode & 07000) != 0;
		u->xattrs += m->xattrs != NULL;
		return 0;
	}
	if (m->odd_owner)
		return refuse(u, m, err, "E0402", "has an owner that no system has");
	if (m->odd_xattr)
		return refuse(u, m, err, "E0403", "has an extended attribute with an impossible name");
	e->mode |= S_ISLNK(m->mode) ? 0 : m->mode & 07000;
	e->uid = m->uid;
	e->gid = m->gid;
	e->xattrs = arena_strdup(&u->arena, m->xattrs);
	e->rdev = S_ISCHR(m->mode) || S_ISBLK(m->mode) ? m->rdev : 0;
	return 0;
}

static bool
selected(struct unpack *u, const char *name)
{
	bool skip, only;

	if (!u->only.n && !u->skip.n)
		return true;
	GROW(u->seen, u->nseen, u->cap);
	u->seen[u->nseen++] = name;
	skip = patterns_match(&u->skip, name);
	only = !u->only.n || patterns_match(&u->only, name);
	return only && !skip;
}

/* Whether all members so far lie in one folder. */
static bool
in_one_top(struct unpack *u, const struct member *m, const char *name)
{
	size_t n = strcspn(name, "/");

	if (!u->top)
		u->top = arena_strndup(&u->arena, name, n);
	return (name[n] || S_ISDIR(m->mode)) && strlen(u->top) == n && !strncmp(u->top, name, n);
}

int
unpack_member(struct unpack *u, struct arc *a, const struct member *m, struct err *err)
{
	const char *why, *name = name_clean(&u->arena, m->name, &why), *path;
	struct entry e;

	if (!name)
		return refuse(u, m, err, "E0403", "%s", why);
	if (S_ISREG(m->mode) && m->mtime > u->sums.newest && m->mtime < EPOCH_MAX)
		u->sums.newest = m->mtime;
	if (!*name || !selected(u, name))
		return 0;
	if (u->opts->one_top && !in_one_top(u, m, name)) {
		u->sums.several = true;
		return 0;
	}
	path = wanted_path(u, name);
	if (!path) {
		u->above += !S_ISDIR(m->mode);
		u->deepest = name;
		return 0;
	}
	if ((!m->hardlink && check_type(u, m, err) < 0) || describe(u, m, path, &e, err) < 0 ||
	    check_parents(u, m, path, err) < 0)
		return -1;
	if (m->hardlink)
		return put_hardlink(u, m, &e, err);
	if (check_place(u, m, path, m->mode & S_IFMT, err) < 0 || check_limits(u, m, err) < 0)
		return -1;
	remember(u, &e);
	return S_ISREG(m->mode) ? put_file(u, a, m, &e, err) : sink_add(u->sink, &e, NULL, 0, err);
}
