#include "data/archive.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/archive_check.h"
#include "data/decoder.h"

struct arc {
	struct archive *a;
	struct arc *outer;
	const char *label;
	struct arc_limits limits;
	int fd;       /* of the outermost archive */
	uint64_t in;  /* bytes read of it, in the outermost */
	uint64_t out; /* bytes of members that were read */
	struct decoder *d;
	enum arc_kind kind;
	struct err fault; /* what a callback could not say through libarchive */
	struct str image; /* a zip, as a whole: its list of members stands at its end */
	size_t at;
	const unsigned char *block; /* the last one that libarchive got */
	size_t nblock;
	uint64_t given;  /* bytes of all blocks */
	struct str text; /* strings of the member */
	size_t number;
	uint64_t left; /* bytes of the member that were not read */
	bool ended;
	uint64_t trailing;
	locale_t plain; /* names are bytes, whatever the user's locale is */
};

static struct arc *
root_of(struct arc *a)
{
	while (a->outer)
		a = a->outer;
	return a;
}

static ssize_t
pull_file(void *ctx, void *buf, size_t n, struct err *err)
{
	struct arc *a = ctx;
	ssize_t k;

	do
		k = pread(a->fd, buf, n, (off_t)a->in);
	while (k < 0 && errno == EINTR);
	if (k < 0)
		return err_sys(err, "E0402", "cannot read `%s`", a->label);
	__atomic_store_n(&a->in, a->in + (uint64_t)k, __ATOMIC_RELAXED); /* a helper's thread may pull */
	return k;
}

static ssize_t
pull_member(void *ctx, void *buf, size_t n, struct err *err)
{
	return arc_read(ctx, buf, n, err);
}

static la_ssize_t
give_block(struct archive *la, void *ctx, const void **p)
{
	struct arc *a = ctx;
	ssize_t n = decoder_block(a->d, p, &a->fault);

	(void)la;
	if (n > 0) {
		a->block = *p;
		a->nblock = (size_t)n;
		a->given += (uint64_t)n;
	}
	return n;
}

/* What libarchive found wrong, unless a callback knows better. */
static int
fault(struct arc *a, const char *what, struct err *err)
{
	const char *why = archive_error_string(a->a);

	if (err_any(&a->fault)) {
		err_move(err, &a->fault);
		return -1;
	}
	if (a->number)
		err_set(err, "E0402", "`%s`: %s %zu: %s", a->label, what, a->number, why ? why : "damaged");
	else
		err_set(err, "E0402", "`%s`: %s", a->label, why ? why : "damaged");
	return err_help(err, "the archive is damaged or truncated: get the file again");
}

static void
enable(struct arc *a)
{
	a->a = archive_read_new();
	if (!a->a)
		abort();
	switch (a->kind) {
	case ARC_ZIP: archive_read_support_format_zip_seekable(a->a); break;
	case ARC_AR: archive_read_support_format_ar(a->a); break;
	case ARC_TAR: archive_read_support_format_tar(a->a);
	}
}

/* A zip's list of members stands at its end, so all of it must be there: in memory. */
static int
start_zip(struct arc *a, struct err *err)
{
	const void *p;
	ssize_t n;

	while ((n = decoder_block(a->d, &p, err)) > 0) {
		if (a->image.len + (size_t)n > ZIP_MAX)
			return err_set(err, "E0407", "`%s` is a zip of more than %d MB", a->label,
				       (int)(ZIP_MAX >> 20));
		str_addn(&a->image, p, (size_t)n);
	}
	if (n < 0 || zip_check((const unsigned char *)a->image.s, a->image.len, a->label, err) < 0)
		return -1;
	if (archive_read_open_memory(a->a, a->image.s, a->image.len) != ARCHIVE_OK)
		return fault(a, "entry", err);
	return 0;
}

static int
detect(struct arc *a, struct err *err)
{
	const unsigned char *p;
	size_t n = decoder_peek(a->d, &p);
	const char *packed = decoder_name(a->d);

	if (n >= 4 && (!memcmp(p, "PK\3\4", 4) || !memcmp(p, "PK\5\6", 4)))
		a->kind = ARC_ZIP;
	else if (n >= 8 && !memcmp(p, "!<arch>\n", 8))
		a->kind = ARC_AR;
	else if (n == 0)
		return err_set(err, "E0401", "`%s` is empty", a->label);
	else if (n < 512 || !tar_looks_like(p)) {
		err_set(err, "E0401", "`%s` is %s%sno tar, zip or ar archive", a->label, packed ? packed : "",
			packed ? " data, but what is in it is " : "");
		return err_help(err,
				"look at its first bytes: often it is a page that a server sent instead of the file");
	}
	return 0;
}

static struct arc *
open_common(struct arc *a, pull_fn pull, void *ctx, struct err *err)
{
	struct decoder_source src = {
		.pull = pull,
		.ctx = ctx,
		.fd = a->outer ? -1 : a->fd,
		.label = a->label,
		.base = &root_of(a)->in,
		.ratio = a->limits.ratio,
		.floor = a->limits.floor,
		.threads = a->limits.threads,
	};

	a->plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	a->d = decoder_open(&src, err);
	if (a->d && detect(a, err) == 0) {
		enable(a);
		if (a->kind == ARC_ZIP ? start_zip(a, err) == 0
				       : archive_read_open(a->a, a, NULL, give_block, NULL) == ARCHIVE_OK)
			return a;
		if (!err_any(err))
			fault(a, "entry", err);
	}
	arc_close(a);
	return NULL;
}

struct arc *
arc_open(int fd, const char *label, const struct arc_limits *limits, struct err *err)
{
	struct arc *a = xcalloc(1, sizeof *a);

	a->fd = fd;
	a->label = label;
	a->limits = *limits;
	return open_common(a, pull_file, a, err);
}

struct arc *
arc_open_member(struct arc *outer, const char *label, struct err *err)
{
	struct arc *a = xcalloc(1, sizeof *a);

	a->fd = -1;
	a->outer = outer;
	a->label = label;
	a->limits = outer->limits;
	return open_common(a, pull_member, outer, err);
}

void
arc_close(struct arc *a)
{
	if (!a)
		return;
	if (a->a)
		archive_read_free(a->a);
	if (a->plain)
		freelocale(a->plain);
	decoder_close(a->d);
	err_free(&a->fault);
	str_free(&a->image);
	str_free(&a->text);
	free(a);
}

enum arc_kind
arc_kind(const struct arc *a)
{
	return a->kind;
}

uint64_t
arc_taken(const struct arc *a)
{
	while (a->outer)
		a = a->outer;
	return __atomic_load_n(&a->in, __ATOMIC_RELAXED);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
odd_name(const char *name)
{
	for (const unsigned char *p = (const unsigned char *)name; *p; p++)
		if (*p <= ' ' || *p >= 0x7f || *p == '=')
			return true;
	return !*name;
}

static char *
xattr_text(const char *name, const unsigned char *p, size_t n)
{
	struct str b = {0};

	str_addf(&b, "%s=", name);
	for (size_t i = 0; i < n; i++)
		str_addf(&b, "%02x", p[i]);
	return str_steal(&b);
}

static const char *
xattrs(struct arc *a, struct archive_entry *e, bool *odd)
{
	size_t n = 0, max = (size_t)archive_entry_xattr_reset(e), size;
	const char *name;
	const void *p;
	char **v;

	if (!max)
		return NULL;
	v = xcalloc(max, sizeof *v);
	while (n < max && archive_entry_xattr_next(e, &name, &p, &size) == ARCHIVE_OK) {
		if (odd_name(name))
			*odd = true;
		else if (!str_starts(name, "user.overlay.") && !str_starts(name, "trusted.overlay."))
			v[n++] = xattr_text(name, p, size);
	}
	qsort(v, n, sizeof *v, by_text);
	str_reset(&a->text);
	/* libarchive's own writer stores each attribute twice, in two encodings */
	for (size_t i = 0; i < n; i++)
		if (!i || strcmp(v[i], v[i - 1]) != 0)
			str_addf(&a->text, "%s%s", i ? " " : "", v[i]);
	for (size_t i = 0; i < n; i++)
		free(v[i]);
	free(v);
	return n ? str_text(&a->text) : NULL;
}

static void
take(struct arc *a, struct archive_entry *e, struct member *m)
{
	const char *name = archive_entry_pathname(e);

	*m = (struct member){
		.number = a->number,
		.name = name ? name : "",
		.hardlink = archive_entry_hardlink(e),
		.size = archive_entry_size(e) > 0 ? (uint64_t)archive_entry_size(e) : 0,
		.mode = (a->kind == ARC_AR ? AE_IFREG : archive_entry_filetype(e)) |
			archive_entry_perm(e), /* `ar rc` leaves it out */
		.uid = (uint32_t)archive_entry_uid(e),
		.gid = (uint32_t)archive_entry_gid(e),
		.odd_owner = (uint32_t)archive_entry_uid(e) != archive_entry_uid(e) ||
			     (uint32_t)archive_entry_gid(e) != archive_entry_gid(e),
		.rdev = (uint64_t)archive_entry_rdev(e),
		.mtime = archive_entry_mtime(e),
		.acl = archive_entry_acl_types(e) != 0,
	};
	m->xattrs = xattrs(a, e, &m->odd_xattr);
	if (S_ISLNK(m->mode))
		m->target = archive_entry_symlink(e);
	if (m->hardlink || !S_ISREG(m->mode))
		m->size = 0;
}

/* A tar is ended by a block of zeros; without it files may be missing. */
static int
check_end(struct arc *a, struct err *err)
{
	if (a->kind == ARC_TAR && archive_filter_bytes(a->a, 0) <= archive_read_header_position(a->a)) {
		err_set(err, "E0402", "`%s` ends after entry %zu without the mark that ends a tar", a->label,
			a->number);
		return err_help(err, "the archive is truncated: get the file again");
	}
	a->ended = true;
	return 0;
}

int
arc_next(struct arc *a, struct member *m, struct err *err)
{
	locale_t old = uselocale(a->plain);
	struct archive_entry *e;
	int r = archive_read_next_header(a->a, &e);

	if (r == ARCHIVE_EOF) {
		uselocale(old);
		return err_any(&a->fault) ? fault(a, "after entry", err) : check_end(a, err);
	}
	if (r == ARCHIVE_WARN) {
		/* the only harmless one: a name that is not ASCII is handed on as its bytes */
		const char *why = archive_error_string(a->a);

		if (why && strstr(why, "be converted from"))
			r = ARCHIVE_OK;
	}
	if (r == ARCHIVE_OK) {
		a->number++;
		take(a, e, m);
		a->left = m->size;
	}
	uselocale(old);
	return r == ARCHIVE_OK ? 1 : fault(a, "after entry", err);
}

static int
check_ratio(struct arc *a, struct err *err)
{
	const struct arc_limits *l = &a->limits;

	if (!l->ratio || a->out <= l->floor || a->out / l->ratio <= arc_taken(a))
		return 0;
	err_set(err, "E0407", "`%s`: entry %zu grows to more than %llu times its size", a->label, a->number,
		(unsigned long long)l->ratio);
	return err_help(err, "this is how archives that fill the disk look; raise `ratio` when it is meant so");
}

ssize_t
arc_read(struct arc *a, void *buf, size_t n, struct err *err)
{
	la_ssize_t k = archive_read_data(a->a, buf, n);

	if (k < 0)
		return fault(a, "entry", err);
	a->out += (uint64_t)k;
	if ((uint64_t)k > a->left || (k == 0 && n && a->left))
		return err_set(err, "E0402", "`%s`: entry %zu holds other than the bytes it declares", a->label,
			       a->number);
	a->left -= (uint64_t)k;
	return check_ratio(a, err) < 0 ? -1 : (ssize_t)k;
}

int
arc_finish(struct arc *a, struct err *err)
{
	uint64_t rest = a->given - (uint64_t)archive_filter_bytes(a->a, 0);

	if (a->kind == ARC_TAR && rest <= a->nblock)
		for (size_t i = a->nblock - rest; i < a->nblock; i++)
			a->trailing += a->block[i] != 0;
	if (decoder_drain(a->d, &a->trailing, err) < 0)
		return -1;
	a->trailing = a->ended ? a->trailing + decoder_trailing(a->d) : 0;
	return a->outer ? arc_finish(a->outer, err) : 0;
}

uint64_t
arc_trailing(const struct arc *a)
{
	return a->trailing;
}
