#include "cli/compile_commands.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cli/session.h"
#include "data/compdb.h"
#include "data/json.h"
#include "os/fs.h"
#include "os/scan.h"
#include "run/warm.h"

enum { CMD_MAX = 4 << 20 };

struct work {
	struct session *s;
	uint32_t step;
	const char *sub; /* of the tree, that a make builds from; NULL: it builds from something else */
	const char *build;
	struct moved moved[3];
	struct json *list;
	long n;
};

static int
take_source(void *ctx, const struct param *p, struct source *src)
{
	struct work *w = ctx;

	if (p && !strcmp(p->name, "source") && src->kind == SRC_REF && src->ref.step == w->step)
		w->sub = src->ref.path;
	return 0;
}

/* Whether the step runs make over the tree, and has a build directory; opens that. */
static int
open_build(struct work *w, const struct step *step)
{
	int fd;

	w->sub = NULL;
	if (strcmp(step->prim->name, "make_in_container") != 0)
		return -1;
	schema_sources(step->prim->params, step->bound, take_source, w);
	if (!w->sub)
		return -1;
	w->build = warm_path(&w->s->arena, w->s->recipe->path, step->name);
	fd = fs_open(store_fd(w->s->store), w->build, O_RDONLY | O_DIRECTORY);
	w->build = arena_printf(&w->s->arena, "%s/%s", store_path(w->s->store), w->build);
	return fd;
}

static void
add(struct work *w, int build, const char *path)
{
	cleanup_str struct str text = {0}, command = {0}, file = {0};
	cleanup_arena struct arena a = {0};
	struct compiled c;
	struct json *j;

	if (!str_ends(path, ".o.cmd") || fs_read_file(build, path, &text, CMD_MAX) ||
	    !compdb_parse(str_text(&text), text.len, &a, &c))
		return;
	compdb_move(c.command, w->moved, true, &command);
	compdb_move(c.file, w->moved, false, &file);
	j = json_add_object(w->list, NULL);
	json_string(j, "command", str_text(&command));
	json_string(j, "directory", w->build);
	json_string(j, "file", str_text(&file));
	w->n++;
}

static int
read_build(struct work *w, int build, const char *path, struct err *err)
{
	struct scan scan = {0};
	const char *src = *w->sub ? arena_printf(&w->s->arena, "%s/%s", path, w->sub) : path;

	w->moved[0] = (struct moved){"/jkr/src", src};
	w->moved[1] = (struct moved){"/jkr/build", w->build};
	if (scan_folder(build, NULL, NULL, &scan)) {
		scan_free(&scan);
		return err_sys(err, "E1020", "cannot read the build directory `%s`", w->build);
	}
	for (size_t i = 0; i < scan.n; i++)
		add(w, build, scan.v[i].path);
	scan_free(&scan);
	return 0;
}

long
compile_commands(struct session *s, uint32_t step, int dir, const char *path, const char **by, struct err *err)
{
	cleanup_json struct json *list = json_array();
	struct work w = {.s = s, .step = step, .list = list};
	cleanup_str struct str text = {0};

	for (size_t i = 0; i < s->recipe->nsteps && !w.n; i++) {
		cleanup_fd int build = open_build(&w, &s->recipe->steps[i]);

		*by = s->recipe->steps[i].name;
		if (build >= 0 && read_build(&w, build, path, err))
			return -1;
	}
	if (!w.n)
		return 0;
	json_print(list, true, &text);
	if (fs_replace_soon(dir, "compile_commands.json", str_text(&text), text.len, 0644))
		return err_sys(err, "E1020", "cannot write `%s/compile_commands.json`", path);
	return w.n;
}
