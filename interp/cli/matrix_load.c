/* matrix_load: the recipes of all rows, in one. */
#include <fcntl.h>
#include <string.h>

#include "base/str.h"
#include "cli/matrix.h"
#include "cli/session.h"
#include "cli/where.h"
#include "data/yaml.h"
#include "model/matrix.h"
#include "os/fs.h"

#define CODE "E1050"

static int
read_file(struct session *s, struct matrix *m, struct err *err)
{
	struct recipe *r = s->recipe;
	struct arena *a = &r->arena;
	const char *base = path_base(s->cli->matrix);
	cleanup_free char *real = xrealpath(s->cli->matrix), *dir = NULL;
	cleanup_str struct str text = {0};
	cleanup_fd int fd = -1;

	m->shown = arena_strdup(a, s->cli->matrix);
	m->folder = arena_strndup(a, s->cli->matrix, (size_t)(base - s->cli->matrix) - (base != s->cli->matrix));
	if (base != s->cli->matrix && !*m->folder)
		m->folder = "/";
	dir = xstrndup(real ? real : "", real ? (size_t)(path_base(real) - real) : 0);
	if (real)
		fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (!real || fd < 0 || fs_read_file(fd, path_base(real), &text, YAML_MAX))
		return err_sys(err, CODE, "cannot read the matrix `%s`", m->shown);
	r->path = arena_strdup(a, real);
	r->name = arena_strndup(a, base, strlen(base) - (str_ends(base, ".yaml") ? strlen(".yaml") : 0));
	map_set(&r->sources, m->shown, arena_strdup(a, str_text(&text)));
	return matrix_read(map_get(&r->sources, m->shown), text.len, a, m, err);
}

/* -- one row ------------------------------------------------------------------------------------------ */

/* What the load says of an option has no place that it knows: it is the line of the file that sets it. */
static void
place_options(const struct matrix_row *row, struct err *err)
{
	for (struct diag *d = err->head; d; d = d->next)
		for (size_t i = 0; i < row->noptions; i++) {
			cleanup_free char *named = xasprintf("option `%s`", row->options[i].name);
			struct err one = {d, d};

			if (!d->at.file && strstr(d->msg, named))
				err_at(&one, row->options[i].at);
		}
}

static const char *
find_recipe(struct session *s, const struct matrix *m, const struct matrix_row *row, struct err *err)
{
	const char *beside = arena_printf(&s->arena, "%s%s%s", m->folder, *m->folder ? "/" : "", row->recipe);
	struct err unsaid = {0};
	const char *found = where_recipe(&s->arena, s->request.search, beside, &unsaid);

	err_free(&unsaid);
	return found ? found : where_recipe(&s->arena, s->request.search, row->recipe, err);
}

/* Options of the command line come last, so that they win. */
static void
request_of(struct session *s, const struct matrix_row *row, struct load_request *rq)
{
	struct load_option *v = arena_array(&s->arena, struct load_option, row->noptions + s->request.noptions + 1);
	const char **plugins;
	size_t n = 0;

	*rq = s->request;
	memcpy(v, row->options, row->noptions * sizeof *v);
	if (rq->noptions)
		memcpy(v + row->noptions, rq->options, rq->noptions * sizeof *v);
	rq->options = v;
	rq->noptions += row->noptions;
	rq->profile = row->profile ? row->profile : rq->profile;
	while (row->plugins && row->plugins[n])
		n++;
	plugins = arena_array(&s->arena, const char *, n + s->cli->plugins.n + 1);
	if (n)
		memcpy(plugins, row->plugins, n * sizeof *plugins);
	for (size_t i = 0; i < s->cli->plugins.n; i++)
		plugins[n++] = s->cli->plugins.v[i];
	rq->plugins = plugins;
}

/* One jkr.lock pins the inputs of all of them. */
static int
check_project(struct session *s, const struct load_request *rq, const struct matrix_row *row, struct err *err)
{
	const char *path, *root;

	if (load_place(rq, &s->recipe->arena, &path, &root, err))
		return -1;
	if (!s->recipe->root)
		s->recipe->root = root;
	if (!strcmp(s->recipe->root, root))
		return 0;
	err_set(err, CODE, "the recipe of board `%s` lies in another project than those before it", row->board);
	err_help(err, "it lies in `%s`, the others in `%s`", root, s->recipe->root);
	return err_help(err, "take it by `use` in a recipe of this project, or run it by itself");
}

static void
take_texts(struct recipe *to, const struct recipe *from)
{
	for (size_t i = 0; i < from->sources.n; i++)
		if (!map_has(&to->sources, from->sources.v[i].key))
			map_set(&to->sources, from->sources.v[i].key, from->sources.v[i].value);
	for (size_t i = 0; i < from->ntexts; i++) {
		GROW(to->texts, to->ntexts, to->captexts);
		to->texts[to->ntexts++] = from->texts[i];
	}
}

static int
load_row(struct session *s, const struct matrix *m, const struct matrix_row *row, struct member *member,
	 struct err *err)
{
	struct load_request rq;
	struct err own = {0};
	int r;

	member->name = row->name;
	member->group = row->board;
	member->at = row->at;
	member->recipe = xcalloc(1, sizeof *member->recipe);
	request_of(s, row, &rq);
	rq.path = find_recipe(s, m, row, &own);
	r = !rq.path || check_project(s, &rq, row, &own) || load_recipe(&rq, member->recipe, &own) ? -1 : 0;
	take_texts(s->recipe, member->recipe);
	if (!r)
		return 0;
	place_options(row, &own);
	err_at_all(&own, row->at);
	if (row->name != row->board || own.head->at.file != row->at.file)
		err_help(&own, "in row `%s` of %s, line %u", row->name, m->shown, row->at.line);
	err_move(err, &own);
	return -1;
}

/* The first row with a mistake is the last one that is loaded: most recipes are those of other rows, too. */
int
matrix_load(struct session *s, struct err *err)
{
	struct recipe *r = s->recipe;
	struct matrix m = {0};
	struct member *v;
	int bad = 0;

	if (read_file(s, &m, err))
		return -1;
	v = arena_array(&r->arena, struct member, m.n);
	for (size_t i = 0; i < m.n && !bad; i++) {
		r->members = v; /* freed with the recipe, also those before a mistake */
		r->nmembers = i + 1;
		bad = load_row(s, &m, &m.v[i], &v[i], err);
	}
	if (bad)
		return -1;
	matrix_join(r, v, m.n);
	return recipe_resolve(r, err);
}
