/* patch_path: the names in a patch as paths of the tree. */
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "data/patch_set.h"

#define STRIP_MAX 16
#define PATH_LONGEST 4095
#define PATH_DEEPEST 256
#define NAME_LONGEST 255

static bool
has_component(const char *path, const char *name)
{
	size_t len = strlen(name);

	while (*path) {
		size_t n = strcspn(path, "/");

		if (n == len && !strncasecmp(path, name, n))
			return true;
		path += n;
		path += strspn(path, "/");
	}
	return false;
}

/* Whether it could lie in a tree: the bounds of results and of Linux. */
static bool
too_long(const char *path)
{
	unsigned depth = 1;

	if (strlen(path) > PATH_LONGEST)
		return true;
	for (; *path; path += *path == '/') {
		size_t n = strcspn(path, "/");

		depth++;
		if (n > NAME_LONGEST || depth > PATH_DEEPEST)
			return true;
		path += n;
	}
	return false;
}

const char *
patch_path(struct arena *a, const char *name, int strip, const char *into, const char **why)
{
	const char *p = name;
	char *path;

	*why = NULL;
	if (*name == '/')
		*why = "it is absolute";
	else if (has_component(name, ".."))
		*why = "it climbs with `../`";
	else if (has_component(name, ".git"))
		*why = "it lies in `.git`";
	if (*why)
		return NULL;
	for (int i = 0; i < strip; i++) {
		p += strcspn(p, "/");
		if (!*p) {
			*why = "it has fewer folders than are to be taken off";
			return NULL;
		}
		p += strspn(p, "/");
	}
	path = into && *into ? arena_printf(a, "%s/%s", into, p) : arena_strdup(a, p);
	if (!*p || path_clean(path) || !*path || p[strlen(p) - 1] == '/')
		*why = "it is not the path of a file";
	else if (too_long(path))
		*why = "it is too long, or too deep";
	return *why ? NULL : path;
}

enum fit { FIT_NO, FIT_YES, FIT_UNSURE };

/* Whether a name stands for a file of the tree at this level. */
static enum fit
fits(struct patch_set *s, const char *name, int strip, const char *into)
{
	struct err ignored = {0};
	const char *why, *path = patch_path(&s->arena, name, strip, into, &why);
	const struct patch_node *n = path ? patch_set_node(s, path, &ignored) : NULL;

	err_free(&ignored);
	return n && (n->kind == NODE_FILE || n->kind == NODE_LINK) ? FIT_YES : FIT_NO;
}

/* A new file fits where the folder it goes to is. */
static enum fit
new_fits(struct patch_set *s, const char *name, int strip, const char *into)
{
	struct err ignored = {0};
	const char *why, *path = patch_path(&s->arena, name, strip, into, &why);
	const char *slash = path ? strrchr(path, '/') : NULL;
	const struct patch_node *n;

	if (!path)
		return FIT_NO;
	if (!slash)
		return FIT_UNSURE;
	n = patch_set_node(s, arena_strndup(&s->arena, path, (size_t)(slash - path)), &ignored);
	err_free(&ignored);
	return n && n->kind == NODE_FOLDER ? FIT_YES : FIT_UNSURE;
}

/* FIT_YES: every old file is there; FIT_UNSURE: only new files, or new ones in new folders. */
static enum fit
level_fits(struct patch_set *s, const struct patchfile *pf, const struct patch_how *how, int strip)
{
	enum fit all = FIT_UNSURE;

	for (size_t i = 0; i < pf->n; i++) {
		const struct patch_change *c = &pf->v[i];
		const char *old = how->reverse ? c->new_path : c->old_path;
		const char *new = how->reverse ? c->old_path : c->new_path;
		enum fit f;

		if (!old || c->maybe_new)
			f = new_fits(s, new, strip, how->into);
		else
			f = fits(s, old, strip, how->into);
		if (f == FIT_NO && old && new && !c->git)
			f = fits(s, new, strip, how->into);
		if (f == FIT_NO)
			return FIT_NO;
		if (f == FIT_YES)
			all = FIT_YES;
	}
	return all;
}

static bool
has_git_prefix(const struct patchfile *pf)
{
	for (size_t i = 0; i < pf->n; i++) {
		const char *old = pf->v[i].old_path, *new = pf->v[i].new_path;

		if ((old && strncmp(old, "a/", 2)) || (new &&strncmp(new, "b/", 2)))
			return false;
	}
	return true;
}

static int
no_level(struct patch_set *s, const struct patchfile *pf, const struct patch_how *how, struct err *err)
{
	const struct patch_change *c = &pf->v[0];
	const char *name = c->old_path ? c->old_path : c->new_path, *why, *path, *near;

	for (size_t i = 0; i < pf->n; i++) { /* the first one that is missing tells most */
		const char *old = pf->v[i].old_path;

		if (old && fits(s, old, 1, how->into) != FIT_YES) {
			c = &pf->v[i];
			name = old;
			break;
		}
	}
	path = patch_path(&s->arena, name, 1, how->into, &why);
	if (!path && !(path = patch_path(&s->arena, name, 0, how->into, &why))) {
		err_set(err, "E0505", "patch `%s`: the name `%s` is refused: %s", pf->called, name, why);
		return err_at(err, (struct place){.file = pf->name, .line = c->line});
	}
	err_set(err, "E0504", "patch `%s`: `%s` is not in the tree, whatever is taken off its name", pf->called, path);
	err_at(err, (struct place){.file = pf->name, .line = c->line});
	near = s->tree->near ? s->tree->near(s->tree->ctx, path) : NULL;
	if (near)
		err_help(err, "did you mean `%s`?", near);
	return err_help(err, "`into = \"folder\"` is where the names start, `strip = 1` takes one folder off them");
}

int
patch_find_strip(struct patch_set *s, const struct patchfile *pf, const struct patch_how *how, struct err *err)
{
	int yes[STRIP_MAX], unsure = -1;
	size_t n = 0;
	bool prefix = has_git_prefix(pf);

	if (prefix && level_fits(s, pf, how, 1) != FIT_NO)
		return 1;
	for (int p = 0; p < STRIP_MAX; p++) {
		enum fit f = level_fits(s, pf, how, p);

		if (f == FIT_YES)
			yes[n++] = p;
		else if (f == FIT_UNSURE && unsure < 0)
			unsure = p;
	}
	if (n == 1)
		return yes[0];
	if (!n && unsure < 0 && prefix)
		return 1; /* what is missing is said file by file */
	if (!n && unsure < 0)
		return no_level(s, pf, how, err);
	if (n)
		err_set(err, "E0506", "patch `%s`: its files are there with strip = %d as well as with strip = %d",
			pf->called, yes[0], yes[1]);
	else
		err_set(err, "E0506",
			"patch `%s`: it only makes new files, so how much to take off their names is not clear",
			pf->called);
	err_at(err, (struct place){.file = pf->name, .line = pf->v[0].line});
	return err_help(err, "say which: strip = %d", n ? yes[0] : 1);
}

int
patch_check_strip(struct patch_set *s, const struct patchfile *pf, const struct patch_how *how, struct err *err)
{
	int right = -1;

	if (how->strip == 1 || level_fits(s, pf, how, how->strip) != FIT_UNSURE)
		return how->strip;
	if (how->strip == 0 && has_git_prefix(pf) && level_fits(s, pf, how, 1) != FIT_NO)
		right = 1;
	for (int p = how->strip - 1; p > 0 && right < 0; p--)
		if (level_fits(s, pf, how, p) == FIT_YES)
			right = p;
	if (right < 0)
		return how->strip;
	err_set(err, "E0506", "patch `%s`: with strip = %d its new files lie in no folder of the tree", pf->called,
		how->strip);
	err_at(err, (struct place){.file = pf->name, .line = pf->v[0].line});
	return err_help(err, "say strip = %d, or leave `strip` out: jkr finds it", right);
}
