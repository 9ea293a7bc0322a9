/* list: the text of a layer's or a tree's entries, written and read. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/tree.h"
#include "os/fs.h"

#define FIRST_LINE "jkr list 1\n"

enum { PATH_BYTES = 4095, NAME_BYTES = 255 };

static const struct {
	char type;
	uint32_t fmt;
	bool opaque;
} types[] = {
	{'f', S_IFREG, false}, {'d', S_IFDIR, false}, {'l', S_IFLNK, false}, {'o', S_IFDIR, true},
	{'c', S_IFCHR, false}, {'b', S_IFBLK, false}, {'p', S_IFIFO, false}, {'s', S_IFSOCK, false},
};

static void
add_number(struct str *out, uint64_t n, unsigned base)
{
	char buf[24], *p = buf + sizeof buf;

	do {
		*--p = (char)('0' + n % base);
		n /= base;
	} while (n);
	str_addn(out, p, (size_t)(buf + sizeof buf - p));
}

static bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c != 0x7f && c != '\\';
}

static void
add_field(struct str *out, const char *s)
{
	const char *run;

	str_addc(out, '\t');
	for (;;) {
		for (run = s; is_plain((unsigned char)*s); s++)
			;
		str_addn(out, run, (size_t)(s - run));
		if (!*s)
			return;
		str_addf(out, "\\x%02x", (unsigned char)*s++);
	}
}

static char
type_of(const struct entry *e)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (types[i].fmt == (e->mode & S_IFMT) && types[i].opaque == e->opaque)
			return types[i].type;
	return '?';
}

static void
add_content(const struct entry *e, struct str *out)
{
	char hex[HASH_HEX];

	if (S_ISREG(e->mode)) {
		str_addc(out, '\t');
		add_number(out, e->size, 10);
		str_addc(out, '\t');
		str_addn(out, hash_hex(&e->digest, hex), HASH_HEX - 1);
	} else if (S_ISLNK(e->mode)) {
		add_field(out, e->target ? e->target : "");
	} else if (S_ISCHR(e->mode) || S_ISBLK(e->mode)) {
		str_addc(out, '\t');
		add_number(out, e->rdev, 10);
	}
}

void
entry_format(const struct entry *e, struct str *out)
{
	if (e->whiteout) {
		str_addc(out, 'w');
		add_field(out, e->path);
		str_addc(out, '\n');
		return;
	}
	str_addc(out, type_of(e));
	add_number(out, e->mode & 07777, 8);
	if (e->uid || e->gid) {
		str_addc(out, '@');
		add_number(out, e->uid, 10);
		str_addc(out, ':');
		add_number(out, e->gid, 10);
	}
	add_field(out, e->path);
	add_content(e, out);
	if (e->xattrs && *e->xattrs)
		add_field(out, e->xattrs);
	str_addc(out, '\n');
}

void
list_format(const struct entry *v, size_t n, struct str *out)
{
	str_add(out, FIRST_LINE);
	for (size_t i = 0; i < n; i++)
		entry_format(&v[i], out);
}

bool
entry_equal(const struct entry *a, const struct entry *b)
{
	bool content = true;

	if (a->mode != b->mode || a->uid != b->uid || a->gid != b->gid || a->whiteout != b->whiteout ||
	    a->opaque != b->opaque || !str_eq(a->xattrs, b->xattrs))
		return false;
	if (S_ISREG(a->mode))
		content = a->size == b->size && !hash_cmp(&a->digest, &b->digest);
	else if (S_ISLNK(a->mode))
		content = str_eq(a->target, b->target);
	else if (S_ISCHR(a->mode) || S_ISBLK(a->mode))
		content = a->rdev == b->rdev;
	return content && !strcmp(a->path, b->path);
}

/* Reading: the text is copied once and cut in place. A field ends at `end`, a tab or a newline. */
struct reader {
	char *p, *end;
};

static int
read_number(struct reader *r, unsigned base, uint64_t max, uint64_t *out)
{
	const char *start = r->p;
	uint64_t n = 0;

	while (*r->p >= '0' && *r->p < (char)('0' + base)) {
		uint64_t digit = (uint64_t)(*r->p++ - '0');

		if (n > (max - digit) / base)
			return -1;
		n = n * base + digit;
	}
	if (r->p == start || (*start == '0' && r->p > start + 1))
		return -1;
	*out = n;
	return 0;
}

static int
unescape(struct reader *r, char *to)
{
	static const char digit[] = "0123456789abcdef";
	const char *hi = r->p[1] == 'x' && r->p[2] ? strchr(digit, r->p[2]) : NULL;
	const char *lo = hi && r->p[3] ? strchr(digit, r->p[3]) : NULL;
	unsigned char c;

	if (!lo)
		return -1;
	c = (unsigned char)((hi - digit) << 4 | (lo - digit));
	if (!c || is_plain(c))
		return -1;
	*to = (char)c;
	r->p += 4;
	return 0;
}

/* Reads "\tTEXT" and ends it with a NUL; the byte that ended it comes back in `ended`. */
static char *
read_field(struct reader *r, char *ended)
{
	char *start = r->p, *to = start;

	for (;;) {
		if (is_plain((unsigned char)*r->p)) {
			if (to != r->p)
				*to = *r->p;
			to++, r->p++;
		} else if (*r->p != '\\') {
			break;
		} else if (unescape(r, to++)) {
			return NULL;
		}
	}
	*ended = *r->p++;
	*to = '\0';
	return *ended == '\t' || *ended == '\n' ? start : NULL;
}

bool
entry_path_ok(const char *path)
{
	const char *part = path;
	size_t depth = 1;

	for (const char *s = path;; s++) {
		if (*s && *s != '/')
			continue;
		if (s == part || s - part > NAME_BYTES)
			return false;
		if (*part == '.' && (s - part == 1 || (s - part == 2 && part[1] == '.')))
			return false;
		if (!*s)
			return s - path <= PATH_BYTES;
		if (++depth > FS_DEPTH)
			return false;
		part = s + 1;
	}
}

/* "name=hex name=hex", sorted, no name twice. */
static bool
xattrs_ok(const char *s)
{
	const char *last = NULL;
	size_t last_len = 0;

	for (;;) {
		size_t name = strcspn(s, " =");
		size_t hex = s[name] == '=' ? strspn(s + name + 1, "0123456789abcdef") : 1;

		if (!name || hex % 2)
			return false;
		if (last) {
			int c = memcmp(last, s, last_len < name ? last_len : name);

			if (c > 0 || (!c && last_len >= name))
				return false;
		}
		last = s;
		last_len = name;
		s += name + 1 + hex;
		if (!*s)
			return true;
		if (*s++ != ' ')
			return false;
	}
}

static int
read_kind(struct reader *r, struct entry *e)
{
	uint64_t n, uid = 0, gid = 0;
	char c = *r->p++;
	size_t i = 0;

	if (c == 'w') {
		e->whiteout = true;
		return *r->p++ == '\t' ? 0 : -1;
	}
	while (i < ARRAY_LEN(types) && types[i].type != c)
		i++;
	if (i == ARRAY_LEN(types) || read_number(r, 8, 07777, &n))
		return -1;
	e->mode = types[i].fmt | (uint32_t)n;
	e->opaque = types[i].opaque;
	if (S_ISLNK(e->mode) && n != 0777)
		return -1;
	if (*r->p == '@') {
		r->p++;
		if (read_number(r, 10, UINT32_MAX, &uid) || *r->p++ != ':' ||
		    read_number(r, 10, UINT32_MAX, &gid) || (!uid && !gid))
			return -1;
	}
	e->uid = (uint32_t)uid;
	e->gid = (uint32_t)gid;
	return *r->p++ == '\t' ? 0 : -1;
}

static int
read_content(struct reader *r, struct entry *e, char *ended)
{
	bool file = S_ISREG(e->mode), device = S_ISCHR(e->mode) || S_ISBLK(e->mode);
	char *s;

	if (!file && !device && !S_ISLNK(e->mode))
		return 0;
	if (*ended != '\t')
		return -1;
	if (S_ISLNK(e->mode)) {
		e->target = read_field(r, ended);
		return e->target && *e->target && strlen(e->target) <= PATH_BYTES ? 0 : -1;
	}
	if (read_number(r, 10, UINT64_MAX, file ? &e->size : &e->rdev))
		return -1;
	*ended = *r->p++;
	if (device)
		return *ended == '\t' || *ended == '\n' ? 0 : -1;
	if (*ended != '\t')
		return -1;
	s = read_field(r, ended);
	return s ? hash_parse(&e->digest, s) : -1;
}

static int
read_line(struct reader *r, struct entry *e, const char *before)
{
	char ended = '\0';

	if (read_kind(r, e))
		return -1;
	e->path = read_field(r, &ended);
	if (!e->path || !entry_path_ok(e->path) || (before && path_cmp(before, e->path) >= 0))
		return -1;
	if (!e->whiteout && read_content(r, e, &ended))
		return -1;
	if (ended == '\t') {
		e->xattrs = e->whiteout ? NULL : read_field(r, &ended);
		if (!e->xattrs || !xattrs_ok(e->xattrs))
			return -1;
	}
	return ended == '\n' ? 0 : -1;
}

static size_t
count_lines(const char *s, size_t len)
{
	const char *end = s + len;
	size_t n = 0;

	while ((s = memchr(s, '\n', (size_t)(end - s)))) {
		n++;
		s++;
	}
	return n;
}

int
list_parse(const char *text, size_t len, struct arena *a, struct entry **v, size_t *n, struct err *err)
{
	size_t first = strlen(FIRST_LINE), total = *n, line = 1;
	const char *before = NULL;
	struct reader r;

	if (len < first || memcmp(text, FIRST_LINE, first) || text[len - 1] != '\n')
		return err_set(err, "E0802", "a list does not begin with `jkr list 1` or ends early");
	len -= first;
	r.p = arena_alloc(a, len + 1);
	r.end = r.p + len;
	memcpy(r.p, text + first, len);
	*v = xrealloc(*v, sizeof **v * (total + count_lines(r.p, len) + 1));
	for (; r.p < r.end; line++) {
		struct entry *e = &(*v)[total];

		memset(e, 0, sizeof *e);
		if (read_line(&r, e, before))
			return err_set(err, "E0802", "line %zu of a list is not as jkr writes it", line + 1);
		before = e->path;
		total++;
	}
	*n = total;
	return 0;
}
