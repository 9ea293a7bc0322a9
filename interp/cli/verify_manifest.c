/* BUILD_MANIFEST.json against the files beside it. */
#include <string.h>

#include "base/err.h"
#include "cli/verify.h"
#include "data/outputs.h"

/* A file of these bytes anywhere: where a bundle puts an output is its own affair. */
static bool
holds(const struct contents *c, const struct hash *h)
{
	for (size_t i = 0; i < c->n; i++)
		if (!hash_cmp(&c->v[i].hash, h))
			return true;
	return false;
}

static void
check_output(struct verify *v, const struct content *manifest, const struct output *o)
{
	const struct content *there;

	if (holds(&v->bundle, &o->hash)) {
		v->drift.equal++;
		return;
	}
	there = contents_tail(&v->bundle, o->path);
	drift_add(&v->drift, there ? there->path : o->path, there ? "differs" : "missing", manifest->path,
		  there ? "was built with other bytes" : "was built, and is not in the bundle");
}

int
verify_manifest(struct verify *v, const struct content *manifest, struct err *err)
{
	cleanup_arena struct arena a = {0};
	size_t first = v->drift.n;
	struct outputs all;

	if (outputs_parse(manifest->text, manifest->ntext, manifest->path, &a, &all, err))
		return -1;
	v->manifests++;
	for (size_t i = 0; i < all.n; i++)
		check_output(v, manifest, &all.v[i]);
	return drift_tell(&v->drift, first, "E1202", "of the manifest", "in the bundle as built", err);
}
