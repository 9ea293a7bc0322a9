/* What goes into a file of sources, and how it lies in it. */
#include "cli/sources.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/imports.h"
#include "data/archive_write.h"
#include "data/checklist.h"
#include "data/staged.h"
#include "model/files.h"
#include "os/fs.h"

#define WRONG "E0923"

void
sources_free(struct sources_out *o)
{
	free(o->v);
	map_free(&o->taken);
	arena_free(&o->arena);
}

/* -- what there is ------------------------------------------------------------------------------------------------ */
static void
add(struct sources_out *o, const struct entry *e, const char *from)
{
	if (map_get(&o->taken, e->path))
		return;
	GROW(o->v, o->n, o->cap);
	o->v[o->n++] = (struct source_file){.e = *e, .from = from};
	map_set(&o->taken, e->path, (void *)o->n);
}

/* The folders above a path. */
static void
add_above(struct sources_out *o, const char *path)
{
	for (const char *p = strchr(path, '/'); p; p = strchr(p + 1, '/')) {
		const struct entry e = {.path = arena_strndup(&o->arena, path, (size_t)(p - path)),
					.mode = S_IFDIR | 0755};

		add(o, &e, NULL);
	}
}

static int
add_folder(struct sources_out *o, const char *path, const struct file_ref *f, struct err *err)
{
	struct file_content content;
	struct tree list = {0};

	if (files_hash(f, NULL, &list, &content, err) < 0)
		return -1;
	if (*path) {
		const struct entry e = {.path = arena_strdup(&o->arena, path), .mode = S_IFDIR | 0755};

		add(o, &e, NULL);
	}
	for (size_t i = 0; i < list.n; i++) {
		struct entry e = list.v[i];
		const char *from = arena_printf(&o->arena, "%s/%s%s%s", f->root, f->rel, *f->rel ? "/" : "", e.path);

		e.path = arena_printf(&o->arena, "%s%s%s", path, *path ? "/" : "", e.path);
		e.target = e.target ? arena_strdup(&o->arena, e.target) : NULL;
		add(o, &e, S_ISREG(e.mode) ? from : NULL);
	}
	tree_free(&list);
	return 0;
}

int
sources_add(struct sources_out *o, const char *path, const char *root, const char *rel, struct err *err)
{
	const struct file_ref f = {.root = root, .rel = rel, .shown = path};
	cleanup_fd int fd = files_open(&f, err);
	struct entry e = {.path = arena_strdup(&o->arena, path), .mode = S_IFREG | 0644};
	unsigned long long size;
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return -1;
	add_above(o, e.path);
	if (S_ISDIR(st.st_mode))
		return add_folder(o, e.path, &f, err);
	if (hash_fd(fd, &e.digest, &size))
		return err_sys(err, WRONG, "cannot read `%s`", path);
	e.size = size;
	e.mode |= st.st_mode & 0111 ? 0111 : 0;
	add(o, &e, arena_printf(&o->arena, "%s/%s", root, rel));
	return 0;
}

/* -- the project's ------------------------------------------------------------------------------------------------- */
struct adding {
	struct sources_out *o;
	struct session *s;
	const struct step *step;
	struct err *err;
};

/* 1: jkr comes with it, or it comes with an import. */
static bool
comes_anyway(const struct session *s, const char *root)
{
	const char *const *search = s->request.search;
	size_t n = 0;

	while (search[n])
		n++;
	for (size_t i = 0; i < s->imports.n; i++)
		if (!strcmp(((const struct import *)s->imports.v[i].value)->root, root))
			return true;
	return n && path_within(root, search[n - 1]);
}

static int
add_at(struct sources_out *o, struct session *s, const char *root, const char *rel, const char *shown, struct err *err)
{
	if (!strcmp(root, s->recipe->root))
		return sources_add(o, rel, root, rel, err);
	if (comes_anyway(s, root))
		return 0;
	err_set(err, WRONG, "`%s` lies outside the project, so it cannot be exported with it", shown);
	return err_help(err, "copy it into the project: %s", s->recipe->root);
}

/* What a person staged lies in the file where it is looked for. */
static int
add_staged(struct adding *a, const struct param *p, const struct file_ref *f)
{
	struct file_ref real;
	int found = staged_find_real(f, p->type == P_SOURCE, &a->s->arena, &real, a->err);

	if (found < 0)
		return -1;
	if (!found) {
		err_set(a->err, WRONG, "`%s` is not staged, so it cannot be exported", path_base(f->rel));
		return err_at(a->err, a->step->at);
	}
	if (!strcmp(real.root, a->s->recipe->root))
		return sources_add(a->o, real.rel, real.root, real.rel, a->err);
	return sources_add(a->o, arena_printf(&a->s->arena, "downloads/%s", path_base(real.rel)), real.root, real.rel,
			   a->err);
}

static int
add_source(void *ctx, const struct param *p, struct source *src)
{
	struct adding *a = ctx;

	if (src->kind != SRC_FILE)
		return 0;
	if (a->step->prim->absent)
		return a->o->plain ? 0 : add_staged(a, p, &src->file);
	return add_at(a->o, a->s, src->file.root, src->file.rel, src->file.shown, a->err);
}

int
sources_of_project(struct sources_out *o, struct session *s, struct err *err)
{
	static const char *const always[] = {"jkr.yaml", "jkr.lock"};
	struct adding a = {o, s, NULL, err};

	for (size_t i = 0; i < ARRAY_LEN(always); i++)
		if (fs_exists(s->project, always[i]) && sources_add(o, always[i], s->recipe->root, always[i], err) < 0)
			return -1;
	for (size_t i = 0; i < s->recipe->ntexts; i++) {
		const struct recipe_text *t = &s->recipe->texts[i];

		if (t->shown && add_at(o, s, t->root, t->rel, t->shown, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < s->recipe->nsteps; i++) {
		a.step = &s->recipe->steps[i];
		if (schema_sources(a.step->prim->params, a.step->bound, add_source, &a) < 0 || err_any(err))
			return -1;
	}
	return 0;
}

/* -- the file --------------------------------------------------------------------------------------------------------
 */
static int
by_path(const void *x, const void *y)
{
	return path_cmp(((const struct source_file *)x)->e.path, ((const struct source_file *)y)->e.path);
}

static int
put(struct arc_out *out, const char *folder, const struct source_file *f, int fd, struct err *err)
{
	cleanup_free char *name = xasprintf("%s%s%s", folder, *f->e.path ? "/" : "", f->e.path);
	const struct member m = {.name = name, .target = f->e.target, .size = f->e.size, .mode = f->e.mode, .mtime = 1};

	return arc_out_add(out, &m, fd, err);
}

static int
put_list(struct arc_out *out, const struct sources_out *o, const char *folder, const char *recipe, struct err *err)
{
	struct source_file f = {.e = {.path = SOURCES_LIST, .mode = S_IFREG | 0644}};
	cleanup_fd int fd = memfd_create("list", MFD_CLOEXEC);
	cleanup_str struct str text = {0};

	str_add(&text, SOURCES_HEAD);
	str_addf(&text, SOURCES_RECIPE "%s\n", recipe);
	for (size_t i = 0; i < o->n; i++)
		if (S_ISREG(o->v[i].e.mode))
			checklist_add(&text, &o->v[i].e.digest, o->v[i].e.path);
	f.e.size = text.len;
	if (fd < 0 || fs_write(fd, text.s, text.len) || lseek(fd, 0, SEEK_SET))
		return err_sys(err, WRONG, "cannot write the list of sources");
	return put(out, folder, &f, fd, err);
}

static int
put_all(struct arc_out *out, const struct sources_out *o, const char *folder, struct err *err)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct source_file *f = &o->v[i];
		cleanup_fd int fd = f->from ? open(f->from, O_RDONLY | O_CLOEXEC) : -1;

		if (f->from && fd < 0)
			return err_sys(err, WRONG, "cannot read `%s`", f->e.path);
		if (put(out, folder, f, fd, err))
			return -1;
	}
	return 0;
}

int
sources_write(struct sources_out *o, const char *folder, const char *recipe, const char *to, struct err *err)
{
	const struct arc_out_opts opts = {.format = "tar.zst", .threads = 1};
	const struct source_file top = {.e = {.path = "", .mode = S_IFDIR | 0755}};
	cleanup_free char *part = xasprintf("%s.part", to);
	cleanup_fd int fd = open(part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	struct arc_out *out = fd < 0 ? NULL : arc_out_open(fd, &opts, err);
	int r = -1;

	if (fd < 0)
		return err_sys(err, "E1006", "cannot write `%s`", part);
	qsort(o->v, o->n, sizeof *o->v, by_path);
	if (out && !put(out, folder, &top, -1, err) && !put_list(out, o, folder, recipe, err) &&
	    !put_all(out, o, folder, err))
		r = arc_out_end(out, err);
	if (out)
		arc_out_free(out);
	if (!r && rename(part, to))
		r = err_sys(err, "E1006", "cannot write `%s`", to);
	if (r)
		unlink(part);
	return r;
}
