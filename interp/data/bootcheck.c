#include "data/bootcheck.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/blobcheck.h"
#include "data/extlinux.h"
#include "data/overlaid.h"
#include "data/overlay.h"
#include "data/schema.h"
#include "data/together.h"
#include "data/view.h"

#define CODE "E1305"
enum { MENU_MAX = 1 << 20 };

const char *const boot_isolation[] = {"isolcpus", "nohz_full", "rcu_nocbs", NULL};

struct booting {
	const struct view *root;
	const struct boot_rules *r;
	struct arena arena;
	struct extlinux_entry e;
	struct err *err;
};

static int
wrong(struct booting *b, const char *sentence, const struct place *at)
{
	err_set(b->err, CODE, "`%s`, label `%s`: %s", b->r->menu, b->e.label, sentence);
	return at ? err_at(b->err, *at) : -1;
}

#define WRONG(b, at, ...) wrong((b), arena_printf(&(b)->arena, __VA_ARGS__), (at))

static const struct place *
place_of(const struct strings *l, size_t i)
{
	return l->at ? &l->at[i] : NULL;
}

static bool
listed(const struct strings *l, const char *s)
{
	for (size_t i = 0; l && i < l->n; i++)
		if (!strcmp(l->v[i], s))
			return true;
	return false;
}

/* Arguments */

/* The value behind `=`, "" for an argument without one; NULL when `arg` has another name. */
static const char *
value_of(const char *arg, const char *name)
{
	size_t n = strcspn(name, "=");

	if (strncmp(arg, name, n) || (arg[n] && arg[n] != '='))
		return NULL;
	return arg[n] ? arg + n + 1 : arg + n;
}

/* How often an argument is there; the last one's value. */
static size_t
count(const struct booting *b, const char *name, const char **value)
{
	size_t n = 0;

	for (size_t i = 0; b->e.args && i < b->e.args->n; i++) {
		const char *v = value_of(b->e.args->v[i], name);

		if (v) {
			*value = v;
			n++;
		}
	}
	return n;
}

static void
check_args(struct booting *b)
{
	const struct strings *args = b->r->args, *without = b->r->without;
	const char *got = NULL;
	size_t n;

	n = count(b, "root", &got);
	if (!n && !(b->r->loader_root && listed(b->e.args, "${cbootargs}")))
		WRONG(b, NULL, "there is no `root=`");
	else if (n > 1)
		WRONG(b, NULL, "`root=` is there %zu times", n);
	for (size_t i = 0; args && i < args->n; i++) {
		const char *name = arena_strndup(&b->arena, args->v[i], strcspn(args->v[i], "="));

		n = count(b, name, &got);
		if (!n)
			WRONG(b, place_of(args, i), "argument `%s` is not there", args->v[i]);
		else if (n > 1 && strcmp(name, "root"))
			WRONG(b, place_of(args, i), "argument `%s` is there %zu times", name, n);
		else if (!listed(b->e.args, args->v[i]))
			WRONG(b, place_of(args, i), "argument `%s` is `%s`, and `%s` is asked for", name, got,
			      args->v[i]);
	}
	for (size_t i = 0; without && i < without->n; i++)
		if (count(b, without->v[i], &got))
			WRONG(b, place_of(without, i), "argument `%s` is there, and must not be", without->v[i]);
}

static void
check_same(struct booting *b)
{
	const struct strings *same = b->r->same;
	const char *first = NULL, *of = NULL;

	for (size_t i = 0; same && i < same->n; i++) {
		const char *v = NULL;
		size_t n = count(b, same->v[i], &v);

		if (!n)
			continue;
		if (!first)
			of = same->v[i], first = v;
		else if (strcmp(first, v))
			WRONG(b, place_of(same, i), "`%s` is `%s`, but `%s` is `%s`", of, first, same->v[i], v);
	}
}

/* Files */

static void
check_file(struct booting *b, const char *line, const char *path)
{
	if (!path || listed(b->r->later, path) || view_has_file(b->root, path))
		return;
	WRONG(b, NULL, "%s names `%s`, which is not there", line, path);
}

static const char *
joined(struct booting *b, const struct strings *l)
{
	const char *all = NULL;

	for (size_t i = 0; l && i < l->n; i++)
		all = all ? arena_printf(&b->arena, "%s,%s", all, l->v[i]) : l->v[i];
	return all ? all : "none";
}

static void
check_lines(struct booting *b)
{
	const struct extlinux_entry *e = &b->e;
	const struct strings *asked = b->r->overlays;

	if (!e->linux)
		WRONG(b, NULL, "there is no LINUX line");
	check_file(b, "LINUX", e->linux);
	check_file(b, "INITRD", e->initrd);
	check_file(b, "FDT", e->fdt);
	for (size_t i = 0; e->overlays && i < e->overlays->n; i++)
		check_file(b, "OVERLAYS", e->overlays->v[i]);
	if (b->r->fdt && !str_eq(b->r->fdt, e->fdt))
		WRONG(b, NULL, "FDT is `%s`, and `%s` is asked for", e->fdt ? e->fdt : "none", b->r->fdt);
	if (asked && strcmp(joined(b, asked), joined(b, e->overlays)))
		WRONG(b, NULL, "OVERLAYS is `%s`, and `%s` is asked for", joined(b, e->overlays), joined(b, asked));
	if (e->overlays && e->overlays->n && !e->fdt)
		WRONG(b, NULL,
		      "OVERLAYS without FDT has no effect: the loader applies them to the tree that FDT names");
}

/* Overlays, put on the FDT */

static int
read_blob(const struct booting *b, const char *path, struct str *text, struct dtb_blob *out)
{
	const struct view_file *f = view_follow(b->root, path);

	if (!f /* one of `later` */ || blob_read(b->root, f, text, b->err))
		return -1;
	*out = (struct dtb_blob){
		.shown = path_base(path), .p = text->s, .n = text->len, .new_libfdt = b->r->new_libfdt};
	return 0;
}

static void
wrap_overlay(void *ctx, size_t i, struct err *err)
{
	const struct booting *b = ctx;

	(void)i;
	err_wrap(err, "`%s`, label `%s`", b->r->menu, b->e.label);
}

static void
apply_overlays(struct booting *b)
{
	size_t n = b->e.overlays ? b->e.overlays->n : 0;
	struct str *texts = arena_array(&b->arena, struct str, n + 1);
	struct dtb_blob *v = arena_array(&b->arena, struct dtb_blob, n + 1);
	int r = read_blob(b, b->e.fdt, &texts[n], &v[n]);

	for (size_t i = 0; !r && i < n; i++) {
		r = read_blob(b, b->e.overlays->v[i], &texts[i], &v[i]);
		if (!r && !b->r->any_board)
			r = overlay_board_check(&v[i], &v[n], b->err);
	}
	if (!r)
		together_check(v, n, &v[n], wrap_overlay, b, b->err);
	for (size_t i = 0; i <= n; i++)
		str_free(&texts[i]);
}

static void
say_got(const struct booting *b, struct str *got)
{
	const char *root = NULL;
	size_t n = b->e.overlays ? b->e.overlays->n : 0;

	count(b, "root", &root);
	str_addf(got, "%s, root=%s", b->e.linux, root ? root : " of ${cbootargs}");
	if (b->e.fdt)
		str_addf(got, ", %s", path_base(b->e.fdt));
	if (n)
		str_addf(got, ", %zu overlay%s", n, n == 1 ? "" : "s");
}

int
bootcheck(const struct view *root, const void *rules, struct str *got, struct err *err)
{
	const struct boot_rules *r = rules;
	struct booting b = {.root = root, .r = r, .err = err};
	const struct view_file *f = view_follow(root, r->menu);
	cleanup_str struct str text = {0};
	size_t before = err_count(err);

	if (!f)
		return err_set(err, "E1302", "`%s` is not there", r->menu);
	if (view_read(root, f, MENU_MAX, &text, err))
		return -1;
	if (extlinux_read(str_text(&text), r->label, &b.arena, &b.e, err)) {
		err_wrap(err, "`%s`", r->menu);
	} else {
		check_lines(&b);
		check_args(&b);
		check_same(&b);
		if (r->apply && b.e.overlays && b.e.overlays->n && err_count(err) == before)
			apply_overlays(&b);
		if (err_count(err) == before)
			say_got(&b, got);
	}
	arena_free(&b.arena);
	return err_count(err) > before ? -1 : 0;
}
