/* doctor: what this machine lacks, and the line that installs it */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cli/session.h"
#include "cli/show.h"
#include "data/json.h"
#include "data/mmdebstrap.h"
#include "data/need.h"

struct doctor {
	const struct cli *cli;
	struct json *list; /* NULL: text */
	unsigned missing, required;
};

static void
tell(struct doctor *d, const char *id, const char *what, bool ok, bool required, const char *why, const char *mend)
{
	if (!ok) {
		d->missing++;
		d->required += required;
	}
	if (d->list) {
		struct json *j = json_add_object(d->list, NULL);

		json_string(j, "id", id);
		json_string(j, "what", what);
		json_bool(j, "ok", ok);
		json_bool(j, "required", required);
		json_string(j, "found", why);
		json_string(j, "mend", ok ? NULL : mend);
		return;
	}
	if (d->cli->quiet)
		return;
	printf("  %s %-18s %s\n", ok ? "ok     " : required ? "MISSING" : "absent ", id, ok ? why : what);
	if (!ok && *why)
		printf("          %-18s %s\n", "", why);
	if (!ok)
		printf("          %-18s mend: %s\n", "", mend);
}

static void
check_machine(struct doctor *d)
{
	for (const struct need *n = needs; n->id; n++) {
		cleanup_str struct str why = {0};
		bool ok = !need_check(n->id, &why);

		cleanup_str struct str mend = {0};

		need_mend(n, &mend);
		tell(d, n->id, n->what, ok, n->required, str_text(&why), str_text(&mend));
	}
}

/* Inputs that a person stages: each step that can say whether its input is there. */
static void
check_inputs(struct doctor *d, const struct session *s)
{
	for (size_t i = 0; i < s->recipe->nsteps; i++) {
		const struct step *step = &s->recipe->steps[i];
		cleanup_str struct str why = {0};
		bool absent;

		if (!step->prim->absent)
			continue;
		absent = step->prim->absent(step->bound, &why);
		if (absent || why.len)
			tell(d, step->name, "an input of the recipe", !absent, !step->common.optional, str_text(&why),
			     "get it as its `get` text says");
	}
}

/* Whether an image has to be built: one that is stored, or unpacked from a file, needs no mmdebstrap. */
static bool
wants_image(const struct session *s)
{
	for (size_t i = 0; i < s->recipe->nsteps; i++) {
		const struct plan_step *ps = &s->plan.v[i];

		if (ps->step && !strcmp(ps->step->prim->name, "image") &&
		    (ps->state == PLAN_RUN || ps->state == PLAN_AFTER))
			return true;
	}
	return false;
}

static void
check_images(struct doctor *d, const struct session *s, struct err *err)
{
	const char *mode;

	if (!wants_image(s))
		return;
	mode = mmdebstrap_mode(err);
	tell(d, "images", "building the images of the recipe's toolchains", mode, true, mode ? mode : err->head->msg,
	     mode || !err->head->nhelp ? "" : err->head->help[0]);
	err_free(err);
}

/* A plan of everything shows what pins and inputs lack; nothing is written. */
static void
check_plan(struct doctor *d, struct session *s, struct err *err)
{
	if (!session_plan(s, NULL, 0, false, err)) {
		tell(d, "plan", "the recipe's inputs can be found", true, true,
		     plan_count(&s->plan, PLAN_RUN) ? "every input is known" : "nothing to do", "");
		check_images(d, s, err);
		return;
	}
	tell(d, "plan", "the recipe's inputs can be found", false, true, err->head->msg,
	     err->head->nhelp ? err->head->help[0] : "see `jkr plan`");
	err_free(err);
}

static enum status
conclude(struct doctor *d, struct json *all)
{
	if (all) {
		cleanup_str struct str text = {0};

		json_uint(all, "missing", d->missing);
		json_uint(all, "required_missing", d->required);
		json_print(all, true, &text);
		fputs(str_text(&text), stdout);
	} else if (d->cli->quiet) {
		return d->required ? ST_MACHINE : ST_OK;
	} else if (d->required) {
		printf("%u needed thing%s missing\n", d->required, d->required == 1 ? " is" : "s are");
	} else {
		puts(d->missing ? "nothing that is needed is missing" : "nothing is missing");
	}
	return d->required ? ST_MACHINE : ST_OK;
}

static enum status
run(struct cli *cli, struct err *err)
{
	cleanup_json struct json *all = wants_json(cli) ? json_object() : NULL;
	struct doctor d = {.cli = cli, .list = all ? json_add_array(all, "checks") : NULL};
	struct session s;
	int r = 0;

	if (!cli->argc) {
		check_machine(&d);
		return conclude(&d, all);
	}
	r = session_load(&s, cli, cli->argv[0], err);
	if (!r) {
		check_machine(&d);
		check_inputs(&d, &s);
		check_plan(&d, &s, err);
	}
	session_close(&s);
	return r < 0 ? err_status(err) : conclude(&d, all);
}

const struct command cmd_doctor = {
	.name = "doctor",
	.usage = "[RECIPE]",
	.doc = "Say what this machine lacks to build, each with the line that mends it. With a recipe, also whether its "
	       "inputs are there. Tries things for real, and changes nothing.",
	.options = "define profile plugin format",
	.min_args = 0,
	.max_args = 1,
	.run = run,
};
