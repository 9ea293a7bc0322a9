/* diff_side: what a word names as a side of a comparison. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "cli/diff.h"
#include "data/viewarc.h"

enum { CONFIG_MAX = 16 << 20 };

/* Files of this machine */

static int
open_named(const struct view *v, const struct view_file *f, struct err *err)
{
	int fd = openat(v->dir, f->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	return fd >= 0 ? fd : err_sys(err, "E1208", "cannot open `%s`", f->path);
}

static int
open_single(struct diff_side *s, const char *word, struct err *err)
{
	cleanup_free char *folder = xstrndup(word, (size_t)(path_base(word) - word));
	struct stat st;

	s->single = true;
	s->dir = open(*folder ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir < 0 || fstatat(s->dir, path_base(word), &st, 0))
		return err_sys(err, "E1208", "cannot open `%s`", word);
	if (!S_ISREG(st.st_mode))
		return err_set(err, "E1208", "`%s` is no file, folder or archive", word);
	s->view = (struct view){.open = open_named, .dir = s->dir};
	view_add(&s->view,
		 &(struct view_file){.path = path_base(word), .size = (uint64_t)st.st_size, .mode = st.st_mode});
	return 0;
}

static int
open_path(struct diff_side *s, const char *word, const struct stat *st, struct err *err)
{
	if (S_ISDIR(st->st_mode)) {
		s->dir = open(word, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (s->dir < 0)
			return err_sys(err, "E1208", "cannot open `%s`", word);
		return view_folder(&s->view, s->dir, err);
	}
	s->archive = S_ISREG(st->st_mode) && view_archive_name(word);
	return s->archive ? view_archive(&s->view, word, err) : open_single(s, word, err);
}

/* Files by name */

static void
find_release(struct diff_side *s)
{
	static const char below[] = "lib/modules/";

	for (size_t i = 0; i < s->view.n && !s->release; i++) {
		const char *at = strstr(s->view.v[i].path, below);

		if (at && (at == s->view.v[i].path || at[-1] == '/') && at[sizeof below - 1])
			s->release = arena_strndup(&s->cli->arena, at + sizeof below - 1,
						   strcspn(at + sizeof below - 1, "/"));
	}
}

static const char *
paired_name(struct diff_side *s, const char *path)
{
	cleanup_str struct str b = {0};
	const char *at;
	size_t n = s->release ? strlen(s->release) : 0;

	while (n && (at = strstr(path, s->release))) {
		str_addn(&b, path, (size_t)(at - path));
		str_add(&b, "RELEASE");
		path = at + n;
	}
	if (!b.len)
		return path;
	str_add(&b, path);
	return arena_strdup(&s->cli->arena, str_text(&b));
}

static int
by_name(const void *a, const void *b)
{
	return path_cmp(((const struct diff_file *)a)->name, ((const struct diff_file *)b)->name);
}

static void
name_files(struct diff_side *s)
{
	find_release(s);
	s->files = arena_array(&s->cli->arena, struct diff_file, s->view.n + 1);
	for (size_t i = 0; i < s->view.n; i++)
		s->files[s->nfiles++] = (struct diff_file){paired_name(s, s->view.v[i].path), &s->view.v[i]};
	if (s->nfiles)
		qsort(s->files, s->nfiles, sizeof *s->files, by_name);
}

/* Whether a file may be a kernel's configuration, by its name: .config, config, config-RELEASE. */
static bool
is_config_name(const char *name)
{
	return !strcmp(name, ".config") || !strcmp(name, "config") || str_starts(name, "config-") ||
	       str_ends(name, ".config");
}

static int
find_configs(struct diff_side *s, struct err *err)
{
	struct diff_config *v = NULL;
	size_t cap = 0;

	for (size_t i = 0; i < s->nfiles; i++) {
		const struct diff_file *f = &s->files[i];
		cleanup_str struct str text = {0};
		struct configured c = {0};

		if (!S_ISREG(f->f->mode) || f->f->size > CONFIG_MAX ||
		    !(s->single || is_config_name(path_base(f->name))))
			continue;
		if (diff_side_read(s, f->f, CONFIG_MAX, &text, err))
			return -1;
		if (memchr(str_text(&text), '\0', text.len) || !configured_text(s->cli, f->f->path, &text, &c)) {
			configured_free(&c);
			continue;
		}
		GROW(v, s->nconfigs, cap);
		v[s->nconfigs++] = (struct diff_config){f->name, c};
	}
	s->configs = arena_memdup(&s->cli->arena, v, s->nconfigs * sizeof *v);
	free(v);
	return 0;
}

int
diff_side_open(struct cli *cli, const char *word, struct diff_side *s, struct err *err)
{
	struct stat st;
	bool here = !str_ends(word, ".lua") && !stat(word, &st);
	int r;

	*s = (struct diff_side){.main = cli, .cli = cli, .shown = word, .dir = -1};
	r = here ? open_path(s, word, &st, err) : diff_side_recipe(s, cli, word, err);
	if (r && err_any(err) && str_eq(err->head->code, "E1008"))
		err_help(err, "no file or folder here is called `%s` either", word);
	if (!r)
		name_files(s);
	/* a recipe's checks know what was asked for; without one there are the files, as of a build */
	return r || s->nconfigs ? r : find_configs(s, err);
}

void
diff_side_forget(struct diff_side *s, const struct diff_side *damaged)
{
	const struct unread *u;
	size_t n = 0;

	for (size_t k = 0; damaged->archive && (u = view_archive_unread(&damaged->view, k)); k++, n = 0) {
		const char *name = paired_name((struct diff_side *)damaged, u->path);
		size_t len = strlen(name);

		for (size_t i = 0; i < s->nfiles; i++)
			if (strncmp(s->files[i].name, name, len) != 0 || !str_starts(s->files[i].name + len, "!/"))
				s->files[n++] = s->files[i];
		s->nfiles = n;
	}
}

void
diff_side_close(struct diff_side *s)
{
	for (size_t i = 0; i < s->nconfigs; i++)
		configured_free(&s->configs[i].c);
	if (s->modules_read)
		modset_free(&s->modules);
	if (s->s) {
		map_free(s->view.ctx);
		free(s->view.ctx);
		session_close(s->s);
		free(s->s);
	}
	if (s->recipe && s->recipe != s->main->recipe) { /* the last one is shown with mistakes to the end */
		recipe_free(s->recipe);
		free(s->recipe);
	}
	if (s->archive)
		view_archive_free(&s->view);
	else
		view_free(&s->view);
	cleanup_fdp(&s->dir);
	if (s->cli != s->main)
		cli_free(s->cli);
}

const struct diff_file *
diff_side_file(const struct diff_side *s, const char *const *ends, size_t *from)
{
	for (size_t i = *from; i < s->nfiles; i++)
		for (const char *const *e = ends; *e; e++)
			if (S_ISREG(s->files[i].f->mode) && str_ends(s->files[i].name, *e)) {
				*from = i + 1;
				return &s->files[i];
			}
	return NULL;
}

const struct diff_file *
diff_side_find(const struct diff_side *s, const char *name)
{
	const struct diff_file key = {.name = name};

	return s->nfiles ? bsearch(&key, s->files, s->nfiles, sizeof key, by_name) : NULL;
}

int
diff_side_read(const struct diff_side *s, const struct view_file *f, size_t max, struct str *out, struct err *err)
{
	return view_read(&s->view, f, max, out, err);
}

const struct modset *
diff_side_modules(struct diff_side *s, struct err *err)
{
	static const char *const symvers[] = {"Module.symvers", NULL};
	size_t from = 0;
	const struct diff_file *f;
	int r = 0;

	if (s->modules_read)
		return &s->modules;
	s->modules_read = s->modules.with_symbols = true;
	for (size_t i = 0; i < s->nfiles && !r; i++) {
		cleanup_fd int fd = -1;

		if (!S_ISREG(s->files[i].f->mode) || !module_file_name(s->files[i].name))
			continue;
		fd = view_open(&s->view, s->files[i].f, err);
		r = fd < 0 ? -1 : modset_add_fd(&s->modules, s->files[i].f->path, (struct place){0}, fd, err);
	}
	while (!r && (f = diff_side_file(s, symvers, &from))) {
		cleanup_str struct str text = {0};

		r = view_read(&s->view, f->f, (size_t)64 << 20, &text, err);
		if (!r)
			r = modset_symvers(&s->modules, f->f->path, str_text(&text), text.len, err);
	}
	return r ? NULL : &s->modules;
}
