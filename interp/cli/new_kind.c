#include "cli/new_kind.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/near.h"
#include "base/str.h"
#include "cli/session.h"
#include "cli/where.h"
#include "os/fs.h"

#define FOLDER "stdlib/new"
#define FILE_MAX (1 << 20)
#define FILES_MAX 64
#define NAME_LENGTH 64

struct made {
	struct cli *cli;
	const char *name, *ident;
	bool flat;    /* no recipes/ here: what would go there goes here */
	int from, to; /* the kind's folder; this one */
	struct made_file {
		const char *path, *text;
		size_t len;
		bool executable;
	} v[FILES_MAX];
	size_t n;
	const char *recipe; /* of them: what builds and tests the rest */
	struct err *err;
};

const char *const *
new_kinds(struct arena *a)
{
	const char **v = arena_array(a, const char *, FILES_MAX + 1);
	struct map seen = {0};
	size_t k = 0;

	for (const char *const *search = where_search(a); *search; search++) {
		cleanup_fd int dir = open(*search, O_PATH | O_DIRECTORY | O_CLOEXEC);
		cleanup_fd int sub = dir < 0 ? -1 : fs_open(dir, FOLDER, O_RDONLY | O_DIRECTORY);
		char **names;
		size_t n;

		if (sub < 0 || fs_names(sub, &names, &n) < 0)
			continue;
		for (size_t i = 0; i < n && k < FILES_MAX; i++)
			if (!map_get(&seen, names[i])) {
				v[k] = arena_strdup(a, names[i]);
				map_set(&seen, v[k], (void *)v[k]);
				k++;
			}
		fs_names_free(names, n);
	}
	map_free(&seen);
	return v;
}

/* "fan-2" as C and Lua call it: fan_2. */
static const char *
ident_of(struct arena *a, const char *name)
{
	char *s = arena_printf(a, "%s%s", isdigit((unsigned char)*name) ? "_" : "", name);

	for (char *p = s; *p; p++)
		if (!isalnum((unsigned char)*p))
			*p = '_';
	return s;
}

/* `text` may hold any bytes, and is ended by a NUL. */
static const char *
fill(struct made *m, const char *text, size_t n, size_t *len)
{
	cleanup_str struct str out = {0};

	for (const char *end = text + n; text < end;) {
		bool ident = str_starts(text, "@IDENT@");

		if (ident || str_starts(text, "@NAME@")) {
			str_add(&out, ident ? m->ident : m->name);
			text += strlen(ident ? "@IDENT@" : "@NAME@");
		} else {
			str_addc(&out, *text++);
		}
	}
	*len = out.len;
	return arena_strndup(&m->cli->arena, str_text(&out), out.len);
}

static int
take(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	struct made *m = ctx;
	struct made_file *f = &m->v[m->n];
	cleanup_str struct str text = {0};
	size_t len;

	if (!S_ISREG(st->st_mode))
		return 0;
	if (m->n == FILES_MAX)
		return err_set(m->err, "E1006", "the kind `%s` has more than %d files", m->cli->argv[0], FILES_MAX);
	if (fs_read_file(at, name, &text, FILE_MAX) < 0)
		return err_sys(m->err, "E1006", "cannot read `%s`", path);
	if (m->flat && str_starts(path, "recipes/"))
		path += strlen("recipes/");
	f->path = fill(m, path, strlen(path), &len);
	f->text = fill(m, str_text(&text), text.len, &f->len);
	f->executable = st->st_mode & 0100;
	if (!strcmp(name, "@NAME@.lua") || !strcmp(name, "test.lua"))
		m->recipe = f->path;
	m->n++;
	return 0;
}

static int
open_kind(struct made *m, const char *kind)
{
	struct arena *a = &m->cli->arena;

	for (const char *const *search = where_search(a); *search && m->from < 0 && new_is_name(kind); search++) {
		cleanup_fd int dir = open(*search, O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (dir >= 0)
			m->from = fs_open(dir, arena_printf(a, FOLDER "/%s", kind), O_RDONLY | O_DIRECTORY);
	}
	return m->from;
}

static int
no_kind(struct made *m, const char *kind)
{
	const char *const *kinds = new_kinds(&m->cli->arena);
	cleanup_str struct str all = {0};
	const char *names[FILES_MAX + 1] = {"board"}, *near;
	size_t n = 1;

	for (; *kinds; kinds++)
		names[n++] = *kinds;
	for (size_t i = 0; i < n; i++)
		str_addf(&all, i ? ", %s" : "%s", names[i]);
	err_set(m->err, "E1004", "`jkr new` makes no `%s`", kind);
	near = near_name(kind, names, n);
	if (near)
		return err_help(m->err, "did you mean `jkr new %s`?", near);
	return err_help(m->err, "it makes: %s; a folder stdlib/new/KIND of a project is one more", str_text(&all));
}

bool
new_is_name(const char *s)
{
	if (!isalnum((unsigned char)*s) || strstr(s, "..") || strlen(s) > NAME_LENGTH)
		return false;
	while (isalnum((unsigned char)*s) || (*s && strchr("._-", *s)))
		s++;
	return !*s;
}

/* Nothing that is there is written over, and nothing is written where one file is there. */
static int
check_free(const struct made *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (fs_exists(m->to, m->v[i].path))
			return err_set(m->err, "E1027", "`%s` is there already", m->v[i].path);
	return 0;
}

static int
put_all(const struct made *m)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct made_file *f = &m->v[i];
		cleanup_fd int fd = fs_create(m->to, f->path, f->executable ? 0755 : 0644);

		if (fd < 0 || fs_write(fd, f->text, f->len) < 0)
			return err_sys(m->err, "E1006", "cannot write `%s`", f->path);
		if (!m->cli->quiet)
			puts(f->path);
	}
	return 0;
}

/* What was written is a recipe: it loads. */
static int
prove(const struct made *m)
{
	struct session s = {0};
	int r = m->recipe ? session_load(&s, m->cli, m->recipe, m->err) : 0;

	if (!r && m->recipe && !m->cli->quiet)
		printf("it builds and tests itself: jkr run %s\n", m->recipe);
	session_close(&s);
	return r;
}

int
new_kind(struct cli *cli, const char *kind, const char *name, struct err *err)
{
	struct made m = {.cli = cli, .name = name, .from = -1, .to = -1, .err = err};
	int r = -1;

	m.ident = ident_of(&cli->arena, name);
	m.flat = access("recipes", F_OK) || access("jkr.yaml", F_OK);
	m.to = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (open_kind(&m, kind) < 0)
		no_kind(&m, kind);
	else if (!new_is_name(name))
		err_set(err, "E1027", "`%s` is no name for a %s", name, kind),
			err_help(err, "up to 64 letters, digits and . _ - make one, without `..`");
	else if (m.to < 0)
		err_sys(err, "E1006", "cannot read this folder");
	else
		r = fs_walk(m.from, take, &m) || check_free(&m) || put_all(&m) || prove(&m) ? -1 : 0;
	cleanup_fdp(&m.from);
	cleanup_fdp(&m.to);
	return r;
}
