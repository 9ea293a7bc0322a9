#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/show.h"
#include "cli/table.h"
#include "data/json.h"
#include "os/fs.h"
#include "store/exported.h"

struct collecting {
	struct session *s;
	const char *dir; /* absolute, or NULL */
	int dirfd;
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

static int
export_folder(struct collecting *c, const struct tree *t, const struct entry *e, const char *name)
{
	cleanup_free char *path = xasprintf("%s/%s", c->dir, name);
	cleanup_fd int out = -1;
	struct exported *known;
	int r;

	if (fs_mkdirs(c->dirfd, name) < 0 || (out = fs_open_nofollow(c->dirfd, name, O_RDONLY | O_DIRECTORY)) < 0)
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
	bool there = !fs_stat(c->dirfd, name, &st);

	/* a file takes the place of a file in one step, so that there is always one */
	if (there && S_ISDIR(e->mode) != S_ISDIR(st.st_mode) && fs_remove(c->dirfd, name) < 0)
		return err_sys(c->err, "E1013", "cannot replace `%s/%s`", c->dir, name);
	return S_ISDIR(e->mode) ? export_folder(c, t, e, name) : store_export_over(t, e, c->dirfd, c->known, c->err);
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
		if (strcmp(c->v[i].name, name))
			continue;
		if (!strcmp(c->v[i].sha256, sha256))
			return 1;
		err_set(c->err, "E1013", "two artifacts are called `%s`, and `%s` has room for one", name, c->dir);
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
	f->name = arena_strdup(a, path_base(e->path));
	f->folder = S_ISDIR(e->mode);
	f->size = f->folder ? folder_size(t, e->path) : e->size;
	f->sha256 = arena_strdup(a, hash_hex(&id, hex));
	f->path = NULL;
	if (c->dir)
		f->path = arena_printf(a, "%s/%s", c->dir, f->name);
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

/* Steps that were named are what is wanted, whole; else what the recipe returns. */
static int
collect_wanted(struct collecting *c)
{
	struct session *s = c->s;
	uint32_t *steps = arena_array(&s->arena, uint32_t, s->recipe->nsteps);

	if (s->cli->argc < 2)
		return value_walk(&s->recipe->result, collect_value, c);
	for (int i = 1; i < s->cli->argc; i++) {
		size_t n = session_find(s, s->cli->argv[i], steps, c->err);

		if (collect_named(c, steps, n) < 0)
			return -1;
	}
	return 0;
}

/* Only when all that is wanted was found, so that a mistake leaves the folder as it was. */
static int
export_all(struct collecting *c)
{
	int r = 0;

	if (!c->dir)
		return 0;
	c->known = exported_open(c->s->store, c->dir, c->dirfd);
	for (size_t i = 0; !r && i < c->n; i++)
		r = export_one(c, c->found[i].t, c->found[i].e, c->v[i].name);
	exported_close(c->known, c->s->store);
	return r;
}

int
artifacts_collect(struct session *s, const char *dir, struct artifact **out, size_t *n, struct err *err)
{
	struct collecting c = {.s = s, .dirfd = -1, .err = err};
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

static void
artifacts_json(const struct session *s, const struct artifact *v, size_t n, double seconds, FILE *out)
{
	cleanup_json struct json *j = json_object();
	cleanup_str struct str text = {0};
	struct json *list;

	json_string(j, "recipe", s->recipe->name);
	json_string(j, "version", s->recipe->version);
	json_double(j, "seconds", seconds);
	if (plan_dirty(&s->plan))
		json_bool(j, "dirty", true);
	list = json_add_array(j, "artifacts");
	for (size_t i = 0; i < n; i++) {
		struct json *f = json_add_object(list, NULL);

		json_string(f, "name", v[i].name);
		json_string(f, "path", v[i].path);
		json_string(f, "sha256", v[i].sha256);
		json_uint(f, "size", v[i].size);
		json_string(f, "kind", v[i].folder ? "folder" : "file");
	}
	json_print(j, true, &text);
	fputs(str_text(&text), out);
}

void
show_artifacts(const struct session *s, const struct artifact *v, size_t n, double seconds, FILE *out)
{
	struct table t = {.columns = 4};
	cleanup_arena struct arena a = {0};
	char time[32];

	if (wants_json(s->cli)) {
		artifacts_json(s, v, n, seconds, out);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		char size[32];

		TABLE_ROW(&t, arena_printf(&a, "%s%s", v[i].name, v[i].folder ? "/" : ""), format_size(v[i].size, size),
			  v[i].path ? v[i].path : "in several layers, exported by -o", v[i].sha256);
	}
	fprintf(out, s->worked ? "%s: made in %s%s%s\n" : "%s: nothing to do (%s)%s%s\n", s->recipe->name,
		format_duration(seconds, time), plan_dirty(&s->plan) ? ", dirty" : "",
		n ? "" : ", and the recipe returns nothing");
	table_print(&t, out, 2);
	table_free(&t);
}
