#include "model/patching.h"

#include <fcntl.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/patch_table.h"
#include "model/job.h"
#include "os/fs.h"

#define FILE_MAX ((size_t)256 << 20)

/* The tree that is written onto, as a patch set sees it. */
static int
look(void *ctx, const char *path, struct patch_node *out, struct err *err)
{
	const struct entry *e = layer_find(job_layer(ctx), path);

	(void)err;
	if (!e)
		return 0;
	out->kind = S_ISREG(e->mode)   ? NODE_FILE
		    : S_ISLNK(e->mode) ? NODE_LINK
		    : S_ISDIR(e->mode) ? NODE_FOLDER
				       : NODE_OTHER;
	out->executable = S_ISREG(e->mode) && (e->mode & 0111);
	if (S_ISLNK(e->mode)) {
		out->data = xstrdup(e->target);
		out->len = strlen(e->target);
	}
	return 0;
}

int
patching_read(struct job *job, const char *path, struct str *out, struct err *err)
{
	cleanup_fd int fd = fs_open_nofollow(layer_dir(job_layer(job)), path, O_RDONLY | O_NONBLOCK);

	if (fd < 0)
		return tree_read(job_below(job), path, out, FILE_MAX, err);
	return fs_read(fd, out, FILE_MAX) ? err_sys(err, "E0501", "cannot read `%s`", path) : 0;
}

static int
read_now(void *ctx, const char *path, struct str *out, struct err *err)
{
	return patching_read(ctx, path, out, err);
}

static const char *
near_below(void *ctx, const char *path)
{
	const struct tree *below = job_below(ctx);

	return below ? tree_near(below, path) : NULL;
}

static void
note(void *ctx, const char *text)
{
	job_note(ctx, "%s", text);
}

void
patching_begin(struct patching *p, struct job *job)
{
	*p = (struct patching){.job = job, .tree = {job, look, read_now, near_below, note}};
	p->set.tree = &p->tree;
}

void
patching_end(struct patching *p)
{
	patch_set_free(&p->set);
}

/* Whether the layer's own folder holds more than marks of what is gone. */
static bool
holds_own(struct job *job, const char *dir)
{
	cleanup_fd int fd = fs_open_nofollow(layer_dir(job_layer(job)), dir, O_RDONLY | O_DIRECTORY);
	char **names;
	struct stat st;
	size_t n, own = 0;

	if (fd < 0 || fs_names(fd, &names, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		own += fs_stat(fd, names[i], &st) || !S_ISCHR(st.st_mode);
	fs_names_free(names, n);
	return own > 0;
}

/* Whether a folder holds nothing any more; patches do not keep empty ones. */
static bool
is_emptied(struct job *job, const char *dir)
{
	const struct tree *below = job_below(job);
	size_t n = 0, first = below ? tree_range(below, dir, &n) : 0;

	for (size_t i = first; i < first + n; i++)
		if (layer_find(job_layer(job), below->v[i].path))
			return false;
	return !holds_own(job, dir);
}

static int
remove_file(struct job *job, const char *path, struct err *err)
{
	char *dir cleanup_free = xstrdup(path);
	char *slash;

	if (layer_remove(job_layer(job), path, err))
		return -1;
	while ((slash = strrchr(dir, '/'))) {
		*slash = '\0';
		if (!is_emptied(job, dir))
			return 0;
		if (layer_remove(job_layer(job), dir, err))
			return -1;
	}
	return 0;
}

static int
write_node(struct job *job, const char *path, const struct patch_node *n, struct err *err)
{
	struct entry e = {.path = path};

	if (n->kind == NODE_LINK) {
		e.mode = S_IFLNK | 0777;
		e.target = n->data;
		return layer_symlink(job_layer(job), &e, err);
	}
	e.mode = S_IFREG | (n->executable ? 0755 : 0644);
	return layer_put(job_layer(job), &e, n->data, n->len, err);
}

int
patching_write(struct patching *p, struct err *err)
{
	struct map *files = &p->set.files;

	map_sort(files);
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < files->n; i++) {
			const struct patch_node *n = files->v[i].value;
			bool gone = n->kind == NODE_ABSENT;
			int rc = 0;

			if (!n->dirty || gone != (pass == 0))
				continue;
			if (gone && n->was != NODE_ABSENT)
				rc = remove_file(p->job, files->v[i].key, err);
			else if (!gone)
				rc = write_node(p->job, files->v[i].key, n, err);
			if (rc)
				return -1;
		}
	return 0;
}

void
patching_log(struct job *job, const struct patch_row *rows, size_t n)
{
	struct str cleanup_str table = {0};

	patch_table(rows, n, &table);
	job_logf(job, "%s", str_text(&table));
}
