/* The files of a load: found below known folders, read once, recorded as its inputs. */
#include "lua/parent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "data/use_address.h"
#include "lua/held.h"
#include "lua/source.h"
#include "os/fs.h"

enum { GIVEN_MAX = 32 << 20, NAMES_MAX = 256 };

/* 1 read, 0 not there, -1 a sentence. */
static int
read_text(const char *root, const char *rel, const char *shown, struct str *out, struct err *err)
{
	cleanup_fd int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	cleanup_fd int fd = dir < 0 ? -1 : fs_open(dir, rel, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0 && errno == EXDEV)
		return err_set(err, "E0011", "`%s` leaves the folder of its project", shown);
	if (fd < 0 || fstat(fd, &st))
		return err_sys(err, "E0008", "cannot read `%s`", shown);
	if (!S_ISREG(st.st_mode))
		return err_set(err, "E0008", "`%s` is not a regular file", shown);
	if (fs_read(fd, out, WIRE_TEXT_MAX)) {
		if (errno == EFBIG)
			return err_set(err, "E0007", "`%s` is larger than 1 MiB", shown),
			       err_at(err, (struct place){.file = shown});
		return err_sys(err, "E0008", "cannot read `%s`", shown);
	}
	return 1;
}

/* `u` NULL: it was not there. */
static void
record(struct recipe *r, const char *root, const char *rel, const struct unit *u, const struct str *text)
{
	GROW(r->texts, r->ntexts, r->captexts);
	r->texts[r->ntexts++] = (struct recipe_text){.root = root, .rel = rel};
	if (!u)
		return;
	r->texts[r->ntexts - 1].shown = u->shown;
	r->texts[r->ntexts - 1].data = u->kind == UNIT_DATA;
	r->texts[r->ntexts - 1].hash = hash_of(str_text(text), text->len);
}

bool
load_again(struct recipe *r, const struct recipe_text *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		cleanup_str struct str s = {0};
		struct err unsaid = {0};
		int there = read_text(v[i].root, v[i].rel, "", &s, &unsaid);
		struct hash h;
		char *text;

		err_free(&unsaid);
		if (there != !!v[i].shown)
			return false;
		if (!there)
			continue;
		h = hash_of(str_text(&s), s.len);
		if (hash_cmp(&h, &v[i].hash))
			return false;
		text = arena_strndup(&r->arena, str_text(&s), s.len);
		if (!v[i].data)
			source_check("", &text, &s.len, &unsaid);
		err_free(&unsaid);
		map_set(&r->sources, v[i].shown, text);
	}
	return true;
}

static const char *
folder_of(struct arena *a, const char *rel)
{
	const char *s = strrchr(rel, '/');

	return s ? arena_strndup(a, rel, (size_t)(s - rel)) : "";
}

static uint32_t
add_unit(struct parent *p, enum unit_kind kind, const char *root, const char *rel, const char *text, size_t n)
{
	struct unit *u = &p->unit[p->units.n];
	bool own = !strcmp(root, p->r->root);

	u->kind = kind;
	u->root = root;
	u->dir = folder_of(p->a, rel);
	u->prefix = own ? p->main_prefix : arena_printf(p->a, "%s/", root);
	u->cut = own && p->main_cut ? p->main_cut : "";
	u->shown = !p->units.n ? p->unit[0].shown : unit_shown(p->a, u, rel);
	u->text = text;
	u->len = n;
	map_set(&p->r->sources, u->shown, (void *)u->text);
	return (uint32_t)p->units.n++;
}

int
files_load(struct parent *p, enum unit_kind kind, const char *root, const char *rel, uint32_t *unit, bool *known,
	   struct err *err)
{
	const char *path = arena_printf(p->a, "%s/%s", root, rel);
	const char *shown = p->units.n ? path : p->unit[0].shown;
	cleanup_str struct str s = {0};
	char *text;
	size_t len;
	int r;

	*known = false;
	for (*unit = 0; *unit < p->units.n; ++*unit)
		if (!strcmp(p->path[*unit], path)) {
			*known = true;
			return 1;
		}
	r = read_text(root, rel, shown, &s, err);
	if (r < 0)
		p->r->hinted = true;
	if (!r)
		record(p->r, root, rel, NULL, NULL);
	if (r < 1)
		return r;
	p->given += s.len;
	if (p->units.n == WIRE_UNITS || p->given > GIVEN_MAX)
		return err_set(err, "E0006", "the recipe loads more than %d files or %d MiB of text", WIRE_UNITS,
			       GIVEN_MAX >> 20);
	text = arena_strndup(p->a, str_text(&s), s.len);
	len = s.len;
	r = kind == UNIT_DATA ? 0 : source_check(shown, &text, &len, err);
	p->path[p->units.n] = path;
	*unit = add_unit(p, kind, root, rel, text, len);
	record(p->r, root, rel, &p->unit[*unit], &s);
	if (r) {
		p->unit[*unit].kind = UNIT_DATA; /* nothing of it goes to the child */
		return err_at(err, (struct place){.file = p->unit[*unit].shown});
	}
	return 1;
}

const char *
files_root(struct arena *a, const char *path)
{
	const char *own = arena_strndup(a, path, (size_t)(strrchr(path, '/') - path));
	char *dir = arena_strdup(a, own);

	for (char *s; *dir; *s = '\0') {
		cleanup_fd int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (fd >= 0 && fs_exists(fd, "jkr.yaml"))
			return dir;
		s = strrchr(dir, '/');
		if (!s)
			break;
	}
	return *own ? own : "/";
}

/* The folders in which names are looked for: the asking file's project, then the search path. */
static const char *
base(const struct parent *p, const struct unit *from, size_t i)
{
	if (!i)
		return from->root;
	return p->rq->search ? p->rq->search[i - 1] : NULL;
}

const char **
files_names(struct parent *p, const char *folder, const char *suffix, size_t *n)
{
	const char **v = arena_array(p->a, const char *, NAMES_MAX + 1);
	const char *root;

	*n = 0;
	for (size_t i = 0; (root = base(p, &p->unit[0], i)); i++) {
		cleanup_fd int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
		cleanup_fd int in = dir < 0 ? -1 : fs_open(dir, folder, O_RDONLY | O_DIRECTORY);
		char **names = NULL;
		size_t count = 0;

		if (in < 0 || fs_names(in, &names, &count))
			continue;
		for (size_t k = 0; k < count && *n < NAMES_MAX; k++)
			if (str_ends(names[k], suffix))
				v[(*n)++] = arena_strndup(p->a, names[k], strlen(names[k]) - strlen(suffix));
		fs_names_free(names, count);
	}
	return v;
}

/* Where a kind of name is kept, and how its file is called. */
static const struct place_of {
	enum request_kind kind;
	enum unit_kind unit;
	const char *folder, *suffix;
} places[] = {
	{ASK_MODULE, UNIT_STDLIB, "stdlib", ".lua"},
	{ASK_USE, UNIT_RECIPE, "recipes", ""},
	{ASK_PLUGIN, UNIT_PLUGIN, "plugins", "/plugin.lua"},
	{ASK_TOOLCHAIN, UNIT_DATA, "toolchains", ".yaml"},
};

static const struct place_of *
place_of(uint32_t kind)
{
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (places[i].kind == kind)
			return &places[i];
	return NULL;
}

static int
beside(struct parent *p, enum unit_kind kind, const struct unit *from, const char *name, uint32_t *unit, bool *known,
       struct err *err)
{
	struct file_ref f;

	if (unit_file(p->a, from, name, &f))
		return err_set(err, "E0011", "path `%s` leaves the folder of its project", name);
	return files_load(p, kind, from->root, f.rel, unit, known, err);
}

static int
plugin_dir(struct parent *p, const char *name, uint32_t *unit, bool *known, struct err *err)
{
	unsigned long n = strtoul(name, NULL, 10), k = 0;
	char *root;
	int r;

	while (p->rq->plugins && p->rq->plugins[k] && k < n)
		k++;
	if (k != n || !p->rq->plugins || !p->rq->plugins[k])
		return 0;
	root = xrealpath(p->rq->plugins[k]);
	if (!root)
		return err_sys(err, "E0008", "cannot open plugin `%s`", p->rq->plugins[k]);
	name = arena_strdup(p->a, root);
	free(root);
	if (!strrchr(name, '/') || strrchr(name, '/') == name)
		return err_set(err, "E0018", "`%s` is no plugin", name);
	r = files_load(p, UNIT_PLUGIN, arena_strndup(p->a, name, (size_t)(strrchr(name, '/') - name)),
		       arena_printf(p->a, "%s/plugin.lua", path_base(name)), unit, known, err);
	if (r)
		return r;
	err_set(err, "E0018", "`%s` is no plugin: it holds no `plugin.lua`", p->rq->plugins[k]);
	return err_help(err, "`--plugin` takes the folder of one plugin, as plugins/axelera is one");
}

/* A recipe of another team. What came over a network names no repositories of this machine. */
static int
import(struct parent *p, const struct unit *from, const char *name, uint32_t *unit, bool *known, struct err *err)
{
	const char *of = map_get(&p->imports, from->root);
	struct file_ref f;
	int r;

	if (!p->rq->import)
		return err_set(err, "E0016", "recipes from elsewhere cannot be used here: `%s`", name);
	if (of && *of && str_starts(name, "git+file:"))
		return err_set(err, "E0016", "`%s` is of this machine, and `%s`, which uses it, is not", name, of);
	if (held_use(p, from, name, err) || p->rq->import(p->rq->import_ctx, name, p->a, &f, err))
		return -1;
	map_set(&p->imports, f.root,
		(void *)(str_starts(name, "git+file:") && !(of && *of) ? "" : arena_strdup(p->a, name)));
	r = files_load(p, UNIT_RECIPE, f.root, f.rel, unit, known, err);
	if (r > 0 && held_import(p, f.root, name, err) < 0)
		return -1;
	return r ? r
		 : err_set(err, "E0008", "there is no file `%s` in that %s: `%s`", f.rel,
			   str_starts(name, "git+") ? "commit" : "artifact", name);
}

int
files_find(struct parent *p, const struct wire_head *h, const char *name, uint32_t *unit, bool *known, struct err *err)
{
	const struct unit *from = &p->unit[h->unit];
	const struct place_of *w = place_of(h->kind);
	char *rel;
	const char *root;
	int r = 0;

	if (h->kind == ASK_PLUGIN_DIR)
		return plugin_dir(p, name, unit, known, err);
	if (h->kind == ASK_PINS)
		return beside(p, UNIT_DATA, from, name, unit, known, err);
	if (h->kind == ASK_USE && use_address_is(name))
		return import(p, from, name, unit, known, err);
	if (h->kind == ASK_USE)
		r = beside(p, UNIT_RECIPE, from, name, unit, known, err);
	if (r || !w || str_starts(name, "//"))
		return r;
	rel = arena_printf(p->a, "%s/%s%s", w->folder, name, w->suffix);
	if (path_clean(rel) || !path_within(rel, w->folder) || strstr(name, "..") ||
	    (h->kind != ASK_USE && strchr(name, '/')))
		return err_set(err, "E0011", "`%s` is a path, not a name", name);
	for (size_t i = 0; !r && (root = base(p, from, i)); i++)
		r = files_load(p, w->unit, root, rel, unit, known, err);
	return r;
}

const char **
files_hints(struct parent *p, uint32_t kind, size_t *n)
{
	const struct place_of *w = place_of(kind);

	*n = 0;
	return w ? files_names(p, w->folder, kind == ASK_PLUGIN ? "" : w->suffix, n) : NULL;
}
