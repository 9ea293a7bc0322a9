#include "cli/config.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/near.h"
#include "base/str.h"
#include "cli/executors.h"
#include "cli/helpers.h"
#include "data/trusted.h"
#include "data/yaml.h"
#include "model/capabilities.h"
#include "os/fs.h"
#include "store/depot.h"

/* What the sources have said so far, from the strongest to the weakest. */
struct settings {
	struct cli *cli;
	bool project; /* the file is the project's */
	uint64_t off; /* flags, by their row in the table, that a stronger source turned off */
};

static uint64_t
row(const struct option_spec *o)
{
	return UINT64_C(1) << ((o - cli_options) % 64);
}

/* Options that the command line or a stronger source already set keep their value. */
static bool
is_open(const struct settings *set, const struct option_spec *o)
{
	const void *at = (const char *)set->cli + o->offset;

	if (set->off & row(o))
		return false;
	switch (o->kind) {
	case OPT_FLAG: return !*(const bool *)at;
	case OPT_COUNT:
	case OPT_INT: return !*(const int64_t *)at;
	case OPT_TEXT: return !*(const char *const *)at;
	case OPT_LIST: return !((const struct words *)at)->n;
	}
	return false;
}

static int
set_flag(struct settings *set, const struct option_spec *o, const char *text, struct err *err)
{
	static const char *const words[] = {"0", "1", "no", "yes", "false", "true", "off", "on"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcasecmp(text, words[i]))
			continue;
		if (i % 2)
			return option_set(set->cli, o, NULL, err);
		set->off |= row(o);
		return 0;
	}
	return err_set(err, "E1003", "`%s` takes true or false, not `%s`", o->name, text);
}

static int
apply(struct settings *set, const struct option_spec *o, const char *text, struct err *err)
{
	return o->kind == OPT_FLAG ? set_flag(set, o, text, err) : option_set(set->cli, o, text, err);
}

static int
apply_environment(struct settings *set, struct err *err)
{
	for (const struct option_spec *o = cli_options; o->name; o++) {
		cleanup_str struct str name = {0};
		const char *value;

		if (!o->config || !is_open(set, o))
			continue;
		str_addf(&name, "JKR_%s", o->name);
		for (char *s = name.s; *s; s++)
			*s = *s == '-' ? '_' : (char)toupper((unsigned char)*s);
		value = getenv(str_text(&name));
		if (value && *value && apply(set, o, value, err) < 0)
			return err_wrap(err, "environment variable `%s`", str_text(&name));
	}
	return 0;
}

static const struct option_spec *
config_option(const char *name)
{
	for (const struct option_spec *o = cli_options; o->name; o++)
		if (o->config && !strcmp(o->name, name))
			return o;
	return NULL;
}

const struct param config_project[] = {
	{.name = "name", .type = P_ANY, .doc = "The project's name, for people."},
	{.name = "version", .type = P_ANY, .doc = "Its version, for people."},
	{.name = "trusted_keys",
	 .type = P_STRING,
	 .flags = P_LIST,
	 .doc = "Public keys, of minisign or ed25519 ones of ssh: recipes from elsewhere are used only when one of them signed them."},
	{.name = "peers",
	 .type = P_STRING,
	 .flags = P_LIST,
	 .doc = "More shared caches, which are only read: addresses as of `cache`. The first that has a valid answer gives it."},
	{.name = "executors",
	 .type = P_ANY,
	 .doc = "Other machines that run steps for `--on`, by name; not in a project's jkr.yaml."},
	{.name = "capabilities",
	 .type = P_ANY,
	 .doc = "What its recipes do; where another project uses them, what is not stated is refused."},
	{0},
};

static int
unknown_key(const struct field *f, struct err *err)
{
	const char *names[64];
	size_t n = 0;
	const char *near;

	for (const struct option_spec *o = cli_options; o->name && n < ARRAY_LEN(names); o++)
		if (o->config)
			names[n++] = o->name;
	err_set(err, "E1007", "`%s` is not a setting of jkr", f->key);
	err_at(err, f->value.at);
	near = near_name(f->key, names, n);
	return near ? err_help(err, "did you mean `%s`?", near) : -1;
}

static int
add_key(struct settings *set, const struct value *v, struct err *err)
{
	struct arena *a = &set->cli->arena;
	struct words *w = &set->cli->trusted_keys;
	struct trusted_key key;

	if (v->type != V_STRING) {
		err_set(err, "E1007", "`trusted_keys` takes public keys, not %s", value_type_name(v));
		return err_at(err, v->at);
	}
	if (trusted_parse(arena_strdup(a, v->str.s), a, &key, err))
		return err_at(err, v->at);
	GROW(w->v, w->n + 1, w->cap);
	w->v[w->n++] = key.shown;
	w->v[w->n] = NULL;
	return 0;
}

static int
add_peer(struct settings *set, const struct value *v, struct err *err)
{
	struct words *w = &set->cli->peers;

	if (v->type != V_STRING) {
		err_set(err, "E1007", "`peers` takes addresses, not %s", value_type_name(v));
		return err_at(err, v->at);
	}
	if (depot_check(v->str.s, err))
		return err_at(err, v->at);
	GROW(w->v, w->n + 1, w->cap);
	w->v[w->n++] = arena_strdup(&set->cli->arena, v->str.s);
	w->v[w->n] = NULL;
	return 0;
}

/* One or a list. The strongest file that names any counts; an empty list names none, so that it takes none away. */
static int
apply_words(struct settings *set, const struct words *said,
	    int (*add)(struct settings *, const struct value *, struct err *), const struct value *v, struct err *err)
{
	int r = 0;

	if (said->n)
		return 0;
	if (v->type != V_TABLE)
		return add(set, v, err);
	for (size_t i = 0; i < v->table.nitems; i++)
		r |= add(set, &v->table.items[i], err);
	return r;
}

/* What describes the project is for others; it must be right all the same. */
static int
apply_project_key(struct settings *set, const struct field *f, struct err *err)
{
	struct capabilities may = {0};

	if (!strcmp(f->key, "capabilities"))
		return capabilities_read(&f->value, &set->cli->arena, &may, err);
	if (!strcmp(f->key, "trusted_keys"))
		return apply_words(set, &set->cli->trusted_keys, add_key, &f->value, err);
	if (!strcmp(f->key, "executors"))
		return executors_take(set->cli, &f->value, set->project, err);
	if (!strcmp(f->key, "peers"))
		return apply_words(set, &set->cli->peers, add_peer, &f->value, err);
	return schema_find(config_project, f->key) ? 0 : unknown_key(f, err);
}

static int
apply_field(struct settings *set, const struct field *f, struct err *err)
{
	const struct option_spec *o = config_option(f->key);
	const struct value *v = &f->value;
	const char *text;

	if (!o)
		return apply_project_key(set, f, err);
	if (set->project && helpers_named(o->name))
		return helpers_not_here(o->name, v->at, err);
	if (!is_open(set, o))
		return 0;
	if (v->type == V_STRING)
		text = arena_strdup(&set->cli->arena, v->str.s);
	else if (v->type == V_INT)
		text = arena_printf(&set->cli->arena, "%lld", (long long)v->i);
	else if (v->type == V_BOOL)
		text = v->b ? "true" : "false";
	else
		return err_set(err, "E1007", "`%s` takes one value, not %s", f->key, value_type_name(v)),
		       err_at(err, v->at);
	if (!strcmp(o->name, "cache") && strcmp(text, "none") && depot_check(text, err))
		return err_at(err, v->at);
	return apply(set, o, text, err) < 0 ? err_at(err, v->at) : 0;
}

static int
read_file(const char *path, struct str *text)
{
	cleanup_free char *folder = xstrndup(path, (size_t)(path_base(path) - path));
	cleanup_fd int dir = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return dir < 0 ? -1 : fs_read_file(dir, path_base(path), text, YAML_MAX);
}

/* The path of a file of this folder without the folder. */
static const char *
as_seen(struct arena *a, const char *path)
{
	cleanup_free char *cwd = xgetcwd();
	size_t n = cwd ? strlen(cwd) : 0;

	return arena_strdup(a, n > 1 && !strncmp(path, cwd, n) && path[n] == '/' ? path + n + 1 : path);
}

/* A file that is not there is fine; one that cannot be read or understood is not. */
static int
apply_file(struct settings *set, const char *path, struct err *err)
{
	cleanup_str struct str text = {0};
	const char *shown = as_seen(&set->cli->arena, path);
	struct value v;
	int r = 0;

	if (read_file(path, &text) < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : err_sys(err, "E1007", "cannot read `%s`", shown);
	if (yaml_parse(str_text(&text), text.len, shown, &set->cli->arena, &v, err) < 0)
		return -1;
	if (v.type != V_TABLE || v.table.nitems) {
		err_set(err, "E1007", "`%s` must hold settings, one `name: value` a line", shown);
		return -1;
	}
	for (size_t i = 0; i < v.table.nfields; i++)
		r |= apply_field(set, &v.table.fields[i], err);
	return r;
}

static int
apply_project_file(struct settings *set, const char *path, struct err *err)
{
	int r;

	set->project = true;
	r = apply_file(set, path, err);
	set->project = false;
	return r;
}

/* The project's file: in this folder or the nearest one above. */
static int
apply_project(struct settings *set, struct err *err)
{
	cleanup_free char *cwd = xgetcwd();

	while (cwd) {
		cleanup_free char *path = xasprintf("%s/jkr.yaml", strcmp(cwd, "/") ? cwd : "");
		char *slash = strrchr(cwd, '/');

		if (!access(path, F_OK))
			return apply_project_file(set, path, err);
		if (!slash || slash == cwd)
			break;
		*slash = '\0';
	}
	return 0;
}

static int
apply_user(struct settings *set, struct err *err)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	cleanup_free char *path = NULL;

	if (xdg && *xdg == '/')
		path = xasprintf("%s/jkr/config.yaml", xdg);
	else if (home && *home == '/')
		path = xasprintf("%s/.config/jkr/config.yaml", home);
	return path ? apply_file(set, path, err) : 0;
}

int
config_apply(struct cli *cli, struct err *err)
{
	struct settings set = {.cli = cli};

	if (apply_environment(&set, err) < 0 || apply_project(&set, err) < 0 || apply_user(&set, err) < 0)
		return -1;
	return apply_file(&set, "/etc/jkr/config.yaml", err);
}
