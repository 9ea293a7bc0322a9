/* What a sandbox sees: binds of a job become folders and overlays of the host. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "os/fs.h"
#include "os/mount.h"
#include "run/mounted.h"
#include "run/jobserver.h"
#include "run/replaced.h"
#include "run/sandbox.h"
#include "run/warm.h"

#define LAYERS_MAX 499

/* A new folder "<letter><number>" in the job's folder; gives its name. A step sees it as the top of what is
 * mounted, so it bears the time that everything in a tree bears. */
static const char *
new_folder(struct job *job, char letter, struct err *err)
{
	const char *name = arena_printf(&job->arena, "%c%u", letter, job->serial++);

	if (mkdirat(job->tmpfd, name, 0755) || fs_pin_time(job->tmpfd, name)) {
		err_sys(err, "E0804", "cannot make a folder for the sandbox");
		return NULL;
	}
	return name;
}

/* A short link to a layer: the mount options are one page, and store paths may hold ':' or ','. */
static const char *
layer_link(struct job *job, const struct tree *t, size_t i, struct err *err)
{
	const char *name = arena_printf(&job->arena, "l%u", job->serial++);
	cleanup_free char *to = xasprintf("../../%s", t->layers[i].path);

	if (symlinkat(to, job->tmpfd, name)) {
		err_sys(err, "E0804", "cannot link to a layer");
		return NULL;
	}
	mounted_add(job, &t->layers[i].id);
	return name;
}

static const char *const *
layer_links(struct job *job, const struct tree *t, struct err *err)
{
	const char **v = arena_array(&job->arena, const char *, t->nlayers + 1);

	if (t->nlayers > LAYERS_MAX) {
		err_set(err, "E0312", "a tree of %zu layers cannot be mounted: %d is the kernel's limit", t->nlayers,
			LAYERS_MAX);
		return NULL;
	}
	for (size_t i = 0; i < t->nlayers; i++) {
		v[i] = layer_link(job, t, t->nlayers - 1 - i, err);
		if (!v[i])
			return NULL;
	}
	return v;
}

/* make compares times: those of a copy are as those of the layers. */
static int
pin_time(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	(void)ctx;
	(void)path;
	(void)st;
	return fs_pin_time(at, name);
}

/* Where overlayfs is not to be had, the merged tree is copied into a plain folder. */
static int
copy_tree(struct job *job, const struct tree *t, const char *name, struct err *err)
{
	cleanup_fd int fd = job_subdir(job, name, err);

	if (fd < 0 || store_export(job->store, t, "", fd, err))
		return -1;
	if (fs_walk(fd, pin_time, NULL) || fs_pin_time(fd, NULL))
		return err_sys(err, "E0804", "cannot set the times of a copied tree");
	return 0;
}

static int
resolve_sub(const struct tree *t, const struct bind *b, struct view *v, const struct entry **found, struct err *err)
{
	*found = NULL;
	if (!b->sub || !*b->sub)
		return 0;
	*found = tree_resolve(t, b->sub);
	if (!*found)
		return err_set(err, "E0305", "there is no `%s` in what is mounted at %s", b->sub, b->at);
	v->sub = (*found)->path;
	return 0;
}

static int
view_readonly(struct job *job, const struct tree *t, const struct bind *b, bool overlays, struct view *v,
	      struct err *err)
{
	const struct entry *e;

	if (!t || !t->nlayers)
		return (v->from = new_folder(job, 'e', err)) ? 0 : -1;
	if (resolve_sub(t, b, v, &e, err))
		return -1;
	if (t->nlayers == 1 || (e && S_ISREG(e->mode)))
		return (v->from = layer_link(job, t, t->nlayers == 1 ? 0 : e->layer, err)) ? 0 : -1;
	v->from = new_folder(job, 'm', err);
	if (!v->from)
		return -1;
	if (!overlays)
		return copy_tree(job, t, v->from, err);
	v->lowers = layer_links(job, t, err);
	v->nlowers = t->nlayers;
	return v->lowers ? 0 : -1;
}

static struct upper *
need_upper(struct job *job, const struct bind *b, bool *fresh, struct err *err)
{
	struct upper *u = upper_find(job, b->at);

	*fresh = !u;
	if (u)
		return u;
	u = arena_new(&job->arena, struct upper);
	u->at = arena_strdup(&job->arena, b->at);
	u->kind = b->kind;
	u->name = new_folder(job, 'u', err);
	if (!u->name)
		return NULL;
	u->next = job->uppers;
	job->uppers = u;
	return u;
}

static int
freshen(struct job *job, const struct tree *t, const struct upper *u, struct err *err)
{
	cleanup_fd int fd = job_subdir(job, u->name, err);

	return fd < 0 ? -1 : warm_freshen(job, t, fd, u->copied, err);
}

static int
view_writable(struct job *job, const struct bind *b, bool overlays, struct view *v, struct err *err)
{
	const struct entry *e;
	bool fresh;
	struct upper *u = need_upper(job, b, &fresh, err);

	if (!u)
		return -1;
	v->writable = true;
	v->from = u->name;
	if (b->tree && resolve_sub(b->tree, b, v, &e, err))
		return -1;
	if (!b->tree || !b->tree->nlayers)
		return 0;
	u->copied = !overlays;
	if (!overlays && fresh && copy_tree(job, b->tree, u->name, err))
		return -1;
	if (b->freshen && freshen(job, b->tree, u, err))
		return -1;
	if (!overlays)
		return 0;
	v->upper = u->name;
	v->work = new_folder(job, 'w', err); /* a volatile one cannot be used again */
	v->from = new_folder(job, 'm', err);
	v->lowers = layer_links(job, b->tree, err);
	v->nlowers = b->tree->nlayers;
	return v->work && v->from && v->lowers ? 0 : -1;
}

static int
view_warm(struct job *job, const struct bind *b, bool overlays, struct view *v, struct err *err)
{
	const char **lower = arena_array(&job->arena, const char *, 1);
	struct upper *u;
	bool fresh;

	if (job->warm.dir < 0 || (job->aside && !overlays)) /* none to be had: a private folder of this job */
		return view_writable(job, b, overlays, v, err);
	lower[0] = arena_printf(&job->arena, "../../warm/%s/d", job->warm.id);
	v->writable = true;
	if (!overlays) {
		v->from = lower[0];
		return warm_mark(job, err);
	}
	u = need_upper(job, b, &fresh, err);
	if (!u)
		return -1;
	v->upper = u->name;
	v->work = new_folder(job, 'w', err);
	v->from = new_folder(job, 'm', err);
	v->lowers = lower;
	v->nlowers = 1;
	return v->work && v->from ? 0 : -1;
}

static int
view_fd(struct job *job, const struct bind *b, struct view *v, struct err *err)
{
	char link[64], path[4096];
	ssize_t n;

	snprintf(link, sizeof link, "/proc/self/fd/%d", b->fd);
	n = readlink(link, path, sizeof path - 1);
	if (n <= 0 || *path != '/')
		return err_set(err, "E0312", "what is to be mounted at %s is not a file of this machine", b->at);
	v->from = arena_strndup(&job->arena, path, (size_t)n);
	return 0;
}

static int
view_ccache(struct job *job, struct view *v, struct err *err)
{
	v->writable = true;
	if (job->opt->fresh)
		return (v->from = new_folder(job, 'c', err)) ? 0 : -1;
	v->from = "../../ccache";
	return fs_mkdirs(store_fd(job->store), "ccache") ? err_sys(err, "E0804", "cannot make the folder of ccache")
							 : 0;
}

static int
view_make(struct job *job, const struct bind *b, bool overlays, struct view *v, struct err *err)
{
	v->at = b->at;
	switch (b->kind) {
	case BIND_TREE:
		return b->freshen ? view_writable(job, b, overlays, v, err)
				  : view_readonly(job, b->tree, b, overlays, v, err);
	case BIND_SCRATCH:
	case BIND_LAYER: return view_writable(job, b, overlays, v, err);
	case BIND_WARM: return view_warm(job, b, overlays, v, err);
	case BIND_OUT:
		v->from = "out";
		v->writable = true;
		return job_out(job, err) < 0 ? -1 : 0;
	case BIND_CCACHE: return view_ccache(job, v, err);
	case BIND_FD: return view_fd(job, b, v, err);
	}
	return -1;
}

/* A source that is only read, with files of fresh times above it: an overlay makes each name that is opened dearer, so
 * the lowest layer is shown as it is where what lies above only replaces some of its files. */
static void
show_replaced(struct job *job, const struct bind *b, struct view *v, struct sandbox_plan *sp)
{
	struct replaced files[REPLACED_MAX];
	size_t n;

	v->writable = false;
	if (!v->upper || v->sub || !replaced_find(job, b->tree, v->lowers, v->upper, files, &n) ||
	    (n && job->opt->backend != BACKEND_BWRAP)) /* a daemon's volumes are whole */
		return;
	*v = (struct view){.at = v->at, .from = v->lowers[v->nlowers - 1]};
	for (size_t i = 0; i < n; i++)
		sp->views[sp->nviews++] = (struct view){.at = arena_printf(&job->arena, "%s/%s", b->at, files[i].path),
							.from = files[i].from,
							.sub = files[i].path};
}

/* A source that is freshened may become many views; the jobserver's pipe is one more. */
static size_t
views_max(const struct sandbox *sb)
{
	size_t n = sb->nbinds + 1;

	for (size_t i = 0; i < sb->nbinds; i++)
		n += sb->binds[i].kind == BIND_TREE && sb->binds[i].freshen ? REPLACED_MAX : 0;
	return n;
}

static int
by_place(const void *a, const void *b)
{
	return path_cmp(((const struct view *)a)->at, ((const struct view *)b)->at);
}

int
sandbox_try_overlays(int dir, struct err *err)
{
	cleanup_fd int fd = -1;

	if (mkdirat(dir, "probe", 0755))
		return err_sys(err, "E0804", "cannot make a folder for trying an overlay");
	fd = openat(dir, "probe", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? err_sys(err, "E0804", "cannot open a folder for trying an overlay") : overlay_probe(fd, err);
}

/* Tried once a job, in its own folder, where the runner has not done it for all. */
static bool
overlays_work(struct job *job)
{
	struct err err = {0};

	if (!job->overlays) {
		job->overlays = sandbox_try_overlays(job->tmpfd, &err) ? -1 : 1;
		if (job->overlays < 0)
			job_note(job, "%s: trees are copied instead", err.head->msg);
		err_free(&err);
	}
	return job->overlays > 0;
}

int
sandbox_prepare(struct job *job, const struct sandbox *sb, struct sandbox_plan *sp, struct err *err)
{
	struct bind image = {.kind = BIND_TREE, .at = "/", .tree = sb->image};
	bool volumes = job->opt->backend == BACKEND_DOCKER || job->opt->backend == BACKEND_PODMAN;
	bool overlays = volumes || overlays_work(job);

	sp->sb = sb;
	sp->root.at = "/";
	/* a daemon takes the image by name */
	if (sb->image && !volumes && view_readonly(job, sb->image, &image, overlays, &sp->root, err))
		return err_wrap(err, "the image");
	sp->nviews = sb->nbinds;
	sp->views = arena_array(&job->arena, struct view, views_max(sb));
	for (size_t i = 0; i < sb->nbinds; i++) {
		const struct bind *b = &sb->binds[i];
		bool part = b->sub && *b->sub; /* a volume shows all of a tree or none */

		if (view_make(job, b, overlays && !(volumes && part), &sp->views[i], err))
			return -1;
		if (b->kind == BIND_TREE && b->freshen)
			show_replaced(job, b, &sp->views[i], sp);
	}
	qsort(sp->views, sp->nviews, sizeof *sp->views, by_place);
	return 0;
}

int
view_mount(const struct view *v, struct err *err)
{
	struct overlay o = {
		.lowers = v->lowers, .nlowers = v->nlowers, .upper = v->upper, .work = v->work, .at = v->from};

	if (v->lowers && overlay_mount(&o))
		return err_sys(err, "E0312", "cannot mount the overlay for %s", v->at);
	return 0;
}

/* make finds the shared tokens on descriptor 7, opened for both ends by the wrapper. */
static const char *const wrapper[] = {
	"/bin/sh",
	"-c",
	"exec 7<>/jkr/jobserver; MAKEFLAGS=\"-j --jobserver-auth=7,7\"; export MAKEFLAGS; exec \"$@\"",
	"jkr",
};

void
sandbox_wrap(struct job *job, const struct sandbox *sb, struct sandbox_plan *sp)
{
	const char **v;
	struct view *fifo = &sp->views[sp->nviews];
	size_t n = 0;

	sp->argv = sb->argv;
	sp->env = sb->env;
	if (!sb->jobserver)
		return;
	while (sb->argv[n])
		n++;
	v = arena_array(&job->arena, const char *, n + ARRAY_LEN(wrapper) + 1);
	memcpy(v, wrapper, sizeof wrapper);
	memcpy(v + ARRAY_LEN(wrapper), sb->argv, n * sizeof *v);
	sp->argv = v;
	fifo->at = "/jkr/" JOBSERVER_NAME;
	fifo->from = arena_printf(&job->arena, "../%s/" JOBSERVER_NAME, job->run_tmp);
	fifo->writable = true;
	sp->nviews++;
}
