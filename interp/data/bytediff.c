#include "data/bytediff.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/archive.h"
#include "data/cause.h"
#include "data/decompress.h"
#include "data/elfdiff.h"
#include "data/textrun.h"
#include "os/fs.h"
#include "os/guard.h"

enum {
	LINE_MAX = 1 << 16,     /* a longer one is no text */
	MEMBER_MAX = 256 << 20, /* of an archive, held in memory */
	PACKED_MAX = 512 << 20, /* of a compressed file, the same */
	DEPTH_MAX = 4,          /* archives in archives */
};

struct bytes {
	const unsigned char *p;
	size_t n;
};

/* What is being said: the place, and why the bytes there may differ. */
struct saying {
	struct str where;
	const struct cause *cause;
};

static int compare(struct bytes a, struct bytes b, unsigned depth, struct saying *s);

/* Text */

static bool
is_text(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] < ' ' && !strchr("\t\r\n\f", p[i]))
			return false;
	return true;
}

/* The line around `at`; false when it is not one of a text. */
static bool
line_at(struct bytes b, size_t at, struct bytes *line)
{
	size_t from = at, to = at;

	while (from && b.p[from - 1] != '\n')
		from--;
	while (to < b.n && b.p[to] != '\n')
		to++;
	*line = (struct bytes){b.p + from, to - from};
	return line->n < LINE_MAX && is_text(line->p, line->n);
}

static bool
is_pem(struct bytes b)
{
	return b.n > 11 && !memcmp(b.p, "-----BEGIN ", 11);
}

static bool
say_text(struct bytes a, struct bytes b, size_t at, struct saying *s)
{
	struct bytes la, lb;
	size_t number = 1, column;

	if (!is_text(a.p, a.n < 4096 ? a.n : 4096) || !line_at(a, at, &la) || !line_at(b, at, &lb))
		return false;
	for (size_t i = 0; i < at; i++)
		number += a.p[i] == '\n';
	column = (size_t)(a.p + at - la.p);
	str_addf(&s->where, "line %zu: ", number);
	textrun_add(&s->where, (const char *)la.p, la.n, column);
	str_add(&s->where, " and ");
	textrun_add(&s->where, (const char *)lb.p, lb.n, column);
	s->cause = column < la.n && column < lb.n
			   ? cause_of_text((const char *)la.p, la.n, (const char *)lb.p, lb.n, column)
			   : NULL;
	if (!s->cause && is_pem(a) && is_pem(b))
		s->cause = &cause_key;
	else if (!s->cause && cause_is_order((const char *)a.p, a.n, (const char *)b.p, b.n)) {
		str_add(&s->where, ", the same words in another order");
		s->cause = &cause_jobs;
	}
	return true;
}

/* Bytes; what can be read there only where it tells something. */
static void
say_bytes(struct bytes a, struct bytes b, size_t at, struct saying *s)
{
	cleanup_str struct str text = {0};

	str_addf(&s->where, "offset %zu: %02x and %02x", at, a.p[at], b.p[at]);
	if (textrun(a.p, a.n, b.p, b.n, at, 4, &text, &s->cause) && s->cause)
		str_addf(&s->where, ", in %s", str_text(&text));
}

/* Archives */

static int
memory_file(struct bytes b)
{
	cleanup_fd int fd = memfd_create("jkr", MFD_CLOEXEC);

	if (fd < 0 || fs_write(fd, b.p, b.n) || lseek(fd, 0, SEEK_SET))
		return -1;
	return steal_fd(&fd);
}

struct side {
	int fd;
	struct arc *arc;
	struct member m;
	struct str name, bytes;
	int got; /* of arc_next */
};

static int
open_side(struct side *s, struct bytes b, struct err *err)
{
	static const struct arc_limits limits = {.threads = 1};

	s->fd = memory_file(b);
	s->arc = s->fd < 0 ? NULL : arc_open(s->fd, "archive", &limits, err);
	return s->arc ? 0 : -1;
}

static int
next_of(struct side *s, struct err *err)
{
	ssize_t n;

	str_reset(&s->bytes);
	str_reset(&s->name);
	s->got = arc_next(s->arc, &s->m, err);
	if (s->got <= 0)
		return s->got;
	str_add(&s->name, s->m.name);
	if (!S_ISREG(s->m.mode) || s->m.hardlink)
		return 1;
	while ((n = arc_read(s->arc, str_room(&s->bytes, 1 << 16), 1 << 16, err)) > 0) {
		s->bytes.len += (size_t)n;
		if (s->bytes.len > MEMBER_MAX)
			return -1;
	}
	return n < 0 ? -1 : 1;
}

static void
close_side(struct side *s)
{
	if (s->arc)
		arc_close(s->arc);
	cleanup_fdp(&s->fd);
	str_free(&s->name);
	str_free(&s->bytes);
}

static bool
same_text(const char *a, const char *b)
{
	return str_eq(a ? a : "", b ? b : "");
}

/* What the two headers of a member say differently. */
static bool
say_header(const struct member *a, const struct member *b, struct saying *s)
{
	if (a->mode != b->mode)
		str_addf(&s->where, "mode %o and %o", a->mode, b->mode);
	else if (a->uid != b->uid || a->gid != b->gid)
		str_addf(&s->where, "owner %u:%u and %u:%u", a->uid, a->gid, b->uid, b->gid);
	else if (a->mtime != b->mtime)
		str_addf(&s->where, "time %" PRId64 " and %" PRId64, a->mtime, b->mtime);
	else if (!same_text(a->target, b->target) || !same_text(a->hardlink, b->hardlink))
		str_add(&s->where, "where the link points");
	else if (!same_text(a->xattrs, b->xattrs))
		str_add(&s->where, "extended attributes");
	else
		return false;
	s->cause = &cause_archive;
	return true;
}

static void
add_member(struct str *where, const struct side *s)
{
	str_add(where, "member `");
	str_add_safe(where, str_text(&s->name), s->name.len);
	str_add(where, "`");
}

static bool
say_member(const struct side *a, const struct side *b, unsigned depth, struct saying *s)
{
	struct saying what = {.cause = NULL};
	bool differs = compare((struct bytes){(const void *)str_text(&a->bytes), a->bytes.len},
			       (struct bytes){(const void *)str_text(&b->bytes), b->bytes.len}, depth + 1, &what) ||
		       say_header(&a->m, &b->m, &what);

	if (differs) {
		add_member(&s->where, a);
		str_addf(&s->where, ": %s", str_text(&what.where));
		s->cause = what.cause;
	}
	str_free(&what.where);
	return differs;
}

static void
say_order(const struct side *a, const struct side *b, struct saying *s)
{
	add_member(&s->where, a->got ? a : b);
	str_add(&s->where, a->got && b->got ? " stands where the other has " : " is in one of them only");
	if (a->got && b->got)
		add_member(&s->where, b);
	s->cause = a->got && b->got ? &cause_archive : NULL;
}

/* 1: told; 0: the members are equal up to the end of both; -1: not to be compared. */
static int
walk(struct side *a, struct side *b, unsigned depth, struct saying *s, struct err *err)
{
	for (;;) {
		if (next_of(a, err) < 0 || next_of(b, err) < 0)
			return -1;
		if (!a->got && !b->got)
			return 0;
		if (a->got != b->got || strcmp(str_text(&a->name), str_text(&b->name)) != 0) {
			say_order(a, b, s);
			return 1;
		}
		if (say_member(a, b, depth, s))
			return 1;
	}
}

static bool
looks_packed(struct bytes b)
{
	return packing_of(b.p, b.n) != PACK_NONE || (b.n > 4 && !memcmp(b.p, "BZh", 3)) ||
	       (b.n > 4 && !memcmp(b.p, "PK\3\4", 4)) || (b.n > 8 && !memcmp(b.p, "!<arch>\n", 8)) ||
	       (b.n > 262 && !memcmp(b.p + 257, "ustar", 5));
}

/* gzip keeps the time and the name of what it packs in bytes 4 to 7 and behind the tenth. */
static void
say_packing(struct bytes a, struct bytes b, struct saying *s)
{
	bool gzip = a.n > 10 && b.n > 10 && !memcmp(a.p, "\x1f\x8b", 2) && !memcmp(b.p, "\x1f\x8b", 2);

	if (!gzip || (!memcmp(a.p + 4, b.p + 4, 4) && a.p[3] == b.p[3]))
		return;
	str_add(&s->where, ", by the time or name in gzip's header");
	s->cause = &cause_archive;
}

static bool
say_archive(struct bytes a, struct bytes b, unsigned depth, struct saying *s)
{
	struct side x = {.fd = -1}, y = {.fd = -1};
	struct err err = {0};
	int r = -1;

	if (depth < DEPTH_MAX && looks_packed(a) && looks_packed(b) && !open_side(&x, a, &err) &&
	    !open_side(&y, b, &err))
		r = walk(&x, &y, depth, s, &err);
	if (!r) {
		str_add(&s->where, "its members are equal, and packed differently");
		say_packing(a, b, s);
	}
	close_side(&x);
	close_side(&y);
	err_free(&err);
	return r >= 0;
}

/* One compressed file, such as a module. */
static bool
say_unpacked(struct bytes a, struct bytes b, unsigned depth, struct saying *s)
{
	cleanup_str struct str x = {0}, y = {0};
	struct err err = {0};
	bool ok = depth < DEPTH_MAX && packing_of(a.p, a.n) != PACK_NONE && packing_of(b.p, b.n) != PACK_NONE &&
		  !decompress(a.p, a.n, "file", PACKED_MAX, &x, &err) &&
		  !decompress(b.p, b.n, "file", PACKED_MAX, &y, &err);

	err_free(&err);
	if (!ok)
		return false;
	str_add(&s->where, "unpacked, ");
	if (!compare((struct bytes){(const void *)str_text(&x), x.len},
		     (struct bytes){(const void *)str_text(&y), y.len}, depth + 1, s)) {
		str_add(&s->where, "equal: only the packing differs");
		say_packing(a, b, s);
	}
	return true;
}

static void
forget(struct saying *s, size_t length)
{
	s->cause = NULL;
	s->where.len = length;
	if (s->where.s)
		s->where.s[length] = '\0';
}

/* 1 when they differ, with the place; 0 when not. */
static int
compare(struct bytes a, struct bytes b, unsigned depth, struct saying *s)
{
	size_t n = a.n < b.n ? a.n : b.n, at = 0, length = s->where.len;

	while (n - at >= 4096 && !memcmp(a.p + at, b.p + at, 4096))
		at += 4096;
	while (at < n && a.p[at] == b.p[at])
		at++;
	if (at == n && a.n == b.n)
		return 0;
	if (say_archive(a, b, depth, s))
		return 1;
	forget(s, length); /* what a damaged archive began to say */
	if (say_unpacked(a, b, depth, s) || elfdiff(a.p, a.n, b.p, b.n, &s->where, &s->cause))
		return 1;
	if (at == n)
		str_addf(&s->where, "%zu and %zu bytes, equal up to there", a.n, b.n);
	else if (!say_text(a, b, at, s))
		say_bytes(a, b, at, s);
	return 1;
}

static int
map_file(int fd, struct bytes *out)
{
	struct stat st;
	void *p;

	*out = (struct bytes){(const void *)"", 0};
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return -1;
	if (!st.st_size)
		return 0;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return -1;
	*out = (struct bytes){p, (size_t)st.st_size};
	return 0;
}

static void
unmap(struct bytes b)
{
	if (b.n)
		munmap((void *)b.p, b.n);
}

int
bytediff_cause(int a, int b, struct str *where, const struct cause **cause)
{
	struct saying s = {.cause = NULL};
	struct bytes x, y;
	int r, guard[2];

	if (map_file(a, &x))
		return -1;
	if (map_file(b, &y)) {
		unmap(x);
		return -1;
	}
	guard[0] = guard_begin(x.p, x.n);
	guard[1] = guard_begin(y.p, y.n);
	r = compare(x, y, 0, &s);
	if (guard_torn(guard[0]) || guard_torn(guard[1])) { /* another program cut it short: it is no file to compare */
		errno = EIO;
		r = -1;
	}
	guard_end(guard[0]);
	guard_end(guard[1]);
	unmap(x);
	unmap(y);
	str_add(where, str_text(&s.where));
	if (s.cause)
		str_addf(where, " (%s)", s.cause->name);
	*cause = s.cause;
	str_free(&s.where);
	return r;
}

int
bytediff(int a, int b, struct str *where)
{
	const struct cause *cause;

	return bytediff_cause(a, b, where, &cause);
}
