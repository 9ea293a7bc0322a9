/* diff_modules: kernel modules and the symbols that they share with their kernel. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cli/diff.h"

enum { BUILTIN_MAX = 4 << 20, MANY = 4, SHOWN = 4 };

static const char *const builtin_lists[] = {"modules.builtin", NULL};
static const char *const symvers[] = {"Module.symvers", NULL};

static bool
holds_modules(const struct diff_side *s)
{
	for (size_t i = 0; i < s->nfiles; i++)
		if (S_ISREG(s->files[i].f->mode) && module_file_name(s->files[i].name))
			return true;
	return false;
}

bool
diff_has_modules(const struct diff_side *s)
{
	size_t from = 0;

	return holds_modules(s) || diff_side_file(s, builtin_lists, &from);
}

bool
diff_has_symbols(const struct diff_side *s)
{
	size_t from = 0;

	return holds_modules(s) || diff_side_file(s, symvers, &from);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct diff_row *)a)->name, ((const struct diff_row *)b)->name);
}

static void
sort_rows(struct diff_rows *rows)
{
	if (rows->n)
		qsort(rows->v, rows->n, sizeof *rows->v, by_name);
}

/* Modules */

/* What a module says of itself. */
struct trait {
	const char *name;
	const char *(*get)(const struct set_module *m);
};

static const char *
vermagic(const struct set_module *m)
{
	return m->vermagic;
}

static const char *
depends(const struct set_module *m)
{
	return m->depends;
}

static const char *
license(const struct set_module *m)
{
	return m->license;
}

static const char *
is_signed(const struct set_module *m)
{
	return m->is_signed ? "yes" : "no";
}

static const char *
damage(const struct set_module *m)
{
	return m->damage ? m->damage : "none";
}

static const struct trait traits[] = {
	{"vermagic", vermagic}, {"depends", depends}, {"license", license}, {"signed", is_signed}, {"damage", damage},
};

struct comparing {
	struct diffing *d;
	struct diff_rows *out;
	struct map here[2]; /* name → struct set_module, or "built in" */
	struct map groups;  /* field and both values → struct group */
};

/* Modules that differ in the same way. */
struct group {
	const char *field, *a, *b;
	const char **names;
	size_t n, cap;
};

static const char built_in[] = "built in";

static int
read_builtin(struct comparing *c, int which, struct err *err)
{
	struct diff_side *s = &c->d->side[which];
	const struct diff_file *f;
	size_t from = 0;

	while ((f = diff_side_file(s, builtin_lists, &from))) {
		cleanup_str struct str text = {0};
		char *save = NULL;

		if (diff_side_read(s, f->f, BUILTIN_MAX, &text, err))
			return -1;
		for (char *l = text.s ? strtok_r(text.s, "\n", &save) : NULL; l; l = strtok_r(NULL, "\n", &save)) {
			char *name = arena_strndup(c->d->a, path_base(l), strcspn(path_base(l), "."));

			for (char *p = name; *p; p++)
				*p = *p == '-' ? '_' : *p;
			if (!map_has(&c->here[which], name))
				map_set(&c->here[which], name, (void *)(uintptr_t)built_in);
		}
	}
	return 0;
}

static int
read_side(struct comparing *c, int which, struct err *err)
{
	const struct modset *set = diff_side_modules(&c->d->side[which], err);

	if (!set)
		return -1;
	for (size_t i = 0; i < set->n; i++)
		map_set(&c->here[which], set->v[i].name, &set->v[i]);
	return read_builtin(c, which, err);
}

static void
add_to_group(struct comparing *c, const char *module, const char *field, const char *a, const char *b)
{
	const char *key = arena_printf(c->d->a, "%s\n%s\n%s", field, a, b);
	struct group *g = map_get(&c->groups, key);

	if (!g) {
		g = arena_new(c->d->a, struct group);
		*g = (struct group){.field = field, .a = a, .b = b};
		map_set(&c->groups, key, g);
	}
	GROW(g->names, g->n, g->cap);
	g->names[g->n++] = module;
}

static void
compare_module(struct comparing *c, const char *name, const void *x, const void *y)
{
	if (x == y) /* both built in */
		return;
	if (!x || !y || x == built_in || y == built_in) {
		diff_add(c->out, &(struct diff_row){.name = name,
						    .a = x == built_in ? built_in
							 : x           ? "a module"
								       : NULL,
						    .b = y == built_in ? built_in
							 : y           ? "a module"
								       : NULL});
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(traits); i++) {
		const char *a = traits[i].get(x), *b = traits[i].get(y);

		if (!str_eq(a ? a : "", b ? b : ""))
			add_to_group(c, name, traits[i].name, a ? a : "", b ? b : "");
	}
}

static void
tell_group(struct comparing *c, const struct group *g)
{
	cleanup_str struct str names = {0};

	for (size_t i = 0; i < g->n && g->n < MANY; i++)
		diff_add(c->out, &(struct diff_row){.name = arena_printf(c->d->a, "%s: %s", g->names[i], g->field),
						    .a = g->a,
						    .b = g->b});
	if (g->n < MANY)
		return;
	for (size_t i = 0; i < g->n && i < SHOWN; i++)
		str_addf(&names, "%s%s", i ? ", " : "", g->names[i]);
	str_add(&names, g->n > SHOWN ? " …" : "");
	diff_add(c->out, &(struct diff_row){.name = arena_printf(c->d->a, "%zu modules: %s", g->n, g->field),
					    .a = g->a,
					    .b = g->b,
					    .note = arena_strdup(c->d->a, str_text(&names))});
}

int
diff_modules(struct diffing *d, struct diff_rows *out, struct err *err)
{
	struct comparing c = {.d = d, .out = out};
	int r = read_side(&c, 0, err) || read_side(&c, 1, err) ? -1 : 0;

	out->one = "fact about modules";
	out->many = "facts about modules";
	for (int k = 0; k < 2 && !r; k++)
		for (size_t i = 0; i < c.here[k].n; i++) {
			const char *name = c.here[k].v[i].key;

			if (!k || !map_has(&c.here[0], name))
				compare_module(&c, name, map_get(&c.here[0], name), map_get(&c.here[1], name));
		}
	sort_rows(out);
	for (size_t i = 0; i < c.groups.n; i++) {
		struct group *g = c.groups.v[i].value;

		tell_group(&c, g);
		free(g->names);
	}
	map_free(&c.groups);
	map_free(&c.here[0]);
	map_free(&c.here[1]);
	return r;
}

/* Symbols */

/* What is known of a symbol on one side: who offers it with which CRC, or which CRC its users ask for. */
struct offer {
	const struct shared_symbol *y;
	uint32_t crc;
	bool has_crc, needed;
	size_t users;
	const char *user[SHOWN];
};

static void
read_offers(const struct modset *set, struct arena *a, struct map *out)
{
	for (size_t i = 0; i < set->symbols.n; i++) {
		struct shared_symbol *y = set->symbols.v[i].value;
		struct offer *o = arena_new(a, struct offer);

		*o = (struct offer){.y = y, .crc = y->crc, .has_crc = y->has_crc};
		map_set(out, y->name, o);
	}
	for (size_t i = 0; i < set->n; i++)
		for (size_t k = 0; k < set->v[i].nimports; k++) {
			const struct set_import *m = &set->v[i].imports[k];
			struct offer *o = map_get(out, m->symbol->name);

			if (o->users < SHOWN)
				o->user[o->users] = set->v[i].name;
			o->users++;
			o->needed = true;
			if (!o->has_crc && m->has_crc) {
				o->has_crc = true;
				o->crc = m->crc;
			}
		}
}

/* "0x1a2b3c4d of vmlinux", "0x… asked for", "of vmlinux" without CRCs; NULL: nobody offers it or asks. */
static const char *
offer_text(struct arena *a, const struct offer *o)
{
	cleanup_str struct str b = {0};

	if (!o)
		return NULL;
	if (o->has_crc)
		str_addf(&b, "0x%08" PRIx32, o->crc);
	if (o->y->provider)
		str_addf(&b, "%sof %s%s", b.len ? " " : "", o->y->provider, o->y->gpl_only ? ", GPL only" : "");
	else
		str_add(&b, b.len ? " asked for" : "asked for");
	return arena_strdup(a, str_text(&b));
}

static const char *
users_text(struct arena *a, const struct offer *x, const struct offer *y)
{
	const struct offer *o = y && y->users ? y : x;
	cleanup_str struct str b = {0};

	if (!o || !o->users)
		return NULL;
	str_addf(&b, "used by %zu module%s: ", o->users, o->users == 1 ? "" : "s");
	for (size_t i = 0; i < o->users && i < SHOWN; i++)
		str_addf(&b, "%s%s", i ? ", " : "", o->user[i]);
	str_add(&b, o->users > SHOWN ? " …" : "");
	return arena_strdup(a, str_text(&b));
}

int
diff_symbols(struct diffing *d, struct diff_rows *out, struct err *err)
{
	const struct modset *set[2] = {diff_side_modules(&d->side[0], err), diff_side_modules(&d->side[1], err)};
	struct map offers[2] = {0};

	out->one = "symbol";
	out->many = "symbols";
	if (!set[0] || !set[1])
		return -1;
	for (int k = 0; k < 2; k++)
		read_offers(set[k], d->a, &offers[k]);
	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < offers[k].n; i++) {
			const char *name = offers[k].v[i].key;
			const struct offer *x = map_get(&offers[0], name), *y = map_get(&offers[1], name);
			const char *a = offer_text(d->a, x), *b = offer_text(d->a, y);

			if ((k && x) || str_eq(a, b))
				continue;
			diff_add(out, &(struct diff_row){.name = name, .a = a, .b = b, .note = users_text(d->a, x, y)});
		}
	sort_rows(out);
	map_free(&offers[0]);
	map_free(&offers[1]);
	return 0;
}
