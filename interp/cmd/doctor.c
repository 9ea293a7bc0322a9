/* doctor: what this machine lacks, and the line that installs it */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cli/doctor.h"
#include "cli/session.h"
#include "cli/show.h"
#include "data/debian.h"
#include "data/json.h"
#include "data/mmdebstrap.h"
#include "data/need.h"
#include "os/http.h"

/* In the order of enum doctor_group, whose first ones are those of enum need_group. */
static const char *const groups[] = {"host", "docker", "flash", "sources", "network"};

bool
doctor_begin(struct doctor *d, enum doctor_group group)
{
	d->group = group;
	return d->cli->only ? !strcmp(d->cli->only, groups[group]) : group != DOCTOR_FLASH;
}

void
doctor_tell(struct doctor *d, const char *id, const char *what, bool ok, bool required, const char *why,
	    const char *mend)
{
	if (!ok) {
		d->missing++;
		d->required += required;
	}
	if (d->list) {
		struct json *j = json_add_object(d->list, NULL);

		json_string(j, "id", id);
		json_string(j, "group", groups[d->group]);
		json_string(j, "what", what);
		json_bool(j, "ok", ok);
		json_bool(j, "required", required);
		json_string(j, "found", why);
		json_string(j, "mend", ok ? NULL : mend);
		return;
	}
	if (d->cli->quiet)
		return;
	printf("  %s %-*s %s\n", ok ? "ok     " : required ? "MISSING" : "absent ", d->width, id, ok ? why : what);
	if (!ok && *why)
		printf("          %-*s %s\n", d->width, "", why);
	if (!ok)
		printf("          %-*s mend: %s\n", d->width, "", mend);
}

/* Without bubblewrap as the backend none of its wants is needed, but the program that takes its place. */
static bool
needed(const struct need *n, const char *backend)
{
	static const char *const of_bwrap[] = {"userns", "bwrap", "sandbox"};

	if (!backend || !strcmp(backend, "bwrap"))
		return n->required;
	for (size_t i = 0; i < ARRAY_LEN(of_bwrap); i++)
		if (!strcmp(n->id, of_bwrap[i]))
			return false;
	return n->required || !strcmp(n->id, backend);
}

static void
check_machine(struct doctor *d)
{
	for (const struct need *n = needs; n->id; n++) {
		cleanup_str struct str why = {0}, mend = {0};
		bool ok;

		if (!doctor_begin(d, (enum doctor_group)n->group))
			continue;
		ok = !need_check(n->id, &why);
		need_mend(n, &mend);
		doctor_tell(d, n->id, n->what, ok, needed(n, d->cli->backend), str_text(&why), str_text(&mend));
	}
}

/* The address of a fetch, or NULL. */
static const char *
address(const struct step *step)
{
	const struct value *v = &step->params;
	const char *url = strcmp(step->prim->name, "fetch") ? NULL : step_text(step, "url");

	if (!strcmp(step->prim->name, "fetch") && v->type == V_TABLE && v->table.nitems == 1 &&
	    v->table.items[0].type == V_STRING)
		url = v->table.items[0].str.s;
	return url && !str_starts(url, "file:") ? url : NULL;
}

/* What a run would download: whether the server answers. A mirror that is down today may be up tomorrow. */
static void
check_network(struct doctor *d, const struct session *s)
{
	for (size_t i = 0; i < s->recipe->nsteps; i++) {
		const struct step *step = &s->recipe->steps[i];
		struct http_request rq = {.url = address(step), .stall_seconds = 10, .tries = 1};
		struct err err = {0};

		if (!rq.url || s->plan.v[i].state != PLAN_RUN || !s->plan.v[i].step)
			continue;
		switch (http_head(&rq, NULL, &err)) {
		case 0: doctor_tell(d, step->name, "an address of the recipe", true, false, rq.url, ""); break;
		case 1:
			doctor_tell(d, step->name, "an address of the recipe", false, true, rq.url,
				    "the server answers and does not have it: correct the address");
			break;
		default:
			doctor_tell(d, step->name, "an address of the recipe", false, false,
				    err.head ? err.head->msg : rq.url,
				    "see to the network, or copy the result from a store that has it");
		}
		err_free(&err);
	}
}

/* Programs of an image that is not for this machine cannot run here. */
static void
check_machines(struct doctor *d, const struct session *s)
{
	cleanup_arena struct arena a = {0};
	struct err err = {0};
	const char *own = NULL;

	if (debian_arch(&a, &own, &err))
		own = NULL;
	err_free(&err);
	for (size_t i = 0; own && i < s->recipe->nsteps; i++) {
		const struct step *step = &s->recipe->steps[i];
		const char *arch = strcmp(step->prim->name, "image") ? NULL : step_text(step, "arch");
		cleanup_str struct str why = {0};

		if (!arch)
			continue;
		str_addf(&why, "its programs are for %s, this machine is %s", arch, own);
		doctor_tell(d, step->name, "an image whose programs run here", !strcmp(arch, own), true, str_text(&why),
			    "build on such a machine, or name another toolchain (-D toolchain=…)");
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
	doctor_tell(d, "images", "building the images of the recipe's toolchains", mode, true,
		    mode ? mode : err->head->msg, mode || !err->head->nhelp ? "" : err->head->help[0]);
	err_free(err);
}

/* Whether nothing is wrong but that staged inputs are not there: each has lines of its own. */
static bool
only_unstaged(const struct err *err)
{
	for (const struct diag *g = err->head; g; g = g->next)
		if (!str_eq(g->code, "E0909"))
			return false;
	return true;
}

/* A plan of everything shows what pins and inputs lack; nothing is written. */
static void
check_plan(struct doctor *d, struct session *s, struct err *err)
{
	if (!session_plan(s, NULL, 0, false, err)) {
		if (doctor_begin(d, DOCTOR_SOURCES))
			doctor_tell(d, "plan", "the recipe's inputs can be found", true, true,
				    plan_count(&s->plan, PLAN_RUN) ? "every input is known" : "nothing to do", "");
		if (doctor_begin(d, DOCTOR_HOST))
			check_images(d, s, err);
		if (doctor_begin(d, DOCTOR_NETWORK))
			check_network(d, s);
		return;
	}
	if (!only_unstaged(err) && (doctor_begin(d, DOCTOR_SOURCES) || doctor_begin(d, DOCTOR_NETWORK)))
		doctor_tell(d, "plan", "the recipe's inputs can be found", false, true, err->head->msg,
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

enum { NAME_WIDTH = 12, NAME_WIDTH_MAX = 22 };

/* As wide as the longest name of an input, but not as the few that are very long. */
static int
name_width(const struct session *s)
{
	int width = NAME_WIDTH;

	for (size_t i = 0; i < s->recipe->nsteps; i++) {
		int n = (int)strlen(s->recipe->steps[i].name);

		if ((s->recipe->steps[i].prim->absent || !strcmp(s->recipe->steps[i].prim->name, "image")) &&
		    n > width && n <= NAME_WIDTH_MAX)
			width = n;
	}
	return width;
}

static void
check_recipe(struct doctor *d, struct session *s, struct err *err)
{
	d->width = name_width(s);
	check_machine(d);
	if (doctor_begin(d, DOCTOR_HOST)) {
		doctor_room(d, s);
		check_machines(d, s);
	}
	check_plan(d, s, err);
	if (doctor_begin(d, DOCTOR_SOURCES))
		doctor_inputs(d, s); /* after the plan, which reads the lock */
}

/* Inputs and addresses are a recipe's. */
static int
check_only(const struct cli *cli, struct err *err)
{
	if (cli->argc || !cli->only || (strcmp(cli->only, "sources") && strcmp(cli->only, "network")))
		return 0;
	err_set(err, "E1004", "`jkr doctor --only %s` needs a recipe, whose inputs it looks at", cli->only);
	return err_help(err, "write `jkr doctor RECIPE --only %s`", cli->only);
}

static enum status
run(struct cli *cli, struct err *err)
{
	cleanup_json struct json *all = wants_json(cli) ? json_object() : NULL;
	struct doctor d = {.cli = cli, .list = all ? json_add_array(all, "checks") : NULL, .width = NAME_WIDTH};
	struct session s;
	int r = 0;

	if (cli->store)
		setenv("JKR_STORE", cli->store, 1); /* the probes look at its disk */
	if (check_only(cli, err))
		return err_status(err);
	if (!cli->argc) {
		check_machine(&d);
		return conclude(&d, all);
	}
	r = session_load(&s, cli, cli->argv[0], err);
	if (!r)
		check_recipe(&d, &s, err);
	session_close(&s);
	return r < 0 ? err_status(err) : conclude(&d, all);
}

const struct command cmd_doctor = {
	.name = "doctor",
	.usage = "[RECIPE]",
	.doc = "Say what this machine lacks to build, each with the line that mends it. With a recipe, also whether its "
	       "inputs are there and are those that it pins, plugins' among them, and whether servers answer. With --only one of these groups: host, docker, sources and network, or flash, which is "
	       "looked at only then: what the machine that flashes a board has to offer. Tries things for real, and changes nothing.",
	.options = "define profile plugin format backend only",
	.min_args = 0,
	.max_args = 1,
	.run = run,
};
