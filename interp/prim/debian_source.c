/* debian_source: a Debian source package, unpacked as `dpkg-source -x` does */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/decompress.h"
#include "data/schema.h"
#include "model/dsc_files.h"
#include "model/job.h"
#include "model/patches.h"
#include "model/patching.h"
#include "model/prim.h"
#include "model/unpack.h"
#include "os/fs.h"

#define CODE "E0412"
#define DIFF_MAX ((size_t)256 << 20)
#define NO_DIFF "E0507"
#define PATCHES "debian/patches/"

struct debian_source_params {
	struct source source;
	struct sources files;
	bool patched;
	const char *vendor;
	int64_t max_size, max_files;
};

static const struct param params[] = {
	PARAM(debian_source_params, source, P_SOURCE, P_OPERAND | P_REQUIRED,
	      "The .dsc: a file of the project, in a result, or a result in which one lies, such as that of `fetch { dsc = … }`. "
	      "What it lists is taken from beside it."),
	PARAM(debian_source_params, files, P_SOURCE, P_LIST | P_GLOB,
	      "Files that it lists and that lie elsewhere, by name."),
	PARAM_DEF(
		debian_source_params, patched, P_BOOL, 0, "true",
		"Whether debian/patches/series is applied; without, `patch { series = … }` can do it with its own choices."),
	PARAM_DEF(debian_source_params, vendor, P_STRING, P_PLAIN, "debian",
		  "Whose series counts: debian/patches/VENDOR.series where there is one, else debian/patches/series."),
	PARAM_RANGE(debian_source_params, max_size, P_SIZE, 0, 1, INT64_MAX, "40G",
		    "Most bytes that all files together may have."),
	PARAM_RANGE(debian_source_params, max_files, P_INT, 0, 1, 100000000, "2000000",
		    "Most entries that may be unpacked."),
	{0},
};

/* What a .dsc of the project lists and nobody named becomes a source of the step. */
static void
add_beside(struct debian_source_params *p, const struct dsc *d, struct arena *a)
{
	struct source *v = arena_array(a, struct source, p->files.n + d->n);
	const struct file_ref *f = &p->source.file;
	size_t n = p->files.n;

	if (n)
		memcpy(v, p->files.v, n * sizeof *v);
	for (size_t i = 0; i < d->n; i++) {
		struct source one = p->source;
		bool named = false;

		for (size_t k = 0; k < p->files.n && !named; k++)
			named = !strcmp(path_base(p->files.v[k].kind == SRC_FILE ? p->files.v[k].file.rel
										 : p->files.v[k].ref.path),
					d->v[i].name);
		one.file.rel = arena_printf(a, "%.*s%s", (int)(path_base(f->rel) - f->rel), f->rel, d->v[i].name);
		one.file.shown =
			arena_printf(a, "%.*s%s", (int)(path_base(f->shown) - f->shown), f->shown, d->v[i].name);
		if (!named)
			v[n++] = one;
	}
	p->files = (struct sources){n, v};
}

static int
expand(void *params_, struct arena *a, struct err *err)
{
	struct debian_source_params *p = params_;
	cleanup_str struct str text = {0};
	cleanup_fd int root = -1;
	struct dsc d;

	if (p->source.kind != SRC_FILE)
		return 0;
	root = open(p->source.file.root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0 || fs_read_file(root, p->source.file.rel, &text, DSC_MAX))
		return 0; /* said where every file is looked for */
	if (dsc_parse(p->source.file.shown, str_text(&text), text.len, a, &d, err))
		return -1;
	add_beside(p, &d, a);
	return 0;
}

/* run */

struct work {
	struct job *job;
	const struct debian_source_params *p;
	struct dsc_given given;
	int64_t newest;
	uint64_t size, files;
	struct err *err;
};

static void
note(void *ctx, const char *line)
{
	job_note(ctx, "%s", line);
}

static int
processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

/* What is left of a bound; 0 would be none. */
static uint64_t
left(int64_t most, uint64_t used)
{
	return (uint64_t)most > used ? (uint64_t)most - used : 1;
}

static int
unpack_as(struct work *w, int fd, const char *name, const char *into, bool one_top, struct unpack_sums *sums)
{
	const struct strings none = {0};
	const struct unpack_opts opts = {.only = &none,
					 .skip = &none,
					 .inner = &none,
					 .strip = one_top,
					 .one_top = one_top,
					 .plain_modes = true,
					 .into = into,
					 .max_size = left(w->p->max_size, w->size),
					 .max_files = left(w->p->max_files, w->files),
					 .ratio = 1000,
					 .threads = processors(),
					 .note = note,
					 .ctx = w->job};
	struct unpack *u = unpack_new(job_layer(w->job), &opts);
	int r = unpack_archive(u, fd, name, w->err);

	if (r == 0)
		r = unpack_end(u, sums, w->err);
	unpack_free(u);
	return r;
}

static int
remove_at(struct work *w, const char *path)
{
	struct layer *l = job_layer(w->job);

	return layer_find(l, path) ? layer_remove(l, path, w->err) : 0;
}

/* All that the layer holds so far, or one folder of it. */
static int
clear(struct work *w, const char *into)
{
	char **names;
	size_t n;
	int r = 0;

	if (*into)
		return remove_at(w, into);
	if (fs_names(layer_dir(job_layer(w->job)), &names, &n))
		return err_sys(w->err, CODE, "cannot read what was unpacked");
	for (size_t i = 0; i < n && !r; i++)
		r = remove_at(w, names[i]);
	fs_names_free(names, n);
	return r;
}

/* An archive whose files all lie in one folder is that folder; any other is what it holds. */
static int
unpack_into(struct work *w, const struct dsc_file *f, const char *into, bool one_top)
{
	cleanup_fd int fd = dsc_open(w->job, &w->given, f, w->err);
	struct unpack_sums sums = {0};

	if (fd < 0 || unpack_as(w, fd, f->name, into, one_top, &sums))
		return -1;
	if (sums.several && (clear(w, into) || unpack_as(w, fd, f->name, into, false, &sums)))
		return -1;
	w->size += sums.bytes;
	w->files += sums.entries;
	if (sums.newest > w->newest)
		w->newest = sums.newest;
	return 0;
}

/* quilt's notes of another tree */
static int
drop_notes(struct work *w)
{
	return remove_at(w, ".pc");
}

static int
apply_diff(struct work *w, const struct dsc_file *f)
{
	cleanup_fd int fd = dsc_open(w->job, &w->given, f, w->err);
	const struct patch_how how = {.strip = 1};
	cleanup_str struct str packed = {0}, text = {0};
	struct patchfile pf;
	struct patching work;
	int r;

	if (fd < 0)
		return -1;
	if (fs_read(fd, &packed, DIFF_MAX))
		return err_sys(w->err, CODE, "cannot read `%s`", f->name);
	if (decompress(str_text(&packed), packed.len, f->name, DIFF_MAX, &text, w->err))
		return -1;
	if (patchfile_parse(f->name, str_text(&text), text.len, job_arena(w->job), &pf, w->err))
		return -1;
	patching_begin(&work, w->job);
	r = patch_set_apply(&work.set, &pf, &how, w->err);
	if (!r)
		r = patching_write(&work, w->err);
	patching_end(&work);
	return r;
}

static int
unpack_file(struct work *w, const struct dsc_file *f)
{
	switch (f->part) {
	case DSC_ORIG: return unpack_into(w, f, "", true) || drop_notes(w) ? -1 : 0;
	case DSC_COMPONENT: return remove_at(w, f->component) || unpack_into(w, f, f->component, true) ? -1 : 0;
	case DSC_DEBIAN: return remove_at(w, "debian") || unpack_into(w, f, "", false) ? -1 : 0;
	case DSC_DIFF: return apply_diff(w, f);
	default: return 0;
	}
}

/* The series */

static int
apply_line(struct work *w, struct patching *work, const struct series_line *l, struct patch_row *row)
{
	struct arena *a = job_arena(w->job);
	const char *path = arena_printf(a, PATCHES "%s", l->patch),
		   *shown = arena_printf(a, "%s:%s", w->given.name, path);
	const struct patch_given g = {.name = l->patch, .shown = shown};
	const struct patch_how how = {.strip = l->strip, .reverse = l->reverse, .lean = true};
	cleanup_str struct str text = {0};
	struct err mine = {0};
	struct patchfile pf;
	struct mail m = {0};

	if (!layer_find(job_layer(w->job), path)) {
		err_set(w->err, CODE, "the series lists `%s`, which is not there", l->patch);
		return err_at(w->err, (struct place){.file = shown});
	}
	if (patching_read(w->job, path, &text, w->err))
		return -1;
	mail_peek(str_text(&text), text.len, a, &m);
	patch_record(w->job, &g, &text, &m, row);
	if (patchfile_parse_lean(shown, m.patch, m.len, a, &pf, &mine)) {
		if (!str_eq(mine.head->code, NO_DIFF))
			return err_move(w->err, &mine), -1;
		err_free(&mine);
		job_note(w->job, "%s: it holds no patch, and changes nothing", l->patch);
		return 0;
	}
	if (pf.left)
		job_note(w->job, "%s: binary files that are only named stay as they are: %zu", l->patch, pf.left);
	if (patch_set_apply(&work->set, &pf, &how, w->err))
		return -1;
	patch_record_in(w->job, &g, pf.n, &work->set.moves, row);
	return 0;
}

static int
apply_lines(struct work *w, const struct series_line *v, size_t n)
{
	struct patch_row *rows = arena_array(job_arena(w->job), struct patch_row, n + 1);
	struct patching work;
	size_t in = 0;
	int r = 0;

	patching_begin(&work, w->job);
	for (; !r && in < n; in += !r) {
		job_progress(w->job, in, n);
		r = apply_line(w, &work, &v[in], &rows[in]);
	}
	if (in)
		patching_log(w->job, rows, in);
	if (!r)
		r = patching_write(&work, w->err);
	patching_end(&work);
	return r;
}

/* Whether the text says anything beside comments. */
static bool
says_something(const char *s)
{
	while (*(s += strspn(s, " \t\r\n")) == '#')
		s += strcspn(s, "\n");
	return *s;
}

static int
apply_series(struct work *w)
{
	struct arena *a = job_arena(w->job);
	const char *path = arena_printf(a, PATCHES "%s.series", w->p->vendor), *shown;
	cleanup_str struct str text = {0};
	struct series_line *v;
	size_t n;

	if (!layer_find(job_layer(w->job), path))
		path = PATCHES "series";
	if (!layer_find(job_layer(w->job), path))
		return 0;
	if (patching_read(w->job, path, &text, w->err))
		return -1;
	if (!says_something(str_text(&text)))
		return 0;
	shown = arena_printf(a, "%s:%s", w->given.name, path);
	if (series_parse(shown, str_text(&text), text.len, a, &v, &n, w->err))
		return -1;
	return apply_lines(w, v, n);
}

/* What builds the package is a program, also where the archive says nothing of it. */
static int
make_rules_run(struct work *w)
{
	const struct entry *e = layer_find(job_layer(w->job), "debian/rules");
	struct entry rules = {.path = "debian/rules", .mode = S_IFREG | 0755};
	cleanup_str struct str text = {0};

	if (!e || !S_ISREG(e->mode) || (e->mode & 0111) == 0111)
		return 0;
	if (patching_read(w->job, rules.path, &text, w->err))
		return -1;
	return layer_put(job_layer(w->job), &rules, str_text(&text), text.len, w->err);
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct debian_source_params *p = arg;
	struct work w = {.job = job, .p = p, .given = {.dsc = p->source, .more = p->files}, .err = err};
	const struct dsc *d = &w.given.d;

	if (dsc_read(job, &w.given, err))
		return -1;
	job_record(job, arena_printf(job_arena(job), "package:%s", d->source), d->version);
	for (size_t i = 0; i < d->n; i++)
		if (unpack_file(&w, &d->v[i]))
			return -1;
	if (d->format == DSC_QUILT && p->patched && apply_series(&w))
		return -1;
	if (make_rules_run(&w))
		return -1;
	if (w.newest > 0)
		job_record(job, "epoch", arena_printf(job_arena(job), "%lld", (long long)w.newest));
	return 0;
}

const struct prim prim_debian_source = {
	.name = "debian_source",
	.doc = "Unpacks a Debian source package: the release, its components, the folder debian, and the patches of debian/patches "
	       "in their series, all or none. Formats 3.0 (quilt), 3.0 (native) and 1.0. Every file that the .dsc lists is compared with its "
	       "size and SHA-256 before it is opened. The tree is that of `dpkg-source -x`, without the notes that quilt keeps in `.pc`. The "
	       "signature of the .dsc is not proved: what pins the package is the hash in the recipe or the lock.",
	.params = params,
	.size = sizeof(struct debian_source_params),
	.version = 2,
	.example = "local hello = debian_source \"hello\" { fetch { dsc = \"hello\" } }\n"
		   "local ours = debian_source { \"vendor/ours_1.0-1.dsc\" }\n",
	.run = run,
	.expand = expand,
};
