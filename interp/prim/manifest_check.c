/* manifest_check: whether what is there is what the build's manifest says was built */
#include "base/str.h"
#include "data/outputs.h"
#include "model/job.h"
#include "model/prim.h"
#include "model/viewed.h"

struct manifest_check_params {
	struct source source;
	const char *folder;
	const char *path;
};

static const struct param params[] = {
	PARAM(manifest_check_params, source, P_SOURCE, P_OPERAND,
	      "What is delivered, with the manifest in it. Inside a tree: the steps before it."),
	PARAM(manifest_check_params, folder, P_PATH, 0,
	      "The folder in it that is looked at; paths count from there. All of it unless told."),
	PARAM_DEF(manifest_check_params, path, P_PATH, 0, "BUILD_MANIFEST.json", "The manifest in it."),
	{0},
};

static void
asked(const void *arg, struct str *out)
{
	const struct manifest_check_params *p = arg;

	str_addf(out, "files as %s says", p->path);
}

static int
run(struct job *job, const void *arg, struct err *err)
{
	const struct manifest_check_params *p = arg;

	return viewed_check(job, &p->source, p->folder, outputs_check, p->path, err);
}

const struct prim prim_manifest_check = {
	.name = "manifest_check",
	.doc = "Checks that each file which a manifest lists as delivered is there with the bytes that it was built with, wherever it lies.",
	.params = params,
	.size = sizeof(struct manifest_check_params),
	.version = 1,
	.flags = PRIM_CHECK | PRIM_ON | PRIM_LOOKS,
	.example = "manifest_check \"delivered\" { image, path = \"rootfs/etc/jetson-av-build.json\" }\n",
	.run = run,
	.asked = asked,
};
