/* list_read: the text of a list, read: strictly, for there is one text for each list. */
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "model/list_own.h"
#include "os/fs.h"

enum { NAME_BYTES = 255 };

/* The text is cut in place. A field ends at a tab or a newline. */
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
	if (!c || list_plain(c))
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

	while (list_plain((unsigned char)*r->p))
		r->p++;
	for (to = r->p;;) {
		if (list_plain((unsigned char)*r->p)) {
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
			return s - path <= LIST_PATH;
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
	while (i < LIST_TYPES && list_types[i].type != c)
		i++;
	if (i == LIST_TYPES || read_number(r, 8, 07777, &n))
		return -1;
	e->mode = list_types[i].fmt | (uint32_t)n;
	e->opaque = list_types[i].opaque;
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

	if ((size_t)(r->end - r->p) < 2 * HASH_SIZE + 1)
		return -1;
	for (size_t i = 0; i < HASH_SIZE; i++) {
		unsigned char hi = nibbles[(unsigned char)r->p[2 * i]], lo = nibbles[(unsigned char)r->p[2 * i + 1]];

		bad |= !hi | !lo;
		e->digest.b[i] = (unsigned char)((hi - 1u) << 4 | ((lo - 1u) & 15));
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
		return e->target && *e->target && strlen(e->target) <= LIST_PATH ? 0 : -1;
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

/* Entries as they come; the first part of a text tells about how many there will be. */
struct cut {
	struct reader r;
	struct arena *a;
	struct entry *v;
	size_t n, room;
};

static void
make_room(struct cut *c, size_t lines, size_t bytes, size_t left)
{
	struct entry *old = c->v;

	if (c->n + lines <= c->room)
		return;
	c->room = c->n + lines + left / (bytes / lines + 1) * 5 / 4;
	c->v = arena_array(c->a, struct entry, c->room + 1);
	if (c->n)
		memcpy(c->v, old, sizeof *old * c->n);
}

/* Reads the whole lines up to `end`, with `left` bytes behind it. */
static int
read_lines(struct cut *c, char *end, size_t left, struct err *err)
{
	size_t bytes = (size_t)(end - c->r.p), lines = count_lines(c->r.p, bytes);
	const char *before = c->n ? c->v[c->n - 1].path : NULL;

	if (lines)
		make_room(c, lines, bytes, left);
	for (c->r.end = end; c->r.p < end; c->n++) {
		if (read_line(&c->r, &c->v[c->n], before))
			return err_set(err, "E0802", "line %zu of a list is not as jkr writes it", c->n + 2);
		before = c->v[c->n].path;
	}
	return 0;
}

static int
not_a_list(struct err *err)
{
	return err_set(err, "E0802", "a list has another first line than jkr writes, or ends early");
}

int
list_cut_coming(char *text, size_t len, list_more_fn more, void *ctx, struct arena *a, struct entry **v, size_t *n,
		struct err *err)
{
	const size_t first = strlen(LIST_FIRST);
	struct cut c = {.a = a};
	size_t have = 0;

	*n = 0;
	*v = NULL;
	while (have < len) {
		size_t now = more(ctx, have);
		char *end;

		if (now <= have || (!have && (now < first || memcmp(text, LIST_FIRST, first))))
			return not_a_list(err);
		if (!have)
			c.r.p = text + first;
		have = now;
		end = memrchr(c.r.p, '\n', (size_t)(text + have - c.r.p));
		end = end ? end + 1 : c.r.p;
		if (have == len && end != text + len)
			return not_a_list(err);
		if (read_lines(&c, end, (size_t)(text + len - end), err))
			return -1;
	}
	*v = c.v ? c.v : arena_array(a, struct entry, 1);
	*n = c.n;
	return 0;
}

/* All of it is there. */
static size_t
whole(void *ctx, size_t have)
{
	(void)have;
	return *(size_t *)ctx;
}

int
list_cut(char *text, size_t len, struct arena *a, struct entry **v, size_t *n, struct err *err)
{
	return len ? list_cut_coming(text, len, whole, &len, a, v, n, err) : not_a_list(err);
}

int
list_parse(const char *text, size_t len, struct arena *a, struct entry **v, size_t *n, struct err *err)
{
	struct entry *own;
	size_t k;

	if (list_cut(arena_strndup(a, text, len), len, a, &own, &k, err))
		return -1;
	*v = xrealloc(*v, sizeof **v * (*n + k + 1));
	if (k)
		memcpy(*v + *n, own, sizeof *own * k);
	*n += k;
	return 0;
}
