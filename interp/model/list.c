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

/* A line is put together here and added to the text at once: 80,000 lines are written in
 * milliseconds. Every byte may need four. */
enum { LINE_BYTES = 8 * PATH_BYTES + 256 };

static bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c != 0x7f && c != '\\';
}

static char *
put_number(char *p, uint64_t n, unsigned base)
{
	char buf[24], *s = buf + sizeof buf;
	size_t len;

	do {
		*--s = (char)('0' + n % base);
		n /= base;
	} while (n);
	len = (size_t)(buf + sizeof buf - s);
	memcpy(p, s, len);
	return p + len;
}

static char *
put_field(char *p, const char *s)
{
	static const char digit[] = "0123456789abcdef";

	*p++ = '\t';
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (is_plain(c)) {
			*p++ = (char)c;
			continue;
		}
		*p++ = '\\';
		*p++ = 'x';
		*p++ = digit[c >> 4];
		*p++ = digit[c & 15];
	}
	return p;
}

static char
type_of(const struct entry *e)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (types[i].fmt == (e->mode & S_IFMT) && types[i].opaque == e->opaque)
			return types[i].type;
	return '?';
}

static char *
put_content(char *p, const struct entry *e)
{
	if (S_ISREG(e->mode)) {
		*p++ = '\t';
		p = put_number(p, e->size, 10);
		*p++ = '\t';
		hash_hex(&e->digest, p);
		return p + HASH_HEX - 1;
	}
	if (S_ISLNK(e->mode))
		return put_field(p, e->target ? e->target : "");
	if (S_ISCHR(e->mode) || S_ISBLK(e->mode)) {
		*p++ = '\t';
		return put_number(p, e->rdev, 10);
	}
	return p;
}

void
entry_format(const struct entry *e, struct str *out)
{
	char line[LINE_BYTES], *p = line;

	*p++ = e->whiteout ? 'w' : type_of(e);
	if (!e->whiteout)
		p = put_number(p, e->mode & 07777, 8);
	if (!e->whiteout && (e->uid || e->gid)) {
		*p++ = '@';
		p = put_number(p, e->uid, 10);
		*p++ = ':';
		p = put_number(p, e->gid, 10);
	}
	p = put_field(p, e->path);
	if (!e->whiteout)
		p = put_content(p, e);
	str_addn(out, line, (size_t)(p - line));
	if (!e->whiteout && e->xattrs && *e->xattrs) {
		cleanup_free char *field = xmalloc(4 * strlen(e->xattrs) + 1);

		str_addn(out, field, (size_t)(put_field(field, e->xattrs) - field));
	}
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

/* The value of a hex digit plus 1; 0 for all else. */
static const unsigned char nibbles[256] = {
	['0'] = 1, ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
	['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

static int
unescape(struct reader *r, char *to)
{
	unsigned char hi = r->p[1] == 'x' ? nibbles[(unsigned char)r->p[2]] : 0;
	unsigned char lo = hi ? nibbles[(unsigned char)r->p[3]] : 0;
	unsigned char c;

	if (!lo)
		return -1;
	c = (unsigned char)((hi - 1) << 4 | (lo - 1));
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
	char *start = r->p, *to;

	while (is_plain((unsigned char)*r->p))
		r->p++;
	for (to = r->p;;) {
		if (is_plain((unsigned char)*r->p)) {
			*to++ = *r->p++;
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
		if (read_number(r, 10, UINT32_MAX, &uid) || *r->p++ != ':' || read_number(r, 10, UINT32_MAX, &gid) ||
		    (!uid && !gid))
			return -1;
	}
	e->uid = (uint32_t)uid;
	e->gid = (uint32_t)gid;
	return *r->p++ == '\t' ? 0 : -1;
}

/* "\tHEX": the digest is half of a list, so it is decoded where it stands. */
static int
read_digest(struct reader *r, struct entry *e, char *ended)
{
	unsigned char bad = 0;

	if (r->end - r->p < 2 * HASH_SIZE + 1)
		return -1;
	for (size_t i = 0; i < HASH_SIZE; i++) {
		unsigned char hi = nibbles[(unsigned char)r->p[2 * i]], lo = nibbles[(unsigned char)r->p[2 * i + 1]];

		bad |= !hi | !lo;
		e->digest.b[i] = (unsigned char)((hi - 1) << 4 | ((lo - 1) & 15));
	}
	r->p += 2 * HASH_SIZE;
	*ended = *r->p++;
	return !bad && (*ended == '\t' || *ended == '\n') ? 0 : -1;
}

static int
read_content(struct reader *r, struct entry *e, char *ended)
{
	bool file = S_ISREG(e->mode), device = S_ISCHR(e->mode) || S_ISBLK(e->mode);

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
	return read_digest(r, e, ended);
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
		return err_set(err, "E0802", "a list has another first line than jkr writes, or ends early");
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
