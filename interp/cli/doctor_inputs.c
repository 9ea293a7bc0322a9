/* What doctor says of the inputs that a person stages, and of the room for what is made of them. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/str.h"
#include "cli/doctor.h"
#include "cli/session.h"
#include "data/need_probe.h"
#include "data/staged.h"

/* A text parameter, or the name of a file, as the recipe writes it, or NULL. */
const char *
step_text(const struct step *step, const char *param)
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

/* "downloads/public_sources.tbz2: " */
static void
add_staged(const struct step *step, struct str *out)
{
	const struct value *v = value_field(&step->params, "file");
	struct err err = {0};

	if (v && v->type == V_FILE && staged_find(&v->file, out, &err) > 0)
		str_add(out, ": ");
	err_free(&err);
}

/* A staged file is read whole: one that is damaged, or of another release, is better found here than in a run. */
static void
check_sum(struct doctor *d, const struct session *s, const struct step *step)
{
	const struct pin_request rq = {.params = step->bound};
	const char *want = step_text(step, "sha256"), *pinned = want ? NULL : locked(s, step);
	const char *get = step_text(step, "get");
	cleanup_str struct str got = {0}, why = {0}, mend = {0};
	struct err err = {0};
	bool ok;

	if (pinned && str_starts(pinned, "sha256:"))
		want = pinned + strlen("sha256:");
	if (step->prim->pin(&rq, &got, &err)) {
		doctor_tell(d, step->name, "a staged file that can be read", false, true, err.head->msg,
			    "stage it again");
		err_free(&err);
		return;
	}
	ok = !want || str_ends(str_text(&got), want);
	add_staged(step, &why);
	str_addf(&why, "%s%s", str_text(&got),
		 ok ? want ? pinned ? ", as jkr.lock pins it" : ", as the recipe pins it"
			   : ", not pinned yet: jkr.lock will keep it"
		    : "");
	if (!ok)
		str_addf(&why, ", wanted sha256:%s", want);
	if (pinned)
		str_add(&mend, "stage the file that was meant; when this one is right, `jkr update`");
	else
		str_addf(&mend, "it is damaged, or of another release: %s", get ? get : "get it again");
	doctor_tell(d, step->name, "the staged file that the recipe means", ok, !step->common.optional, str_text(&why),
		    str_text(&mend));
}

/* What is not there, and in the last line the recipe's own words on how to get it. */
static void
tell_absent(struct doctor *d, const struct step *step, struct str *why)
{
	const char *get = step_text(step, "get");
	cleanup_free char *words = get ? xasprintf(": %s", get) : NULL;
	char *at = words ? strstr(str_text(why), words) : NULL;

	if (at)
		memmove(at, at + strlen(words), strlen(at + strlen(words)) + 1);
	doctor_tell(d, step->name,
		    step->common.optional ? "an input that the recipe can do without" : "an input of the recipe", false,
		    !step->common.optional, str_text(why), get ? get : "put it into one of these folders");
}

/* Inputs that a person stages: each step that can say whether its input is there. */
void
doctor_inputs(struct doctor *d, const struct session *s)
{
	for (size_t i = 0; i < s->recipe->nsteps; i++) {
		const struct step *step = &s->recipe->steps[i];
		const char *folder = step_text(step, "folder");
		cleanup_str struct str why = {0};

		if (!step->prim->absent)
			continue;
		if (step->prim->absent(step->bound, &why)) {
			tell_absent(d, step, &why);
		} else if (step_text(step, "file")) {
			check_sum(d, s, step);
		} else if (folder) {
			str_addf(&why, "the folder `%s` is staged", folder);
			doctor_tell(d, step->name, "an input of the recipe", true, true, str_text(&why), "");
		}
	}
}

/* A rule of thumb, and said to be one. Unpacked, NVIDIA's archives are four times as large; the result holds them
 * again, packed and unpacked; the sources, their objects and modules with symbols of a kernel are 10 GB. */
enum { ROOM_TIMES = 10 };
#define ROOM_COMPILED 10000000000ULL

/* The bytes of all files that are staged. */
static unsigned long long
staged_bytes(const struct session *s)
{
	unsigned long long n = 0;

	for (size_t i = 0; i < s->recipe->nsteps; i++) {
		const struct step *step = &s->recipe->steps[i];
		const struct value *v = value_field(&step->params, "file");
		cleanup_str struct str path = {0};
		struct err err = {0};
		struct stat st;

		if (step->prim->absent && v && v->type == V_FILE && staged_find(&v->file, &path, &err) > 0 &&
		    !stat(str_text(&path), &st))
			n += (unsigned long long)st.st_size;
		err_free(&err);
	}
	return n;
}

/* A board's root file system, its sources and what is built of them are more than a kernel. */
void
doctor_room(struct doctor *d, const struct session *s)
{
	cleanup_free char *dir = probe_folder();
	cleanup_str struct str what = {0}, why = {0};
	unsigned long long left, staged = staged_bytes(s), wanted = ROOM_TIMES * staged + ROOM_COMPILED;
	struct statvfs st;
	char size[32], of[32];
	bool board = false;

	for (size_t i = 0; i < s->recipe->nsteps && !board; i++) {
		const struct value *v = value_field(&s->recipe->steps[i].params, "rootfs");

		board = !strcmp(s->recipe->steps[i].prim->name, "untar") && v && v->type == V_BOOL && v->b;
	}
	if (!board || statvfs(dir, &st) < 0)
		return;
	left = (unsigned long long)st.f_bavail * st.f_frsize;
	str_addf(&why, "%s free in %s", format_size(left, size), dir);
	str_addf(&what, "some %s for a board: %d times the %s that are staged, and what is compiled",
		 format_size(wanted, size), ROOM_TIMES, format_size(staged, of));
	if (left >= wanted)
		str_addf(&why, ", of which a board takes some %s", size);
	doctor_tell(d, "room", str_text(&what), left >= wanted, false, str_text(&why),
		    "jkr cache gc, or set $JKR_STORE to a larger disk");
}
