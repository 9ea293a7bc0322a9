#include "data/patch_change.h"

#include <stdarg.h>
#include <string.h>

#include "base/err.h"
#include "base/hash.h"
#include "data/patch_binary.h"

int
patch_change_fault(struct patch_run *run, const struct patch_change *c, const char *code, const char *fmt, ...)
{
	struct str cleanup_str b = {0};
	va_list ap;

	va_start(ap, fmt);
	str_addv(&b, fmt, ap);
	va_end(ap);
	err_set(run->err, code, "patch `%s`: %s", run->pf->called, str_text(&b));
	return err_at(run->err, (struct place){.file = run->pf->name, .line = c->line});
}

/* Every folder above a path must be a folder: no link is followed. */
static int
check_parents(struct patch_run *run, const struct patch_change *c, const char *path)
{
	char *p cleanup_free = xstrdup(path);

	for (char *slash = p; (slash = strchr(slash, '/')); *slash++ = '/') {
		const struct patch_node *n;

		*slash = '\0';
		n = patch_set_node(run->set, p, run->err);
		if (!n)
			return -1;
		if (n->kind == NODE_LINK)
			return patch_change_fault(run, c, "E0505",
						  "`%s` goes through the symlink `%s`, which points to `%s`", path, p,
						  n->data);
		if (n->kind == NODE_FILE || n->kind == NODE_OTHER)
			return patch_change_fault(run, c, "E0504", "`%s` cannot be: `%s` is not a folder", path, p);
	}
	return 0;
}

/* A name of the change as a path of the tree, its folders checked. */
static const char *
path_of(struct patch_run *run, const struct patch_change *c, const char *name)
{
	const char *why;
	const char *path = patch_path(&run->set->arena, name, run->strip, run->how->into, &why);

	if (!path) {
		patch_change_fault(run, c, "E0505", "the name `%s` is refused: %s", name, why);
		return NULL;
	}
	return check_parents(run, c, path) ? NULL : path;
}

static int
say_missing(struct patch_run *run, const struct patch_change *c, const char *path)
{
	const struct patch_tree *t = run->set->tree;
	const char *near = t->near ? t->near(t->ctx, path) : NULL;

	patch_change_fault(run, c, "E0504", "`%s` is not in the tree", path);
	if (near)
		err_help(run->err, "did you mean `%s`?", near);
	return err_help(run->err,
			"`strip` says how many folders to take off the names in a patch, `into` where they start");
}

/* The file that a change starts from, with its content. */
static struct patch_node *
old_file(struct patch_run *run, const struct patch_change *c, const char *path)
{
	struct patch_node *n = patch_set_load(run->set, path, run->err);

	if (!n)
		return NULL;
	if (n->kind == NODE_FILE && !c->link && c->old_mode != 0120000)
		return n;
	if (n->kind == NODE_LINK && (c->link || c->old_mode == 0120000))
		return n;
	if (n->kind == NODE_ABSENT) {
		say_missing(run, c, path);
	} else if (n->kind == NODE_LINK) {
		patch_change_fault(run, c, "E0505", "`%s` is a symlink to `%s`", path, n->data);
		err_help(run->err, "patch the file that it points to");
	} else {
		patch_change_fault(run, c, "E0504", "`%s` is not a %s", path, c->link ? "symlink" : "file");
	}
	return NULL;
}

static void
count_move(struct patch_moves *m, const struct hunk_place *p)
{
	if (p->fuzz > m->fuzz)
		m->fuzz = p->fuzz;
	if (!p->offset)
		return;
	if (!m->moved || p->offset < m->least)
		m->least = p->offset;
	if (!m->moved || p->offset > m->most)
		m->most = p->offset;
	m->moved++;
}

static void
note_place(struct patch_run *run, const struct patch_change *c, const char *path, const struct hunk_place *places)
{
	for (size_t i = 0; i < c->nhunks; i++) {
		const struct hunk_place *p = &places[i];

		if (!p->offset && !p->fuzz)
			continue;
		count_move(&run->moves, p);
		str_addf(&run->notes, "%s: %s: hunk %zu applies at line %u (", run->pf->called, path, i + 1, p->line);
		if (p->offset)
			str_addf(&run->notes, "offset %+ld", p->offset);
		if (p->fuzz)
			str_addf(&run->notes, "%sfuzz %u", p->offset ? ", " : "", p->fuzz);
		str_add(&run->notes, ")\n");
	}
}

static int
new_text(struct patch_run *run, const struct patch_change *c, const char *path, const struct patch_node *old,
	 struct str *out)
{
	struct patch_options o = {run->how->fuzz, run->how->reverse, run->how->lean};
	struct hunk_place *places cleanup_free = xcalloc(c->nhunks + 1, sizeof *places);
	struct patch_reject reject;
	const char *text = old && old->data ? old->data : "";

	if (patch_apply_text(c, text, old ? old->len : 0, &o, out, places, &reject))
		return patch_say_reject(run->pf, c, path, &reject, run->err);
	if (old)
		note_place(run, c, path, places);
	return 0;
}

static bool
is_blob(const char *text, size_t len, const char *name)
{
	char hex[41];

	hash_git_blob(text, len, hex);
	return !strcmp(hex, name);
}

/* A binary change is proved by git's names of the content before and after. */
static int
new_bytes(struct patch_run *run, const struct patch_change *c, const char *path, const struct patch_node *old,
	  struct str *out)
{
	const char *text = old && old->data ? old->data : "", *why = NULL;
	size_t len = old ? old->len : 0;

	if (old && !is_blob(text, len, c->old_blob))
		why = "the file differs from the one it was made for";
	if (!why)
		why = patch_blob_apply(&c->to_new, text, len, out);
	if (!why && c->kind != PATCH_DELETE && !is_blob(str_text(out), out->len, c->new_blob))
		why = "what comes out is not what its `index` line promises";
	if (why)
		return patch_change_fault(run, c, "E0502", "the binary change of `%s` does not apply: %s", path, why);
	return 0;
}

/* A link that a patch makes may only point into the tree. */
static int
check_link(struct patch_run *run, const struct patch_change *c, const char *path, const struct str *target)
{
	const char *slash = strrchr(path, '/');
	char *to cleanup_free = NULL;

	if (!target->len || strlen(target->s) != target->len || strchr(target->s, '\n'))
		return patch_change_fault(run, c, "E0501", "the symlink `%s` has no readable target", path);
	to = slash ? xasprintf("%.*s/%s", (int)(slash - path), path, target->s) : xstrdup(target->s);
	if (*target->s == '/' || path_clean(to))
		return patch_change_fault(run, c, "E0505", "the symlink `%s` would point out of the tree, to `%s`",
					  path, target->s);
	return 0;
}

/* Puts new content at a path and notes whether that changes anything. */
static int
put(struct patch_run *run, const struct patch_change *c, const char *path, struct str *text, bool executable)
{
	struct patch_node *n = patch_set_node(run->set, path, run->err);
	enum node_kind kind = c->new_mode == 0120000 || (c->link && !c->new_mode) ? NODE_LINK : NODE_FILE;

	if (!n || (kind == NODE_LINK && check_link(run, c, path, text)))
		return -1;
	if (n->kind != kind || !n->loaded || n->len != text->len || n->executable != executable ||
	    memcmp(n->data, str_text(text), text->len))
		run->changed = true;
	free(n->data);
	n->kind = kind;
	n->executable = executable && kind == NODE_FILE;
	n->len = text->len;
	n->data = str_steal(text);
	n->loaded = n->touched = n->dirty = true;
	return 0;
}

static void
take_away(struct patch_run *run, struct patch_node *n)
{
	free(n->data);
	n->data = NULL;
	n->len = 0;
	n->loaded = false;
	n->executable = false;
	n->kind = NODE_ABSENT;
	n->touched = n->dirty = true;
	run->changed = true;
}

/* New content of `path`, made from `old` (NULL: from nothing). */
static int
content(struct patch_run *run, const struct patch_change *c, const char *path, const struct patch_node *old,
	struct str *out)
{
	if (c->binary)
		return new_bytes(run, c, path, old, out);
	return new_text(run, c, path, old, out);
}

static int
check_free(struct patch_run *run, const struct patch_change *c, const char *path)
{
	const struct patch_node *n = patch_set_node(run->set, path, run->err);

	if (!n)
		return -1;
	if (n->kind == NODE_ABSENT)
		return 0;
	return patch_change_fault(run, c, "E0504", "it makes `%s`, which is there already", path);
}

static int
create(struct patch_run *run, const struct patch_change *c)
{
	const char *path = path_of(run, c, c->new_path);
	struct str cleanup_str text = {0};

	if (!path || check_free(run, c, path) || content(run, c, path, NULL, &text))
		return -1;
	return put(run, c, path, &text, c->new_mode == 0100755);
}

/* What a copy that is taken back was made from; NULL: nothing, for the file was new. */
static const struct patch_node *
origin(struct patch_run *run, const struct patch_change *c)
{
	const char *path = c->new_path ? path_of(run, c, c->new_path) : NULL;

	return path ? old_file(run, c, path) : NULL;
}

static int delete (struct patch_run *run, const struct patch_change *c)
{
	const char *path = path_of(run, c, c->old_path);
	const struct patch_node *from = origin(run, c);
	struct patch_node *old = path ? old_file(run, c, path) : NULL;
	struct str cleanup_str rest = {0};

	if (!old || (c->new_path && !from) || content(run, c, path, old, &rest))
		return -1;
	if (from ? rest.len != from->len || memcmp(str_text(&rest), from->data, from->len) : rest.len) {
		patch_change_fault(run, c, "E0504", "it deletes `%s`, which holds more than the patch knows", path);
		return err_help(run->err, "make the patch again against this tree");
	}
	take_away(run, old);
	return 0;
}

/* A plain diff may name two files, such as foo.c.orig and foo.c: the one that is there is meant. */
static const char *
plain_path(struct patch_run *run, const struct patch_change *c)
{
	const char *old = path_of(run, c, c->old_path);
	const char *new = old ? path_of(run, c, c->new_path) : NULL;
	const struct patch_node *a, *b;

	if (!new || !strcmp(old, new))
		return new;
	if (c->git) {
		patch_change_fault(run, c, "E0501", "it names `%s` and `%s` without saying that one was renamed", old,
				   new);
		return NULL;
	}
	a = patch_set_node(run->set, old, run->err);
	b = patch_set_node(run->set, new, run->err);
	if (!a || !b)
		return NULL;
	if (a->kind != NODE_ABSENT && b->kind != NODE_ABSENT) {
		patch_change_fault(run, c, "E0504", "it names `%s` and `%s`, and both are there", old, new);
		return NULL;
	}
	return a->kind != NODE_ABSENT ? old : new;
}

static int
modify(struct patch_run *run, const struct patch_change *c)
{
	const char *path = plain_path(run, c);
	struct str cleanup_str text = {0};
	struct patch_node *old;

	if (!path)
		return -1;
	old = patch_set_node(run->set, path, run->err);
	if (old && old->kind == NODE_ABSENT && c->maybe_new)
		return content(run, c, path, NULL, &text) ? -1 : put(run, c, path, &text, false);
	old = old_file(run, c, path);
	if (!old || content(run, c, path, old, &text))
		return -1;
	if (c->maybe_gone && !text.len) {
		take_away(run, old);
		return 0;
	}
	return put(run, c, path, &text, c->new_mode ? c->new_mode == 0100755 : old->executable);
}

static int
move(struct patch_run *run, const struct patch_change *c)
{
	const char *from = path_of(run, c, c->old_path);
	const char *to = from ? path_of(run, c, c->new_path) : NULL;
	struct patch_node *old = to ? old_file(run, c, from) : NULL;
	struct patch_change as = *c;
	struct str cleanup_str text = {0};
	bool executable;

	if (old && c->kind == PATCH_COPY && old->touched)
		return patch_change_fault(run, c, "E0508",
					  "it copies `%s`, which it changes as well: which state is meant is not clear",
					  from);
	if (!old || check_free(run, c, to) || content(run, c, from, old, &text))
		return -1;
	executable = c->new_mode ? c->new_mode == 0100755 : old->executable;
	as.link = old->kind == NODE_LINK;
	if (c->kind == PATCH_RENAME)
		take_away(run, old);
	return put(run, &as, to, &text, executable);
}

int
patch_change_apply(struct patch_run *run, const struct patch_change *c)
{
	static int (*const ways[])(struct patch_run *, const struct patch_change *) = {
		[PATCH_MODIFY] = modify, [PATCH_CREATE] = create, [PATCH_DELETE] = delete,
		[PATCH_RENAME] = move,   [PATCH_COPY] = move,
	};

	return ways[c->kind](run, c);
}
