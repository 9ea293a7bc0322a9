/* Exports: all that comes from elsewhere comes into a store that is thrown away, so that nothing is forgotten. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/build.h"
#include "cli/doctor.h"
#include "cli/imports.h"
#include "cli/inputs.h"
#include "cli/sources.h"
#include "data/git_pack.h"
#include "os/fs.h"
#include "store/mirror.h"

#define BY_HASH "downloads/by-hash"

/* -- what comes ---------------------------------------------------------------------------------------------------- */
static size_t
inputs_of(struct session *s, const char ***names)
{
	const struct recipe *r = s->recipe;
	size_t n = 0;

	*names = arena_array(&s->arena, const char *, r->nsteps + 1);
	for (size_t i = 0; i < r->nsteps; i++) {
		if (!(r->steps[i].prim->flags & PRIM_NETWORK))
			continue;
		(*names)[n++] = r->steps[i].name;
	}
	return n;
}

/* -1, or how many images of packages are among it. */
static int
fetch_all(struct session *s, int *interrupted, struct err *err)
{
	const char **names;
	size_t n = inputs_of(s, &names), noted;

	if (session_open_project(s, err) < 0 || sources_check_images(s, err) < 0 || inputs_lock(s, &noted, err) < 0 ||
	    lock_write(&s->lock, s->project, "jkr.lock", err) < 0)
		return -1;
	if (!n)
		return 0;
	if (session_plan(s, names, n, true, err) < 0 || build_plan(s, &s->plan, interrupted, err) < 0)
		return -1;
	return sources_pin_images(s, err);
}

/* -- what came
 * --------------------------------------------------------------------------------------------------------- */
static int
add_files(struct sources_out *o, struct session *s, struct err *err)
{
	cleanup_fd int dir = open(s->keep, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char **names = NULL;
	size_t n = 0;
	int r = dir < 0 || fs_names(dir, &names, &n) ? err_sys(err, "E0923", "cannot read what came") : 0;

	for (size_t i = 0; !r && i < n; i++)
		if (strlen(names[i]) == HASH_HEX - 1)
			r = sources_add(o, arena_printf(&o->arena, BY_HASH "/sha256/%s", names[i]),
					arena_strdup(&o->arena, s->keep), arena_strdup(&o->arena, names[i]), err);
	if (names)
		fs_names_free(names, n);
	return r;
}

/* A commit as a pack, of the mirror that it came into. */
static int
add_commit(struct sources_out *o, struct session *s, const char *url, const char *commit, struct err *err)
{
	const char *name = arena_printf(&o->arena, "%s.pack", commit);
	const char *to = arena_printf(&o->arena, "%s/%s", s->keep, name);
	struct mirror mirror = {.dir = -1, .lock = -1};
	cleanup_fd int fd = open(to, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	int r = fd < 0 ? err_sys(err, "E0923", "cannot write `%s`", to)
		       : store_mirror(s->store, url, true, &mirror, err);

	if (!r)
		r = git_pack_write(mirror.dir, GIT_MIRROR, commit, fd, err);
	store_mirror_close(&mirror);
	return r ? -1 : sources_add(o, arena_printf(&o->arena, BY_HASH "/git/%s", name), s->keep, name, err);
}

struct adding_blobs {
	struct sources_out *o;
	const char *root; /* of the mirror */
};

static int
add_blob(void *ctx, const char *path, struct err *err)
{
	struct adding_blobs *a = ctx;

	return sources_add(a->o, arena_printf(&a->o->arena, BY_HASH "/sha256/%s", path_base(path)), a->root,
			   arena_strdup(&a->o->arena, path), err);
}

/* An artifact of a registry as its blobs, of the mirror that they came into. */
static int
add_artifact(struct sources_out *o, struct session *s, const struct import *m, struct err *err)
{
	struct mirror mirror = {.dir = -1, .lock = -1};
	int r = store_mirror(s->store, m->at.url, true, &mirror, err);
	char hex[HASH_HEX];
	struct adding_blobs a = {
		o, arena_printf(&o->arena, "%s/mirrors/%s", store_path(s->store), hash_hex(&mirror.id, hex))};

	if (!r)
		r = imports_oci_blobs(s, m, mirror.dir, add_blob, &a, err);
	store_mirror_close(&mirror);
	return r ? -1 : 0;
}

static const char *
address_of(const struct step *step)
{
	for (const struct param *p = step->prim->params; p->name; p++)
		if (p->flags & P_ADDRESS)
			return *(const char *const *)((const char *)step->bound + p->offset);
	return NULL;
}

static int
add_commits(struct sources_out *o, struct session *s, struct err *err)
{
	for (size_t i = 0; i < s->imports.n; i++) {
		const struct import *m = s->imports.v[i].value;

		if (use_address_is_oci(&m->at) ? add_artifact(o, s, m, err)
					       : add_commit(o, s, m->at.url, m->commit, err))
			return -1;
	}
	for (size_t i = 0; i < s->recipe->nsteps; i++) {
		const struct step *step = &s->recipe->steps[i];
		const char *commit = step_text(step, "commit");

		if (strcmp(step->prim->name, "git_checkout") != 0)
			continue;
		if (!commit)
			commit = s->plan.v[i].pin;
		if (commit && add_commit(o, s, address_of(step), commit, err))
			return -1;
	}
	return 0;
}

/* -- all of it
 * ----------------------------------------------------------------------------------------------------------- */
static const char *
rel_of(const char *path, const char *root)
{
	size_t n = strlen(root);

	return !strncmp(path, root, n) && path[n] == '/' ? path + n + 1 : path_base(path);
}

static int
collect(struct session *s, struct err *err)
{
	const char *base = path_base(s->recipe->path);
	const char *name = arena_strndup(&s->arena, base, strlen(base) - (str_ends(base, ".lua") ? 4 : 0));
	const char *to = s->cli->output ? s->cli->output : arena_printf(&s->arena, "%s-sources.tar.zst", name);
	struct sources_out o = {0};
	int r = sources_of_project(&o, s, err);

	if (!r)
		r = add_files(&o, s, err) || add_commits(&o, s, err) ? -1 : 0;
	if (!r)
		r = sources_write(&o, name, rel_of(s->recipe->path, s->recipe->root), to, err);
	if (!r && !s->cli->quiet)
		printf("%s: %zu files and folders; `jkr import` unpacks it\n", to, o.n);
	sources_free(&o);
	return r;
}

static int
export_from(struct cli *cli, const char *folder, const char *keep, int *interrupted, struct err *err)
{
	cleanup_free char *scratch = xasprintf("%s/store", folder);
	const char *store = cli->store;
	struct session s;
	int r, images = 0;

	cli->store = scratch;
	r = session_load(&s, cli, cli->argv[0], err);
	s.keep = keep;
	if (!r)
		images = fetch_all(&s, interrupted, err);
	if (!r)
		r = images < 0 ? -1 : collect(&s, err);
	session_close(&s);
	cli->store = store;
	return r || !images ? r : sources_settle_images(cli, keep, interrupted, err);
}

int
sources_export(struct cli *cli, int *interrupted, struct err *err)
{
	struct store *st = store_open(cli->store, true, err);
	cleanup_fd int in = -1;
	char tmp[64] = "";
	int r = -1;

	if (!st)
		return -1;
	in = store_tmp(st, tmp, err);
	if (in >= 0 && fs_mkdirs(in, "keep"))
		err_sys(err, "E0804", "cannot write into the store");
	if (in >= 0 && !err_any(err)) {
		cleanup_free char *folder = xasprintf("%s/tmp/%s", store_path(st), tmp);
		cleanup_free char *keep = xasprintf("%s/keep", folder);

		r = export_from(cli, folder, keep, interrupted, err);
	}
	if (*tmp)
		store_discard(st, tmp);
	store_close(st);
	return r;
}
