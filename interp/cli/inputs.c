#include "cli/inputs.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "cli/doctor.h"
#include "os/http.h"
#include "os/url.h"

#define CODE "E1010"

/* -- pins: what a recipe leaves open --------------------------------------------------------------------------- */

/* 1: there is nothing to pin, or it is not here. */
static int
pin_text(struct session *s, const struct step *step, struct str *name, struct str *text, struct err *err)
{
	struct pin_request rq = {.params = step->bound, .offline = s->cli->offline};
	cleanup_str struct str why = {0};

	if (!step->prim->pin_name || step->prim->pin_name(step->bound, name) || !name->len)
		return 1;
	rq.locked = lock_get(&s->lock, str_text(name));
	if (!rq.locked && step->prim->absent && step->prim->absent(step->bound, &why)) {
		fprintf(stderr, "`%s` is not pinned: %s\n", str_text(name), str_text(&why));
		return 1;
	}
	if (rq.locked)
		str_add(text, rq.locked);
	return rq.locked ? 0 : step->prim->pin(&rq, text, err);
}

/* -- notes: what a recipe says itself ----------------------------------------------------------------------------- */

/* A step that has its hash in the recipe: what the note is called, the address, and that hash; NULL: it has none. No
 * password goes into jkr.lock. */
static const char *
noted(struct session *s, const struct step *step, const char **address, const char **sha256)
{
	cleanup_free char *shown = NULL;
	const struct value *v = &step->params;
	const char *url = step_text(step, "url"), *hash = step_text(step, "sha256");
	char *hex;

	if (!url && !strcmp(step->prim->name, "fetch") && v->type == V_TABLE && v->table.nitems == 1 &&
	    v->table.items[0].type == V_STRING)
		url = v->table.items[0].str.s;
	if (!url || !hash)
		return NULL;
	hex = arena_strdup(&s->arena, hash);
	for (char *p = hex; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	*sha256 = arena_printf(&s->arena, "sha256:%s", hex);
	*address = url;
	shown = url_pinned(url);
	return arena_printf(&s->arena, "url:%s", shown);
}

static bool
says(const char *pin, const char *sha256)
{
	size_t n = strlen(sha256);

	return pin && !strncmp(pin, sha256, n) && (!pin[n] || pin[n] == ' ');
}

/* Its size is what the server says of it; a run does not need it. */
static void
note_url(struct session *s, const char *name, const char *address, const char *sha256)
{
	struct http_request rq = {.url = address, .stall_seconds = 10, .tries = 1};
	struct err unsaid = {0};
	int64_t size = -1;

	if (says(lock_get(&s->lock, name), sha256))
		return;
	if ((!s->cli->offline || str_starts(rq.url, "file:")) && http_head(&rq, &size, &unsaid))
		size = -1;
	err_free(&unsaid);
	lock_set(&s->lock, name, size >= 0 ? arena_printf(&s->arena, "%s bytes:%" PRId64, sha256, size) : sha256);
}

/* "toolchain:NAME", of a text that a load read; NULL: it is none. */
static const char *
toolchain_name(struct arena *a, const struct recipe_text *t)
{
	size_t n = strlen(t->rel);

	if (!t->shown || !t->data || !str_starts(t->rel, "toolchains/") || !str_ends(t->rel, ".yaml"))
		return NULL;
	return arena_printf(a, "toolchain:%.*s", (int)(n - strlen("toolchains/.yaml")), t->rel + strlen("toolchains/"));
}

static const char *
toolchain_hash(struct arena *a, const struct recipe_text *t)
{
	char hex[HASH_HEX];

	return arena_printf(a, "sha256:%s", hash_hex(&t->hash, hex));
}

void
inputs_note(struct session *s, struct map *names)
{
	const struct recipe *r = s->recipe;
	const char *sha256, *address, *name;

	for (size_t i = 0; i < r->nsteps; i++) {
		name = noted(s, &r->steps[i], &address, &sha256);
		if (!name)
			continue;
		note_url(s, name, address, sha256);
		map_set(names, name, s);
	}
	for (size_t i = 0; i < r->ntexts; i++) {
		name = toolchain_name(&s->arena, &r->texts[i]);
		if (!name)
			continue;
		lock_set(&s->lock, name, toolchain_hash(&s->arena, &r->texts[i]));
		map_set(names, name, s);
	}
}

int
inputs_lock(struct session *s, size_t *n, struct err *err)
{
	struct map names = {0};
	int r = 0;

	for (size_t i = 0; i < s->recipe->nsteps && r >= 0; i++) {
		const struct step *step = &s->recipe->steps[i];
		cleanup_str struct str name = {0}, text = {0};

		r = pin_text(s, step, &name, &text, err);
		if (r < 0)
			err_at_all(err, step->at);
		if (r)
			continue;
		lock_set(&s->lock, str_text(&name), str_text(&text));
		map_set(&names, arena_strdup(&s->arena, str_text(&name)), s);
	}
	if (r >= 0)
		inputs_note(s, &names);
	*n = names.n + s->imports.n;
	map_free(&names);
	return r < 0 ? -1 : 0;
}

static int
differs(const char *name, struct err *err)
{
	err_set(err, CODE, "`%s` is not the one that jkr.lock has, and --locked was given", name);
	return err_help(err, "run `jkr lock` once without --locked, and look at what it changes in jkr.lock");
}

int
inputs_check(struct session *s, struct err *err)
{
	const struct recipe *r = s->recipe;
	const char *sha256, *address, *name;
	int bad = 0;

	for (size_t i = 0; i < r->nsteps; i++) {
		name = noted(s, &r->steps[i], &address, &sha256);
		if (name && lock_get(&s->lock, name) && !says(lock_get(&s->lock, name), sha256)) {
			bad = differs(name, err);
			err_at(err, r->steps[i].at);
		}
	}
	for (size_t i = 0; i < r->ntexts; i++) {
		name = toolchain_name(&s->arena, &r->texts[i]);
		if (name && lock_get(&s->lock, name) &&
		    !says(lock_get(&s->lock, name), toolchain_hash(&s->arena, &r->texts[i])))
			bad = differs(name, err);
	}
	return bad;
}
