/* recipe: steps bound to their parameters, and the graph between them. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "base/str.h"
#include "model/files.h"
#include "model/recipe.h"
#include "model/recipe_graph.h"
#include "os/fs.h"

static const char *
what_of(const struct step *s, struct arena *a)
{
	return arena_printf(a, "%s \"%s\"", s->prim->name, s->name);
}

static int
index_names(struct recipe *r, struct err *err)
{
	int bad = 0;

	map_free(&r->by_name);
	for (size_t i = 0; i < r->nsteps; i++) {
		struct step *s = &r->steps[i];
		const struct step *first = map_get(&r->by_name, s->name);

		if (!first) {
			map_set(&r->by_name, s->name, s);
			continue;
		}
		bad = err_set(err, "E0113", "two steps are called `%s`", s->name);
		err_at(err, s->at);
		err_label(err, "the second one");
		if (first->at.file)
			err_help(err, "the first one is at %s:%u; give one of them another name", first->at.file,
				 first->at.line);
	}
	return bad;
}

static int
check_on(const struct step *s, struct err *err)
{
	const char *name = s->prim->name;
	bool on = s->common.on.kind != SRC_NONE;

	if (on && !(s->prim->flags & PRIM_ON)) {
		err_set(err, "E0117", "%s \"%s\" does not write onto a tree", name, s->name);
		err_at(err, s->common.on.at.file ? s->common.on.at : s->at);
		err_label(err, "%s takes no `on`", name);
		return err_help(err, "leave `on` out, or take the step out of the `tree`");
	}
	if (on || !(s->prim->flags & PRIM_NEEDS_ON))
		return 0;
	err_set(err, "E0116", "%s \"%s\" has no tree to write onto", name, s->name);
	err_at(err, s->at);
	err_label(err, "needs `on`");
	return err_help(err, "put it into `tree \"…\" { … }` behind the step that it changes, or give `on = step`");
}

/* What a check looks at is its operand, or the tree that it stands on: one of the two. */
static int
check_looks(const struct step *s, struct err *err)
{
	const struct param *p = s->prim->flags & PRIM_LOOKS ? schema_operand(s->prim->params) : NULL;
	bool on = s->common.on.kind != SRC_NONE;

	if (!p || on != (((const struct source *)((const char *)s->bound + p->offset))->kind != SRC_NONE))
		return 0;
	err_set(err, "E0116", on ? "%s \"%s\" has two things to look at" : "%s \"%s\" has nothing to look at",
		s->prim->name, s->name);
	err_at(err, s->at);
	if (on)
		return err_help(err, "leave `%s` out: inside a tree a check looks at the steps before it", p->name);
	return err_help(err, "name a file, folder or result, or put it into `tree \"…\" { … }`");
}

/* The nearest name beside a file that is not there. */
static void
help_near_file(const struct file_ref *f, struct err *err)
{
	struct file_ref dir = *f;
	cleanup_free char *rel = xstrndup(f->rel, (size_t)(path_base(f->rel) - f->rel));
	struct err ignored = {0};
	cleanup_fd int fd = -1;
	const char *near;
	char **names;
	size_t n;

	if (*rel)
		rel[strlen(rel) - 1] = '\0';
	dir.rel = rel;
	fd = files_open(&dir, &ignored);
	err_free(&ignored);
	if (fd < 0) {
		err_help(err, "there is no such folder either");
		return;
	}
	if (fs_names(fd, &names, &n))
		return;
	near = near_name(path_base(f->rel), (const char *const *)names, n);
	if (near)
		err_help(err, "did you mean `%s`?", near);
	fs_names_free(names, n);
}

static bool
is_missing(const struct file_ref *f)
{
	cleanup_fd int root = open(f->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	cleanup_fd int fd = root < 0 ? -1 : fs_open(root, f->rel, O_PATH);

	return fd < 0 && (errno == ENOENT || errno == ENOTDIR);
}

static int
check_file(void *ctx, const struct param *p, struct source *src)
{
	struct err *err = ctx;
	cleanup_fd int fd = -1;

	(void)p;
	if (src->kind != SRC_FILE)
		return 0;
	if (is_missing(&src->file)) {
		err_set(err, "E0112", "no file `%s`", src->file.shown);
		err_at(err, src->at);
		err_label(err, "not there");
		help_near_file(&src->file, err);
		return 0;
	}
	fd = files_open(&src->file, err);
	if (fd < 0)
		err_at(err, src->at);
	return 0;
}

static int
bind_into(const struct step *s, const struct value *params, struct arena *a, void **bound, struct err *err)
{
	const char *what = what_of(s, a);

	*bound = arena_alloc(a, s->prim->size ? s->prim->size : 1);
	if (schema_bind(s->prim->params, params, what, *bound, a, err))
		return -1;
	return s->prim->expand ? s->prim->expand(*bound, a, err) : 0;
}

int
step_fill(const struct step *s, value_text_fn text, void *ctx, struct arena *a, void **bound, struct err *err)
{
	struct value filled;

	if (value_fill(&s->params, text, ctx, a, &filled, err) || bind_into(s, &filled, a, bound, err))
		return -1;
	return s->prim->check ? s->prim->check(*bound, err) : 0;
}

static int
bind_step(struct recipe *r, struct step *s, struct err *err)
{
	const char *what;

	if (!s->prim) {
		err_set(err, "E0017", "step `%s` has no verb", s->name);
		return err_at(err, s->at);
	}
	what = what_of(s, &r->arena);
	if (schema_check(s->prim->params, step_params, &s->params, what, err))
		return -1;
	memset(&s->common, 0, sizeof s->common);
	if (schema_bind(step_params, &s->params, what, &s->common, &r->arena, err))
		return -1;
	if (check_on(s, err))
		return -1;
	if (bind_into(s, &s->params, &r->arena, &s->bound, err))
		return -1;
	if (check_looks(s, err))
		return -1;
	recipe_symbols(r, s, &r->arena);
	if (!s->prim->absent)
		schema_sources(s->prim->params, s->bound, check_file, err);
	return s->prim->check ? s->prim->check(s->bound, err) : 0;
}

/* The written value of a parameter, or the first item of the one that takes items. */
static const struct value *
written(const struct step *s, const char *name)
{
	const struct param *operand = schema_operand(s->prim->params);
	const struct value *v = value_field(&s->params, name);

	if (!v && operand && !strcmp(operand->name, name) && s->params.type == V_TABLE && s->params.table.nitems)
		v = &s->params.table.items[0];
	return v;
}

void
step_place(const struct step *s, struct err *err)
{
	for (struct diag *d = err->head; d; d = d->next) {
		const struct value *v = d->at.key && !d->at.file ? written(s, d->at.key) : NULL;
		struct err one = {d, d};

		if (v)
			err_at(&one, v->at);
	}
	err_at_all(err, s->at);
}

/* The mistake of `err` that says the same file of the same call, or NULL. */
static struct diag *
told(const struct err *err, const struct diag *d)
{
	for (struct diag *o = err->head; o; o = o->next)
		if (o->code && !strcmp(o->code, "E0112") && !strcmp(o->msg, d->msg) && str_eq(o->at.file, d->at.file) &&
		    o->at.line == d->at.line)
			return o;
	return NULL;
}

/* One path of a recipe goes to several steps of a constructor, and is missing once. The last of them that has a name of
 * its own for it is the check, which has the constructor's. */
static void
move_new(struct err *err, struct err *own)
{
	while (own->head) {
		struct err one = {own->head, own->head};
		struct diag *d = own->head, *first;

		own->head = d->next;
		d->next = NULL;
		first = d->code && !strcmp(d->code, "E0112") ? told(err, d) : NULL;
		if (!first) {
			err_move(err, &one);
			continue;
		}
		if (d->at.key && first->at.key && strcmp(d->at.key, first->at.key)) {
			struct place at = first->at;

			first->at = d->at;
			d->at = at;
		}
		err_free(&one);
	}
	own->tail = NULL;
}

static int
bind_all(struct recipe *r, struct err *err)
{
	int bad = 0;

	for (size_t i = 0; i < r->nsteps; i++) {
		struct err own = {0};

		bind_step(r, &r->steps[i], &own);
		bad |= err_any(&own);
		step_place(&r->steps[i], &own);
		move_new(err, &own);
	}
	return bad ? -1 : 0;
}

int
recipe_resolve(struct recipe *r, struct err *err)
{
	int names = index_names(r, err);
	int bound = bind_all(r, err);
	int graph = graph_link(r, err);

	return names || bound || graph ? -1 : 0;
}
