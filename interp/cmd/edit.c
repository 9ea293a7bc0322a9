/* edit: a checkout of a step's tree, for a person to work in */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/build.h"
#include "cli/checkout.h"
#include "cli/compile_commands.h"
#include "cli/with.h"
#include "data/git.h"
#include "data/git_work.h"
#include "os/fs.h"
#include "store/mirror.h"

#define LAYING ".jkr-edit-"

struct work {
	struct session *s;
	uint32_t step;
	const char *dir; /* as it was named */
	int parent;      /* the folder that holds it */
	const char *base;
	bool there;     /* it is laid already */
	long ncompiled; /* files of compile_commands.json */
	const char *by; /* the step that compiled them */
};

static const struct plan_step *
planned(const struct work *w)
{
	return &w->s->plan.v[w->step];
}

/* What the step gives; it is built where it is not stored. */
static int
get_tree(struct work *w, int *interrupted, struct err *err)
{
	struct session *s = w->s;
	const char *name = s->recipe->steps[w->step].name;

	if (session_plan(s, &name, 1, true, err))
		return -1;
	if (planned(w)->state != PLAN_CACHED && build_plan(s, &s->plan, interrupted, err))
		return -1;
	if (planned(w)->state == PLAN_CACHED)
		return 0;
	err_set(err, "E1020", "step `%s` has no tree: %s", name, planned(w)->reason);
	return err_at(err, planned(w)->step->at);
}

/* What is there may be this very checkout. */
static int
look_at(struct work *w, struct err *err)
{
	struct session *s = w->s;
	struct checkout c;
	struct err none = {0};
	int known = checkout_read(w->dir, &s->arena, &c, &none);

	w->there = known > 0 && !strcmp(c.recipe, s->recipe->path) && with_step(s, c.step, &none) == (int64_t)w->step;
	err_free(&none);
	if (w->there)
		return 0;
	if (known <= 0)
		return err_set(err, "E1020", "the folder `%s` is not empty", w->dir);
	err_set(err, "E1020", "`%s` is a checkout already, of step `%s`", w->dir, c.step);
	return err_help(err, "%s", build_command(s, "run", arena_printf(&s->arena, "--with %s=%s", c.step, w->dir)));
}

/* DIR must be empty, or not be, or be the checkout already. */
static int
check_place(struct work *w, struct err *err)
{
	const char *dir = w->dir, *slash;
	size_t n = strlen(dir), names;
	cleanup_fd int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char **v;

	if (fd < 0 && errno != ENOENT)
		return err_sys(err, "E1020", "cannot lay a checkout at `%s`", dir);
	if (fd >= 0 && fs_names(fd, &v, &names))
		return err_sys(err, "E1020", "cannot read the folder `%s`", dir);
	if (fd >= 0)
		fs_names_free(v, names);
	if (fd >= 0 && names)
		return look_at(w, err);
	while (n > 1 && dir[n - 1] == '/')
		n--;
	dir = arena_strndup(&w->s->arena, dir, n);
	slash = strrchr(dir, '/');
	w->base = slash ? slash + 1 : dir;
	dir = !slash ? "." : slash == dir ? "/" : arena_strndup(&w->s->arena, dir, (size_t)(slash - dir));
	w->parent = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return w->parent < 0 ? err_sys(err, "E1020", "cannot lay a checkout in `%s`", dir) : 0;
}

static int
check_tree(const struct work *w, const struct tree *t, struct err *err)
{
	for (size_t i = 0; i < t->n; i++)
		if (!strcmp(path_base(t->v[i].path), ".git")) {
			err_set(err, "E1020", "the tree of step `%s` holds a repository, `%s`", planned(w)->step->name,
				t->v[i].path);
			return err_help(err, "leave it out where the tree is made, as in `exclude = { \".git\" }`");
		}
	return 0;
}

/* The step that a tree begins with. */
static const struct plan_step *
first_of(const struct work *w)
{
	const struct plan_step *ps = planned(w);

	while (ps->step->common.on.kind == SRC_REF)
		ps = &w->s->plan.v[ps->step->common.on.ref.step];
	return ps;
}

/* The commit that the tree begins as, where that is known and still in the store's mirror; else NULL. `m` holds the
 * mirror. */
static const struct git_origin *
find_origin(struct work *w, struct mirror *m, struct git_origin *out)
{
	struct session *s = w->s;
	const struct plan_step *ps = first_of(w);
	const struct value *params = &ps->step->params, *url = value_field(params, "url");
	struct err unsaid = {0};
	struct record rec = {0};
	char hex[HASH_HEX];

	if (!url && params->table.nitems)
		url = &params->table.items[0];
	if (strcmp(ps->step->prim->name, "git_checkout") != 0 || value_field(params, "subdir") || !url ||
	    url->type != V_STRING)
		return NULL;
	out->url = url->str.s;
	if (store_record(s->store, &ps->key, &s->arena, &rec, &unsaid) > 0)
		for (size_t i = 0; i < rec.nnotes; i++)
			if (!strcmp(rec.notes[i].key, "commit"))
				out->commit = rec.notes[i].value;
	if (out->commit && !store_mirror(s->store, out->url, false, m, &unsaid) &&
	    git_has(m->dir, GIT_MIRROR, out->commit))
		out->mirror = arena_printf(&s->arena, "%s/mirrors/%s/" GIT_MIRROR, store_path(s->store),
					   hash_hex(&m->id, hex));
	err_free(&unsaid);
	return out->mirror ? out : NULL;
}

/* Lays everything into the open folder. */
static int
lay(struct work *w, const struct tree *t, int dir, struct err *err)
{
	struct session *s = w->s;
	const struct checkout c = {s->recipe->path, s->cli->argv[1], planned(w)->result.epoch};
	const char *subject = arena_printf(&s->arena, "%s of recipe %s", c.step, s->recipe->name);

	struct mirror m = {.dir = -1, .lock = -1};
	struct git_origin from = {0};
	int r = store_export(s->store, t, NULL, dir, err);

	if (!r)
		r = git_work_begin(dir, find_origin(w, &m, &from), subject, c.epoch, err);
	store_mirror_close(&m);
	if (r)
		return -1;
	return checkout_write(dir, &c) ? err_sys(err, "E1020", "cannot write into `%s`", w->dir) : 0;
}

/* What a killed `jkr edit` left goes: who lays a checkout holds the lock of its folder. */
static void
sweep(int parent)
{
	char **names;
	size_t n;

	if (fs_names(parent, &names, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		cleanup_fd int dir = -1;
		struct stat st;

		if (!str_starts(names[i], LAYING) || strlen(names[i]) != strlen(LAYING) + FS_RANDOM)
			continue;
		dir = fs_open_nofollow(parent, names[i], O_RDONLY | O_DIRECTORY);
		if (dir >= 0 && !fstat(dir, &st) && st.st_uid == geteuid() && !flock(dir, LOCK_EX | LOCK_NB))
			fs_remove(parent, names[i]);
	}
	fs_names_free(names, n);
}

/* Under another name, until all of it is there. */
static int
check_out(struct work *w, struct err *err)
{
	const struct tree *t = session_tree(w->s, &planned(w)->result.tree, err);
	cleanup_fd int dir = -1;
	char name[64];
	int r;

	if (!t || check_tree(w, t, err))
		return -1;
	sweep(w->parent);
	if (fs_mkdtemp(w->parent, LAYING, name) || (dir = fs_open(w->parent, name, O_RDONLY | O_DIRECTORY)) < 0 ||
	    flock(dir, LOCK_EX | LOCK_NB))
		return err_sys(err, "E1020", "cannot make the folder `%s`", w->dir);
	r = lay(w, t, dir, err);
	if (!r && renameat(w->parent, name, w->parent, w->base))
		r = err_sys(err, "E1020", "cannot make the folder `%s`", w->dir);
	if (r)
		fs_remove(w->parent, name);
	return r;
}

/* How its files are compiled, as far as a build of the recipe tells. What was just laid is known as the tree that it
 * is: the first run with an edit takes up what differs from that, and not all of it. */
static int
describe(struct work *w, struct err *err)
{
	cleanup_free char *real = xrealpath(w->dir);
	cleanup_fd int dir = real ? open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (dir < 0)
		return err_sys(err, "E1020", "cannot open the checkout `%s`", w->dir);
	if (!w->there)
		store_set_last(w->s->store, real, "", &planned(w)->result.tree, 0);
	w->ncompiled = compile_commands(w->s, w->step, dir, real, &w->by, err);
	return w->ncompiled < 0 ? -1 : 0;
}

static void
say(struct work *w)
{
	struct session *s = w->s;
	const char *with = arena_printf(&s->arena, "--with %s=%s", s->cli->argv[1], w->dir);

	if (s->cli->quiet)
		return;
	printf("%s: the tree of `%s`%s\n", w->dir, s->recipe->steps[w->step].name, w->there ? ", as it was" : "");
	if (w->ncompiled)
		printf("  compile_commands.json: %ld files, as `%s` compiled them\n", w->ncompiled, w->by);
	else
		printf("  no compile_commands.json yet: no kernel was built from it; after that, the same command again\n");
	printf("  %s\n", build_command(s, "run", with));
}

static int
find_step(struct work *w, struct err *err)
{
	int64_t i = with_step(w->s, w->s->cli->argv[1], err);

	w->step = i < 0 ? 0 : (uint32_t)i;
	return i < 0 ? -1 : 0;
}

static int
open_store(struct session *s, struct err *err)
{
	s->store = store_open(s->cli->store, false, err);
	return s->store ? 0 : -1;
}

static enum status
run(struct cli *cli, struct err *err)
{
	struct session s;
	struct work w = {.s = &s, .dir = cli->argv[2], .parent = -1};
	int interrupted = 0;
	int r = session_load(&s, cli, cli->argv[0], err);

	if (!r)
		r = find_step(&w, err);
	if (!r)
		r = check_place(&w, err);
	if (!r && w.there)
		r = open_store(&s, err);
	else if (!r)
		r = get_tree(&w, &interrupted, err) || check_out(&w, err) ? -1 : 0;
	if (!r)
		r = describe(&w, err);
	if (!r)
		say(&w);
	cleanup_fdp(&w.parent);
	session_close(&s);
	if (interrupted)
		return (enum status)(128 + interrupted);
	return r < 0 ? err_status(err) : ST_OK;
}

const struct command cmd_edit = {
	.name = "edit",
	.usage = "RECIPE STEP DIR",
	.doc = "Lay a writable checkout of a step's tree in DIR. It is a git repository that begins as that tree, with the patches of the "
	       "recipe applied (on the commit that `git_checkout` got, where the tree comes from there), so that `git diff` shows what is edited and not more. `--with STEP=DIR` of run, plan, why and shell then takes it in the place of "
	       "the step's result. Where a kernel of the recipe was built from that tree, compile_commands.json tells editors how each file is compiled; for a "
	       "checkout that is there already the same command makes it anew, and touches nothing else. DIR must otherwise be empty or not exist. What the tree is made of is built first where it is not stored.",
	.options = "define profile plugin jobs locked offline no-wait backend allow-host progress",
	.min_args = 3,
	.max_args = 3,
	.run = run,
};
