#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/show.h"
#include "model/matrix.h"
#include "os/fs.h"
#include "store/exported.h"

struct collecting {
	struct session *s;
	const char *dir; /* absolute, or NULL */
	int dirfd;
	const char *row;        /* whose turn it is, or NULL; each has a folder of its own in `dir` */
	int rowfd;              /* where artifacts go now: that folder, or `dir` */
	struct exported *known; /* of the files in it */
	struct artifact *v;
	struct found {
		const struct tree *t;
		const struct entry *e;
	} * found; /* one for each of `v` */
	size_t n, cap, nfound, capfound;
	struct err *err;
};

static uint64_t
folder_size(const struct tree *t, const char *path)
{
	size_t count, first = tree_range(t, path, &count);
	uint64_t size = 0;

	for (size_t i = first; i < first + count; i++)
		size += t->v[i].size;
	return size;
}

static const char *
row_dir(const struct collecting *c)
{
	return c->row ? arena_printf(&c->s->arena, "%s/%s", c->dir, c->row) : c->dir;
}

static int
export_folder(struct collecting *c, const struct tree *t, const struct entry *e, const char *name)
{
	cleanup_free char *path = xasprintf("%s/%s", row_dir(c), name);
	cleanup_fd int out = -1;
	struct exported *known;
	int r;

	if (fs_mkdirs(c->rowfd, name) < 0 || (out = fs_open_nofollow(c->rowfd, name, O_RDONLY | O_DIRECTORY)) < 0)
		return err_sys(c->err, "E1013", "cannot make the folder `%s`", path);
	known = exported_open(c->s->store, path, out);
	r = store_export_over(t, e, out, known, c->err);
	exported_close(known, c->s->store);
	return r;
}

/* An earlier export's file or folder gives way where it is another; what it replaces was an export, too, or the
 * user's: only the names of this recipe's artifacts are touched. */
static int
export_one(struct collecting *c, const struct tree *t, const struct entry *e, const char *name)
{
	struct stat st;
	bool there = !fs_stat(c->rowfd, name, &st);

	/* a file takes the place of a file in one step, so that there is always one */
	if (there && S_ISDIR(e->mode) != S_ISDIR(st.st_mode) && fs_remove(c->rowfd, name) < 0)
		return err_sys(c->err, "E1013", "cannot replace `%s/%s`", row_dir(c), name);
	return S_ISDIR(e->mode) ? export_folder(c, t, e, name) : store_export_over(t, e, c->rowfd, c->known, c->err);
}

/* A folder that several layers make up is in no one place of the store. */
static bool
is_in_one_place(const struct tree *t, const struct entry *e)
{
	size_t count, first = tree_range(t, e->path, &count);

	for (size_t i = first; i < first + count; i++)
		if (t->v[i].layer != e->layer)
			return false;
	return true;
}

/* In one folder two artifacts cannot have one name, unless they are equal. 1: it is there already. */
static int
is_exported(const struct collecting *c, const char *name, const char *sha256)
{
	for (size_t i = 0; c->dir && i < c->n; i++) {
		if (strcmp(c->v[i].name, name) || !str_eq(c->v[i].row, c->row))
			continue;
		if (!strcmp(c->v[i].sha256, sha256))
			return 1;
		err_set(c->err, "E1013", "two artifacts are called `%s`, and `%s` has room for one", name, row_dir(c));
		return err_help(
			c->err,
			"return a `bundle` of them, which lays folders over each other, or `copy` one with `as`");
	}
	return 0;
}

static int
collect_entry(struct collecting *c, const struct tree *t, const struct entry *e)
{
	struct arena *a = &c->s->arena;
	struct hash id = S_ISREG(e->mode) ? e->digest : tree_identity(t, e->path);
	struct artifact *f;
	char hex[HASH_HEX];
	int r = is_exported(c, path_base(e->path), hash_hex(&id, hex));

	if (r)
		return r < 0 ? -1 : 0;
	GROW(c->found, c->nfound, c->capfound);
	c->found[c->nfound++] = (struct found){t, e};
	GROW(c->v, c->n, c->cap);
	f = &c->v[c->n++];
	f->row = c->row;
	f->name = arena_strdup(a, path_base(e->path));
	f->folder = S_ISDIR(e->mode);
	f->size = f->folder ? folder_size(t, e->path) : e->size;
	f->sha256 = arena_strdup(a, hash_hex(&id, hex));
	f->path = NULL;
	if (c->dir)
		f->path = arena_printf(a, "%s/%s", row_dir(c), f->name);
	else if (!f->folder || is_in_one_place(t, e))
		f->path = arena_printf(a, "%s/%s/%s", store_path(c->s->store), t->layers[e->layer].path, e->path);
	return 0;
}

static int
collect_ref(struct collecting *c, const struct value *v)
{
	const struct plan_step *ps = &c->s->plan.v[v->ref.step];
	const struct tree *t;
	const struct entry *e;

	if (!ps->step || ps->state != PLAN_CACHED)
		return 0;
	t = session_tree(c->s, &ps->result.tree, c->err);
	if (!t)
		return -1;
	if (*v->ref.path) {
		e = tree_resolve(t, v->ref.path);
		if (!e) {
			err_set(c->err, "E0305", "the result of `%s` has no `%s`", ps->step->name, v->ref.path);
			return err_at(c->err, v->at);
		}
		return collect_entry(c, t, e);
	}
	for (size_t i = 0; i < t->n; i++)
		if (!strchr(t->v[i].path, '/') && collect_entry(c, t, &t->v[i]) < 0)
			return -1;
	return 0;
}

static int
collect_value(void *ctx, const struct value *v)
{
	return v->type == V_REF ? collect_ref(ctx, v) : 0;
}

/* `-o` is the user's own path, so it may be absolute or climb. */
static int
make_folder(const char *dir)
{
	cleanup_free char *path = xstrdup(dir);

	for (char *s = path + 1; *path && *s; s++) {
		if (*s != '/')
			continue;
		*s = '\0';
		if (mkdir(path, 0777) < 0 && errno != EEXIST)
			return -1;
		*s = '/';
	}
	return mkdir(path, 0777) < 0 && errno != EEXIST ? -1 : 0;
}

static int
open_export(struct collecting *c, const char *dir)
{
	char *real;

	if (!dir)
		return 0;
	if (make_folder(dir) < 0 || !(real = xrealpath(dir)))
		return err_sys(c->err, "E1013", "cannot make the folder `%s`", dir);
	c->dir = arena_strdup(&c->s->arena, real);
	free(real);
	c->dirfd = open(c->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Another export into it is waited for; what a killed one left goes. */
	if (c->dirfd >= 0 && (!flock(c->dirfd, LOCK_EX) || errno != EINTR)) {
		unlinkat(c->dirfd, STORE_EXPORT_TEMP, 0);
		return 0;
	}
	err_sys(c->err, "E1013", "cannot open the folder `%s`", dir);
	return err_help(c->err, "-o takes a folder, which is made where it is missing");
}

/* For each step of the recipe whether it stands before one of these: a name that stands for several, a tree or a
 * constructor, means what they give, and not the steps on the way. The caller frees. */
static bool *
steps_before(const struct recipe *r, const uint32_t *v, size_t n)
{
	bool *mark = xcalloc(r->nsteps + 1, sizeof *mark);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < r->steps[v[i]].ninputs; k++)
			mark[r->steps[v[i]].inputs[k]] = true;
	for (size_t i = r->nsteps; i-- > 0;) /* inputs stand before their users */
		for (size_t k = 0; mark[i] && k < r->steps[i].ninputs; k++)
			mark[r->steps[i].inputs[k]] = true;
	return mark;
}

static int
collect_named(struct collecting *c, const uint32_t *steps, size_t n)
{
	cleanup_free bool *before = steps_before(c->s->recipe, steps, n);

	for (size_t k = 0; k < n; k++) {
		struct value v = {.type = V_REF, .ref = {steps[k], ""}};

		if (!before[steps[k]] && collect_ref(c, &v) < 0)
			return -1;
	}
	return 0;
}

bool
artifacts_wanted(const struct cli *cli, const struct member *m)
{
	for (int i = 1; i < cli->argc; i++)
		if (member_is(m, cli->argv[i]))
			return true;
	return cli->argc < 2;
}

static int
collect_rows(struct collecting *c)
{
	const struct recipe *r = c->s->recipe;
	int bad = 0;

	for (size_t i = 0; i < r->nmembers && !bad; i++) {
		if (!artifacts_wanted(c->s->cli, &r->members[i]))
			continue;
		c->row = r->members[i].name;
		bad = value_walk(&r->members[i].result, collect_value, c);
	}
	c->row = NULL;
	return bad;
}

/* Steps that were named are what is wanted, whole; else what the recipe returns. */
static int
collect_wanted(struct collecting *c)
{
	struct session *s = c->s;
	uint32_t *steps = arena_array(&s->arena, uint32_t, s->recipe->nsteps);

	if (collect_rows(c))
		return -1;
	if (s->cli->argc < 2)
		return value_walk(&s->recipe->result, collect_value, c);
	for (int i = 1; i < s->cli->argc; i++) {
		const char *word = s->cli->argv[i];

		if (!matrix_has(s->recipe, word) && collect_named(c, steps, session_find(s, word, steps, c->err)) < 0)
			return -1;
	}
	return 0;
}

/* The folder that the artifacts of `row` go to. */
static int
open_row(struct collecting *c, const char *row)
{
	c->row = row;
	c->rowfd = row && fs_mkdirs(c->dirfd, row) < 0
			   ? -1
			   : fs_open_nofollow(c->dirfd, row ? row : ".", O_RDONLY | O_DIRECTORY);
	if (c->rowfd < 0)
		return err_sys(c->err, "E1013", "cannot make the folder `%s`", row_dir(c));
	unlinkat(c->rowfd, STORE_EXPORT_TEMP, 0);
	c->known = exported_open(c->s->store, row_dir(c), c->rowfd);
	return 0;
}

static void
close_row(struct collecting *c)
{
	if (c->known)
		exported_close(c->known, c->s->store);
	c->known = NULL;
	cleanup_fdp(&c->rowfd);
	c->rowfd = -1;
}

/* Only when all that is wanted was found, so that a mistake leaves the folder as it was. */
static int
export_all(struct collecting *c)
{
	int r = 0;

	for (size_t i = 0; c->dir && !r && i < c->n; i++) {
		if (c->rowfd < 0 || !str_eq(c->row, c->v[i].row)) {
			close_row(c);
			r = open_row(c, c->v[i].row);
		}
		if (!r)
			r = export_one(c, c->found[i].t, c->found[i].e, c->v[i].name);
	}
	close_row(c);
	return r;
}

int
artifacts_collect(struct session *s, const char *dir, struct artifact **out, size_t *n, struct err *err)
{
	struct collecting c = {.s = s, .dirfd = -1, .rowfd = -1, .err = err};
	int r = open_export(&c, dir);

	if (!r)
		r = collect_wanted(&c);
	if (!r)
		r = export_all(&c);
	cleanup_fdp(&c.dirfd);
	*out = arena_memdup(&s->arena, c.v, sizeof *c.v * c.n);
	*n = c.n;
	free(c.v);
	free(c.found);
	return r;
}
