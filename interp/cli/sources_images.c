/* Exports: images of Debian packages. Each goes along as a tar under its hash, and jkr.lock has that hash: so it is in
 * the key of the image, and no result that another recipe finds can come from such a tar. */
#include <string.h>

#include "base/str.h"
#include "cli/build.h"
#include "cli/sources.h"
#include "data/image_pin.h"
#include "model/image_tar.h"

/* Whether a step is such an image, and what its pin is called. */
static bool
is_image(const struct step *step, struct str *pin)
{
	return !strcmp(step->prim->name, "image") && !step->prim->pin_name(step->bound, pin) && pin->len;
}

static int
check_image(struct session *s, const struct step *step, struct err *err)
{
	cleanup_arena struct arena a = {0};
	cleanup_str struct str name = {0};
	const char *locked = is_image(step, &name) ? lock_get(&s->lock, name.s) : NULL;
	struct image_pin pin = {0};
	bool bare = locked && !image_pin_parse(locked, &a, &pin) && !pin.sha256;

	map_free(&pin.versions);
	if (!bare)
		return 0;
	err_set(err, "E1010", "jkr.lock has no hash of the image `%s`, and --locked was given", step->name);
	err_help(err, "run `jkr export` once without --locked, and keep jkr.lock");
	return err_at(err, step->at);
}

int
sources_check_images(struct session *s, struct err *err)
{
	for (size_t i = 0; s->cli->locked && i < s->recipe->nsteps; i++)
		if (check_image(s, &s->recipe->steps[i], err))
			return -1;
	return 0;
}

static int
pin_image(struct session *s, const struct plan_step *ps, const char *name, struct err *err)
{
	cleanup_str struct str text = {0};
	struct record rec = {0};
	const char *hex = NULL;
	int r = store_record(s->store, &ps->key, &s->arena, &rec, err);

	for (size_t i = 0; r == 1 && i < rec.nnotes; i++)
		if (!strcmp(rec.notes[i].key, IMAGE_TAR))
			hex = rec.notes[i].value;
	if (!hex)
		return r < 0 ? -1 : err_set(err, "E0923", "the image `%s` was made, and did not come along", name);
	image_pin_format(ps->pin, hex, &text);
	lock_set(&s->lock, name, str_text(&text));
	return 0;
}

int
sources_pin_images(struct session *s, struct err *err)
{
	int n = 0;

	for (size_t i = 0; i < s->recipe->nsteps; i++) {
		cleanup_str struct str name = {0};

		if (!is_image(&s->recipe->steps[i], &name))
			continue;
		if (pin_image(s, &s->plan.v[i], str_text(&name), err))
			return -1;
		n++;
	}
	return lock_write(&s->lock, s->project, "jkr.lock", err) ? -1 : n;
}

static int
settle(struct session *s, int *interrupted, struct err *err)
{
	const char **names = arena_array(&s->arena, const char *, s->recipe->nsteps + 1);
	size_t n = 0;

	for (size_t i = 0; i < s->recipe->nsteps; i++) {
		cleanup_str struct str name = {0};

		if (is_image(&s->recipe->steps[i], &name))
			names[n++] = s->recipe->steps[i].name;
	}
	return session_plan(s, names, n, true, err) < 0 || build_plan(s, &s->plan, interrupted, err) < 0 ? -1 : 0;
}

int
sources_settle_images(struct cli *cli, const char *keep, int *interrupted, struct err *err)
{
	struct session s;
	int r = session_load(&s, cli, cli->argv[0], err);

	s.keep = keep;
	if (!r)
		r = settle(&s, interrupted, err);
	session_close(&s);
	return r;
}
