#include "cli/configured.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "cli/build.h"
#include "cli/userfile.h"
#include "lua/places.h"

#define CONFIG_MAX ((size_t)16 << 20)
#define CHECK "kconfig_check"

void
configured_free(struct configured *c)
{
	kconfig_free(&c->config);
	kconfig_free(&c->asked);
}

static int
read_file(struct cli *cli, const char *path, struct configured *out, struct err *err)
{
	struct str cleanup_str text = {0};

	if (userfile_read(path, &text, CONFIG_MAX))
		return err_sys(err, "E1024", "cannot read the configuration `%s`", path);
	kconfig_parse_config(path, str_text(&text), text.len, &cli->arena, &out->config);
	if (out->config.last.n)
		return 0;
	return err_set(err, "E1024", "`%s` is no configuration of a kernel: no line of it sets a symbol", path);
}

/* .config, or the one file of the folder, or of its boot folder, that is called like one. */
static const char *
find_in(struct cli *cli, const char *folder, const char *below, size_t *n)
{
	const char *dir = arena_printf(&cli->arena, "%s%s", folder, below), *found = NULL;
	DIR *d = opendir(dir);
	struct dirent *e;

	for (*n = 0; d && (e = readdir(d));)
		if (!strcmp(e->d_name, ".config") || !strcmp(e->d_name, "config") || str_starts(e->d_name, "config-")) {
			found = arena_printf(&cli->arena, "%s/%s", dir, e->d_name);
			++*n;
		}
	if (d)
		closedir(d);
	return found;
}

static int
read_folder(struct cli *cli, const char *folder, struct configured *out, struct err *err)
{
	size_t n, of_boot = 0;
	const char *path = find_in(cli, folder, "", &n), *boot = n ? NULL : find_in(cli, folder, "/boot", &of_boot);

	if (n + of_boot == 1)
		return read_file(cli, path ? path : boot, out, err);
	err_set(err, "E1024", "the folder `%s` has %s", folder,
		n + of_boot ? "several configurations" : "no configuration of a kernel");
	return err_help(err, "name the file: .config, or config-RELEASE of its boot folder");
}

/* Recipes */

static void
take(struct session *s, struct configured *out, const struct config_line *l)
{
	struct arena *a = &s->cli->arena;
	struct place at = l->at;
	const char *text = at.file ? recipe_source(s->recipe, at.file) : NULL;
	struct config_line copy;

	if (text && at.key)
		place_find(text, &at);
	copy = (struct config_line){arena_strdup(a, l->name),
				    arena_strdup(a, l->value),
				    {.file = arena_strdup(a, at.file), .line = at.line}};
	kconfig_set(&out->asked, a, &copy);
}

/* A fragment of the project as it is now: its key was that of the result. */
static void
take_fragment(struct session *s, struct configured *out, const struct source *src)
{
	struct str cleanup_str text = {0};
	cleanup_free char *path = xasprintf("%s/%s", src->file.root, src->file.rel);
	struct kconfig k;

	if (src->kind != SRC_FILE || userfile_read(path, &text, CONFIG_MAX))
		return;
	kconfig_parse_config(src->file.shown, str_text(&text), text.len, &s->cli->arena, &k);
	for (size_t i = 0; i < k.n; i++)
		take(s, out, &k.v[i]);
	kconfig_free(&k);
}

/* What the check's record says was asked, and on top of it where. */
static void
take_asked(struct session *s, const struct plan_step *ps, const struct str *record, struct configured *out)
{
	struct kconfig k;

	kconfig_parse_config("", str_text(record), record->len, &s->cli->arena, &k);
	for (size_t i = 0; i < k.n; i++)
		kconfig_set(&out->asked, &s->cli->arena, &k.v[i]);
	kconfig_free(&k);
	for (const struct param *p = ps->step->prim->params; p->name; p++) {
		const struct symbols *set = (const void *)((const char *)ps->bound + p->offset);

		if (p->type != P_SYMBOLS)
			continue;
		for (size_t i = 0; i < set->fragments.n; i++)
			take_fragment(s, out, &set->fragments.v[i]);
		for (size_t i = 0; i < set->n; i++)
			take(s, out, &(struct config_line){set->v[i].name, set->v[i].value, set->v[i].at});
	}
}

static int
not_one(struct session *s, const char *word, const struct plan_step *const *v, size_t n, struct err *err)
{
	err_set(err, "E1017", "recipe `%s` configures %s", s->recipe->name, n ? "several kernels" : "no kernel");
	for (size_t i = 0; i < n; i++)
		err_help(err, "name one: %.*s:%s", (int)strcspn(word, ":"), word, v[i]->step->name);
	return n ? -1 : err_help(err, "a kernel is configured by `kernel`; elsewhere it is `kconfig_check`");
}

static int
read_check(struct session *s, struct configured *out, struct err *err)
{
	const struct plan_step **v = arena_array(&s->arena, const struct plan_step *, s->plan.n + 1);
	struct str cleanup_str config = {0}, asked = {0};
	const struct tree *t;
	size_t n = 0;

	for (size_t i = 0; i < s->plan.n; i++)
		if (s->plan.v[s->plan.order[i]].step && !strcmp(s->plan.v[s->plan.order[i]].step->prim->name, CHECK))
			v[n++] = &s->plan.v[s->plan.order[i]];
	if (n != 1)
		return not_one(s, out->shown, v, n, err);
	if (v[0]->state != PLAN_CACHED) {
		err_set(err, "E1015", "the configuration of `%s` is not made yet, or not as asked", v[0]->step->name);
		return err_help(err, "`%s` makes it", build_command(s, "run", v[0]->step->name));
	}
	t = session_tree(s, &v[0]->result.tree, err);
	if (!t || tree_read(t, ".config", &config, CONFIG_MAX, err) ||
	    tree_read(t, "asked.config", &asked, CONFIG_MAX, err))
		return -1;
	kconfig_parse_config(out->shown, str_text(&config), config.len, &s->cli->arena, &out->config);
	take_asked(s, v[0], &asked, out);
	out->recipe = true;
	return 0;
}

static int
read_recipe(struct cli *cli, const char *word, struct configured *out, struct err *err)
{
	const char *colon = strrchr(word, ':'), *step = colon ? colon + 1 : NULL;
	const char *name = colon ? arena_strndup(&cli->arena, word, (size_t)(colon - word)) : word;
	struct session s;
	int r;

	session_end(cli); /* of the one before, which was read */
	r = session_load(&s, cli, name, err);
	if (!r)
		r = session_plan(&s, &step, step ? 1 : 0, false, err);
	if (!r)
		r = read_check(&s, out, err);
	session_close(&s);
	return r;
}

int
configured_read(struct cli *cli, const char *word, struct configured *out, struct err *err)
{
	struct stat st;

	*out = (struct configured){.shown = word};
	if (str_ends(word, ".lua") || stat(word, &st))
		return read_recipe(cli, word, out, err);
	return S_ISDIR(st.st_mode) ? read_folder(cli, word, out, err) : read_file(cli, word, out, err);
}
