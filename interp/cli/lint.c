#include "cli/lint.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/str.h"
#include "data/lint.h"
#include "model/files.h"
#include "model/recipe.h"
#include "os/fs.h"

enum { FILE_MAX = 1 << 20, TOLD_MAX = 40, SHOWN = 60 };

struct linting {
	struct recipe *r;
	struct lint_result *out;
	struct map seen; /* absolute paths of files, places of what was told */
	bool quiet;
	struct err *err;
};

/* A text that is read: a file, or a string of the recipe, which stands at `at`. */
struct subject {
	struct linting *l;
	const char *shown, *text;
	struct place at;
};

static unsigned
line_of(const char *text, size_t at)
{
	unsigned line = 1;

	for (size_t i = 0; i < at; i++)
		line += text[i] == '\n';
	return line;
}

static struct place
place_of(const struct subject *s, const struct lint_found *f)
{
	size_t from = f->at;

	if (!s->shown)
		return s->at;
	while (from && s->text[from - 1] != '\n')
		from--;
	return (struct place){.file = s->shown,
			      .line = line_of(s->text, f->at),
			      .col = (unsigned)(f->at - from) + 1,
			      .len = (unsigned)strcspn(s->text + f->at, "\n") < f->n ? 1 : (unsigned)f->n};
}

static void
add_shown(struct str *out, const char *p, size_t n)
{
	n = strcspn(p, "\n") < n ? strcspn(p, "\n") : n;
	str_add_safe(out, p, n > SHOWN ? SHOWN : n);
	str_add(out, n > SHOWN ? "…" : "");
}

static void
tell_held(const struct subject *s, const struct lint_found *f, const char *shown)
{
	struct place at = place_of(s, f);

	s->l->out->held++;
	if (!s->l->quiet)
		printf("note: %s:%u: `%s`: %s; %s\n", at.file ? at.file : "?", at.line, shown, f->cause->name, f->held);
}

/* A line of the recipe may be in several steps, and a file in several places. */
static bool
is_new(struct linting *l, struct place at, const char *shown)
{
	const char *key = arena_printf(&l->r->arena, "%s:%u:%u:%s:%s", at.file ? at.file : "", at.line, at.col,
				       at.key ? at.key : "", shown);

	return !map_set(&l->seen, key, l);
}

static void
tell(void *ctx, const struct lint_found *f)
{
	const struct subject *s = ctx;
	struct lint_result *out = s->l->out;
	cleanup_str struct str shown = {0};

	add_shown(&shown, s->text + f->at, f->n);
	if (!is_new(s->l, place_of(s, f), str_text(&shown)))
		return;
	if (f->held) {
		tell_held(s, f, str_text(&shown));
		return;
	}
	if (out->found++ >= TOLD_MAX)
		return;
	out->told++;
	err_set(s->l->err, "E1210", "`%s` makes the result depend on %s", str_text(&shown), f->cause->name);
	err_at(s->l->err, place_of(s, f));
	if (!s->shown && strchr(s->text, '\n'))
		err_label(s->l->err, "in line %u of the text", line_of(s->text, f->at));
	err_help(s->l->err, "%s", f->cause->fix);
}

/* Files */

static int
read_text(struct linting *l, int fd, const char *path, const char *shown, enum lint_kind kind)
{
	cleanup_str struct str text = {0};
	struct subject s = {.l = l};

	if (map_has(&l->seen, path))
		return 0;
	if (fs_read(fd, &text, FILE_MAX))
		return 0; /* larger than anything that a person wrote */
	if (!kind)
		kind = lint_kind(path, str_text(&text), text.len);
	if (!kind || strlen(str_text(&text)) != text.len)
		return 0;
	map_set(&l->seen, arena_strdup(&l->r->arena, path), l);
	l->out->files++;
	s.shown = arena_strdup(&l->r->arena, shown);
	s.text = arena_memdup(&l->r->arena, str_text(&text), text.len + 1);
	if (!map_has(&l->r->sources, s.shown))
		map_set(&l->r->sources, s.shown, (void *)s.text);
	lint_text(kind, s.text, text.len, tell, &s);
	return 0;
}

struct folder {
	struct linting *l;
	const char *path, *shown;
};

static int
read_entry(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	const struct folder *f = ctx;
	struct arena *a = &f->l->r->arena;
	const char *shown;
	cleanup_fd int fd = -1;

	if (!S_ISREG(st->st_mode) || st->st_size > FILE_MAX || strstr(path, ".git/"))
		return 0;
	fd = fs_open_nofollow(at, name, O_RDONLY);
	if (fd < 0)
		return err_sys(f->l->err, "E1011", "cannot read `%s/%s`", f->shown, path);
	shown = !strcmp(f->shown, ".") || !*f->shown ? path : arena_printf(a, "%s/%s", f->shown, path);
	return read_text(f->l, fd, arena_printf(a, "%s/%s", f->path, path), shown, LINT_NONE);
}

/* A kernel's own scripts ask for date, user and host only where Kbuild is not told, and it is. */
static bool
is_kernel(int dir)
{
	return !faccessat(dir, "Kbuild", F_OK, 0) && !faccessat(dir, "Kconfig", F_OK, 0) &&
	       !faccessat(dir, "scripts/kconfig", F_OK, 0);
}

static int
read_source(void *ctx, const struct param *p, struct source *src)
{
	struct linting *l = ctx;
	struct err unsaid = {0};
	const char *path;
	cleanup_fd int fd = -1;
	struct folder f;
	struct stat st;

	if (src->kind != SRC_FILE)
		return 0;
	path = arena_printf(&l->r->arena, "%s/%s", src->file.root, src->file.rel);
	fd = files_open(&src->file, &unsaid);
	err_free(&unsaid);
	if (fd < 0) {
		l->out->absent++;
		return 0;
	}
	f = (struct folder){l, path, src->file.shown};
	if (fstat(fd, &st))
		return 0;
	if (S_ISDIR(st.st_mode))
		return is_kernel(fd) ? 0 : fs_walk(fd, read_entry, &f);
	return read_text(l, fd, path, src->file.shown, !strcmp(p->name, "script") ? LINT_SHELL : LINT_NONE);
}

/* Texts in the recipe */

static void
read_string(struct linting *l, const char *text, struct place at, enum lint_kind kind)
{
	struct subject s = {.l = l, .text = text, .at = at};

	lint_text(kind, text, strlen(text), tell, &s);
}

static int
read_variable(void *ctx, const struct value *v)
{
	if (v->type == V_STRING)
		read_string(ctx, v->str.s, v->at, LINT_MAKE);
	return 0;
}

static int
read_command(void *ctx, const struct value *v)
{
	if (v->type == V_STRING)
		read_string(ctx, v->str.s, v->at, LINT_SHELL);
	return 0;
}

/* The words of one program, as a line. */
static void
read_argv(struct linting *l, const struct value *table)
{
	cleanup_str struct str line = {0};
	struct arena *a = &l->r->arena;

	for (size_t i = 0; i < table->table.nitems; i++)
		if (table->table.items[i].type == V_STRING)
			str_addf(&line, "%s%s", line.len ? " " : "", table->table.items[i].str.s);
	if (line.len)
		read_string(l, arena_strdup(a, str_text(&line)), table->table.items[table->table.nitems - 1].at,
			    LINT_SHELL);
}

static void
read_params(struct linting *l, const struct step *s)
{
	static const char *const made[] = {"variables", "flags"}, *const run[] = {"commands", "stdin"};
	const struct value *path = value_field(&s->params, "path"), *text = value_field(&s->params, "text");

	if (path && text && path->type == V_STRING && text->type == V_STRING)
		read_string(l, text->str.s, text->at, lint_kind(path->str.s, text->str.s, text->str.len));
	if (!(s->prim->flags & PRIM_CONTAINER))
		return;
	read_argv(l, &s->params);
	for (size_t i = 0; i < ARRAY_LEN(made); i++)
		if (value_field(&s->params, made[i]))
			value_walk(value_field(&s->params, made[i]), read_variable, l);
	for (size_t i = 0; i < ARRAY_LEN(run); i++)
		if (value_field(&s->params, run[i]))
			value_walk(value_field(&s->params, run[i]), read_command, l);
}

/* What is asked of Kconfig; the fragments are files, and read with the others. */
static void
read_symbols(struct linting *l, const struct symbols *s)
{
	bool own = false;

	for (size_t i = 0; i < s->n; i++)
		own |= !strcmp(s->v[i].name, "MODULE_SIG_KEY") && lint_own_key(s->v[i].value);
	for (size_t i = 0; i < s->n; i++) {
		const char *text = arena_printf(&l->r->arena, "%s=%s", s->v[i].name, s->v[i].value);
		const struct cause *c = lint_symbol(s->v[i].name, s->v[i].value, own);
		struct subject at = {.l = l, .text = text, .at = s->v[i].at};

		if (c)
			tell(&at, &(struct lint_found){0, strlen(text), c, NULL});
	}
}

/* What it takes in is unpacked or checked out when it runs, and nobody of this project wrote it. */
static bool
is_from_elsewhere(const struct step *s)
{
	static const char *const named[] = {"untar", "debian_source", "git_checkout"};

	for (size_t i = 0; i < ARRAY_LEN(named); i++)
		if (!strcmp(s->prim->name, named[i]))
			return true;
	return false;
}

int
lint_recipe(struct recipe *r, bool quiet, struct lint_result *out, struct err *err)
{
	struct linting l = {.r = r, .out = out, .quiet = quiet, .err = err};
	int bad = 0;

	*out = (struct lint_result){0};
	for (size_t i = 0; i < r->nsteps; i++) {
		const struct step *s = &r->steps[i];

		if (!s->bound)
			continue;
		out->unread += is_from_elsewhere(s);
		bad |= schema_sources(s->prim->params, s->bound, read_source, &l);
		for (const struct param *p = s->prim->params; p->name; p++)
			if (p->type == P_SYMBOLS)
				read_symbols(&l, (const void *)((const char *)s->bound + p->offset));
		read_params(&l, s);
	}
	map_free(&l.seen);
	return bad ? -1 : 0;
}
