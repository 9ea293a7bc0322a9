#include "model/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/near.h"
#include "base/str.h"
#include "os/fs.h"
#include "os/scan.h"
#include "os/thread.h"

enum {
	MAX_LINKS = 40,
	FLUSH = 1 << 16,
	ALONE = 20000, /* entries: the lines of fewer are written before a thread has begun */
};

static const struct entry root = {.path = "", .mode = S_IFDIR | 0755};

void
tree_free(struct tree *t)
{
	for (size_t i = 0; i < t->nlayers; i++)
		if (t->layers[i].fd >= 0)
			close(t->layers[i].fd);
	arena_free(&t->arena);
	memset(t, 0, sizeof *t);
}

/* First index whose path is not before `path`. */
static size_t
lower_bound(const struct tree *t, const char *path)
{
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (path_cmp(t->v[mid].path, path) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct entry *
tree_find(const struct tree *t, const char *path)
{
	size_t i = lower_bound(t, path);

	if (!*path)
		return &root;
	return i < t->n && !strcmp(t->v[i].path, path) ? &t->v[i] : NULL;
}

size_t
tree_range(const struct tree *t, const char *dir, size_t *count)
{
	size_t i = *dir ? lower_bound(t, dir) : 0;
	size_t lo, hi = t->n;

	if (*dir && i < t->n && !strcmp(t->v[i].path, dir))
		i++;
	lo = i;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (path_within(t->v[mid].path, dir))
			lo = mid + 1;
		else
			hi = mid;
	}
	*count = lo - i;
	return i;
}

/* Goes one component on from `cur`. A link puts its target before what is left in `rest`. */
static int
resolve_step(const struct tree *t, const char *part, struct str *cur, struct str *rest, const struct entry **at)
{
	size_t len = cur->len;
	char *up;

	if (!*part || !strcmp(part, "."))
		return 0;
	if (!strcmp(part, "..")) {
		if (!len)
			return -1;
		up = strrchr(cur->s, '/');
		cur->len = up ? (size_t)(up - cur->s) : 0;
		cur->s[cur->len] = '\0';
		*at = tree_find(t, cur->s);
		return *at ? 0 : -1;
	}
	if (!*at || !S_ISDIR((*at)->mode))
		return -1;
	if (len)
		str_addc(cur, '/');
	str_add(cur, part);
	*at = tree_find(t, cur->s);
	if (!*at)
		return -1;
	if (!S_ISLNK((*at)->mode))
		return 0;
	if (*(*at)->target == '/')
		return -1;
	str_add(rest, (*at)->target);
	cur->len = len;
	cur->s[len] = '\0';
	*at = tree_find(t, cur->s);
	return 1;
}

const struct entry *
tree_resolve(const struct tree *t, const char *path)
{
	cleanup_str struct str cur = {0}, link = {0};
	cleanup_free char *rest = xstrdup(path);
	const struct entry *at = &root;
	char *part, *left = rest;
	int links = 0, r;

	str_add(&cur, "");
	if (*path == '/')
		return NULL;
	while (left && *left) {
		part = strsep(&left, "/");
		str_reset(&link);
		r = resolve_step(t, part, &cur, &link, &at);
		if (r < 0 || (r && ++links > MAX_LINKS))
			return NULL;
		if (!r)
			continue;
		if (left)
			str_addf(&link, "/%s", left);
		free(rest);
		rest = left = str_steal(&link);
	}
	return S_ISDIR(at->mode) || !str_ends(path, "/") ? at : NULL;
}

static const char *
near_in(const struct tree *t, const char *dir, const char *name)
{
	size_t count, n = 0, first = tree_range(t, dir, &count), skip = *dir ? strlen(dir) + 1 : 0;
	cleanup_free const char **names = xcalloc(count + 1, sizeof *names);

	for (size_t i = first; i < first + count; i++)
		if (!strchr(t->v[i].path + skip, '/'))
			names[n++] = t->v[i].path + skip;
	return near_name(name, names, n);
}

/* An entry of the same base name, the shortest. */
static const char *
same_base(const struct tree *t, const char *path)
{
	const char *base = path_base(path), *best = NULL;

	for (size_t i = 0; i < t->n; i++)
		if (!strcmp(path_base(t->v[i].path), base) && (!best || strlen(t->v[i].path) < strlen(best)))
			best = t->v[i].path;
	return best;
}

const char *
tree_near(const struct tree *t, const char *path)
{
	cleanup_free char *copy = xstrdup(path);
	cleanup_str struct str cur = {0};
	const struct entry *e = &root;
	char *part, *left = copy;
	const char *near;
	size_t len;

	str_add(&cur, "");
	while (e && (part = strsep(&left, "/"))) {
		len = cur.len;
		str_addf(&cur, "%s%s", len ? "/" : "", part);
		e = tree_find(t, cur.s);
		if (e)
			continue;
		cur.len = len;
		cur.s[len] = '\0';
		near = near_in(t, cur.s, part);
		if (near) {
			str_addf(&cur, "%s%s", len ? "/" : "", near);
			e = tree_find(t, cur.s);
		}
	}
	return e && e != &root ? e->path : same_base(t, path);
}

static int
no_entry(const struct tree *t, const char *path, struct err *err)
{
	const struct entry *e = *path ? tree_find(t, path) : NULL;
	const char *near;

	if (e && S_ISLNK(e->mode))
		return err_set(err, "E0305", "`%s` is a link to `%s`, which leads out of the result or to nothing",
			       path, e->target);
	err_set(err, "E0305", "`%s` is not in the result", path);
	near = tree_near(t, path);
	if (near)
		err_help(err, "did you mean `%s`?", near);
	return -1;
}

int
tree_damaged(const struct tree *t, const struct entry *e, struct err *err)
{
	static const struct timespec none[2];
	cleanup_fd int dir = openat(t->layers[e->layer].fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir >= 0)
		futimens(dir, none);
	err_set(err, "E0803", "`%s` is damaged in the store: its content is not that of the list", e->path);
	return err_help(err, "run again: what is damaged is set aside and built anew");
}

int
tree_open_entry(const struct tree *t, const struct entry *e, struct err *err)
{
	cleanup_fd int fd = -1;
	struct stat st;

	if (e->layer >= t->nlayers)
		return err_set(err, "E0803", "the layer of `%s` is not open", e->path);
	fd = fs_open_nofollow(t->layers[e->layer].fd, e->path, O_RDONLY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || (uint64_t)st.st_size != e->size)
		return tree_damaged(t, e, err);
	return steal_fd(&fd);
}

int
tree_open(const struct tree *t, const char *path, struct err *err)
{
	const struct entry *e = tree_resolve(t, path);
	cleanup_fd int fd = -1;
	unsigned long long size;
	struct hash h;

	if (!e)
		return no_entry(t, path, err);
	if (!S_ISREG(e->mode))
		return err_set(err, "E0303", "`%s` is %s, not a file", path,
			       S_ISDIR(e->mode) ? "a folder" : "a special file");
	fd = tree_open_entry(t, e, err);
	if (fd < 0)
		return -1;
	if (hash_fd(fd, &h, &size) || hash_cmp(&h, &e->digest) || lseek(fd, 0, SEEK_SET))
		return tree_damaged(t, e, err);
	return steal_fd(&fd);
}

int
tree_read(const struct tree *t, const char *path, struct str *out, size_t max, struct err *err)
{
	cleanup_fd int fd = tree_open(t, path, err);

	if (fd < 0)
		return -1;
	if (!fs_read(fd, out, max))
		return 0;
	if (errno == EFBIG)
		return err_set(err, "E0303", "`%s` is larger than the %zu bytes that are read of such a file", path,
			       max);
	return err_sys(err, "E0803", "cannot read `%s` from the store", path);
}

/* The lines of some entries, as a tree of its own has them. */
struct lines {
	const struct tree *t;
	size_t first, count;
	size_t skip; /* of each path */
	struct str text;
};

/* `h`: takes what has come together, or NULL, and all of it is kept. */
static void
format_lines(struct lines *l, struct hasher *h)
{
	for (size_t i = l->first; i < l->first + l->count; i++) {
		struct entry one = l->t->v[i];

		one.path += l->skip;
		one.whiteout = one.opaque = false;
		entry_format(&one, &l->text);
		if (h && l->text.len >= FLUSH) {
			hasher_add(h, l->text.s, l->text.len);
			str_reset(&l->text);
		}
	}
	if (h)
		hasher_add(h, str_text(&l->text), l->text.len);
}

static void *
format_beside(void *arg)
{
	format_lines(arg, NULL);
	return NULL;
}

/* To write the lines takes twice the time of hashing them: of many, a thread writes the later ones meanwhile. */
static void
hash_lines(struct lines *l, struct hasher *h)
{
	struct lines later = *l;
	pthread_t thread;
	bool beside = false;

	later.text = (struct str){0};
	if (l->count > ALONE && scan_threads() > 1) {
		later.count = l->count / 5 * 3;
		later.first += l->count - later.count;
		beside = thread_start(&thread, format_beside, &later);
	}
	if (beside)
		l->count -= later.count;
	format_lines(l, h);
	if (beside)
		pthread_join(thread, NULL);
	hasher_add(h, str_text(&later.text), later.text.len);
	str_free(&later.text);
}

struct hash
tree_identity(const struct tree *t, const char *dir)
{
	const struct entry *e = tree_find(t, dir);
	struct lines l = {.t = t, .skip = *dir ? strlen(dir) + 1 : 0};
	struct entry one;
	struct hasher *h;
	struct hash out;

	memset(&out, 0, sizeof out);
	if (!e)
		return out;
	l.first = tree_range(t, dir, &l.count);
	h = hasher_new();
	list_format(NULL, 0, &l.text);
	if (!S_ISDIR(e->mode)) {
		one = *e;
		one.path = ".";
		entry_format(&one, &l.text);
		l.count = 0;
	}
	hash_lines(&l, h);
	out = hasher_end(h);
	hasher_free(h);
	str_free(&l.text);
	return out;
}
