/* update: takes newer versions of what jkr.lock pins */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cli/imports.h"
#include "cli/inputs.h"
#include "data/image_pin.h"

struct update {
	struct session *s;
	unsigned seen, changed;
};

/* `name` is "deb:linux-source-6.12"; a user may leave the kind out. */
static bool
is_named(const struct cli *cli, const char *name)
{
	const char *colon = strchr(name, ':');

	for (int i = 1; i < cli->argc; i++)
		if (!strcmp(cli->argv[i], name) || (colon && !strcmp(cli->argv[i], colon + 1)))
			return true;
	return cli->argc == 1;
}

/* The first words of a pin: name and version; the rest is hashes. */
static void
print_pin(const char *label, const char *pin)
{
	if (pin)
		printf("  %s %.*s\n", label, (int)strcspn(pin, "\n"), pin);
}

/* The same, beside the hash that an export found out: that of the same versions stays. */
static bool
is_same(const char *name, const char *old, const char *now)
{
	cleanup_str struct str bare = {0};

	if (str_starts(name, "image:"))
		image_pin_format(old, NULL, &bare);
	return !strcmp(bare.len ? bare.s : old, now);
}

static int
update_step(struct update *u, const struct step *step, struct err *err)
{
	cleanup_str struct str name = {0}, text = {0};
	struct pin_request rq = {.params = step->bound};
	const char *old;

	if (!step->prim->pin_name || step->prim->pin_name(step->bound, &name) || !name.len)
		return 0;
	if (!is_named(u->s->cli, str_text(&name)))
		return 0;
	u->seen++;
	if (step->prim->pin(&rq, &text, err) < 0)
		return err_at_all(err, step->at);
	old = lock_get(&u->s->lock, str_text(&name));
	if (old && is_same(str_text(&name), old, str_text(&text)))
		return 0;
	u->changed++;
	printf("%s\n", str_text(&name));
	print_pin("was", old);
	print_pin("now", str_text(&text));
	lock_set(&u->s->lock, str_text(&name), str_text(&text));
	return 0;
}

/* The load looked them up. */
static void
update_imports(struct update *u)
{
	for (size_t i = 0; i < u->s->imports.n; i++) {
		const struct import *m = u->s->imports.v[i].value;

		u->seen += imports_named(u->s->cli, m->at.pin);
		if (m->was && !strcmp(m->was, m->commit))
			continue;
		u->changed++;
		imports_say(u->s, m, stdout);
	}
}

static int
update(struct session *s, struct err *err)
{
	struct update u = {.s = s};
	struct map noted = {0};

	update_imports(&u);
	for (size_t i = 0; i < s->recipe->nsteps; i++)
		if (update_step(&u, &s->recipe->steps[i], err) < 0)
			return -1;
	if (!u.seen && s->cli->argc > 1) {
		err_set(err, "E1004", "recipe `%s` pins nothing called `%s`", s->recipe->name, s->cli->argv[1]);
		return err_help(err, "`jkr update %s` alone takes everything that it pins", s->cli->argv[0]);
	}
	if (s->cli->argc == 1)
		inputs_note(s, &noted);
	map_free(&noted);
	if (!u.seen && !s->cli->quiet)
		printf("`%s` pins nothing that could be newer\n", s->recipe->name);
	else if (!u.changed && !s->cli->quiet)
		puts("everything is as new as servers, and the archives that this machine knows, have it");
	return lock_write(&s->lock, s->project, "jkr.lock", err);
}

static enum status
run(struct cli *cli, struct err *err)
{
	struct session s;
	int r = session_load_renewed(&s, cli, cli->argv[0], err);

	if (!r)
		r = session_open_project(&s, err);
	if (!r)
		r = update(&s, err);
	session_close(&s);
	return r < 0 ? err_status(err) : ST_OK;
}

const struct command cmd_update = {
	.name = "update",
	.usage = "RECIPE [NAME…]",
	.doc = "Pin newer versions of inputs in jkr.lock. These are the Debian packages, images, branches and threads of mails that a recipe names, and the recipes that "
	       "it uses from repositories; what changed is shown, of a recipe from elsewhere the commits that come in, and whether a tag was moved or history rewritten. Until then a point release rebuilds nothing. Nothing is built.",
	.options = "define profile plugin",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
