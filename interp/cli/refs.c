#include "cli/refs.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cli/session.h"
#include "cli/show.h"
#include "cli/table.h"
#include "data/git.h"
#include "data/json.h"
#include "os/url.h"

/* A repository, and what is wanted of it. */
struct repository {
	const char *url;
	const struct lock *lock;
	const char **commits; /* that the recipe names by their id */
	size_t ncommits, capcommits;
};

/* What is said of a ref: for people, and for programs, with the commit that jkr.lock pins. */
struct state {
	const char *text, *word, *pin;
};

/* What its server has, and what was said of each of its refs. */
struct listing {
	struct arena arena;
	struct git_ref *v;
	struct state *state;
	size_t n;
	struct table table;
	struct json *json; /* NULL: the table */
};

/* Of other refs, a forge's thousand proposals, only what somebody pinned. */
static const struct {
	const char *before, *kind;
	size_t skip;
	bool listed;
} kinds[] = {{"refs/heads/", "branch", 11, true},
	     {"refs/tags/", "tag", 10, true},
	     {"HEAD", "HEAD", 0, true},
	     {"", "ref", 0, false}};

static size_t
kind_of(const char *full)
{
	size_t i = 0;

	while (!str_starts(full, kinds[i].before))
		i++;
	return i;
}

static void
put_row(struct listing *l, const char *kind, const char *name, const char *commit, const struct state *state)
{
	struct json *row = l->json ? json_add_object(l->json, NULL) : NULL;

	if (!row) {
		TABLE_ROW(&l->table, kind, name, commit, state->text);
		return;
	}
	json_string(row, "kind", kind);
	json_string(row, "name", name);
	json_string(row, "commit", commit);
	json_string(row, "state", state->word);
	json_string(row, "pin", state->pin);
}

static void
add_row(struct listing *l, const struct git_ref *ref, const struct state *state)
{
	size_t i = kind_of(ref->name);

	if (kinds[i].listed || state->text)
		put_row(l, kinds[i].kind, ref->name + kinds[i].skip, ref->commit, state);
}

static void
put_gone(struct listing *l, const char *name, const char *pin)
{
	put_row(l, "gone", name, l->json ? NULL : pin, &(struct state){"pinned, and no longer there", "gone", pin});
}

static struct state
pinned(struct listing *l, const struct git_ref *ref, const char *pin)
{
	if (!strcmp(ref->commit, pin))
		return (struct state){"pinned", "pinned", pin};
	return (struct state){arena_printf(&l->arena, "pinned at %.12s, moved since", pin), "moved", pin};
}

/* Every pin says something of the ref that it stands for, or makes a row of its own. */
static void
take_pins(struct listing *l, const struct repository *r)
{
	cleanup_free char *url = url_pinned(r->url), *before = xasprintf("git:%s#", url);

	for (size_t i = 0; r->lock && i < r->lock->pins.n; i++) {
		const char *name = r->lock->pins.v[i].key, *pin = r->lock->pins.v[i].value;
		const struct git_ref *ref;

		if (!pin || !str_starts(name, before))
			continue;
		name += strlen(before);
		ref = git_meant(l->v, l->n, name);
		if (!ref)
			put_gone(l, name, pin);
		else
			l->state[ref - l->v] = pinned(l, ref, pin);
	}
}

static void
take_commits(struct listing *l, const struct repository *r)
{
	for (size_t i = 0; i < r->ncommits; i++)
		for (size_t k = 0; k < l->n; k++)
			if (!l->state[k].text && kinds[kind_of(l->v[k].name)].listed &&
			    !strcmp(l->v[k].commit, r->commits[i]))
				l->state[k] = (struct state){"named by its commit", "named", NULL};
}

/* How a list is to be written. */
struct writing {
	bool offline;
	int indent;
	struct json *json; /* takes the repositories; NULL: text */
};

static void
fill(struct listing *l, const struct repository *r)
{
	l->state = arena_array(&l->arena, struct state, l->n + 1);
	take_pins(l, r);
	take_commits(l, r);
	for (size_t i = 0; i < l->n; i++)
		add_row(l, &l->v[i], &l->state[i]);
}

static struct json *
json_of(const struct writing *w, const char *shown)
{
	struct json *one = w->json ? json_add_object(w->json, NULL) : NULL;

	if (!one)
		return NULL;
	json_string(one, "url", shown);
	return json_add_array(one, "refs");
}

static int
list_one(const struct repository *r, const struct writing *w, struct err *err)
{
	struct listing l = {.table = {.columns = 4}};
	cleanup_free char *shown = url_shown(r->url);
	int status = -1;

	if (w->offline && !str_starts(r->url, "file:"))
		err_set(err, "E0913", "the server of `%s` would be asked what it has, and --offline was given", shown);
	else
		status = git_refs(r->url, &l.arena, &l.v, &l.n, err);
	if (status == 0) {
		l.json = json_of(w, shown);
		fill(&l, r);
		if (w->indent && !w->json)
			puts(shown);
		table_print(&l.table, stdout, w->indent);
	}
	table_free(&l.table);
	arena_free(&l.arena);
	return status;
}

/* The parameter of this name, a string, as it was bound. */
static const char *
text_of(const struct step *s, const char *name)
{
	const struct param *p = schema_find(s->prim->params, name);

	return *(const char *const *)((const char *)s->bound + p->offset);
}

static void
add_step(struct repository *v, size_t *n, const struct step *s, const struct lock *lock)
{
	const char *url = text_of(s, "url"), *commit = text_of(s, "commit");
	struct repository *r = v;

	while (r < v + *n && strcmp(r->url, url))
		r++;
	if (r == v + *n)
		v[(*n)++] = (struct repository){.url = url, .lock = lock};
	if (!commit)
		return;
	GROW(r->commits, r->ncommits, r->capcommits);
	r->commits[r->ncommits++] = commit;
}

static int
list_recipe(struct session *s, struct writing *w, struct err *err)
{
	cleanup_free struct repository *v = xcalloc(s->recipe->nsteps + 1, sizeof *v);
	size_t n = 0;
	int r = 0;

	w->indent = 2;
	for (size_t i = 0; i < s->recipe->nsteps; i++)
		if (!strcmp(s->recipe->steps[i].prim->name, "git_checkout"))
			add_step(v, &n, &s->recipe->steps[i], &s->lock);
	for (size_t i = 0; i < n && !r; i++)
		r = list_one(&v[i], w, err);
	for (size_t i = 0; i < n; i++)
		free(v[i].commits);
	if (n)
		return r;
	err_set(err, "E1004", "recipe `%s` has no git_checkout step", s->recipe->name);
	return err_help(err, "`jkr ls refs URL` lists what a repository has");
}

/* The pins of the folder that one stands in, if there are any. */
static int
list_url(const char *url, const struct writing *w, struct err *err)
{
	struct lock lock = {0};
	int r = lock_read(&lock, AT_FDCWD, "jkr.lock", "jkr.lock", err);

	if (r == 0)
		r = list_one(&(struct repository){.url = url, .lock = &lock}, w, err);
	lock_free(&lock);
	return r;
}

static int
list_loaded(struct cli *cli, const char *recipe, struct writing *w, struct err *err)
{
	struct session s;
	int r = session_load(&s, cli, recipe, err);

	if (!r)
		r = session_open_project(&s, err);
	if (!r)
		r = list_recipe(&s, w, err);
	session_close(&s);
	return r;
}

enum status
refs_list(struct cli *cli, const char *recipe_or_url, struct err *err)
{
	cleanup_json struct json *all = wants_json(cli) ? json_object() : NULL;
	struct writing w = {.offline = cli->offline, .json = all ? json_add_array(all, "repositories") : NULL};
	struct err none = {0};
	bool is_url = git_url_check(recipe_or_url, &none) == 0;
	cleanup_str struct str text = {0};
	int r;

	err_free(&none);
	r = is_url ? list_url(recipe_or_url, &w, err) : list_loaded(cli, recipe_or_url, &w, err);
	if (r < 0)
		return err_status(err);
	if (all) {
		json_print(all, true, &text);
		fputs(str_text(&text), stdout);
	}
	return ST_OK;
}
