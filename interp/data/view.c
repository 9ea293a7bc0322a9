#include "data/view.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/near.h"
#include "base/str.h"
#include "data/glob.h"
#include "os/fs.h"

#define CODE "E1301"
enum { LINKS = 40, LINK_MAX = 4096 };

void
view_add(struct view *v, const struct view_file *f)
{
	GROW(v->v, v->n, v->cap);
	v->v[v->n++] = *f;
}

void
view_free(struct view *v)
{
	free(v->v);
	arena_free(&v->arena);
	*v = (struct view){0};
}

/* A folder of this machine */

static int
visit(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	struct view *v = ctx;
	struct view_file f = {
		.path = arena_strdup(&v->arena, path), .size = (uint64_t)st->st_size, .mode = st->st_mode};
	char target[LINK_MAX];
	ssize_t n;

	if (S_ISLNK(st->st_mode)) {
		n = readlinkat(at, name, target, sizeof target);
		f.target = arena_strndup(&v->arena, target, n < 0 ? 0 : (size_t)n);
	}
	view_add(v, &f);
	return 0;
}

/* What was a file may be a fifo by now: it is opened so that nothing blocks, and looked at again. */
static int
open_below(const struct view *v, const struct view_file *f, struct err *err)
{
	int fd = fs_open_nofollow(v->dir, f->path, O_RDONLY | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return err_sys(err, CODE, "cannot open `%s`", f->path);
	if (!fstat(fd, &st) && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return err_set(err, CODE, "`%s` is not a file any more", f->path);
}

int
view_folder(struct view *v, int dir, struct err *err)
{
	*v = (struct view){.dir = dir, .open = open_below};
	if (fs_walk(dir, visit, v))
		return err_sys(err, CODE, "cannot read the folder");
	return 0;
}

/* Names */

static int
compare(const void *a, const void *b)
{
	return path_cmp(((const struct view_file *)a)->path, ((const struct view_file *)b)->path);
}

const struct view_file *
view_find(const struct view *v, const char *path)
{
	const struct view_file key = {.path = path};

	return v->n ? bsearch(&key, v->v, v->n, sizeof key, compare) : NULL;
}

/* Puts what a link at `at` stands for in front of `rest`. */
static void
replace_link(struct str *rest, const char *at, const char *target)
{
	cleanup_str struct str new = {0};
	const char *slash = strrchr(at, '/');

	if (*target != '/' && slash)
		str_addf(&new, "%.*s/", (int)(slash - at), at);
	str_addf(&new, "%s/%s", target, str_text(rest));
	str_reset(rest);
	str_add(rest, new.s);
}

/* The next part of a path, which goes from `rest` to the end of `at`. ".." of the top is the top. */
static void
step_down(struct str *at, struct str *rest)
{
	const char *s = str_text(rest) + strspn(str_text(rest), "/");
	size_t n = strcspn(s, "/");
	char *slash;

	if (n == 2 && !strncmp(s, "..", 2)) {
		slash = at->len ? strrchr(at->s, '/') : NULL;
		at->len = slash ? (size_t)(slash - at->s) : 0;
		if (at->s)
			at->s[at->len] = '\0';
	} else if (n && !(n == 1 && *s == '.')) {
		str_addf(at, "%s%.*s", at->len ? "/" : "", (int)n, s);
	}
	n += (size_t)(s - str_text(rest));
	memmove(rest->s, rest->s + n, rest->len - n + 1);
	rest->len -= n;
}

const struct view_file *
view_follow(const struct view *v, const char *path)
{
	cleanup_str struct str at = {0}, rest = {0};
	const struct view_file *f = NULL;
	int links = 0;

	str_add(&rest, path);
	while (rest.len) {
		step_down(&at, &rest);
		f = at.len ? view_find(v, at.s) : NULL;
		if (at.len && !f)
			return NULL;
		if (!f || !f->target)
			continue;
		if (++links > LINKS || rest.len > LINK_MAX)
			return NULL;
		replace_link(&rest, f->path, f->target);
		str_reset(&at);
	}
	return f;
}

bool
view_has_file(const struct view *v, const char *path)
{
	const struct view_file *f = view_follow(v, path);

	return f && S_ISREG(f->mode) && f->size;
}

bool
view_matches(const char *pattern, const char *path)
{
	char part[2][256];

	for (;;) {
		size_t n = strcspn(pattern, "/"), k = strcspn(path, "/");

		if (n >= sizeof *part || k >= sizeof *part)
			return false;
		memcpy(part[0], pattern, n);
		memcpy(part[1], path, k);
		part[0][n] = part[1][k] = '\0';
		if (strcmp(part[0], part[1]) && !(glob_is(part[0]) && glob_match(part[0], part[1])))
			return false;
		pattern += n;
		path += k;
		if (!*pattern || !*path)
			return !*pattern && !*path;
		pattern++;
		path++;
	}
}

const struct view_file *
view_match(const struct view *v, const char *pattern, size_t from)
{
	const struct view_file *f = glob_is(pattern) ? NULL : view_find(v, pattern);

	if (!glob_is(pattern))
		return f && (size_t)(f - v->v) >= from ? f : NULL;
	for (size_t i = from; i < v->n; i++)
		if (view_matches(pattern, v->v[i].path))
			return &v->v[i];
	return NULL;
}

const char *
view_near(const struct view *v, const char *path)
{
	const char **names = xcalloc(v->n + 1, sizeof *names), *near;

	for (size_t i = 0; i < v->n; i++)
		names[i] = v->v[i].path;
	near = near_name(path, names, v->n);
	free(names);
	return near;
}

/* A part */

/* The whole's entry stands at the same offset of the part's own list of them. */
static int
open_part(const struct view *v, const struct view_file *f, struct err *err)
{
	const struct view *whole = v->ctx;
	struct view_file of_whole = *f;

	of_whole.path = f->path - v->dir;
	return whole->open(whole, &of_whole, err);
}

void
view_below(const struct view *whole, const char *folder, struct view *out)
{
	size_t n = *folder ? strlen(folder) + 1 : 0;

	/* `dir` is how far the whole's path begins before the part's */
	*out = (struct view){.open = open_part, .ctx = (void *)(uintptr_t)whole, .dir = (int)n};
	for (size_t i = 0; i < whole->n; i++) {
		struct view_file f = whole->v[i];

		if (!path_within(f.path, folder) || strlen(f.path) <= n)
			continue;
		f.path += n;
		view_add(out, &f);
	}
}

/* Contents */

int
view_open(const struct view *v, const struct view_file *f, struct err *err)
{
	if (!S_ISREG(f->mode))
		return err_set(err, CODE, "`%s` is no file", f->path);
	return v->open(v, f, err);
}

int
view_read(const struct view *v, const struct view_file *f, size_t max, struct str *out, struct err *err)
{
	cleanup_fd int fd = -1;

	if (f->size > max)
		return err_set(err, CODE, "`%s` is larger than a file of its kind can be", f->path);
	fd = view_open(v, f, err);
	if (fd < 0)
		return -1;
	if (fs_read(fd, out, max))
		return err_sys(err, CODE, "cannot read `%s`", f->path);
	return 0;
}
