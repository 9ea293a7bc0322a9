/* ls: the steps or options of a recipe, the refs of its repositories, or the recipes there are */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cli/builds.h"
#include "cli/refs.h"
#include "cli/session.h"
#include "cli/table.h"
#include "cli/where.h"
#include "os/fs.h"

static void
list_steps(const struct recipe *r)
{
	struct table t = {.columns = 3};
	cleanup_arena struct arena a = {0};

	for (size_t i = 0; i < r->nsteps; i++)
		TABLE_ROW(
			&t, r->steps[i].name, r->steps[i].prim->name,
			arena_printf(&a, "%s:%u", r->steps[i].at.file ? r->steps[i].at.file : "", r->steps[i].at.line));
	table_print(&t, stdout, 0);
	table_free(&t);
}

static const char *
value_text(struct arena *a, const struct value *v)
{
	switch (v->type) {
	case V_BOOL: return v->b ? "true" : "false";
	case V_INT: return arena_printf(a, "%" PRId64, v->i);
	case V_TRI: return arena_printf(a, "%c", v->tri);
	case V_STRING: return v->str.s;
	default: return value_type_name(v);
	}
}

static void
list_options(const struct recipe *r)
{
	struct table t = {.columns = 5};
	cleanup_arena struct arena a = {0};

	for (size_t i = 0; i < r->noptions; i++) {
		const struct option *o = &r->options[i];

		TABLE_ROW(&t, o->name, o->type, value_text(&a, &o->value), o->given ? "given" : "default", o->doc);
	}
	table_print(&t, stdout, 0);
	table_free(&t);
}

static const struct {
	const char *name;
	void (*list)(const struct recipe *r);
} kinds[] = {
	{"steps", list_steps},
	{"options", list_options},
};

static int
list_recipes_in(const char *folder)
{
	cleanup_fd int dir = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	cleanup_fd int sub = dir < 0 ? -1 : fs_open(dir, "recipes", O_RDONLY | O_DIRECTORY);
	char **names;
	size_t n;

	if (sub < 0 || fs_names(sub, &names, &n) < 0)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (str_ends(names[i], ".lua"))
			printf("%s  %s/recipes\n", names[i], folder);
	fs_names_free(names, n);
	return 0;
}

static enum status
list_recipes(struct cli *cli)
{
	const char *const *search = where_search(&cli->arena);

	for (; *search; search++)
		list_recipes_in(*search);
	return ST_OK;
}

static enum status
run(struct cli *cli, struct err *err)
{
	struct session s;
	int r;

	if (!strcmp(cli->argv[0], "recipes"))
		return list_recipes(cli);
	if (!strcmp(cli->argv[0], "refs") && cli->argc < 2)
		return err_set(err, "E1004", "`jkr ls refs` needs a recipe or the address of a repository"), ST_USAGE;
	if (!strcmp(cli->argv[0], "refs"))
		return refs_list(cli, cli->argv[1], err);
	if (!strcmp(cli->argv[0], "builds") && cli->argc < 2)
		return err_set(err, "E1004", "`jkr ls builds` needs a recipe"), ST_USAGE;
	if (!strcmp(cli->argv[0], "builds"))
		return builds_list(cli, err);
	if (cli->argc > 2)
		return err_set(err, "E1004", "`jkr ls %s` takes one word more, and not `%s`", cli->argv[0],
			       cli->argv[2]),
		       ST_USAGE;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (strcmp(kinds[i].name, cli->argv[0]))
			continue;
		if (cli->argc < 2)
			return err_set(err, "E1004", "`jkr ls %s` needs a recipe", cli->argv[0]), ST_USAGE;
		r = session_load(&s, cli, cli->argv[1], err);
		if (!r)
			kinds[i].list(s.recipe);
		session_close(&s);
		return r < 0 ? err_status(err) : ST_OK;
	}
	err_set(err, "E1004", "`jkr ls` cannot list `%s`", cli->argv[0]);
	err_help(err, "it takes recipes, steps, options, builds or refs");
	return ST_USAGE;
}

const struct command cmd_ls = {
	.name = "ls",
	.usage = "recipes|steps|options|builds|refs [RECIPE|URL] [STEP …]",
	.doc = "List the recipes that are found by name, or the steps or options of one. `refs` lists the branches and tags of the repositories "
	       "that a recipe's git_checkout steps name, or of one by its address, with the commits that they lead to now, and says which of "
	       "them jkr.lock pins, and whether they moved since. `builds` lists the results of a recipe's steps that the store holds, the newest of "
	       "each first, also those of other inputs and of other recipes with steps of these names: when and in which time each was made, how "
	       "large it is, a kernel's release, and its key.",
	.options = "define profile plugin offline format",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
