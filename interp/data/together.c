#include "data/together.h"

#include <ctype.h>
#include <string.h>

#include "base/err.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "data/fdt.h"
#include "data/overlay.h"

enum { SHOWN = 4 }; /* cells of a value */

struct joining {
	const struct dtb_blob *overlays;
	const struct dtb_blob *now; /* the base with all before applied */
	const void *next;           /* and with this one */
	struct map writers;         /* "/path:property" → its last overlay */
	struct arena *a;
	struct err *err;
};

/* `"okay"`, `<0x1 0x2>` or `9 bytes`. */
static const char *
value_text(struct arena *a, const void *p, size_t n)
{
	const unsigned char *b = p;
	cleanup_str struct str s = {0};
	size_t text = 0;

	while (text < n && isprint(b[text]))
		text++;
	if (n > 1 && text == n - 1 && !b[text])
		return arena_printf(a, "\"%s\"", (const char *)p);
	if (!n)
		return "(empty)";
	if (n % 4 || n > (size_t)4 * SHOWN)
		return arena_printf(a, "%zu bytes", n);
	for (size_t i = 0; i < n; i += 4)
		str_addf(&s, "%s0x%x", i ? " " : "<",
			 (unsigned)b[i] << 24 | (unsigned)b[i + 1] << 16 | (unsigned)b[i + 2] << 8 | b[i + 3]);
	str_add(&s, ">");
	return arena_strdup(a, str_text(&s));
}

static void
write_property(struct joining *j, size_t i, const char *path, const char *name)
{
	const char *key = arena_printf(j->a, "%s:%s", path, name);
	const struct dtb_blob *mine = &j->overlays[i], *other = map_get(&j->writers, key);
	size_t n, m;
	const void *before = dtb_property(j->now->p, path, name, &n), *after = dtb_property(j->next, path, name, &m);

	map_set(&j->writers, key, (void *)mine);
	if (!other || other == mine || !before || !after || (n == m && !memcmp(before, after, n)))
		return;
	err_set(j->err, "E0612", "overlays `%s` and `%s` both write `%s` of `%s`: %s, then %s", other->shown,
		mine->shown, name, path, value_text(j->a, before, n), value_text(j->a, after, m));
	err_help(j->err,
		 "the one that a loader applies last wins, and nobody says so; leave the property to one of them");
}

/* Where the fragment at `path` ("/fragment@0") goes, or NULL. */
static const char *
target_of(const struct joining *j, const struct dtb_blob *o, const char *path)
{
	const char *use = arena_printf(j->a, "%s:target:0", path);
	struct err ignored = {0};
	struct dtb_reference *v = NULL;
	size_t n = 0, len;
	const char *text = dtb_property(o->p, path, "target-path", &len);

	if (text && len && memchr(text, 0, len) == text + len - 1)
		return text;
	dtb_references(o->p, o->shown, j->a, &v, &n, &ignored);
	err_free(&ignored);
	for (size_t i = 0; i < n; i++)
		if (!v[i].is_path && !strcmp(v[i].use, use))
			return dtb_label(j->now->p, v[i].name);
	return NULL;
}

/* What an overlay writes: each property below the __overlay__ of a fragment. */
static void
note_writes(struct joining *j, size_t i)
{
	const struct dtb_blob *o = &j->overlays[i];
	const char *target = NULL;
	size_t n, skip = 0;
	struct dtb_node *v;

	dtb_nodes(o->p, j->a, &v, &n);
	for (size_t k = 0; k < n; k++) {
		const char *path;

		if (v[k].depth == 1)
			target = target_of(j, o, v[k].path);
		if (v[k].depth == 2 && str_ends(v[k].path, "/__overlay__"))
			skip = strlen(v[k].path);
		else if (v[k].depth <= 2)
			skip = 0;
		if (!skip || !target)
			continue;
		path = arena_printf(j->a, "%s%s", strcmp(target, "/") ? target : "", v[k].path + skip);
		for (size_t q = 0; q < v[k].nprops; q++)
			if (strcmp(v[k].props[q].name, "phandle") != 0)
				write_property(j, i, *path ? path : "/", v[k].props[q].name);
	}
}

static int
put_on(struct joining *j, size_t i, struct str *out)
{
	const struct dtb_blob *o = &j->overlays[i];
	size_t before = err_count(j->err);

	if (overlay_check(o, j->now, 1, NULL, NULL, j->err) ||
	    dtb_apply(j->now->p, j->now->n, j->now->shown, o->p, o->n, o->shown, out, j->err))
		return -1;
	j->next = out->s;
	note_writes(j, i);
	return err_count(j->err) > before ? -1 : 0;
}

int
together_check(const struct dtb_blob *overlays, size_t n, const struct dtb_blob *base, together_at_fn at, void *ctx,
	       struct err *err)
{
	cleanup_arena struct arena a = {0};
	cleanup_str struct str merged = {0};
	struct dtb_blob now = *base;
	struct joining j = {.overlays = overlays, .now = &now, .a = &a, .err = err};
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		cleanup_str struct str out = {0};
		struct err own = {0};

		j.err = &own;
		if (put_on(&j, i, &out)) {
			r = -1;
			if (at)
				at(ctx, i, &own);
			err_move(err, &own);
		}
		if (!out.len)
			continue; /* it did not apply: the next ones are tried without it */
		str_free(&merged);
		merged = (struct str){steal_pointer(&out.s), out.len, out.cap};
		now = (struct dtb_blob){.shown = base->shown, .p = merged.s, .n = merged.len};
	}
	map_free(&j.writers);
	return r;
}
