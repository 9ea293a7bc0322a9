/* Implements model/job.h: results, files and folders that a step reads, and the layer it writes. */
#include "model/job.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"
#include "model/files.h"
#include "model/helpers.h"
#include "os/fs.h"
#include "run/folder.h"
#include "run/job_impl.h"

int
job_subdir(struct job *job, const char *name, struct err *err)
{
	int fd;

	if (mkdirat(job->tmpfd, name, 0755) && errno != EEXIST)
		return err_sys(err, "E0804", "cannot make a folder for step `%s`", job_name(job));
	fd = openat(job->tmpfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, "E0804", "cannot open a folder of step `%s`", job_name(job));
	return fd;
}

struct layer *
job_layer(struct job *job)
{
	return job->layer;
}

bool
job_have(struct job *job, const struct tree *list)
{
	struct err unread = {0};
	struct tree there;

	if (job->below || job->aside || job->opt->fresh)
		return false;
	job->had = tree_identity(list, "");
	job->has = !store_list(job->store, &job->had, &there, &unread);
	if (job->has)
		tree_free(&there);
	err_free(&unread);
	return job->has;
}

const struct tree *
job_below(struct job *job)
{
	return job->below;
}

struct place
job_place(struct job *job)
{
	return job->ps->step->at;
}

const char *
job_name(struct job *job)
{
	return job->ps->step->name;
}

struct arena *
job_arena(struct job *job)
{
	return &job->arena;
}

int64_t
job_epoch(struct job *job)
{
	return job->ps->epoch;
}

int
job_cpus(struct job *job)
{
	return job->ps->step->common.cpus > 0 ? (int)job->ps->step->common.cpus : job->opt->jobs;
}

const char *
job_pin(struct job *job)
{
	return job->ps->pin;
}

bool
job_offline(struct job *job)
{
	return job->opt->offline;
}

/* What the programs of this machine compile with is nobody else's, and an engine's containers have no doors. */
const struct compile_helpers *
job_helpers(struct job *job)
{
	static const struct compile_helpers none;
	const struct run_options *opt = job->opt;

	return opt->helpers && !opt->offline && opt->backend == BACKEND_BWRAP ? opt->helpers : &none;
}

const char *const *
job_questions(struct job *job)
{
	return job->questions;
}

const struct tree *
job_tree(struct job *job, const struct source *src, struct err *err)
{
	const struct plan_step *in;
	struct tree *t;
	int r;

	if (src->kind != SRC_REF || src->ref.step >= job->plan->recipe->nsteps) {
		err_set(err, "E0303", "a result is needed here, and none is given");
		err_at(err, src->at);
		return NULL;
	}
	if (job->trees[src->ref.step])
		return job->trees[src->ref.step];
	in = &job->plan->v[src->ref.step];
	t = arena_new(&job->arena, struct tree);
	r = store_tree(job->store, &in->result.tree, t, err);
	if (r < 0)
		return NULL;
	if (r > 0) {
		err_set(err, "E0302", "the result of step `%s` was damaged and is set aside", in->step->name);
		err_help(err, "run again: it is built anew");
		return NULL;
	}
	job->trees[src->ref.step] = t;
	return t;
}

/* A project's file, compared with what the plan saw. */
static int
open_project_file(struct job *job, const struct source *src, struct err *err)
{
	struct file_content planned;
	struct hash now;
	cleanup_fd int fd = -1;
	struct stat st;

	if (job->env->file(job->env->ctx, &src->file, &planned, err) < 0)
		return -1;
	fd = files_open(&src->file, err);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		err_set(err, "E0303", "`%s` is a folder, and a file is needed", src->file.shown);
		return err_at(err, src->at);
	}
	if (hash_fd(fd, &now, NULL) || lseek(fd, 0, SEEK_SET))
		return err_sys(err, "E0008", "cannot read `%s`", src->file.shown);
	if (hash_cmp(&planned.hash, &now)) {
		err_set(err, "E0304", "`%s` changed during the run", src->file.shown);
		err_help(err, "run again");
		return err_at(err, src->at);
	}
	return steal_fd(&fd);
}

/* The only file of a result that has one, for a source that names the whole result. */
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

static const struct entry *
result_file(struct job *job, const struct source *src, const struct tree *t, struct err *err)
{
	const char *path = src->ref.path ? src->ref.path : "";
	const char *step = job->plan->v[src->ref.step].step->name, *near;
	const struct entry *e = *path ? tree_resolve(t, path) : single_file(t);

	if (e && S_ISREG(e->mode))
		return e;
	if (!*path)
		err_set(err, "E0303", "the result of `%s` is not a single file, and a file is needed", step),
			err_help(err, "name the file in it, as in `src / \"dir/file\"`");
	else if (e)
		err_set(err, "E0303", "`%s` in the result of `%s` is not a file", path, step);
	else
		err_set(err, "E0305", "there is no `%s` in the result of `%s`", path, step);
	near = !e && *path ? tree_near(t, path) : NULL;
	if (near)
		err_help(err, "did you mean `%s`?", near);
	err_at(err, src->at);
	return NULL;
}

void
job_hold_nothing(struct job *job)
{
	job->tmpfd = job->wire = job->layer_fd = job->scratch = job->out = job->log = -1;
	job->mirror.dir = job->mirror.lock = -1;
	job->warm.dir = job->warm.tree = job->warm.lock = -1;
	job->teardown = TEARDOWN_NONE;
}

int
job_open(struct job *job, const struct source *src, struct err *err)
{
	const struct entry *e;
	const struct tree *t;

	if (src->kind == SRC_FILE)
		return open_project_file(job, src, err);
	t = job_tree(job, src, err);
	e = t ? result_file(job, src, t, err) : NULL;
	return e ? tree_open(t, e->path, err) : -1;
}

const char *
job_source_name(struct job *job, const struct source *src)
{
	const struct entry *e;
	const struct tree *t;
	struct err err = {0};

	if (src->kind == SRC_FILE)
		return path_base(*src->file.rel ? src->file.rel : src->file.root);
	if (src->ref.path && *src->ref.path)
		return path_base(src->ref.path);
	t = job_tree(job, src, &err);
	e = t ? single_file(t) : NULL;
	err_free(&err);
	return e ? path_base(e->path) : path_base(job->plan->v[src->ref.step].step->name);
}

const struct tree *
job_folder(struct job *job, const struct source *src, const char **sub, struct err *err)
{
	*sub = "";
	if (src->kind == SRC_FILE)
		return folder_tree(job, src, err);
	*sub = src->ref.path ? src->ref.path : "";
	return job_tree(job, src, err);
}

int
job_scratch(struct job *job, struct err *err)
{
	if (job->scratch < 0)
		job->scratch = job_subdir(job, "scratch", err);
	return job->scratch;
}

int
job_out(struct job *job, struct err *err)
{
	if (job->out < 0)
		job->out = job_subdir(job, "out", err);
	return job->out;
}
