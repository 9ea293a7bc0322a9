/* overlay_check: whether overlays are whole and apply to the device tree they are for */
#include "base/err.h"
#include "base/str.h"
#include "data/blobcheck.h"
#include "model/job.h"
#include "model/prim.h"
#include "model/viewed.h"

struct overlay_check_params {
	struct sources overlays;
	struct source base;
};

static const struct param params[] = {
	PARAM(overlay_check_params, overlays, P_SOURCE, P_OPERAND | P_LIST | P_GLOB | P_REQUIRED,
	      "The overlays, one file each."),
	PARAM(overlay_check_params, base, P_SOURCE, P_REQUIRED, "The device tree that each of them must apply to."),
	{0},
};

static void
asked(const void *arg, struct str *out)
{
	const struct overlay_check_params *p = arg;

	str_addf(out, "%zu overlay%s for the base", p->overlays.n, p->overlays.n == 1 ? "" : "s");
}

static int
check_one(struct job *job, const struct overlay_check_params *p, const struct source *src, struct err *err)
{
	const struct view_file *overlay = NULL, *base = NULL;
	struct view views[2] = {{.n = 0}, {.n = 0}};
	cleanup_str struct str got = {0};
	int r = viewed_file(job, src, &views[0], &overlay, err);

	if (!r)
		r = viewed_file(job, &p->base, &views[1], &base, err);
	if (!r)
		r = blob_overlay(&views[0], overlay, &views[1], base, &got, err);
	if (r)
		err_at_all(err, src->at);
	else
		job_note(job, "%s", str_text(&got));
	view_free(&views[0]);
	view_free(&views[1]);
	return r;
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct overlay_check_params *p = arg;
	int bad = 0;

	for (size_t i = 0; i < p->overlays.n; i++)
		bad |= check_one(job, p, &p->overlays.v[i], err);
	return bad ? -1 : 0;
}

const struct prim prim_overlay_check = {
	.name = "overlay_check",
	.doc = "Checks overlays that are compiled already: each is an overlay, holds something, and every label it needs is in the base. "
	       "`dtbo_compile` does the same for those that it makes.",
	.params = params,
	.size = sizeof(struct overlay_check_params),
	.version = 2, /* 1: nothing of `compatible` */
	.flags = PRIM_CHECK,
	.example = "overlay_check \"camera\" { dt.dtbs / \"camera.dtbo\", base = dt.dtbs / \"board.dtb\" }\n",
	.run = run,
	.asked = asked,
};
