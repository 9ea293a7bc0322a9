/* session_files: what planning asks about files of projects; each is read once a session. */
#include "base/mem.h"
#include "cli/session.h"
#include "model/files.h"
#include "model/statcache.h"

static bool
home_recall(void *ctx, const struct hash *name, struct str *out)
{
	const struct session *s = ctx;

	return store_recall(s->store, name, out);
}

static void
home_remember(void *ctx, const struct hash *name, const struct str *bytes)
{
	struct session *s = ctx;

	store_remember(s->store, name, bytes, false);
}

/* A run may have to take a folder up: it keeps the list as well. */
static int
look(struct session *s, const struct file_ref *file, const char *path, bool lists, struct err *err)
{
	const struct statcache_home home = {s, home_recall, s->in_use >= 0 ? home_remember : NULL};
	struct file_content *c = arena_new(&s->arena, struct file_content);
	struct tree *list = lists ? arena_new(&s->arena, struct tree) : NULL;

	if (files_hash(file, &home, list, c, err) < 0)
		return -1;
	if (!map_get(&s->contents, path))
		map_set(&s->contents, path, c);
	if (list && list->v)
		map_set(&s->folders, path, list);
	return 0;
}

static const char *
name_of(struct session *s, const struct file_ref *file)
{
	return arena_printf(&s->arena, "%s/%s%s", file->root, file->rel, file->checkout ? "//checkout" : "");
}

int
session_file(void *ctx, const struct file_ref *file, struct file_content *out, struct err *err)
{
	struct session *s = ctx;
	const char *path = name_of(s, file);

	if (!map_get(&s->contents, path) && look(s, file, path, s->in_use >= 0, err) < 0)
		return -1;
	*out = *(struct file_content *)map_get(&s->contents, path);
	return 0;
}

const struct tree *
session_folder(void *ctx, const struct file_ref *file, struct err *err)
{
	struct session *s = ctx;
	const char *path = name_of(s, file);

	if (!map_get(&s->folders, path) && look(s, file, path, true, err) < 0)
		return NULL;
	if (!map_get(&s->folders, path))
		err_set(err, "E0304", "`%s` changed during the run", file->shown);
	return map_get(&s->folders, path);
}

void
session_forget_files(struct session *s)
{
	for (size_t i = 0; i < s->folders.n; i++)
		tree_free(s->folders.v[i].value);
	map_free(&s->folders);
	map_free(&s->contents);
}
