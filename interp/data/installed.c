#include "data/installed.h"

#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/near.h"
#include "base/str.h"
#include "data/kmodindex.h"
#include "data/modset.h"
#include "data/schema.h"
#include "data/view.h"

#define CODE "E1306"
enum { INDEX_MAX = 16 << 20, SHOWN = 3 };

/* Names of one kind, of which a sentence shows the first. */
struct some {
	struct str text;
	size_t n;
};

static void
some_add(struct some *s, const char *name)
{
	if (s->n++ < SHOWN)
		str_addf(&s->text, "%s`%s`", s->text.len ? ", " : "", name);
}

/* Says one of two sentences about them, and forgets them. */
static void
some_say(struct some *s, const char *one, const char *many, struct err *err)
{
	if (s->n)
		err_set(err, CODE, "%zu %s: %s%s", s->n, s->n == 1 ? one : many, str_text(&s->text),
			s->n > SHOWN ? " …" : "");
	str_free(&s->text);
	*s = (struct some){0};
}

static bool
named(const struct strings *l, const char *name)
{
	for (size_t i = 0; l && i < l->n; i++)
		if (module_same_name(l->v[i], name))
			return true;
	return false;
}

/* The folder */

/* "lib/modules/RELEASE" of a module's path, or NULL. */
static const char *
folder_of(struct arena *a, const char *path)
{
	const char *rest = str_starts(path, "usr/lib/modules/") ? path + 16
			   : str_starts(path, "lib/modules/")   ? path + 12
								: NULL;
	size_t n = rest ? strcspn(rest, "/") : 0;

	return rest && rest[n] ? arena_strndup(a, path, (size_t)(rest - path) + n) : NULL;
}

static bool
is_module(const struct view_file *f)
{
	return S_ISREG(f->mode) && module_file_name(f->path);
}

static bool
is_ours(const struct installed *in, const struct view_file *f)
{
	return is_module(f) && path_within(f->path, in->folder);
}

/* Folders of other kernels lie beside it where the release is known. */
int
installed_find(const struct view *v, const char *release, struct installed *out, struct err *err)
{
	const char *other = NULL;

	*out = (struct installed){0};
	for (size_t i = 0; i < v->n; i++) {
		const char *folder = is_module(&v->v[i]) ? folder_of(&out->arena, v->v[i].path) : NULL;

		if (!folder)
			continue;
		if (release && strcmp(path_base(folder), release))
			other = path_base(folder);
		else if (out->folder && strcmp(out->folder, folder))
			return err_set(err, CODE,
				       "there are modules in `%s` and in `%s`: which kernel's are meant is not clear",
				       out->folder, folder);
		else
			out->folder = folder, out->n++;
	}
	if (!out->folder && other)
		return err_set(err, CODE, "there are no modules of `%s`: those in lib/modules are of `%s`", release,
			       other);
	if (!out->folder)
		return err_set(err, CODE, "there are no modules in lib/modules");
	out->release = path_base(out->folder);
	return 0;
}

void
installed_free(struct installed *in)
{
	map_free(&in->names);
	map_free(&in->builtin);
	arena_free(&in->arena);
}

/* Names */

struct checking {
	const struct view *v;
	const struct installed_rules *r;
	struct installed in;
	size_t replaced;
	struct err *err;
};

/* One built outside of the kernel, which depmod prefers. */
static bool
is_update(const struct checking *c, const char *path)
{
	const char *rest = path + strlen(c->in.folder) + 1;

	return str_starts(rest, "updates/") || str_starts(rest, "extra/");
}

static void
check_twice(struct checking *c)
{
	struct some twice = {0};

	for (size_t i = 0; i < c->v->n; i++) {
		const struct view_file *f = &c->v->v[i], *first;
		const char *name = is_ours(&c->in, f) ? module_name_of(&c->in.arena, f->path) : NULL;

		first = name ? map_get(&c->in.names, name) : NULL;
		if (!name)
			continue;
		if (!first)
			map_set(&c->in.names, name, (void *)(uintptr_t)f);
		else if (is_update(c, first->path) != is_update(c, f->path) &&
			 (c->r->any_replaces || named(c->r->replaces, name)))
			c->replaced++;
		else if (c->r->once)
			some_add(&twice, arena_printf(&c->in.arena, "%s (%s and %s)", name,
						      first->path + strlen(c->in.folder) + 1,
						      f->path + strlen(c->in.folder) + 1));
	}
	some_say(&twice, "module is there twice", "modules are there more than once", c->err);
}

/* Calls `fn` for each line of a text file beside the modules, up to `end`. */
static int
each_line(struct checking *c, const char *file, const char *end, void (*fn)(struct checking *, const char *, void *),
	  void *ctx)
{
	cleanup_str struct str text = {0};
	const struct view_file *f = view_find(c->v, arena_printf(&c->in.arena, "%s/%s", c->in.folder, file));

	if (!f || !S_ISREG(f->mode))
		return 1;
	if (view_read(c->v, f, INDEX_MAX, &text, c->err))
		return -1;
	for (const char *s = str_text(&text); *s;) {
		size_t n = strcspn(s, "\n"), k = strcspn(s, end);

		if (k)
			fn(c, arena_strndup(&c->in.arena, s, k < n ? k : n), ctx);
		s += n + (s[n] == '\n');
	}
	return 0;
}

static void
add_builtin(struct checking *c, const char *line, void *ctx)
{
	(void)ctx;
	map_set(&c->in.builtin, module_name_of(&c->in.arena, line), c);
}

static void
say_missing(struct checking *c, const char *name, const struct place *at, bool only_files)
{
	const char **names = xcalloc(c->in.names.n + 1, sizeof *names), *near;

	for (size_t i = 0; i < c->in.names.n; i++)
		names[i] = c->in.names.v[i].key;
	near = near_name(name, names, c->in.names.n);
	free(names);
	err_set(c->err, CODE, "module `%s` is not there%s", name, only_files ? "" : ", and not built in");
	if (at)
		err_at(c->err, *at);
	if (near)
		err_help(c->err, "there is `%s`", near);
}

static void
check_names(struct checking *c)
{
	const struct {
		const struct strings *list;
		bool files, absent;
	} rules[] = {{c->r->present, false, false}, {c->r->loadable, true, false}, {c->r->absent, false, true}};

	for (size_t k = 0; k < ARRAY_LEN(rules); k++)
		for (size_t i = 0; rules[k].list && i < rules[k].list->n; i++) {
			const char *asked = rules[k].list->v[i], *name = module_name_of(&c->in.arena, asked);
			const struct place *at = rules[k].list->at ? &rules[k].list->at[i] : NULL;
			const struct view_file *f = map_get(&c->in.names, name);
			bool there = f || (!rules[k].files && map_has(&c->in.builtin, name));

			if (there && rules[k].absent) {
				err_set(c->err, CODE, "module `%s` is %s, and must not be", asked,
					f ? "there" : "built in");
				if (at)
					err_at(c->err, *at);
			} else if (!there && !rules[k].absent) {
				say_missing(c, asked, at, rules[k].files);
			} else if (f && !f->size) {
				err_set(c->err, CODE, "module `%s` is empty", asked);
			}
		}
}

/* The index */

struct indexed {
	struct map paths;
	struct some gone;
};

static void
take_indexed(struct checking *c, const char *path, void *ctx)
{
	struct indexed *x = ctx;
	const char *whole = *path == '/' ? path + 1 : arena_printf(&c->in.arena, "%s/%s", c->in.folder, path);

	map_set(&x->paths, whole, c);
	if (!view_find(c->v, whole))
		some_add(&x->gone, path);
}

struct looked_up {
	struct checking *c;
	struct map names;
};

static void
take_name(void *ctx, const char *name, const char *value)
{
	struct looked_up *l = ctx;

	(void)value;
	map_set(&l->names, arena_strdup(&l->c->in.arena, name), l);
}

/* modprobe looks into modules.dep.bin, where there is one: the text beside it says nothing then. */
static void
check_bin(struct checking *c, const struct map *paths)
{
	const char *shown = arena_printf(&c->in.arena, "%s/modules.dep.bin", c->in.folder);
	const struct view_file *f = view_find(c->v, shown);
	struct looked_up l = {.c = c};
	struct some lost = {0}, gone = {0};
	cleanup_str struct str bytes = {0};
	struct map names = {0};

	if (!f || !S_ISREG(f->mode) || view_read(c->v, f, INDEX_MAX, &bytes, c->err) ||
	    kmodindex_read(str_text(&bytes), bytes.len, shown, take_name, &l, c->err))
		return map_free(&l.names);
	for (size_t i = 0; i < paths->n; i++) {
		const char *name = module_name_of(&c->in.arena, paths->v[i].key);

		map_set(&names, name, c);
		if (!map_has(&l.names, name))
			some_add(&lost, name);
	}
	for (size_t i = 0; i < l.names.n; i++)
		if (!map_has(&names, l.names.v[i].key))
			some_add(&gone, l.names.v[i].key);
	some_say(&lost, "module is in modules.dep and not in modules.dep.bin, in which modprobe looks",
		 "modules are in modules.dep and not in modules.dep.bin, in which modprobe looks", c->err);
	some_say(&gone, "module is in modules.dep.bin and not in modules.dep",
		 "modules are in modules.dep.bin and not in modules.dep", c->err);
	map_free(&names);
	map_free(&l.names);
}

static void
check_index(struct checking *c)
{
	struct indexed x = {0};
	struct some lost = {0};
	int r = each_line(c, "modules.dep", ":\n", take_indexed, &x);

	if (r > 0) {
		err_set(c->err, CODE, "there is no `%s/modules.dep`: modprobe finds no module", c->in.folder);
		err_help(c->err, "`depmod` makes it");
	}
	for (size_t i = 0; !r && i < c->v->n; i++)
		if (is_ours(&c->in, &c->v->v[i]) && !map_has(&x.paths, c->v->v[i].path))
			some_add(&lost, c->v->v[i].path + strlen(c->in.folder) + 1);
	if (!r)
		check_bin(c, &x.paths);
	some_say(&x.gone, "module of modules.dep is not there", "modules of modules.dep are not there", c->err);
	some_say(&lost, "module is not in modules.dep, so that modprobe does not find it",
		 "modules are not in modules.dep, so that modprobe does not find them", c->err);
	map_free(&x.paths);
}

static void
check_all(struct checking *c)
{
	check_twice(c);
	each_line(c, "modules.builtin", "\n", add_builtin, NULL);
	check_names(c);
	if (c->r->indexed)
		check_index(c);
}

/* Two kernels of one release share a folder: whichever is installed last overwrites the other's modules. */
static int
check_unused(struct checking *c, struct str *got)
{
	const char *release = c->r->unused;
	size_t n = 0;

	for (size_t i = 0; i < c->v->n; i++) {
		const char *folder = is_module(&c->v->v[i]) ? folder_of(&c->in.arena, c->v->v[i].path) : NULL;

		n += folder && !strcmp(path_base(folder), release);
	}
	if (!n) {
		str_addf(got, "%s is free", release);
		return 0;
	}
	err_set(c->err, "E1313", "%zu module%s of another kernel with the release `%s` %s there", n, n == 1 ? "" : "s",
		release, n == 1 ? "is" : "are");
	return err_help(
		c->err,
		"give the kernel a `localversion` of its own, or leave `unused` out where it is to take their place");
}

static bool
asks_more(const struct installed_rules *r)
{
	const struct strings *lists[] = {r->present, r->loadable, r->absent};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (lists[i] && lists[i]->n)
			return true;
	return r->once || r->indexed || !r->unused;
}

int
installed_check(const struct view *v, const void *rules, struct str *got, struct err *err)
{
	const struct installed_rules *r = rules;
	struct checking c = {.v = v, .r = r, .err = err};
	size_t before = err_count(err);

	if (r->unused)
		check_unused(&c, got);
	if (!asks_more(r)) {
		installed_free(&c.in);
		return err_count(err) > before ? -1 : 0;
	}
	if (!installed_find(v, r->release, &c.in, err)) {
		check_all(&c);
		str_addf(got, "%zu module%s of %s", c.in.n, c.in.n == 1 ? "" : "s", c.in.release);
		if (c.replaced)
			str_addf(got, ", %zu in place of the kernel's", c.replaced);
	}
	installed_free(&c.in);
	return err_count(err) > before ? -1 : 0;
}
