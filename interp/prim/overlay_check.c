/* overlay_check: whether overlays are whole and apply to the device tree they are for */
#include "base/err.h"
#include "base/str.h"
#include "data/blobcheck.h"
#include "data/overlaid.h"
#include "data/overlay.h"
#include "data/together.h"
#include "model/job.h"
#include "model/prim.h"
#include "model/viewed.h"

struct overlay_check_params {
	struct sources overlays;
	struct source base;
	bool together, any_board, new_libfdt;
};

static const struct param params[] = {
	PARAM(overlay_check_params, overlays, P_SOURCE, P_OPERAND | P_LIST | P_GLOB | P_REQUIRED,
	      "The overlays, one file each."),
	PARAM(overlay_check_params, base, P_SOURCE, P_REQUIRED, "The device tree that each of them must apply to."),
	PARAM(overlay_check_params, together, P_BOOL, 0,
	      "Whether the base gets all of them, one upon the other in this order, as by a loader: then no two may write one "
	      "property with different values, of which the last would win in silence."),
	PARAM(overlay_check_params, any_board, P_BOOL, 0,
	      "Whether an overlay may say by its `compatible` that it is for other boards than the base is, as all of "
	      "Raspberry Pi's do."),
	PARAM(overlay_check_params, new_libfdt, P_BOOL, 0,
	      "Whether what loads the overlays has libfdt 1.7.1 or later, which leaves the phandle of a node whose fragment has "
	      "a label as it is."),
	{0},
};

static void
asked(const void *arg, struct str *out)
{
	const struct overlay_check_params *p = arg;

	str_addf(out, "%zu overlay%s for the base%s", p->overlays.n, p->overlays.n == 1 ? "" : "s",
		 p->together ? ", together" : "");
}

/* All that a check looks at, until its end: the overlays, then the base. */
struct looking {
	struct job *job;
	const struct overlay_check_params *p;
	struct view *views;
	struct str *texts;
	struct dtb_blob *blobs;
};

static const struct source *
source_of(const struct overlay_check_params *p, size_t i)
{
	return i < p->overlays.n ? &p->overlays.v[i] : &p->base;
}

static int
read_one(const struct looking *l, size_t i, struct err *err)
{
	const struct source *src = source_of(l->p, i);
	const struct view_file *f = NULL;

	if (viewed_file(l->job, src, &l->views[i], &f, err) || blob_read(&l->views[i], f, &l->texts[i], err))
		return err_at_all(err, src->at);
	l->blobs[i] = (struct dtb_blob){
		.shown = f->path, .p = l->texts[i].s, .n = l->texts[i].len, .new_libfdt = l->p->new_libfdt};
	return 0;
}

/* One by itself; on the base, unless what comes before it may be what it needs. */
static int
check_one(const struct looking *l, size_t i, struct err *err)
{
	const struct dtb_blob *base = &l->blobs[l->p->overlays.n], *o = &l->blobs[i];
	cleanup_str struct str got = {0};
	int r;

	if (!o->p)
		return -1;
	r = blob_overlay(o, l->p->together ? NULL : base, l->p->any_board, &got, err);
	if (!r && l->p->together && !l->p->any_board)
		r = overlay_board_check(o, base, err);
	if (r)
		return err_at_all(err, l->p->overlays.v[i].at);
	job_note(l->job, "%s", str_text(&got));
	return 0;
}

static void
place_overlay(void *ctx, size_t i, struct err *err)
{
	const struct looking *l = ctx;

	err_at_all(err, l->p->overlays.v[i].at);
}

static int
check_all(struct looking *l, struct err *err)
{
	size_t n = l->p->overlays.n;
	int bad = 0;

	if (read_one(l, n, err))
		return -1;
	for (size_t i = 0; i < n; i++)
		bad |= read_one(l, i, err);
	for (size_t i = 0; i < n; i++)
		bad |= check_one(l, i, err);
	if (bad || !l->p->together)
		return bad ? -1 : 0;
	return together_check(l->blobs, n, &l->blobs[n], place_overlay, l, err);
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct overlay_check_params *p = arg;
	size_t n = p->overlays.n + 1;
	struct arena *a = job_arena(job);
	struct looking l = {job, p, arena_array(a, struct view, n), arena_array(a, struct str, n),
			    arena_array(a, struct dtb_blob, n)};
	int r = check_all(&l, err);

	for (size_t i = 0; i < n; i++) {
		view_free(&l.views[i]);
		str_free(&l.texts[i]);
	}
	return r;
}

const struct prim prim_overlay_check = {
	.name = "overlay_check",
	.doc = "Checks overlays that are compiled already: each is an overlay, holds something, every label it needs is in the base, it is for "
	       "that board, and what it does to the base is what its author can have meant: no phandle or label of the base becomes another, and `reg` "
	       "fits the bus. "
	       "`dtbo_compile` does the same for those that it makes.",
	.params = params,
	.size = sizeof(struct overlay_check_params),
	.version = 3, /* 2: nothing of what an overlay does to its base */
	.flags = PRIM_CHECK,
	.example = "overlay_check \"camera\" { dt.dtbs / \"camera.dtbo\", base = dt.dtbs / \"board.dtb\" }\n",
	.run = run,
	.asked = asked,
};
