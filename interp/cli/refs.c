#include "cli/refs.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cli/session.h"
#include "cli/table.h"
#include "data/git.h"
#include "os/url.h"

/* A repository, and what is wanted of it. */
struct repository {
	const char *url;
	const struct lock *lock;
	const char **commits; /* that the recipe names by their id */
	size_t ncommits, capcommits;
};

/* What its server has, and what was said of each of its refs. */
struct listing {
	struct arena arena;
	struct git_ref *v;
	const char **state;
	size_t n;
	struct table table;
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
add_row(struct listing *l, const char *full, const char *commit, const char *state)
{
	size_t i = kind_of(full);

	if (kinds[i].listed || state)
		TABLE_ROW(&l->table, kinds[i].kind, full + kinds[i].skip, commit, state);
}

/* Every pin says something of the ref that it stands for, or makes a row of its own. */
static void
take_pins(struct listing *l, const struct repository *r)
{
	cleanup_free char *before = xasprintf("git:%s#", r->url);

	for (size_t i = 0; r->lock && i < r->lock->pins.n; i++) {
		const char *name = r->lock->pins.v[i].key, *pin = r->lock->pins.v[i].value;
		const struct git_ref *ref;

		if (!pin || !str_starts(name, before))
			continue;
		name += strlen(before);
		ref = git_meant(l->v, l->n, name);
		if (!ref)
			TABLE_ROW(&l->table, "gone", name, pin, "pinned, and no longer there");
		else
			l->state[ref - l->v] = !strcmp(ref->commit, pin)
						       ? "pinned"
						       : arena_printf(&l->arena, "pinned at %.12s, moved since", pin);
	}
}

static void
take_commits(struct listing *l, const struct repository *r)
{
	for (size_t i = 0; i < r->ncommits; i++)
		for (size_t k = 0; k < l->n; k++)
			if (!l->state[k] && kinds[kind_of(l->v[k].name)].listed &&
			    !strcmp(l->v[k].commit, r->commits[i]))
				l->state[k] = "named by its commit";
}

static int
list_one(const struct repository *r, bool offline, int indent, struct err *err)
{
	struct listing l = {.table = {.columns = 4}};
	cleanup_free char *shown = url_shown(r->url);
	int status = -1;

	if (offline && !str_starts(r->url, "file:"))
		err_set(err, "E0913", "the server of `%s` would be asked what it has, and --offline was given", shown);
	else
		status = git_refs(r->url, &l.arena, &l.v, &l.n, err);
	if (status == 0) {
		l.state = arena_array(&l.arena, const char *, l.n + 1);
		take_pins(&l, r);
		take_commits(&l, r);
		for (size_t i = 0; i < l.n; i++)
			add_row(&l, l.v[i].name, l.v[i].commit, l.state[i]);
		if (indent)
			puts(shown);
		table_print(&l.table, stdout, indent);
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
list_recipe(struct session *s, struct err *err)
{
	cleanup_free struct repository *v = xcalloc(s->recipe->nsteps + 1, sizeof *v);
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; i < s->recipe->nsteps; i++)
		if (!strcmp(s->recipe->steps[i].prim->name, "git_checkout"))
			add_step(v, &n, &s->recipe->steps[i], &s->lock);
	for (size_t i = 0; i < n && !r; i++)
		r = list_one(&v[i], s->cli->offline, 2, err);
	for (size_t i = 0; i < n; i++)
		free(v[i].commits);
	if (n)
		return r;
	err_set(err, "E1004", "recipe `%s` has no git_checkout step", s->recipe->name);
	return err_help(err, "`jkr ls refs URL` lists what a repository has");
}

/* The pins of the folder that one stands in, if there are any. */
static int
list_url(const char *url, bool offline, struct err *err)
{
	struct lock lock = {0};
	int r = lock_read(&lock, AT_FDCWD, "jkr.lock", "jkr.lock", err);

	if (r == 0)
		r = list_one(&(struct repository){.url = url, .lock = &lock}, offline, 0, err);
	lock_free(&lock);
	return r;
}

enum status
refs_list(struct cli *cli, const char *recipe_or_url, struct err *err)
{
	struct err none = {0};
	bool is_url = git_url_check(recipe_or_url, &none) == 0;
	struct session s;
	int r;

	err_free(&none);
	if (is_url)
		return list_url(recipe_or_url, cli->offline, err) < 0 ? err_status(err) : ST_OK;
	r = session_load(&s, cli, recipe_or_url, err);
	if (!r)
		r = session_open_project(&s, err);
	if (!r)
		r = list_recipe(&s, err);
	session_close(&s);
	return r < 0 ? err_status(err) : ST_OK;
}
