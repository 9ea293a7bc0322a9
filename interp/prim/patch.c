/* patch: unified and git patches, applied whole or not at all */
#include <fcntl.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/chosen.h"
#include "data/patch_set.h"
#include "data/schema.h"
#include "model/job.h"
#include "model/patches.h"
#include "model/patching.h"
#include "model/prim.h"
#include "os/fs.h"

#define SERIES_MAX ((size_t)4 << 20)

struct patch_params {
	struct sources patches;
	struct source series;
	struct strings skip, only;
	int64_t strip;
	int64_t fuzz;
	bool reverse;
	const char *into;
	/* set by expand: from here on `patches` come from the series, with these options */
	size_t listed;
	const struct series_line *lines;
	const char *series_name; /* of a series in a result, inside series.ref.path */
};

static const struct param params[] = {
	PARAM(patch_params, patches, P_SOURCE, P_LIST | P_OPERAND | P_GLOB,
	      "The patches, in the order they are applied: files of the project, or in a result; of a folder in a result those "
	      "that lie in it and end in .patch, by name. Of a mailbox (.mbox, .mbx) all mails are applied in order, of a "
	      "maildir all by name, each as `git am` would; their authors, dates and subjects are kept in the record. Mail N "
	      "of a mailbox is called FILE#N."),
	PARAM(patch_params, series, P_SOURCE, 0,
	      "A quilt series: a file that lists patches beside it, one a line, with -pN where it is not 1."),
	PARAM(patch_params, skip, P_STRING, P_LIST | P_PLAIN,
	      "Names of patches to leave out, with `*` and `?`; each must match one."),
	PARAM(patch_params, only, P_STRING, P_LIST | P_PLAIN,
	      "Names of the patches to take, likewise; all when not said."),
	PARAM_RANGE(
		patch_params, strip, P_INT, 0, -1, 16, "-1",
		"Folders taken off the names in a patch, like -p; found by looking for the files when not said, in a mail 1."),
	PARAM_RANGE(patch_params, fuzz, P_INT, 0, 0, 3, NULL,
		    "Lines at the ends of a hunk's context that may differ; each use is noted."),
	PARAM(patch_params, reverse, P_BOOL, 0, "Whether the patches are taken back, last first."),
	PARAM(patch_params, into, P_PATH, 0, "Folder of the tree that the names in the patches start at."),
	{0},
};

/* A patch beside a series. */
static struct source
beside(const struct source *series, const struct series_line *l, struct arena *a)
{
	struct source s = *series;
	const struct file_ref *f = &series->file;

	s.file.rel = arena_printf(a, "%.*s%s", (int)(path_base(f->rel) - f->rel), f->rel, l->patch);
	s.file.shown = arena_printf(a, "%.*s%s", (int)(path_base(f->shown) - f->shown), f->shown, l->patch);
	s.at = (struct place){.file = f->shown, .line = l->line};
	return s;
}

static int
expand_series(struct patch_params *p, const struct str *text, struct arena *a, struct err *err)
{
	struct series_line *lines;
	struct source *v;
	size_t n;

	if (series_parse(p->series.file.shown, str_text(text), text->len, a, &lines, &n, err))
		return -1;
	v = arena_array(a, struct source, p->patches.n + n);
	if (p->patches.n)
		memcpy(v, p->patches.v, p->patches.n * sizeof *v);
	for (size_t i = 0; i < n; i++)
		v[p->patches.n + i] = beside(&p->series, &lines[i], a);
	p->patches.v = v;
	p->patches.n += n;
	p->lines = lines;
	return 0;
}

/* The patches of a series of the project become sources; of one in a result the whole folder does. */
static int
expand(void *params_, struct arena *a, struct err *err)
{
	struct patch_params *p = params_;
	struct str cleanup_str text = {0};
	cleanup_fd int root = -1;

	p->listed = p->patches.n;
	if (p->series.kind == SRC_REF) {
		const char *path = p->series.ref.path;
		const char *base = path_base(path);

		p->series_name = base;
		p->series.ref.path = base > path ? arena_strndup(a, path, (size_t)(base - path) - 1) : "";
		return 0;
	}
	if (p->series.kind != SRC_FILE)
		return 0;
	root = open(p->series.file.root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0 || fs_read_file(root, p->series.file.rel, &text, SERIES_MAX))
		return 0; /* said where every file is looked for */
	return expand_series(p, &text, a, err);
}

static int
check(const void *params_, struct err *err)
{
	const struct patch_params *p = params_;

	if (p->patches.n || p->series.kind != SRC_NONE)
		return 0;
	err_set(err, "E0103", "`patch` names no patch");
	return err_help(err, "list patches, or say series = \"patches/series\"");
}

/* One patch of the list. */
struct item {
	const struct patch_given *given;
	int strip;
	bool reverse;
};

static int
read_text(struct job *job, const struct source *src, struct str *out, struct err *err)
{
	cleanup_fd int fd = job_open(job, src, err);

	if (fd < 0)
		return -1;
	if (fs_read(fd, out, SERIES_MAX))
		return err_sys(err, "E0501", "cannot read the series `%s`", job_source_name(job, src));
	return 0;
}

/* Takes the patches of a series in a result up into the list. */
static int
read_series(struct job *job, struct patch_params *p, struct err *err)
{
	struct arena *a = job_arena(job);
	struct source src = p->series;
	struct str cleanup_str text = {0};
	const char *dir = p->series.ref.path;
	size_t first = p->patches.n;

	src.ref.path = *dir ? arena_printf(a, "%s/%s", dir, p->series_name) : p->series_name;
	src.file.shown = p->series_name;
	if (read_text(job, &src, &text, err))
		return -1;
	p->series.file = (struct file_ref){.root = "", .rel = p->series_name, .shown = p->series_name};
	if (expand_series(p, &text, a, err))
		return -1;
	for (size_t i = first; i < p->patches.n; i++) {
		const char *patch = p->lines[i - first].patch;

		p->patches.v[i].ref.path = *dir ? arena_printf(a, "%s/%s", dir, patch) : patch;
	}
	return 0;
}

static struct item
make_item(const struct patch_params *p, const struct patch_given *g)
{
	const struct series_line *l = g->nth >= p->listed && p->lines ? &p->lines[g->nth - p->listed] : NULL;
	int strip = l ? l->strip : g->number ? 1 : -1;

	return (struct item){g, p->strip >= 0 ? (int)p->strip : strip, p->reverse != (l && l->reverse)};
}

/* The list that is worked through: without what is skipped, and turned round when taken back. */
static int
make_items(struct job *job, const struct patch_params *p, struct item **out, size_t *count, struct err *err)
{
	struct arena *a = job_arena(job);
	bool *skipped = arena_array(a, bool, p->skip.n + 1), *taken = arena_array(a, bool, p->only.n + 1);
	struct patch_given *given;
	const char **names;
	struct item *v;
	size_t all, n = 0;

	if (patches_given(job, &p->patches, p->listed, &given, &all, err))
		return -1;
	names = arena_array(a, const char *, all + 1);
	v = arena_array(a, struct item, all + 1);
	for (size_t i = 0; i < all; i++) {
		names[i] = given[i].name;
		if (chosen(&p->skip, names[i], skipped) || (p->only.n && !chosen(&p->only, names[i], taken)))
			continue;
		v[n++] = make_item(p, &given[i]);
	}
	if (chosen_all(&p->skip, "skip", skipped, names, all, err) ||
	    chosen_all(&p->only, "only", taken, names, all, err))
		return -1;
	if (!n)
		return err_set(err, "E0509", "no patch is left in `patch`: all are skipped");
	*out = arena_array(a, struct item, n);
	for (size_t i = 0; i < n; i++)
		(*out)[i] = v[p->reverse ? n - 1 - i : i];
	*count = n;
	return 0;
}

static int
apply_item(struct job *job, const struct patch_params *p, const struct item *it, struct patch_set *set,
	   struct patch_row *row, struct err *err)
{
	const struct patch_how how = {
		.strip = it->strip, .fuzz = (unsigned)p->fuzz, .reverse = it->reverse, .into = p->into};
	struct arena cleanup_arena a = {0};
	struct str cleanup_str text = {0};
	struct err mine = {0};
	struct patchfile pf;
	struct mail m = {0};

	if (patch_read(job, it->given, &a, &text, &m, &pf, &mine))
		return patch_say_mail(it->given, &m, &mine, err);
	patch_record(job, it->given, &text, &m, row);
	if (patch_set_apply(set, &pf, &how, &mine))
		return patch_say_mail(it->given, &m, &mine, err);
	patch_record_in(job, it->given, pf.n, &set->moves, row);
	return 0;
}

static int
run(struct job *job, const void *params_, struct err *err)
{
	struct patching work;
	struct patch_params p = *(const struct patch_params *)params_;
	struct patch_row *rows;
	struct item *items = NULL;
	size_t n = 0, in = 0;
	int rc;

	if (p.series.kind == SRC_REF && read_series(job, &p, err))
		return -1;
	patching_begin(&work, job);
	rc = make_items(job, &p, &items, &n, err);
	rows = arena_array(job_arena(job), struct patch_row, n + 1);
	for (; !rc && in < n; in += !rc) {
		job_progress(job, in, n);
		rc = apply_item(job, &p, &items[in], &work.set, &rows[in], err);
	}
	if (in)
		patching_log(job, rows, in);
	if (!rc)
		rc = patching_write(&work, err);
	patching_end(&work);
	return rc;
}

const struct prim prim_patch = {
	.name = "patch",
	.doc = "Applies patches to a tree, all or none. Every old line must be there byte by byte; a hunk that moved is "
	       "noted, one that does not fit fails with the nearest lines, and so does a patch that is already applied.",
	.params = params,
	.size = sizeof(struct patch_params),
	.version = 2,
	.flags = PRIM_ON | PRIM_NEEDS_ON,
	.example =
		"tree \"linux-source\" {\n\tuntar { deb / \"usr/src/linux-source-6.12.tar.xz\", strip = 1 },\n"
		"\tpatch { series = \"patches/series\" },\n\tpatch { \"fixes/*.patch\", skip = { \"*-zedbox-*\" } },\n\tpatch { \"mailed/v2.mbox\" },\n}\n",
	.run = run,
	.check = check,
	.expand = expand,
};
