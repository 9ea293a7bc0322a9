/* dtbo_compile: a device tree overlay, or a base, from its source; applied to every base it is for */
#include <ctype.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/dtlint.h"
#include "data/dts.h"
#include "data/fdt.h"
#include "data/overlaid.h"
#include "data/overlay.h"
#include "data/schema.h"
#include "model/dtc.h"
#include "model/job.h"
#include "model/prim.h"
#include "os/fs.h"

#define MAX_BLOB ((size_t)64 << 20)

struct dtbo_compile_params {
	struct source source;
	struct sources include;
	struct pairs defines;
	struct sources apply_to;
	struct source toolchain;
	bool symbols, any_board, new_libfdt;
	const char *name, *merged;
	struct strings warnings;
};

static const struct param params[] = {
	PARAM(dtbo_compile_params, source, P_SOURCE, P_OPERAND | P_REQUIRED,
	      "The main source file: .dtso, .dts or .dtsi."),
	PARAM(dtbo_compile_params, toolchain, P_STEP, P_REQUIRED, "The image that holds cpp and dtc."),
	PARAM(dtbo_compile_params, include, P_SOURCE, P_LIST,
	      "Folders for #include and /incbin/, searched in this order; nothing else is visible, not the source's own folder either."),
	PARAM(dtbo_compile_params, defines, P_MAP, 0, "Macros for the preprocessor."),
	PARAM(dtbo_compile_params, apply_to, P_SOURCE, P_LIST,
	      "Base device trees (.dtb files, or results that hold some) that the overlay must apply to."),
	PARAM(dtbo_compile_params, any_board, P_BOOL, 0,
	      "Whether the overlay may say by its `compatible` that it is for other boards than those of `apply_to`, as all of "
	      "Raspberry Pi's do."),
	PARAM(dtbo_compile_params, new_libfdt, P_BOOL, 0,
	      "Whether what loads the overlay has libfdt 1.7.1 or later, as in `overlay_check`; what makes `merged` has not."),
	PARAM_DEF(dtbo_compile_params, symbols, P_BOOL, 0, "false",
		  "Whether the blob keeps its labels (dtc -@); a base needs that before overlays can use them."),
	PARAM(dtbo_compile_params, name, P_PATH, 0,
	      "The result's file; by default the source's name with .dtbo, or .dtb where it is no overlay."),
	PARAM(dtbo_compile_params, merged, P_PATH, 0,
	      "A second file of the result: the one base of `apply_to` with this overlay applied."),
	PARAM(dtbo_compile_params, warnings, P_STRING, P_LIST | P_PLAIN,
	      "Options -W and -E for dtc, after jkr's own: wrong #address-cells and #size-cells are errors, in a base also lengths of reg and ranges."),
	{0},
};

/* The bases, each read into memory of the job. */
struct bases {
	struct dtb_blob *v;
	size_t n, cap;
};

static int
add_base(struct job *job, struct bases *b, const char *shown, int fd, struct err *err)
{
	cleanup_str struct str text = {0};
	struct dtb_blob *base;

	if (fd < 0)
		return -1;
	if (fs_read(fd, &text, MAX_BLOB))
		return err_sys(err, "E0602", "cannot read `%s`", shown);
	if (dtb_check(str_text(&text), text.len, shown, err) || dtlint(text.s, shown, err))
		return -1;
	GROW(b->v, b->n, b->cap);
	base = &b->v[b->n++];
	*base = (struct dtb_blob){.shown = shown, .p = arena_memdup(job_arena(job), text.s, text.len), .n = text.len};
	return 0;
}

/* A base of a project, or every .dtb of a result (or of a folder of it). */
static int
add_bases(struct job *job, struct bases *b, const struct source *src, struct err *err)
{
	size_t n, first, before = b->n;
	const struct entry *e = NULL;
	const struct tree *t;
	cleanup_fd int one = -1;

	if (src->kind == SRC_FILE) {
		one = job_open(job, src, err);
		return add_base(job, b, src->file.shown, one, err);
	}
	t = job_tree(job, src, err);
	if (!t)
		return -1;
	if (*src->ref.path)
		e = tree_resolve(t, src->ref.path);
	if (*src->ref.path && (!e || !S_ISDIR(e->mode))) {
		one = job_open(job, src, err);
		return add_base(job, b, src->ref.path, one, err);
	}
	first = tree_range(t, e ? e->path : "", &n);
	for (size_t i = first; i < first + n; i++) {
		cleanup_fd int fd = -1;

		if (!S_ISREG(t->v[i].mode) || !str_ends(t->v[i].path, ".dtb"))
			continue;
		fd = tree_open(t, t->v[i].path, err);
		if (add_base(job, b, t->v[i].path, fd, err))
			return -1;
	}
	if (b->n > before)
		return 0;
	err_set(err, "E0610", "apply_to names a result that holds no .dtb file");
	return err_help(err, "an overlay that is tried on nothing proves nothing");
}

struct where {
	struct job *job;
	const struct dtc_result *compiled;
};

static const char *
where(void *ctx, const char *reference)
{
	const struct where *w = ctx;

	return dts_where(w->compiled->expanded.s, reference, job_arena(w->job));
}

static int
put(struct job *job, const char *path, const void *p, size_t n, struct err *err)
{
	const struct entry e = {.path = path, .mode = S_IFREG | 0644};

	return layer_put(job_layer(job), &e, p, n, err);
}

/* "hello.dtso" to "hello.dtbo". */
static const char *
result_name(struct job *job, const struct dtbo_compile_params *p, bool plugin)
{
	const char *base, *dot;

	if (p->name)
		return p->name;
	base = job_source_name(job, &p->source);
	dot = strrchr(base, '.');
	return arena_printf(job_arena(job), "%.*s%s", (int)(dot ? dot - base : (long)strlen(base)), base,
			    plugin ? ".dtbo" : ".dtb");
}

static int
no_overlay(const struct dtbo_compile_params *p, const struct dtc_result *c, struct err *err)
{
	err_set(err, "E0610", "`%s` has no /plugin/, so it is a whole device tree and cannot be applied to another",
		c->shown);
	err_at(err, p->source.at);
	return err_help(err, "write `/plugin/;` after `/dts-v1/;`, or drop apply_to");
}

static int
try_on_bases(struct job *job, const struct dtbo_compile_params *p, const struct dtc_result *c, const char *name,
	     struct bases *b, struct err *err)
{
	const struct dtb_blob overlay = {
		.shown = name, .p = c->blob.s, .n = c->blob.len, .new_libfdt = p->new_libfdt && !p->merged};
	struct where w = {job, c};
	cleanup_str struct str merged = {0};

	for (size_t i = 0; i < p->apply_to.n; i++)
		if (add_bases(job, b, &p->apply_to.v[i], err))
			return err_at_all(err, p->apply_to.v[i].at);
	if (overlay_check(&overlay, b->v, b->n, where, &w, err))
		return err_at_all(err, p->source.at);
	for (size_t i = 0; !p->any_board && i < b->n; i++)
		if (overlay_board_check(&overlay, &b->v[i], err))
			return err_at_all(err, p->source.at);
	if (b->n)
		job_note(job, "%s applies to %zu base%s", name, b->n, b->n == 1 ? "" : "s");
	if (!p->merged)
		return 0;
	if (b->n != 1)
		return err_set(err, "E0610", "merged needs one base, but apply_to gives %zu", b->n);
	if (dtb_apply(b->v[0].p, b->v[0].n, b->v[0].shown, overlay.p, overlay.n, name, &merged, err))
		return -1;
	return put(job, p->merged, merged.s, merged.len, err);
}

/* All of it lay behind a macro that nobody defined. */
static int
changes_nothing(const struct dtc_result *c, const char *name, struct err *err)
{
	cleanup_arena struct arena a = {0};
	struct dtb_reference *v;
	size_t n;

	if (dtb_references(c->blob.s, name, &a, &v, &n, err))
		return -1;
	if (n)
		return 0;
	err_set(err, "E1307", "overlay `%s` changes nothing: it refers to no node of a base", name);
	return err_help(err, "where an `#if` holds all of it, give its macro in `defines`");
}

static int
finish(struct job *job, const struct dtbo_compile_params *p, const struct dtc_result *c, struct err *err)
{
	const char *name = result_name(job, p, c->plugin);
	struct bases b = {0};
	int r;

	if (dtb_check(str_text(&c->blob), c->blob.len, name, err) || dtlint(c->blob.s, name, err) ||
	    (c->plugin && changes_nothing(c, name, err)))
		return err_at_all(err, p->source.at);
	if (p->apply_to.n && !c->plugin)
		return no_overlay(p, c, err);
	r = try_on_bases(job, p, c, name, &b, err);
	free(b.v);
	return r ? -1 : put(job, name, c->blob.s, c->blob.len, err);
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct dtbo_compile_params *p = arg;
	struct dtc_request rq = {.main = &p->source,
				 .include = &p->include,
				 .defines = &p->defines,
				 .warnings = &p->warnings,
				 .symbols = p->symbols};
	struct dtc_result c = {0};
	int r;

	rq.image = job_tree(job, &p->toolchain, err);
	if (!rq.image)
		return -1;
	r = dtc_compile(job, &rq, &c, err);
	if (r)
		err_at_all(err, p->source.at);
	else
		r = finish(job, p, &c, err);
	dtc_result_free(&c);
	return r;
}

static int
check_words(const struct dtbo_compile_params *p, struct err *err)
{
	for (size_t i = 0; i < p->warnings.n; i++) {
		const char *w = p->warnings.v[i];

		if ((str_starts(w, "-W") || str_starts(w, "-E")) && w[2] &&
		    strspn(w + 2, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(w + 2))
			continue;
		err_set(err, "E0610", "`%s` is no warning option of dtc", w);
		err_help(err, "write \"-Wno-reg_format\" to silence a check, \"-Ereg_format\" to make it an error");
		err_at(err, p->warnings.at[i]);
	}
	for (size_t i = 0; i < p->defines.n; i++) {
		const char *k = p->defines.v[i].key;
		size_t n = 0;

		while (isalnum((unsigned char)k[n]) || k[n] == '_')
			n++;
		if (n && !k[n] && !isdigit((unsigned char)*k))
			continue;
		err_set(err, "E0610", "`%s` is no name of a macro", k);
		err_at(err, p->defines.v[i].at);
	}
	return err_any(err) ? -1 : 0;
}

static int
check(const void *arg, struct err *err)
{
	const struct dtbo_compile_params *p = arg;

	if (p->merged && !p->apply_to.n) {
		err_set(err, "E0610", "merged is given, but not the base to merge with");
		err_field(err, "merged");
		err_label(err, "needs `apply_to`");
		return err_help(err, "name the base in apply_to");
	}
	if (p->merged && p->name && !strcmp(p->merged, p->name)) {
		err_set(err, "E0610", "name and merged are both `%s`", p->name);
		return err_field(err, "merged");
	}
	return check_words(p, err);
}

const struct prim prim_dtbo_compile = {
	.name = "dtbo_compile",
	.doc = "Compiles a device tree overlay (or a base) with cpp and dtc, and applies an overlay to every base it is meant "
	       "for. A label that a base lacks, a base without symbols, another board's `compatible`, a reference by path, a phandle or label of "
	       "the base that would become another, and `reg` that does not fit the bus are errors, so an overlay that compiles is one that "
	       "loads.",
	.params = params,
	.size = sizeof(struct dtbo_compile_params),
	.version = 2, /* 1: nothing of what an overlay does to its base */
	.flags = PRIM_CONTAINER,
	.example = "dtbo_compile \"hello-node\" { \"qemu-arm64-rt/hello.dtso\", toolchain = gcc, apply_to = base }",
	.run = run,
	.check = check,
};
