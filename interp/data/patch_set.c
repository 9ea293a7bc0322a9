#include "data/patch_set.h"

#include <string.h>

#include "base/err.h"
#include "data/patch_change.h"

static void
node_free(struct patch_node *n)
{
	if (n)
		free(n->data);
	free(n);
}

static void
files_free(struct map *m)
{
	for (size_t i = 0; i < m->n; i++)
		node_free(m->v[i].value);
	map_free(m);
	*m = (struct map){0};
}

void
patch_set_free(struct patch_set *s)
{
	files_free(&s->files);
	files_free(&s->pending);
	arena_free(&s->arena);
}

struct patch_node *
patch_set_node(struct patch_set *s, const char *path, struct err *err)
{
	struct patch_node *n = map_get(&s->pending, path), *before;

	if (n)
		return n;
	n = xcalloc(1, sizeof *n);
	before = map_get(&s->files, path);
	if (before) {
		*n = *before;
		n->touched = false;
		n->data = before->loaded ? xmalloc(before->len + 1) : NULL;
		if (n->data)
			memcpy(n->data, before->data, before->len + 1);
	} else if (s->tree->look(s->tree->ctx, path, n, err)) {
		node_free(n);
		return NULL;
	} else {
		n->was = n->kind;
		n->loaded = n->kind == NODE_LINK;
	}
	map_set(&s->pending, arena_strdup(&s->arena, path), n);
	return n;
}

struct patch_node *
patch_set_load(struct patch_set *s, const char *path, struct err *err)
{
	struct patch_node *n = patch_set_node(s, path, err);
	struct str b = {0};

	if (!n || n->loaded || n->kind != NODE_FILE)
		return n;
	if (s->tree->read(s->tree->ctx, path, &b, err)) {
		str_free(&b);
		return NULL;
	}
	n->len = b.len;
	n->data = str_steal(&b);
	n->loaded = true;
	return n;
}

/* The change as it looks when the patch is taken back. */
static struct patch_change
turned_round(const struct patch_change *c)
{
	struct patch_change r = *c;

	r.old_path = c->new_path;
	r.new_path = c->old_path;
	r.old_mode = c->new_mode;
	r.new_mode = c->old_mode;
	r.to_new = c->to_old;
	r.to_old = c->to_new;
	r.old_blob = c->new_blob;
	r.new_blob = c->old_blob;
	r.maybe_new = c->maybe_gone;
	r.maybe_gone = c->maybe_new;
	if (c->kind == PATCH_CREATE || c->kind == PATCH_COPY)
		r.kind = PATCH_DELETE;
	if (c->kind == PATCH_DELETE)
		r.kind = PATCH_CREATE;
	return r;
}

static void
apply_all(struct patch_run *run)
{
	size_t n = run->pf->n;

	for (size_t i = 0; i < n; i++) {
		const struct patch_change *c = &run->pf->v[run->how->reverse ? n - 1 - i : i];
		struct patch_change turned;

		if (run->how->reverse) {
			turned = turned_round(c);
			c = &turned;
		}
		if (patch_change_apply(run, c) && err_count(run->err) >= 8)
			break;
	}
}

/* Whether the patch could be taken back as a whole: then it is in. */
static bool
is_applied(struct patch_run *run)
{
	struct err quiet = {0};
	struct patch_how other = *run->how;
	struct patch_run back = {.set = run->set, .pf = run->pf, .how = &other, .strip = run->strip, .err = &quiet};
	bool yes;

	other.reverse = !other.reverse;
	other.fuzz = 0;
	apply_all(&back);
	yes = !err_any(&quiet) && back.changed;
	err_free(&quiet);
	str_free(&back.notes);
	files_free(&run->set->pending);
	return yes;
}

static int
say_applied(struct patch_run *run, struct err *err)
{
	err_set(err, "E0503", "patch `%s` is already %s", run->pf->called,
		run->how->reverse ? "taken back" : "applied");
	err_at(err, (struct place){.file = run->pf->name});
	return err_help(err, "take it out of the list: the tree holds what it would do");
}

static void
merge(struct patch_set *s)
{
	for (size_t i = 0; i < s->pending.n; i++) {
		struct patch_node *n = s->pending.v[i].value;

		node_free(map_set(&s->files, s->pending.v[i].key, n));
	}
	map_free(&s->pending);
	s->pending = (struct map){0};
}

static void
tell_notes(struct patch_run *run)
{
	char *save = NULL;

	if (!run->notes.s || !run->set->tree->note)
		return;
	for (char *l = strtok_r(run->notes.s, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
		run->set->tree->note(run->set->tree->ctx, l);
}

int
patch_set_apply(struct patch_set *s, const struct patchfile *pf, const struct patch_how *how, struct err *err)
{
	struct err mine = {0};
	struct patch_run run = {.set = s, .pf = pf, .how = how, .err = &mine};
	int rc = -1;

	run.strip = how->strip < 0 ? patch_find_strip(s, pf, how, err) : patch_check_strip(s, pf, how, err);
	if (run.strip < 0)
		return -1;
	apply_all(&run);
	if (err_any(&mine)) {
		files_free(&s->pending);
		rc = is_applied(&run) ? say_applied(&run, err) : (err_move(err, &mine), -1);
	} else if (!run.changed) {
		err_set(err, "E0507", "patch `%s` changes nothing", pf->called);
		err_at(err, (struct place){.file = pf->name});
		err_help(err, "take it out of the list, or put the lost change back");
	} else {
		merge(s);
		tell_notes(&run);
		s->moves = run.moves;
		rc = 0;
	}
	err_free(&mine);
	str_free(&run.notes);
	return rc;
}
