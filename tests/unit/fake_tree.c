/* fake_job: trees that a test writes, and the tree that comes of a job. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "fake_job_own.h"
#include "model/files.h"
#include "os/fs.h"

static void
must(int r, struct err *err)
{
	if (!r)
		return;
	err_print(err, stderr, &(struct err_style){0});
	abort();
}

struct layer *
fake_layer(struct job *job, const struct tree *below)
{
	struct fake_layer *f = &job->layers[job->nlayers++];
	const char *path;

	f->fd = fake_folder(job, "layer", &path);
	f->layer = layer_new(f->fd, below);
	return f->layer;
}

static int
folder_of(struct job *job, const struct layer *l)
{
	for (size_t i = 0; i < job->nlayers; i++)
		if (job->layers[i].layer == l)
			return dup(job->layers[i].fd);
	return -1;
}

struct tree *
fake_seal(struct job *job, struct layer *l)
{
	const struct tree *below = layer_below(l);
	struct tree *t = arena_new(&job->arena, struct tree);
	const struct entry *own;
	struct err err = {0};
	size_t n;

	job->made[job->nmade++] = t;
	own = layer_list(l, &n, &err);
	must(own ? 0 : -1, &err);
	t->nlayers = (below ? below->nlayers : 0) + 1;
	t->layers = arena_array(&t->arena, struct tree_layer, t->nlayers);
	for (size_t i = 0; below && i < below->nlayers; i++) {
		t->layers[i] = below->layers[i];
		t->layers[i].fd = dup(below->layers[i].fd);
	}
	t->layers[t->nlayers - 1].fd = folder_of(job, l);
	t->layers[t->nlayers - 1].path = "layer";
	list_merge(&t->arena, below ? below->v : NULL, below ? below->n : 0, own, n, (uint16_t)(t->nlayers - 1), &t->v,
		   &t->n);
	t->id = tree_identity(t, "");
	return t;
}

static int
put(struct layer *l, const char *path, const char *text, struct err *err)
{
	cleanup_free char *dir = NULL;
	struct entry e = {.path = path, .mode = S_IFREG | (str_starts(text, "#!") ? 0755 : 0644)};

	if (str_ends(path, "/")) {
		dir = xstrndup(path, strlen(path) - 1);
		e.path = dir;
		e.mode = S_IFDIR | 0755;
		return layer_mkdir(l, &e, err);
	}
	if (str_starts(text, "->")) {
		e.mode = S_IFLNK | 0777;
		e.target = text + 2;
		return layer_symlink(l, &e, err);
	}
	return layer_put(l, &e, text, strlen(text), err);
}

struct tree *
fake_tree(struct job *job, ...)
{
	struct layer *l = fake_layer(job, NULL);
	struct err err = {0};
	const char *path;
	va_list ap;

	va_start(ap, job);
	while ((path = va_arg(ap, const char *)) != NULL)
		must(put(l, path, va_arg(ap, const char *), &err), &err);
	va_end(ap);
	return fake_seal(job, l);
}

const struct tree *
fake_result(struct job *job)
{
	if (!job->result)
		job->result = fake_seal(job, job_layer(job));
	return job->result;
}

const char *
fake_read(struct job *job, const char *path)
{
	cleanup_str struct str s = {0};
	struct err err = {0};
	int r = tree_read(fake_result(job), path, &s, 1 << 26, &err);

	err_free(&err);
	return r ? NULL : arena_strndup(&job->arena, str_text(&s), s.len);
}

/* The only file of a tree, or NULL. */
static const struct entry *
single_file(const struct tree *t)
{
	const struct entry *found = NULL;

	for (size_t i = 0; i < t->n; i++) {
		if (S_ISDIR(t->v[i].mode))
			continue;
		if (found || !S_ISREG(t->v[i].mode))
			return NULL;
		found = &t->v[i];
	}
	return found;
}

int
job_open(struct job *job, const struct source *src, struct err *err)
{
	const struct tree *t;
	const struct entry *e;

	if (src->kind == SRC_FILE)
		return files_open(&src->file, err);
	t = job_tree(job, src, err);
	if (!t)
		return -1;
	if (*src->ref.path)
		return tree_open(t, src->ref.path, err);
	e = single_file(t);
	return e ? tree_open(t, e->path, err) : err_set(err, NULL, "the result is not a single file");
}

const char *
job_source_name(struct job *job, const struct source *src)
{
	struct err err = {0};
	const struct entry *e;
	const struct tree *t;

	if (src->kind == SRC_FILE)
		return path_base(src->file.rel);
	if (*src->ref.path)
		return path_base(src->ref.path);
	t = job_tree(job, src, &err);
	err_free(&err);
	e = t ? single_file(t) : NULL;
	return e ? path_base(e->path) : "result";
}

struct take_up {
	struct layer *layer;
	struct err err;
};

static int
take_up(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	struct take_up *up = ctx;
	struct entry e = {.path = path, .mode = st->st_mode & (S_IFMT | 0777)};
	cleanup_fd int fd = -1;
	char target[256] = "";

	if (S_ISDIR(st->st_mode))
		return layer_mkdir(up->layer, &e, &up->err);
	if (S_ISLNK(st->st_mode)) {
		if (readlinkat(at, name, target, sizeof target - 1) < 0)
			return -1;
		e.target = target;
		return layer_symlink(up->layer, &e, &up->err);
	}
	fd = fs_open(at, name, O_RDONLY);
	return layer_put_fd(up->layer, &e, fd, &up->err);
}

const struct tree *
job_folder(struct job *job, const struct source *src, const char **sub, struct err *err)
{
	cleanup_fd int fd = -1;
	struct take_up up = {0};

	*sub = "";
	if (src->kind == SRC_REF) {
		*sub = src->ref.path;
		return job_tree(job, src, err);
	}
	fd = files_open(&src->file, err);
	if (fd < 0)
		return NULL;
	up.layer = fake_layer(job, NULL);
	if (fs_walk(fd, take_up, &up)) {
		err_move(err, &up.err);
		return NULL;
	}
	return fake_seal(job, up.layer);
}
