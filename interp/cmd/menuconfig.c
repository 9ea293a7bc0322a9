/* menuconfig: the kernel's own menus over a recipe's configuration, and the difference back into a fragment */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cli/build.h"
#include "data/configdiff.h"
#include "cli/userfile.h"
#include "os/fs.h"
#include "run/aside.h"

enum { FRAGMENT_MAX = 1 << 20 };

/* The words of the step's own make, of which the last is its target. Minimal configurations before and after tell what
 * was chosen from what only follows. */
static const char script[] =
	"n=$#\n"
	"for word; do shift; [ \"$n\" -eq 1 ] || set -- \"$@\" \"$word\"; n=$((n - 1)); done\n"
	"build=/jkr/src\n"
	"for word; do case $word in O=*) build=${word#O=} ;; esac; done\n"
	"\"$@\" -s olddefconfig >/jkr/out/log 2>&1 && \"$@\" -s savedefconfig >>/jkr/out/log 2>&1 ||\n"
	"  { cat /jkr/out/log >&2; exit 1; }\n"
	"cat \"$build/defconfig\" >/jkr/out/before || exit 1\n"
	"\"$@\" -s menuconfig || exit 1\n"
	"\"$@\" -s savedefconfig >/jkr/out/log 2>&1 || { cat /jkr/out/log >&2; exit 1; }\n"
	"cat \"$build/.config\" >/jkr/out/config && cat \"$build/defconfig\" >/jkr/out/after\n";

struct work {
	struct session *s;
	uint32_t step;
	const char *texts[3]; /* before, after, config */
};

static const char *const taken[] = {"before", "after", "config", NULL};

/* Whether a step is the one that completes a configuration. */
static bool
configures(const struct step *step)
{
	const struct value *targets = value_field(&step->params, "targets");

	if (strcmp(step->prim->name, "make_in_container") != 0 || !targets)
		return false;
	if (targets->type == V_TABLE)
		targets = targets->table.nitems == 1 ? &targets->table.items[0] : NULL;
	return targets && targets->type == V_STRING && !strcmp(targets->str.s, "olddefconfig");
}

static int
find_step(struct work *w, struct err *err)
{
	struct session *s = w->s;
	uint32_t *steps = arena_array(&s->arena, uint32_t, s->recipe->nsteps + 1);
	size_t n = s->recipe->nsteps, found = 0;

	for (size_t i = 0; i < n; i++)
		steps[i] = (uint32_t)i;
	if (s->cli->argc > 1 && !(n = session_find(s, s->cli->argv[1], steps, err)))
		return -1;
	for (size_t i = 0; i < n; i++)
		if (configures(&s->recipe->steps[steps[i]]))
			steps[found++] = steps[i];
	w->step = steps[0];
	if (found == 1)
		return 0;
	if (!found) {
		err_set(err, "E1017", "`%s` configures no kernel",
			s->cli->argc > 1 ? s->cli->argv[1] : s->recipe->name);
		return err_help(err,
				"a kernel is configured by `kernel`; name a recipe, or a step of it, that has one");
	}
	err_set(err, "E1017", "recipe `%s` configures %zu kernels", s->recipe->name, found);
	for (size_t i = 0; i < found; i++)
		err_help(err, "%s", build_command(s, "menuconfig", s->recipe->steps[steps[i]].name));
	return -1;
}

/* The fragment */

struct search {
	struct arena *a;
	const struct source *found[8];
	size_t n;
};

static int
take_fragment(void *ctx, const struct param *p, struct source *src)
{
	struct search *f = ctx;

	if (p && p->type == P_SYMBOLS && src->kind == SRC_FILE && f->n < ARRAY_LEN(f->found))
		f->found[f->n++] = src;
	return 0;
}

/* --to, else the one fragment that the configuration is made of. A path for open(), or NULL. */
static const char *
find_fragment(struct work *w, struct err *err)
{
	struct session *s = w->s;
	const struct step *step = &s->recipe->steps[w->step];
	struct search f = {0};

	if (s->cli->to)
		return s->cli->to;
	for (size_t i = 0; i < step->ninputs; i++) {
		const struct step *in = &s->recipe->steps[step->inputs[i]];

		if (!strcmp(in->prim->name, "kconfig_append"))
			schema_sources(in->prim->params, in->bound, take_fragment, &f);
	}
	if (f.n == 1)
		return arena_printf(&s->arena, "%s/%s", f.found[0]->file.root, f.found[0]->file.rel);
	err_set(err, "E1016", "`%s` is configured by %s: say with --to which one takes the difference", step->name,
		f.n ? "several fragments" : "no fragment");
	err_at(err, step->at);
	for (size_t i = 0; i < f.n; i++)
		err_help(err, "--to %s", f.found[i]->file.shown);
	return NULL;
}

/* Running it */

static void
record(void *ctx, const char *key, const char *value)
{
	struct work *w = ctx;

	for (size_t i = 0; taken[i]; i++)
		if (!strcmp(key, taken[i]))
			w->texts[i] = arena_strdup(&w->s->arena, value);
}

static int
open_menus(struct work *w, int *interrupted, struct err *err)
{
	struct session *s = w->s;
	struct run_options opt = build_options(s);
	const struct step *step = &s->recipe->steps[w->step];
	struct aside a = {.plan = &s->plan,
			  .step = w->step,
			  .store = s->store,
			  .env = &s->env,
			  .opt = &opt,
			  .shell = true,
			  .script = script,
			  .take = taken,
			  .record = record,
			  .ctx = w};
	struct plan inputs;
	int status = 0, r;

	r = plan_make(&inputs, s->recipe, step->inputs, step->ninputs, &s->env, err);
	if (!r && plan_count(&inputs, PLAN_CACHED) < inputs.n)
		r = build_plan(s, &inputs, interrupted, err);
	plan_free(&inputs);
	plan_free(&s->plan);
	if (r || *interrupted || plan_make(&s->plan, s->recipe, &w->step, 1, &s->env, err))
		return -1;
	if (aside_run(&a, &status, err))
		return -1;
	if (!status && w->texts[0] && w->texts[1] && w->texts[2])
		return 0;
	err_set(err, "E1018", "`make menuconfig` of step `%s` did not run to its end", step->name);
	err_help(err, "its menus are compiled in the toolchain's image, which needs the package `libncurses-dev`");
	return err_at(err, step->at);
}

/* Writing it down */

static void
parse(struct work *w, size_t i, struct kconfig *out)
{
	kconfig_parse_config(taken[i], w->texts[i], strlen(w->texts[i]), &w->s->arena, out);
}

static void
print(const struct config_changes *c, const char *fragment)
{
	printf("%s: %zu symbol%s changed\n", fragment, c->n, c->n == 1 ? "" : "s");
	for (size_t i = 0; i < c->n; i++)
		printf("  %-32s %s\n", c->v[i].name, c->v[i].value ? c->v[i].value : "no longer there");
}

/* What the recipe's own table sets comes after the fragments. */
static void
warn(struct work *w, const struct config_changes *c)
{
	const struct step *step = &w->s->recipe->steps[w->step];

	for (size_t i = 0; i < step->ninputs; i++) {
		const struct step *in = &w->s->recipe->steps[step->inputs[i]];

		if (strcmp(in->prim->name, "kconfig_append") != 0)
			continue;
		for (const struct param *p = in->prim->params; p->name; p++) {
			const struct symbols *set = (const void *)((const char *)in->bound + p->offset);

			for (size_t k = 0; p->type == P_SYMBOLS && k < set->n; k++)
				for (size_t j = 0; j < c->n; j++)
					if (!strcmp(set->v[k].name, c->v[j].name))
						fprintf(stderr,
							"note: the recipe itself sets %s, and that counts: change it there (%s:%u)\n",
							c->v[j].name, in->at.file, in->at.line);
		}
	}
}

static int
write_down(struct work *w, const char *fragment, struct err *err)
{
	struct kconfig before = {0}, after = {0}, whole = {0};
	cleanup_str struct str old = {0}, text = {0};
	struct config_changes c;
	int r = 0;

	parse(w, 0, &before);
	parse(w, 1, &after);
	parse(w, 2, &whole);
	configdiff(&before, &after, &whole, &w->s->arena, &c);
	if (userfile_read(fragment, &old, FRAGMENT_MAX) && errno != ENOENT)
		r = err_sys(err, "E1011", "cannot read the fragment `%s`", fragment);
	configdiff_apply(str_text(&old), &c, &text);
	if (!r && c.n && userfile_replace(fragment, str_text(&text), text.len, 0644))
		r = err_sys(err, "E1006", "cannot write the fragment `%s`", fragment);
	if (!r && !w->s->cli->quiet) {
		if (c.n)
			print(&c, fragment);
		else
			puts("nothing was changed");
		warn(w, &c);
	}
	kconfig_free(&before);
	kconfig_free(&after);
	kconfig_free(&whole);
	return r;
}

static enum status
run(struct cli *cli, struct err *err)
{
	struct session s;
	struct work w = {.s = &s};
	const char *fragment = NULL, *name;
	int interrupted = 0;
	int r = session_load(&s, cli, cli->argv[0], err);

	if (!r)
		r = find_step(&w, err);
	if (!r)
		r = (fragment = find_fragment(&w, err)) ? 0 : -1;
	name = r ? NULL : s.recipe->steps[w.step].name;
	if (!r)
		r = session_plan(&s, &name, 1, true, err);
	if (!r)
		r = open_menus(&w, &interrupted, err);
	if (!r)
		r = write_down(&w, fragment, err);
	session_close(&s);
	if (interrupted)
		return (enum status)(128 + interrupted);
	return r < 0 ? err_status(err) : ST_OK;
}

const struct command cmd_menuconfig = {
	.name = "menuconfig",
	.usage = "RECIPE [STEP]",
	.doc = "Change a kernel's configuration in its own menus. They start from what the recipe asks for, in the sandbox of the step that "
	       "completes the configuration, on this terminal. What was chosen there, without what only follows from it, goes into the "
	       "recipe's fragment, or into FILE of --to: lines that set a symbol are replaced, new ones come at the end. Nothing is built with it "
	       "before the next run, which checks every symbol.",
	.options = "define profile plugin with jobs locked offline no-wait backend allow-host progress to",
	.min_args = 1,
	.max_args = 2,
	.run = run,
};
