/* list: the text of a layer's or a tree's entries, written. list_read.c reads it. */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "model/tree.h"
#include "model/list_own.h"

const struct list_type list_types[LIST_TYPES] = {
	{'f', S_IFREG, false}, {'d', S_IFDIR, false}, {'l', S_IFLNK, false}, {'o', S_IFDIR, true},
	{'c', S_IFCHR, false}, {'b', S_IFBLK, false}, {'p', S_IFIFO, false}, {'s', S_IFSOCK, false},
};

/* A line is put together here and added to the text at once: 80,000 lines are written in
 * milliseconds. Every byte may need four. */
enum { LINE_BYTES = 8 * LIST_PATH + 256 };

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

		if (list_plain(c)) {
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
	for (size_t i = 0; i < LIST_TYPES; i++)
		if (list_types[i].fmt == (e->mode & S_IFMT) && list_types[i].opaque == e->opaque)
			return list_types[i].type;
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
	str_add(out, LIST_FIRST);
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
