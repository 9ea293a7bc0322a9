#include "model/opened.h"

#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "model/job.h"

struct opening {
	struct job *job;
	const char *suffix;
	struct source *v; /* NULL: they are counted */
	size_t n;
	struct err *err;
};

static void
put(struct opening *o, const struct source *src, const char *path)
{
	if (o->v) {
		o->v[o->n] = *src;
		if (path)
			o->v[o->n].ref.path = path;
	}
	o->n++;
}

static int
open_one(struct opening *o, const struct source *src)
{
	const struct tree *t = src->kind == SRC_REF && *src->ref.path ? job_tree(o->job, src, o->err) : NULL;
	const struct entry *dir = t ? tree_resolve(t, src->ref.path) : NULL;
	size_t n, first, before = o->n;

	if (!dir || !S_ISDIR(dir->mode)) {
		put(o, src, NULL);
		return err_any(o->err) ? -1 : 0;
	}
	first = tree_range(t, dir->path, &n);
	for (size_t i = first; i < first + n; i++) {
		const char *path = t->v[i].path;

		if (!S_ISDIR(t->v[i].mode) && str_ends(path, o->suffix) && path_within(path, dir->path) &&
		    !strchr(path + strlen(dir->path) + 1, '/'))
			put(o, src, path);
	}
	if (o->n > before)
		return 0;
	err_set(o->err, "E0303", "the folder `%s` holds no file that ends in `%s`", src->ref.path, o->suffix);
	return err_at(o->err, src->at);
}

int
opened(struct job *job, struct sources *list, size_t *n, const char *suffix, struct err *err)
{
	struct opening o = {job, suffix, NULL, 0, err};
	size_t more = list->n - *n;
	struct source *v;

	for (size_t i = 0; i < *n; i++)
		if (open_one(&o, &list->v[i]))
			return -1;
	v = arena_array(job_arena(job), struct source, o.n + more + 1);
	o.v = v;
	o.n = 0;
	for (size_t i = 0; i < *n; i++)
		open_one(&o, &list->v[i]);
	if (more)
		memcpy(v + o.n, list->v + *n, more * sizeof *v);
	*n = o.n;
	*list = (struct sources){o.n + more, v};
	return 0;
}
