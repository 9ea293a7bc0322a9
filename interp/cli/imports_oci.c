/* Imports from a registry: what its mirror in the store has of the artifact, and what is still to come. */
#include <fcntl.h>
#include <string.h>

#include "base/str.h"
#include "cli/artifact.h"
#include "cli/imports_own.h"
#include "os/fs.h"

#define BYTES_MAX ((uint64_t)4 << 30) /* no recipes are larger, as of a commit (cli/content.c) */

static struct artifact
artifact_of(struct session *s, const struct import *m, int dir)
{
	return (struct artifact){.registry = {.ref = &m->at.oci, .arena = &s->arena},
				 .dir = dir,
				 .root = s->recipe->root,
				 .offline = s->cli->offline,
				 .quiet = s->cli->quiet};
}

int
imports_oci_resolve(struct session *s, struct import *m, struct err *err)
{
	struct oci_registry r = {.ref = &m->at.oci, .arena = &s->arena};

	return artifact_resolve(&r, m->at.ref, &m->commit, err);
}

int
imports_oci_texts(struct session *s, const struct import *m, int dir, struct content_texts *out, struct err *err)
{
	struct artifact a = artifact_of(s, m, dir);

	if (artifact_open(&a, m->commit, err))
		return -1;
	artifact_texts(&a, out);
	return 0;
}

int
imports_oci_lay_out(struct session *s, const struct import *m, int dir, int to, struct err *err)
{
	struct artifact a = artifact_of(s, m, dir);

	return artifact_open(&a, m->commit, err) || artifact_lay_out(&a, to, BYTES_MAX, err) ? -1 : 0;
}

const char *
imports_oci_revision(struct session *s, const struct import *m, int dir)
{
	struct artifact a = artifact_of(s, m, dir);
	struct err unsaid = {0};
	int r = artifact_open(&a, m->commit, &unsaid);

	err_free(&unsaid);
	return r ? NULL : a.manifest.revision;
}

static int
each_blob(struct artifact *a, imports_blob_fn fn, void *ctx, struct err *err)
{
	struct hash manifest;
	int r = hash_parse(&manifest, a->digest + strlen(OCI_DIGEST));

	r = r ? -1 : fn(ctx, artifact_blob_path(a, &manifest), err);
	r = r ? -1 : fn(ctx, artifact_blob_path(a, &a->manifest.config.hash), err);
	for (size_t i = 0; !r && i < a->manifest.n; i++)
		r = fn(ctx, artifact_blob_path(a, &a->manifest.layers[i].hash), err);
	return r;
}

int
imports_oci_blobs(struct session *s, const struct import *m, int dir, imports_blob_fn fn, void *ctx, struct err *err)
{
	struct artifact a = artifact_of(s, m, dir);

	return artifact_open(&a, m->commit, err) || each_blob(&a, fn, ctx, err) ? -1 : 0;
}

/* `use "oci://host/team/camera:v2"` is camera.lua there, or recipes/camera.lua. */
const char *
imports_oci_main(const struct import *m, struct arena *a)
{
	cleanup_fd int dir = open(m->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *name = arena_printf(a, "%s.lua", path_base(m->at.oci.name));
	const char *inner = arena_printf(a, "recipes/%s", name);

	return dir >= 0 && !fs_exists(dir, name) && fs_exists(dir, inner) ? inner : name;
}
