#include "model/dsc_files.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/job.h"
#include "os/fs.h"

#define CODE "E0412"

/* The one .dsc of a result. */
static const char *
find_dsc(const struct tree *t, const char *dir, struct source *src, struct err *err)
{
	size_t n, first = tree_range(t, dir, &n), skip = *dir ? strlen(dir) + 1 : 0;
	const char *found = NULL;

	for (size_t i = first; i < first + n; i++) {
		const char *path = t->v[i].path;

		if (!S_ISREG(t->v[i].mode) || !str_ends(path, ".dsc") || strchr(path + skip, '/'))
			continue;
		if (found) {
			err_set(err, CODE, "the result holds several source packages: `%s` and `%s`", found, path);
			err_at(err, src->at);
			err_help(err, "name one: RESULT / \"%s\"", found);
			return NULL;
		}
		found = path;
	}
	if (!found) {
		err_set(err, CODE, "the result holds no source package: no file at its top ends in `.dsc`");
		err_at(err, src->at);
	}
	return found;
}

/* The .dsc itself, where a folder was named that holds it. */
static int
point_at_dsc(struct job *job, struct dsc_given *g, struct err *err)
{
	const struct entry *e;
	const struct tree *t;

	if (g->dsc.kind != SRC_REF)
		return 0;
	t = job_tree(job, &g->dsc, err);
	if (!t)
		return -1;
	e = *g->dsc.ref.path ? tree_resolve(t, g->dsc.ref.path) : tree_find(t, "");
	if (e && S_ISDIR(e->mode))
		g->dsc.ref.path = find_dsc(t, e->path, &g->dsc, err);
	return g->dsc.ref.path ? 0 : -1;
}

int
dsc_read(struct job *job, struct dsc_given *g, struct err *err)
{
	cleanup_str struct str text = {0};
	cleanup_fd int fd = -1;

	if (point_at_dsc(job, g, err))
		return -1;
	g->name = job_source_name(job, &g->dsc);
	fd = job_open(job, &g->dsc, err);
	if (fd < 0)
		return err_at(err, g->dsc.at);
	if (fs_read(fd, &text, DSC_MAX))
		return err_sys(err, CODE, "cannot read `%s`", g->name);
	return dsc_parse(g->dsc.kind == SRC_FILE ? g->dsc.file.shown : g->name, str_text(&text), text.len,
			 job_arena(job), &g->d, err);
}

/* Where a file of this name is: among those that were named, else beside the .dsc. */
static bool
find_file(struct job *job, const struct dsc_given *g, const char *name, struct source *out, struct err *err)
{
	const char *path = g->dsc.ref.path;
	const struct tree *t;

	for (size_t i = 0; i < g->more.n; i++)
		if (!strcmp(job_source_name(job, &g->more.v[i]), name)) {
			*out = g->more.v[i];
			return true;
		}
	if (g->dsc.kind != SRC_REF)
		return false;
	*out = g->dsc;
	out->ref.path = arena_printf(job_arena(job), "%.*s%s", (int)(path_base(path) - path), path, name);
	t = job_tree(job, out, err);
	return t && tree_resolve(t, out->ref.path);
}

static int
other_file(const struct dsc_given *g, const struct dsc_file *f, const char *what, const char *want, const char *got,
	   struct err *err)
{
	err_set(err, CODE, "`%s` is not the file that `%s` lists: its %s is another", f->name, g->name, what);
	err_help(err, "wanted %s", want);
	return err_help(err, "got    %s", got);
}

int
dsc_open(struct job *job, const struct dsc_given *g, const struct dsc_file *f, struct err *err)
{
	struct arena *a = job_arena(job);
	cleanup_fd int fd = -1;
	unsigned long long size;
	struct source src;
	char hex[HASH_HEX];
	struct hash h;

	if (!find_file(job, g, f->name, &src, err)) {
		if (err_any(err))
			return -1;
		err_set(err, CODE, "`%s` lists `%s`, which is not there", g->name, f->name);
		return err_help(err, "it must lie beside the .dsc, or be named in `files`");
	}
	fd = job_open(job, &src, err);
	if (fd < 0)
		return -1;
	if (hash_fd(fd, &h, &size) || lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, CODE, "cannot read `%s`", f->name);
	if (size != f->size)
		return other_file(g, f, "size", arena_printf(a, "%" PRIu64 " bytes", f->size),
				  arena_printf(a, "%llu bytes", size), err);
	if (strcmp(hash_hex(&h, hex), f->sha256))
		return other_file(g, f, "sha256", f->sha256, hex, err);
	job_record(job, arena_printf(a, "file:%s", f->name), f->sha256);
	return steal_fd(&fd);
}
