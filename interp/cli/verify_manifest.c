/* BUILD_MANIFEST.json against the files beside it. */
#include <string.h>

#include "base/err.h"
#include "cli/verify.h"
#include "data/json.h"
#include "data/value.h"

enum { MANIFEST_MAX = 16 << 20 };

/* A file of these bytes anywhere: where a bundle puts an output is its own affair. */
static bool
holds(const struct contents *c, const struct hash *h)
{
	for (size_t i = 0; i < c->n; i++)
		if (!hash_cmp(&c->v[i].hash, h))
			return true;
	return false;
}

static const char *
string_of(const struct value *table, const char *key)
{
	const struct value *v = table->type == V_TABLE ? value_field(table, key) : NULL;

	return v && v->type == V_STRING ? v->str.s : NULL;
}

static int
check_output(struct verify *v, const struct content *manifest, const struct value *output, struct err *err)
{
	const char *path = string_of(output, "path");
	const char *hex = string_of(output, "sha256");
	const struct content *there;
	struct hash h;

	if (!path || !hex || hash_parse(&h, hex))
		return err_set(err, "E1205", "an output in `%s` has no path or no sha256", manifest->path);
	if (holds(&v->bundle, &h)) {
		v->drift.equal++;
		return 0;
	}
	there = contents_tail(&v->bundle, path);
	drift_add(&v->drift, there ? there->path : path, there ? "differs" : "missing", manifest->path,
		  there ? "was built with other bytes" : "was built, and is not in the bundle");
	return 0;
}

int
verify_manifest(struct verify *v, const struct content *manifest, struct err *err)
{
	cleanup_arena struct arena a = {0};
	size_t first = v->drift.n;
	const struct value *outputs;
	struct value j;

	if (json_parse(manifest->text, manifest->ntext, MANIFEST_MAX, manifest->path, &a, &j, err))
		return -1;
	outputs = j.type == V_TABLE ? value_field(&j, "outputs") : NULL;
	if (!outputs || outputs->type != V_TABLE)
		return err_set(err, "E1205", "`%s` lists no outputs", manifest->path);
	v->manifests++;
	for (size_t i = 0; i < outputs->table.nitems; i++)
		if (check_output(v, manifest, &outputs->table.items[i], err))
			return -1;
	return drift_tell(&v->drift, first, "E1202", "of the manifest are not in the bundle as they were built", err);
}
