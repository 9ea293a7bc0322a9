/* refresh: what was edited in a checkout, back into the recipe as patches */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/build.h"
#include "cli/checkout.h"
#include "cli/patch_home.h"
#include "cli/with.h"
#include "data/git_work.h"
#include "os/fs.h"

enum { SERIES_MAX = 4 << 20 };

struct work {
	struct session *s;
	uint32_t step;
	const char *name, *shown; /* of the step and of the folder, as they were given */
	int dir;
	struct git_edits edits;
	struct patch_home home;
	struct git_patch *patches;
	size_t npatches, written;
	struct str series; /* as it is to be */
	size_t old;        /* bytes of it that were there, 0: it was not */
};

static const char *
step_name(const struct work *w)
{
	return w->s->recipe->steps[w->step].name;
}

/* Whether the folder is a checkout of this step of this recipe. */
static int
open_checkout(struct work *w, struct err *err)
{
	struct session *s = w->s;
	struct checkout c = {0};
	struct err none = {0};
	int64_t i = with_step(s, w->name, err);
	int known;

	if (i < 0)
		return -1;
	w->step = (uint32_t)i;
	w->dir = open(w->shown, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (w->dir < 0)
		return err_sys(err, "E1022", "cannot take edits from `%s`", w->shown);
	known = checkout_read(w->shown, &s->arena, &c, err);
	if (known < 0)
		return -1;
	if (!known) {
		err_set(err, "E1022", "`%s` is no checkout of `jkr edit`", w->shown);
		return err_help(err, "`jkr edit %s %s DIR` lays one; commits can be fetched into it", s->cli->argv[0],
				w->name);
	}
	i = strcmp(c.recipe, s->recipe->path) != 0 ? -1 : with_step(s, c.step, &none);
	err_free(&none);
	if (i == (int64_t)w->step)
		return 0;
	return err_set(err, "E1022", "`%s` is a checkout of step `%s` of %s", w->shown, c.step, c.recipe);
}

/* What the edits go onto must be there to be compared with. */
static int
get_trees(struct work *w, int *interrupted, struct err *err)
{
	struct session *s = w->s;
	const char *name = step_name(w);
	const struct plan_step *ps;

	if (session_plan(s, &name, 1, true, err))
		return -1;
	ps = &s->plan.v[w->step];
	if (ps->state != PLAN_CACHED && build_plan(s, &s->plan, interrupted, err))
		return -1;
	if (ps->state == PLAN_CACHED)
		return 0;
	err_set(err, "E1023", "step `%s` has no tree: %s", name, ps->reason);
	return err_at(err, ps->step->at);
}

static bool
is_same(const struct entry *e, enum git_kind kind, const struct str *bytes)
{
	struct hash h;

	if (!e || S_ISDIR(e->mode))
		return kind == GIT_NONE;
	if (S_ISLNK(e->mode))
		return kind == GIT_LINK && !strcmp(e->target, str_text(bytes));
	if (!S_ISREG(e->mode) || kind != (e->mode & 0100 ? GIT_PROGRAM : GIT_FILE))
		return false;
	h = hash_of(str_text(bytes), bytes->len);
	return !hash_cmp(&h, &e->digest);
}

/* Every file that was edited must be, where the patches go and in the end, what it was before the edits. */
static int
compare(struct work *w, uint32_t step, struct err *err)
{
	struct session *s = w->s;
	const struct tree *t = session_tree(s, &s->plan.v[step].result.tree, err);

	for (size_t i = 0; t && i < w->edits.npaths; i++) {
		cleanup_str struct str bytes = {0};
		const char *path = w->edits.paths[i];
		enum git_kind kind;

		if (git_work_base(w->dir, &w->edits, path, &kind, &bytes, err))
			return -1;
		if (is_same(tree_find(t, path), kind, &bytes))
			continue;
		err_set(err, "E1023", "`%s` was edited, and in step `%s` it is another than before the edits", path,
			s->recipe->steps[step].name);
		if (step != w->step)
			return err_help(err, "a step behind the patches changes that file: change it there");
		if (w->home.step < 0 && fs_exists(s->project, w->home.series))
			err_help(err, "does the recipe apply `%s`, where earlier edits may be?", w->home.series);
		return err_help(err,
				"`jkr edit` lays a checkout of what it is now; the commits can be fetched into it");
	}
	return t ? 0 : -1;
}

/* Writing it down */

static const char *
path_of(const struct work *w, const char *name)
{
	const char *folder = w->home.folder;

	return arena_printf(&w->s->arena, "%s%s%s", folder, *folder ? "/" : "", name);
}

static int
extend_series(struct work *w, struct err *err)
{
	struct str *b = &w->series;

	if (!w->home.series)
		return 0;
	if (fs_read_file(w->s->project, w->home.series, b, SERIES_MAX) && errno != ENOENT)
		return err_sys(err, "E1011", "cannot read `%s`", w->home.series);
	w->old = b->len;
	if (b->len && b->s[b->len - 1] != '\n')
		str_addc(b, '\n');
	for (size_t i = 0; i < w->npatches; i++)
		str_addf(b, "%s\n", w->patches[i].name);
	return 0;
}

/* The series comes last: until then nothing names the patches. */
static int
write_all(struct work *w, struct err *err)
{
	int project = w->s->project;

	for (; w->written < w->npatches; w->written++) {
		const struct git_patch *p = &w->patches[w->written];
		const char *path = path_of(w, p->name);

		if (fs_exists(project, path))
			return err_set(err, "E1006", "`%s` is there already", path);
		if (fs_mkdirs(project, w->home.folder) ||
		    fs_replace(project, path, str_text(&p->text), p->text.len, 0644))
			return err_sys(err, "E1006", "cannot write `%s`", path);
	}
	if (w->home.series && fs_replace(project, w->home.series, str_text(&w->series), w->series.len, 0644))
		return err_sys(err, "E1006", "cannot write `%s`", w->home.series);
	return 0;
}

static void
take_back(struct work *w, bool series)
{
	if (series && w->old)
		fs_replace(w->s->project, w->home.series, str_text(&w->series), w->old, 0644);
	else if (series)
		fs_remove(w->s->project, w->home.series);
	for (size_t i = 0; i < w->written; i++)
		fs_remove(w->s->project, path_of(w, w->patches[i].name));
}

static int
write_down(struct work *w, struct err *err)
{
	if (git_work_patches(w->dir, &w->edits, w->home.first, &w->s->arena, &w->patches, &w->npatches, err) ||
	    extend_series(w, err))
		return -1;
	if (write_all(w, err)) {
		take_back(w, false);
		return -1;
	}
	if (!git_work_settle(w->dir, &w->edits, err))
		return 0;
	take_back(w, w->home.series);
	return -1;
}

static void
say_line(const struct work *w)
{
	const char *name = step_name(w), *slash = strchr(name, '/');

	printf("no `patch` of `%s` takes them: put this into the recipe\n", w->name);
	if (slash)
		printf("  patch { series = \"%s\" }    at the end of tree \"%.*s\"\n", w->home.series,
		       (int)(slash - name), name);
	else
		printf("  patch \"%s-edits\" { on = %s, series = \"%s\" }\n", name, name, w->home.series);
}

static void
say(const struct work *w)
{
	if (w->edits.ignored)
		fprintf(stderr,
			"note: git ignores `%s` in the checkout, so no patch has it; `git add -f` takes it in\n",
			w->edits.ignored);
	if (w->s->cli->quiet)
		return;
	if (!w->npatches) {
		puts("nothing was edited");
		return;
	}
	for (size_t i = 0; i < w->npatches; i++)
		puts(path_of(w, w->patches[i].name));
	if (w->home.series)
		printf("%s: %zu line%s more\n", w->home.series, w->npatches, w->npatches == 1 ? "" : "s");
	if (strcmp(w->edits.tip, w->edits.head) != 0)
		printf("what was not committed in %s is now, as %.12s\n", w->shown, w->edits.tip);
	if (w->home.step < 0)
		say_line(w);
}

static int
refresh(struct work *w, int *interrupted, struct err *err)
{
	struct session *s = w->s;
	const char *subject;

	if (open_checkout(w, err))
		return -1;
	subject = arena_printf(&s->arena, "edits of %s", w->name);
	if (git_work_edits(w->dir, subject, &s->arena, &w->edits, err))
		return -1;
	if (!strcmp(w->edits.tip, w->edits.base))
		return 0;
	if (get_trees(w, interrupted, err))
		return -1;
	patch_home_find(s, w->step, w->name, &w->home);
	if (compare(w, w->step, err) || (w->home.step >= 0 && compare(w, (uint32_t)w->home.step, err)))
		return -1;
	return write_down(w, err);
}

static enum status
run(struct cli *cli, struct err *err)
{
	struct session s;
	struct work w = {.s = &s, .name = cli->argv[1], .shown = cli->argv[2], .dir = -1};
	int interrupted = 0;
	int r = session_load(&s, cli, cli->argv[0], err);

	if (!r)
		r = refresh(&w, &interrupted, err);
	if (!r)
		say(&w);
	for (size_t i = 0; i < w.npatches; i++)
		str_free(&w.patches[i].text);
	str_free(&w.series);
	cleanup_fdp(&w.dir);
	session_close(&s);
	if (interrupted)
		return (enum status)(128 + interrupted);
	return r < 0 ? err_status(err) : ST_OK;
}

const struct command cmd_refresh = {
	.name = "refresh",
	.usage = "RECIPE STEP DIR",
	.doc = "Write what was edited in a checkout of `jkr edit` back as patches of the recipe. Each commit becomes one, with its author, date and "
	       "message; what is not committed becomes one more, and is committed. They go to the end of the last series of quilt that the tree's "
	       "`patch` steps apply, or beside the patches that one takes by a pattern; else into patches/STEP with a series of their own, and the line that "
	       "the recipe needs is printed. A file that is another in the recipe than before the edits, or that a step behind the patches changes, is a mistake, "
	       "and nothing is written.",
	.options = "define profile plugin jobs locked offline no-wait backend allow-host progress",
	.min_args = 3,
	.max_args = 3,
	.run = run,
};
