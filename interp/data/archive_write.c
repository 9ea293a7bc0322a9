#include "data/archive_write.h"

#include <errno.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/err.h"
#include "base/mem.h"

#define PIECE (1u << 20)

struct arc_out {
	struct archive *a;
	struct archive_entry *entry;
	char *buf;
};

/* Compressors that split their input do so by size alone, from the named number of threads on: with
 * fewer they write other bytes. Hence `least`. */
struct filter {
	int (*add)(struct archive *);
	const char *module;
	int level, max, least;
	const char *more;
};

static const struct filter filters[] = {
	{archive_write_add_filter_none, NULL, 0, 0, 0, ""},
	{archive_write_add_filter_gzip, "gzip", 6, 9, 0, ",gzip:!timestamp"},
	{archive_write_add_filter_xz, "xz", 6, 9, 2, ""},
	{archive_write_add_filter_zstd, "zstd", 3, 19, 1, ""},
};

const char *const arc_out_formats[] = {"tar", "tar.gz", "tar.xz", "tar.zst", NULL};

static const struct filter *
filter_of(const char *format)
{
	for (size_t i = 0; arc_out_formats[i]; i++)
		if (!strcmp(arc_out_formats[i], format))
			return &filters[i];
	return NULL;
}

int
arc_out_max_level(const char *format)
{
	const struct filter *f = filter_of(format);

	return f ? f->max : 0;
}

static int
failed(struct arc_out *o, const char *what, struct err *err)
{
	errno = archive_errno(o->a);
	if (errno > 0)
		return err_sys(err, "E0125", "cannot write %s", what);
	return err_set(err, "E0125", "cannot write %s: %s", what, archive_error_string(o->a));
}

static int
set_up(struct arc_out *o, const struct filter *f, const struct arc_out_opts *opts, struct err *err)
{
	int level = opts->level ? opts->level : f->level;
	int threads = opts->threads > f->least ? opts->threads : f->least;
	char text[128];
	int n;

	if (archive_write_set_format_pax_restricted(o->a) != ARCHIVE_OK || f->add(o->a) != ARCHIVE_OK)
		return failed(o, "the archive", err);
	archive_write_set_bytes_in_last_block(o->a, 1);
	if (archive_write_set_format_option(o->a, "pax", "xattrheader", "SCHILY") != ARCHIVE_OK)
		return failed(o, "the archive", err);
	if (!f->module)
		return 0;
	n = snprintf(text, sizeof text, "%s:compression-level=%d%s", f->module, level, f->more);
	if (f->least)
		snprintf(text + n, sizeof text - (size_t)n, ",%s:threads=%d", f->module, threads);
	return archive_write_set_options(o->a, text) == ARCHIVE_OK ? 0 : failed(o, "the archive", err);
}

struct arc_out *
arc_out_open(int fd, const struct arc_out_opts *opts, struct err *err)
{
	const struct filter *f = filter_of(opts->format);
	struct arc_out *o = xcalloc(1, sizeof *o);

	o->a = archive_write_new();
	o->entry = archive_entry_new();
	o->buf = xmalloc(PIECE);
	if (!o->a || !o->entry)
		abort();
	if (!f)
		err_set(err, "E0125", "`%s` is not a format of archives", opts->format);
	else if (!set_up(o, f, opts, err)) {
		if (archive_write_open_fd(o->a, fd) == ARCHIVE_OK)
			return o;
		failed(o, "the archive", err);
	}
	arc_out_free(o);
	return NULL;
}

static int
nibble(char c)
{
	return c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

/* "name=hex name=hex" */
static void
add_xattrs(struct archive_entry *e, const char *s)
{
	while (s && *s) {
		size_t n = strcspn(s, "="), k = strcspn(s + n, " ");
		cleanup_free char *name = xstrndup(s, n);
		size_t size = k ? (k - 1) / 2 : 0;
		cleanup_free unsigned char *value = xmalloc(size);

		for (size_t i = 0; i < size; i++)
			value[i] = (unsigned char)(nibble(s[n + 1 + 2 * i]) << 4 | nibble(s[n + 2 + 2 * i]));
		archive_entry_xattr_add_entry(e, name, value, size);
		s += n + k;
		s += strspn(s, " ");
	}
}

static void
describe(struct archive_entry *e, const struct member *m)
{
	archive_entry_clear(e);
	archive_entry_set_pathname(e, m->name);
	archive_entry_set_mode(e, m->mode);
	archive_entry_set_uid(e, m->uid);
	archive_entry_set_gid(e, m->gid);
	archive_entry_set_mtime(e, m->mtime, 0);
	archive_entry_set_size(e, S_ISREG(m->mode) ? (int64_t)m->size : 0);
	if (S_ISLNK(m->mode))
		archive_entry_set_symlink(e, m->target);
	if (S_ISCHR(m->mode) || S_ISBLK(m->mode))
		archive_entry_set_rdev(e, m->rdev);
	add_xattrs(e, m->xattrs);
}

static int
add_bytes(struct arc_out *o, const struct member *m, int fd, struct err *err)
{
	uint64_t left = m->size;

	while (left) {
		ssize_t n = read(fd, o->buf, left < PIECE ? (size_t)left : PIECE);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "E0125", "cannot read `%s`", m->name);
		if (!n)
			return err_set(err, "E0125", "`%s` is shorter than it was", m->name);
		if (archive_write_data(o->a, o->buf, (size_t)n) != n)
			return failed(o, m->name, err);
		left -= (uint64_t)n;
	}
	return 0;
}

static bool
is_ascii(const char *s)
{
	while (*s && (unsigned char)*s < 0x80)
		s++;
	return !*s;
}

/* libarchive writes a name that is UTF-8 as it is, and in front of one that is not it says `hdrcharset=BINARY`, about
 * which GNU tar complains. What UTF-8 is it asks the locale: without one, equal inputs would give other bytes here than
 * elsewhere. */
static bool
names_are_known(const struct member *m)
{
	return (is_ascii(m->name) && (!S_ISLNK(m->mode) || is_ascii(m->target))) ||
	       !strcmp(nl_langinfo(CODESET), "UTF-8");
}

int
arc_out_add(struct arc_out *o, const struct member *m, int fd, struct err *err)
{
	int r;

	if (S_ISSOCK(m->mode))
		return err_set(err, "E0125", "`%s` is a socket, which no archive holds", m->name);
	if (!names_are_known(m)) {
		err_set(err, "E0125", "`%s` has a name or target beyond ASCII, and this machine has no locale C.UTF-8",
			m->name);
		return err_help(err, "install the locale: on Debian it is in libc-bin");
	}
	describe(o->entry, m);
	r = archive_write_header(o->a, o->entry);
	/* a warning is about the name's charset; the bytes are written as they are */
	if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
		return failed(o, m->name, err);
	return S_ISREG(m->mode) ? add_bytes(o, m, fd, err) : 0;
}

int
arc_out_end(struct arc_out *o, struct err *err)
{
	return archive_write_close(o->a) == ARCHIVE_OK ? 0 : failed(o, "the end of the archive", err);
}

void
arc_out_free(struct arc_out *o)
{
	if (!o)
		return;
	archive_entry_free(o->entry);
	archive_write_free(o->a);
	free(o->buf);
	free(o);
}
