#include "data/git.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <git2.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#define FAILED "E0914"
#define REFUSED "E0915"
#define DEPTH_MAX 256
#define PATH_LEN_MAX 4095
#define LINK_MAX 4095
#define ENTRIES_MAX 5000000

struct walk {
	git_repository *repo;
	const struct git_visitor *visitor;
	const char *commit;
	struct str path;
	size_t entries;
	struct err *err;
};

static int
fail(const struct walk *w, const char *what)
{
	const git_error *e = git_error_last();

	return err_set(w->err, FAILED, "cannot read %s of commit %.12s: %s", what, w->commit,
		       e && e->message ? e->message : "damaged");
}

static int
refuse(const struct walk *w, const char *why)
{
	cleanup_str struct str shown = {0};

	str_add_quoted(&shown, str_text(&w->path), w->path.len);
	return err_set(w->err, REFUSED, "commit %.12s: `%s` %s", w->commit, str_text(&shown), why);
}

static const char *
bad_name(const char *name)
{
	if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
		return "is not a file name";
	if (!strcasecmp(name, ".git"))
		return "would be a repository inside the tree";
	for (const char *p = name; *p; p++)
		if (*p == '/' || (unsigned char)*p < ' ' || *p == 0x7f)
			return "holds a byte that no file name may have";
	return strlen(name) > 255 ? "has a name of more than 255 bytes" : NULL;
}

static int walk_tree(struct walk *w, const git_oid *id, unsigned depth);

static int
visit_blob(struct walk *w, const git_tree_entry *e, unsigned mode)
{
	const struct git_visitor *v = w->visitor;
	git_blob *blob = NULL;
	const char *data;
	size_t size;
	int r;

	if (git_blob_lookup(&blob, w->repo, git_tree_entry_id(e)))
		return fail(w, "a file");
	data = git_blob_rawcontent(blob);
	size = (size_t)git_blob_rawsize(blob);
	if (mode == 0120000) {
		cleanup_free char *target = size && size <= LINK_MAX ? xstrndup(data, size) : NULL;

		r = target && strlen(target) == size ? v->link(v->ctx, w->path.s, target, w->err)
						     : refuse(w, "is a symlink to no name");
	} else {
		r = v->file(v->ctx, w->path.s, mode == 0100755, size ? data : "", size, w->err);
	}
	git_blob_free(blob);
	return r;
}

static int
visit_entry(struct walk *w, const git_tree_entry *e, unsigned depth)
{
	unsigned mode = (unsigned)git_tree_entry_filemode_raw(e);

	if (++w->entries > ENTRIES_MAX)
		return refuse(w, "is one entry too many");
	switch (mode) {
	case 0040000:
		if (w->visitor->folder(w->visitor->ctx, w->path.s, w->err) < 0)
			return -1;
		return walk_tree(w, git_tree_entry_id(e), depth + 1);
	case 0100644:
	case 0100664:
	case 0100755:
	case 0120000: return visit_blob(w, e, mode);
	case 0160000:
		refuse(w, "is a submodule");
		return err_help(w->err, "fetch it by a git_checkout of its own and put it there with copy");
	default: return refuse(w, "has a mode that git does not write");
	}
}

static int
walk_tree(struct walk *w, const git_oid *id, unsigned depth)
{
	size_t before = w->path.len;
	git_tree *tree = NULL;
	int r = 0;

	if (depth > DEPTH_MAX)
		return refuse(w, "is nested more than 256 deep");
	if (git_tree_lookup(&tree, w->repo, id))
		return fail(w, "a folder");
	for (size_t i = 0; r == 0 && i < git_tree_entrycount(tree); i++) {
		const git_tree_entry *e = git_tree_entry_byindex(tree, i);
		const char *why = bad_name(git_tree_entry_name(e));

		str_addf(&w->path, "%s%s", before ? "/" : "", git_tree_entry_name(e));
		if (!why && w->path.len > PATH_LEN_MAX)
			why = "is longer than 4095 bytes";
		r = why ? refuse(w, why) : visit_entry(w, e, depth);
		w->path.len = before;
		w->path.s[before] = 0;
	}
	git_tree_free(tree);
	return r;
}

/* The folder of the commit that is asked for. */
static int
find_folder(struct walk *w, git_tree *root, const char *subdir, git_oid *id)
{
	git_tree_entry *e = NULL;
	int r = 0;

	if (!subdir || !*subdir) {
		git_oid_cpy(id, git_tree_id(root));
		return 0;
	}
	if (git_tree_entry_bypath(&e, root, subdir) || git_tree_entry_type(e) != GIT_OBJECT_TREE)
		r = err_set(w->err, REFUSED, "commit %.12s has no folder `%s`", w->commit, subdir);
	else
		git_oid_cpy(id, git_tree_entry_id(e));
	git_tree_entry_free(e);
	return r;
}

static int
walk_commit(struct walk *w, const char *subdir, int64_t *time)
{
	git_commit *commit = NULL;
	git_tree *root = NULL;
	git_oid id;
	int r;

	if (git_oid_fromstr(&id, w->commit) || git_commit_lookup(&commit, w->repo, &id))
		return fail(w, "the head");
	*time = git_commit_time(commit);
	if (git_commit_tree(&root, commit))
		r = fail(w, "the tree");
	else
		r = find_folder(w, root, subdir, &id);
	if (r == 0)
		r = walk_tree(w, &id, 0);
	git_tree_free(root);
	git_commit_free(commit);
	return r;
}

/* What the repository is opened with must not come from this machine's settings. */
static void
forget_settings(void)
{
	for (int level = GIT_CONFIG_LEVEL_PROGRAMDATA; level <= GIT_CONFIG_LEVEL_GLOBAL; level++)
		git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
}

int
git_walk(int dir, const char *name, const char *commit, const char *subdir, const struct git_visitor *v, int64_t *time,
	 struct err *err)
{
	struct walk w = {.visitor = v, .commit = commit, .err = err};
	cleanup_free char *path = xasprintf("/proc/self/fd/%d/%s", dir, name);
	int r;

	git_libgit2_init();
	forget_settings();
	if (git_repository_open_bare(&w.repo, path))
		r = fail(&w, "the repository");
	else
		r = walk_commit(&w, subdir, time);
	git_repository_free(w.repo);
	git_libgit2_shutdown();
	str_free(&w.path);
	return r;
}
