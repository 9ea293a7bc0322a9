#include "model/viewed.h"

#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/str.h"
#include "model/files.h"
#include "model/job.h"
#include "model/tree.h"

/* What a view's files are opened from. */
struct seen {
	struct job *job;
	const struct source *src;
	const struct tree *tree; /* NULL: one file */
	const char *sub;
};

int
source_folder(struct job *job, const struct source *src, const struct tree **t, const char **sub, struct err *err)
{
	const struct entry *e;
	cleanup_fd int fd = -1;
	struct stat st;

	*t = NULL;
	if (src->kind == SRC_REF) {
		const struct tree *whole = job_tree(job, src, err);

		if (!whole)
			return -1;
		e = *src->ref.path ? tree_resolve(whole, src->ref.path) : NULL;
		if (*src->ref.path && (!e || !S_ISDIR(e->mode)))
			return 0;
		*t = whole;
		*sub = e ? e->path : "";
		return 0;
	}
	fd = files_open(&src->file, err);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st))
		return err_sys(err, "E1301", "cannot read `%s`", src->file.shown);
	if (!S_ISDIR(st.st_mode))
		return 0;
	*t = job_folder(job, src, sub, err);
	return *t ? 0 : -1;
}

static int
open_seen(const struct view *v, const struct view_file *f, struct err *err)
{
	const struct seen *s = v->ctx;

	if (!s->tree)
		return job_open(s->job, s->src, err);
	return tree_open(s->tree, *s->sub ? arena_printf(job_arena(s->job), "%s/%s", s->sub, f->path) : f->path, err);
}

static void
add_entries(struct view *v, const struct seen *s)
{
	size_t n, first = tree_range(s->tree, s->sub, &n), skip = *s->sub ? strlen(s->sub) + 1 : 0;

	for (size_t i = first; i < first + n; i++) {
		const struct entry *e = &s->tree->v[i];
		const struct view_file f = {.path = e->path + skip,
					    .target = e->target,
					    .digest = S_ISREG(e->mode) ? &e->digest : NULL,
					    .size = e->size,
					    .mode = e->mode};

		view_add(v, &f);
	}
}

static int
add_file(struct view *v, const struct seen *s, struct err *err)
{
	cleanup_fd int fd = job_open(s->job, s->src, err);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st))
		return err_sys(err, "E1301", "cannot read `%s`", job_source_name(s->job, s->src));
	view_add(v, &(struct view_file){.path = job_source_name(s->job, s->src),
					.size = (uint64_t)st.st_size,
					.mode = S_IFREG | 0644});
	return 0;
}

int
viewed(struct job *job, const struct source *src, struct view *out, struct err *err)
{
	struct seen *s = arena_new(job_arena(job), struct seen);

	*s = (struct seen){.job = job, .src = src, .sub = "", .tree = src->kind == SRC_NONE ? job_below(job) : NULL};
	*out = (struct view){.open = open_seen, .ctx = s};
	if (!s->tree && source_folder(job, src, &s->tree, &s->sub, err))
		return -1;
	if (!s->tree)
		return add_file(out, s, err);
	add_entries(out, s);
	return 0;
}

static int
check_below(const struct view *v, const char *folder, view_check_fn fn, const void *rules, struct str *got,
	    struct err *err)
{
	const struct view_file *f = view_find(v, folder);
	struct view part;
	int r;

	if (!f || !S_ISDIR(f->mode))
		return err_set(err, "E1302", "there is no folder `%s` to look at", folder);
	view_below(v, folder, &part);
	r = fn(&part, rules, got, err);
	view_free(&part);
	return r;
}

int
viewed_check(struct job *job, const struct source *src, const char *folder, view_check_fn fn, const void *rules,
	     struct err *err)
{
	cleanup_str struct str got = {0};
	struct view v = {0};
	int r = viewed(job, src, &v, err);

	if (!r)
		r = folder && *folder ? check_below(&v, folder, fn, rules, &got, err) : fn(&v, rules, &got, err);
	view_free(&v);
	if (!r)
		job_note(job, "%s", str_text(&got));
	return r;
}

int
viewed_file(struct job *job, const struct source *src, struct view *out, const struct view_file **f, struct err *err)
{
	size_t files = 0;

	if (viewed(job, src, out, err))
		return -1;
	for (size_t i = 0; i < out->n; i++)
		if (S_ISREG(out->v[i].mode)) {
			files++;
			*f = &out->v[i];
		}
	if (files == 1)
		return 0;
	err_set(err, "E1302", "one file is asked for, and `%s` holds %zu", job_source_name(job, src), files);
	return err_at(err, src->at);
}
