/* doctor: what this machine lacks, and the line that installs it */
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/str.h"
#include "cli/session.h"
#include "cli/show.h"
#include "data/debian.h"
#include "data/json.h"
#include "data/mmdebstrap.h"
#include "data/need.h"
#include "data/need_probe.h"
#include "os/http.h"

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

/* A text parameter, or the name of a file, as the recipe writes it, or NULL. */
static const char *
written(const struct step *step, const char *param)
{
	const struct value *v = value_field(&step->params, param);

	if (v && v->type == V_FILE)
		return path_base(v->file.rel);
	return v && v->type == V_STRING ? v->str.s : NULL;
}

static const char *
locked(const struct session *s, const struct step *step)
{
	cleanup_str struct str name = {0};

	if (!step->prim->pin_name || step->prim->pin_name(step->bound, &name) || !name.len)
		return NULL;
	return lock_get(&s->lock, str_text(&name));
}

/* A staged file is read whole: one that is damaged, or of another release, is better found here than in a run. */
static void
check_sum(struct doctor *d, const struct session *s, const struct step *step)
{
	const struct pin_request rq = {.params = step->bound};
	const char *want = written(step, "sha256"), *pinned = want ? NULL : locked(s, step);
	cleanup_str struct str got = {0}, why = {0};
	struct err err = {0};
	bool ok;

	if (pinned && str_starts(pinned, "sha256:"))
		want = pinned + strlen("sha256:");
	if (step->prim->pin(&rq, &got, &err)) {
		tell(d, step->name, "a staged file that can be read", false, true, err.head->msg, "stage it again");
		err_free(&err);
		return;
	}
	ok = !want || str_ends(str_text(&got), want);
	str_addf(&why, "%s%s", str_text(&got),
		 ok ? want ? pinned ? ", as jkr.lock pins it" : ", as the recipe pins it"
			   : ", not pinned yet: jkr.lock will keep it"
		    : "");
	if (!ok)
		str_addf(&why, ", wanted sha256:%s", want);
	tell(d, step->name, "the staged file that the recipe means", ok, !step->common.optional, str_text(&why),
	     pinned ? "stage the file that was meant; when this one is right, `jkr update`"
		    : "download it again: it is damaged, or of another release");
}

/* Inputs that a person stages: each step that can say whether its input is there. */
static void
check_inputs(struct doctor *d, const struct session *s)
{
	for (size_t i = 0; i < s->recipe->nsteps; i++) {
		const struct step *step = &s->recipe->steps[i];
		const char *folder = written(step, "folder");
		cleanup_str struct str why = {0};

		if (!step->prim->absent)
			continue;
		if (step->prim->absent(step->bound, &why)) {
			tell(d, step->name, "an input of the recipe", false, !step->common.optional, str_text(&why),
			     step->common.optional
				     ? "get it as its `get` text says; without it the steps that want it are skipped"
				     : "get it as its `get` text says");
		} else if (written(step, "file")) {
			check_sum(d, s, step);
		} else if (folder) {
			str_addf(&why, "the folder `%s` is staged", folder);
			tell(d, step->name, "an input of the recipe", true, true, str_text(&why), "");
		}
	}
}

/* The address of a fetch, or NULL. */
static const char *
address(const struct step *step)
{
	const struct value *v = &step->params;
	const char *url = strcmp(step->prim->name, "fetch") ? NULL : written(step, "url");

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
		switch (http_head(&rq, &err)) {
		case 0: tell(d, step->name, "an address of the recipe", true, false, rq.url, ""); break;
		case 1:
			tell(d, step->name, "an address of the recipe", false, true, rq.url,
			     "the server answers and does not have it: correct the address");
			break;
		default:
			tell(d, step->name, "an address of the recipe", false, false, err.head ? err.head->msg : rq.url,
			     "see to the network, or copy the result from a store that has it");
		}
		err_free(&err);
	}
}

enum { ROOM_GIB = 40 };

/* A board's root file system, its sources and what is built of them are more than a kernel. */
static void
check_room(struct doctor *d, const struct session *s)
{
	cleanup_free char *dir = probe_folder();
	cleanup_str struct str why = {0};
	unsigned long long left;
	struct statvfs st;
	char size[32];
	bool board = false;

	for (size_t i = 0; i < s->recipe->nsteps && !board; i++) {
		const struct value *v = value_field(&s->recipe->steps[i].params, "rootfs");

		board = !strcmp(s->recipe->steps[i].prim->name, "untar") && v && v->type == V_BOOL && v->b;
	}
	if (!board || statvfs(dir, &st) < 0)
		return;
	left = (unsigned long long)st.f_bavail * st.f_frsize;
	str_addf(&why, "%s free in %s", format_size(left, size), dir);
	tell(d, "room", "40 GiB for a board's root file system and all that is built for it",
	     left >= (unsigned long long)ROOM_GIB << 30, false, str_text(&why),
	     "jkr cache gc, or set $JKR_STORE to a larger disk");
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
		const char *arch = strcmp(step->prim->name, "image") ? NULL : written(step, "arch");
		cleanup_str struct str why = {0};

		if (!arch)
			continue;
		str_addf(&why, "its programs are for %s, this machine is %s", arch, own);
		tell(d, step->name, "an image whose programs run here", !strcmp(arch, own), true, str_text(&why),
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
		check_network(d, s);
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
		check_room(&d, &s);
		check_machines(&d, &s);
		check_plan(&d, &s, err);
		check_inputs(&d, &s); /* after the plan, which reads the lock */
	}
	session_close(&s);
	return r < 0 ? err_status(err) : conclude(&d, all);
}

const struct command cmd_doctor = {
	.name = "doctor",
	.usage = "[RECIPE]",
	.doc = "Say what this machine lacks to build, each with the line that mends it. With a recipe, also whether its "
	       "inputs are there and are those that it pins, plugins' among them, and whether servers answer. Tries things for real, and changes nothing.",
	.options = "define profile plugin format",
	.min_args = 0,
	.max_args = 1,
	.run = run,
};
