#include "cli/decode.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "cli/session.h"
#include "os/fs.h"
#include "os/guard.h"

#define CODE "E1030"
#define FILE_MOST ((off_t)4 << 30)

/* "hello-mod.ko" is the module hello_mod. */
static char *
module_of(const char *path)
{
	const char *base = path_base(path);
	char *name;

	if (!str_ends(base, ".ko") && !str_ends(base, ".ko.debug"))
		return NULL;
	name = xstrndup(base, (size_t)(strstr(base, ".ko") - base));
	for (char *p = name; *p; p++)
		*p = *p == '-' ? '_' : *p;
	return name;
}

static bool
has_module(const struct decode *d, const char *module)
{
	for (size_t i = 0; i < d->n; i++)
		if (str_eq(d->v[i].module, module))
			return true;
	return false;
}

/* Whether the oops speaks of this module. */
static bool
is_named(const struct decode *d, const char *module)
{
	for (size_t i = 0; i < d->oops.n; i++)
		if (d->oops.v[i].module && !strcmp(d->oops.v[i].module, module))
			return true;
	return false;
}

/* Takes an open file up; owns the descriptor. */
static int
take_file(struct decode *d, const char *name, const char *module, int fd, struct err *err)
{
	struct decode_object o = {
		.name = arena_strdup(&d->arena, name), .module = arena_strdup(&d->arena, module), .fd = fd};
	struct stat st;
	int r, guard;
	void *p;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > FILE_MOST) {
		close(fd);
		return err_set(err, CODE, "`%s` is no file that can be read", name);
	}
	p = st.st_size ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
	guard = p && p != MAP_FAILED ? guard_begin(p, (size_t)st.st_size) : -1;
	r = p == MAP_FAILED ? err_sys(err, CODE, "cannot read `%s`", name)
			    : oops_symbols_read(&o.symbols, name, p, (size_t)st.st_size, err);
	if (!r && guard_torn(guard))
		r = err_set(err, CODE, "`%s` was cut short while it was read", name);
	guard_end(guard);
	if (p && p != MAP_FAILED)
		munmap(p, (size_t)st.st_size);
	if (r) {
		oops_symbols_free(&o.symbols);
		close(fd);
		return -1;
	}
	GROW(d->v, d->n, d->cap);
	d->v[d->n++] = o;
	return 0;
}

/* `stem`, alone or with a release behind it, which begins with a digit: a source tree has vmlinux-xip.lds.S. */
static bool
is_of_release(const char *base, const char *stem)
{
	size_t n = strlen(stem);

	return str_starts(base, stem) && (!base[n] || (base[n] == '-' && isdigit((unsigned char)base[n + 1])));
}

/* Whether a file found on the way is of use: a module that the oops names, a vmlinux, or a System.map where there is no
 * vmlinux yet. `*module` is heap. */
static bool
is_wanted(const struct decode *d, const char *path, char **module)
{
	const char *base = path_base(path);

	*module = module_of(path);
	if (*module)
		return is_named(d, *module) && !has_module(d, *module);
	return (is_of_release(base, "vmlinux") || is_of_release(base, "System.map")) && !has_module(d, NULL);
}

struct walking {
	struct decode *d;
	const char *top;
	bool maps; /* whether it is time for System.map */
	struct err *err;
};

static int
offer(struct walking *w, int at, const char *name, const char *path)
{
	cleanup_free char *module = NULL, *shown = xasprintf("%s%s%s", w->top, *w->top ? "/" : "", path);
	int fd;

	if (str_starts(path_base(path), "System.map") != w->maps || !is_wanted(w->d, path, &module))
		return 0;
	fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return errno == ELOOP ? 0 : err_sys(w->err, CODE, "cannot open `%s`", shown);
	return take_file(w->d, shown, module, fd, w->err);
}

static int
walk_one(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	return S_ISREG(st->st_mode) ? offer(ctx, at, name, path) : 0;
}

static int
add_folder(struct decode *d, const char *where, int dir, struct err *err)
{
	struct walking w = {d, where, false, err};
	int r = fs_walk(dir, walk_one, &w);

	w.maps = true;
	return r ? r : fs_walk(dir, walk_one, &w);
}

/* Results of a recipe */

static int
add_tree(struct decode *d, const struct tree *t, bool maps, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < t->n && !r; i++) {
		cleanup_free char *module = NULL;
		const char *path = t->v[i].path;
		int fd;

		if (!S_ISREG(t->v[i].mode) || str_starts(path_base(path), "System.map") != maps ||
		    !is_wanted(d, path, &module))
			continue;
		fd = tree_open(t, path, err);
		r = fd < 0 ? -1 : take_file(d, path, module, fd, err);
	}
	return r;
}

static int
add_recipe(struct decode *d, struct cli *cli, const char *name, struct err *err)
{
	struct session s;
	int r = session_load(&s, cli, name, err);

	if (!r)
		r = session_plan(&s, NULL, 0, false, err);
	for (int maps = 0; maps < 2; maps++)
		for (size_t i = 0; !r && i < s.plan.n; i++) {
			const struct plan_step *ps = &s.plan.v[i];
			const struct tree *t =
				ps->state == PLAN_CACHED ? session_tree(&s, &ps->result.tree, err) : NULL;

			if (ps->state == PLAN_CACHED)
				r = t ? add_tree(d, t, maps, err) : -1;
		}
	session_close(&s);
	return r;
}

int
decode_add(struct decode *d, struct cli *cli, const char *where, struct err *err)
{
	cleanup_fd int fd = str_ends(where, ".lua") ? -1 : open(where, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	cleanup_free char *module = module_of(where);
	struct stat st;

	if (fd < 0)
		return add_recipe(d, cli, where, err);
	if (!fstat(fd, &st) && S_ISDIR(st.st_mode))
		return add_folder(d, where, fd, err);
	return take_file(d, where, module, steal_fd(&fd), err);
}

/* Finding */

/* The place of one word, in `out`; false when it is in none of the objects. */
static bool
find_word(struct decode *d, const struct oops_word *w, struct decode_place *out, const struct oops_symbol **sym)
{
	bool other, any = false;

	for (size_t i = 0; i < d->n; i++) {
		const struct decode_object *o = &d->v[i];

		if (!str_eq(o->module, w->module))
			continue;
		*sym = w->name ? oops_find(&o->symbols, w->name, w->size, &other)
			       : oops_at(&o->symbols, w->offset - d->oops.moved);
		any |= w->name && other;
		if (!*sym)
			continue;
		*out = (struct decode_place){i + 1, (*sym)->section,
					     w->name ? (*sym)->address + w->offset : w->offset - d->oops.moved};
		return true;
	}
	if (any && !d->other++)
		d->first_other = w->name;
	return false;
}

void
decode_find(struct decode *d)
{
	struct decode_place *places = arena_array(&d->arena, struct decode_place, d->oops.n + 1);

	d->lines = arena_array(&d->arena, const char *, d->oops.n + 1);
	for (size_t i = 0; i < d->oops.n; i++) {
		const struct oops_word *w = &d->oops.v[i];
		const struct oops_symbol *sym;

		if (!find_word(d, w, &places[i], &sym))
			continue;
		d->found++;
		d->lines[i] =
			w->name ? arena_printf(&d->arena, "%s%s0x%llx", places[i].section ? places[i].section : "",
					       places[i].section ? "+" : "", (unsigned long long)places[i].address)
				: arena_printf(&d->arena, "%s+0x%llx", sym->name,
					       (unsigned long long)(places[i].address - sym->address));
	}
	decode_lines(d, places);
}

void
decode_free(struct decode *d)
{
	for (size_t i = 0; i < d->n; i++) {
		oops_symbols_free(&d->v[i].symbols);
		close(d->v[i].fd);
	}
	free(d->v);
	oops_free(&d->oops);
	arena_free(&d->arena);
}
