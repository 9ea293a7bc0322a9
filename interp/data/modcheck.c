#include "data/modcheck.h"

#include <string.h>

#include "base/near.h"
#include "base/str.h"

#define SHOWN 3 /* names in a sentence */
#define MAX_DAMAGED 5

enum kind { DAMAGED, ARCH, VERMAGIC, DUPLICATE, UNSIGNED, CRC, NO_CRC, MISSING, GPL_ONLY, NAMESPACE };

/* What was found of one kind (and one detail, such as a foreign vermagic). */
struct group {
	enum kind kind;
	const char *detail;
	size_t n, modules;
	const struct set_module *last;
	const char *items[SHOWN];
	const struct shared_symbol *first; /* symbol of items[0] */
	struct place at;
};

struct verdict {
	const struct modcheck *k;
	struct modset *set;
	struct group *v;
	size_t n, cap;
	const char *vermagic;
	bool whole;                       /* compare all of it, not only how it begins */
	bool versions, spaces, must_sign; /* what the .config asks for */
};

static bool
listed(const char *const *v, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(v[i], name))
			return true;
	return false;
}

static bool
allowed(const struct modcheck *k, const struct set_module *m)
{
	const char *base = path_base(m->shown);
	size_t stem = (size_t)(strstr(base, ".ko") ? strstr(base, ".ko") - base : 0);

	for (size_t i = 0; i < k->nallow; i++) {
		const char *a = k->allow[i];

		if (!strcmp(a, m->shown) || !strcmp(a, base) || (m->name && !strcmp(a, m->name)))
			return true;
		if (strlen(a) == stem && !strncmp(a, base, stem))
			return true;
	}
	return false;
}

/* Takes note of one misfit of module `m`; `item` names it in the sentence. A symbol counts once. */
static void
found(struct verdict *d, enum kind kind, const char *detail, const struct set_module *m, struct shared_symbol *symbol,
      const char *item)
{
	struct group *g = NULL;

	for (size_t i = 0; i < d->n && !g; i++)
		if (d->v[i].kind == kind && !strcmp(d->v[i].detail, detail))
			g = &d->v[i];
	if (!g) {
		GROW(d->v, d->n, d->cap);
		g = &d->v[d->n++];
		*g = (struct group){.kind = kind, .detail = detail, .at = m->at, .first = symbol};
	}
	g->modules += g->last != m;
	g->last = m;
	if (symbol && symbol->told & 1u << kind)
		return;
	if (symbol)
		symbol->told |= 1u << kind;
	if (g->n < SHOWN)
		g->items[g->n] = arena_strdup(&d->set->arena, item);
	g->n++;
}

static void
check_symbol(struct verdict *d, const struct set_module *m, const struct set_import *i)
{
	struct shared_symbol *y = i->symbol;
	struct arena *a = &d->set->arena;

	if (!y->provider) {
		if (i->needed && !i->weak && d->set->has_symvers &&
		    !listed(d->k->allow_missing, d->k->nallow_missing, y->name))
			found(d, MISSING, "", m, y, arena_printf(a, "`%s` (%s)", y->name, m->name));
		return;
	}
	if (d->versions && i->has_crc && y->has_crc && i->crc != y->crc)
		found(d, CRC, "", m, y,
		      arena_printf(a, "`%s` in %s (built against 0x%08x, %s has 0x%08x)", y->name, m->name, i->crc,
				   y->provider, y->crc));
	if (!i->needed)
		return;
	if (d->versions && !i->has_crc && d->set->has_symvers)
		found(d, NO_CRC, "", m, y, arena_printf(a, "`%s` in %s", y->name, m->name));
	if (y->gpl_only && !str_starts(m->license, "GPL") && !str_starts(m->license, "Dual "))
		found(d, GPL_ONLY, "", m, y,
		      arena_printf(a, "`%s` in %s (license `%s`)", y->name, m->name, m->license));
	if (d->spaces && *y->space && !strstr(m->spaces, arena_printf(a, " %s ", y->space)))
		found(d, NAMESPACE, "", m, y, arena_printf(a, "`%s` of %s in %s", y->name, y->space, m->name));
}

static bool
same_vermagic(const struct verdict *d, const char *s)
{
	if (d->whole)
		return !strcmp(s, d->vermagic);
	return str_starts(s, d->vermagic);
}

static void
check_module(struct verdict *d, const struct set_module *m)
{
	const struct vermagic_arch *a = &d->k->arch;
	const char *shown = arena_printf(&d->set->arena, "`%s`", m->shown);
	char buf[32];

	if (a->machine && (m->machine != a->machine || m->is64 != a->is64 || m->big != a->big)) {
		found(d, ARCH,
		      arena_printf(&d->set->arena, "%s%s", elf_machine_name(m->machine, m->is64, buf),
				   m->machine == a->machine && m->big != a->big
					   ? m->big ? " big endian" : " little endian"
					   : ""),
		      m, NULL, shown);
		return;
	}
	if (!same_vermagic(d, m->vermagic))
		found(d, VERMAGIC, m->vermagic, m, NULL, shown);
	if (d->must_sign && !m->is_signed)
		found(d, UNSIGNED, "", m, NULL, shown);
	for (size_t i = 0; d->k->symbols && i < m->nimports; i++)
		check_symbol(d, m, &m->imports[i]);
}

static void
list_items(const struct group *g, struct str *b)
{
	for (size_t i = 0; i < g->n && i < SHOWN; i++)
		str_addf(b, "%s%s", i ? ", " : "", g->items[i]);
	if (g->n > SHOWN)
		str_addf(b, " and %zu more", g->n - SHOWN);
}

static void
say_vermagic(const struct verdict *d, const struct group *g, const char *names, struct err *err)
{
	cleanup_str struct str more = {0}, less = {0};

	err_set(err, "E0701", "%zu module%s built for `%s`, but this kernel %s `%s`: %s", g->n,
		g->n == 1 ? " is" : "s are", g->detail, d->whole ? "is" : "begins with", d->vermagic, names);
	vermagic_lacks(g->detail, d->vermagic, &more);
	vermagic_lacks(d->vermagic, g->detail, &less);
	if (more.len || less.len)
		err_help(err, "the module%s%s%s%s%s", g->n == 1 ? " has " : "s have ", more.len ? more.s : "",
			 more.len && less.len ? ", and lack"
			 : less.len           ? "lack"
					      : "",
			 less.len ? (g->n == 1 && more.len ? "s " : " ") : "", less.len ? less.s : "");
	err_help(err, "build them against this kernel's release and .config, or name them in allow");
}

static const char *
nearest_symbol(const struct verdict *d, const char *name)
{
	const char **names = xcalloc(d->set->symbols.n + 1, sizeof *names), *r;
	size_t n = 0;

	for (size_t i = 0; i < d->set->symbols.n; i++) {
		const struct shared_symbol *y = d->set->symbols.v[i].value;

		if (y->provider)
			names[n++] = y->name;
	}
	r = near_name(name, names, n);
	free(names);
	return r;
}

/* The sentences of all kinds but vermagic and damage: a count of things in a count of modules. */
static const struct {
	const char *code, *one, *many, *help;
	bool by_module; /* counts modules, not symbols */
} kinds[] = {
	[ARCH] = {"E0703", "module is of another architecture", "modules are of another architecture",
		  "build them with this kernel's ARCH and toolchain", true},
	[DUPLICATE] = {"E0706", "module is there twice", "modules are there more than once",
		       "which one depmod takes depends on its search order: leave one of them out", true},
	[UNSIGNED] = {"E0707", "module is not signed, and the kernel has MODULE_SIG_FORCE=y",
		      "modules are not signed, and the kernel has MODULE_SIG_FORCE=y",
		      "sign them with the kernel's key (scripts/sign-file), after any strip", true},
	[CRC] = {"E0704", "symbol version does not match this kernel", "symbol versions do not match this kernel",
		 "build the modules against this kernel's Module.symvers and headers", false},
	[NO_CRC] = {"E0704", "symbol has no version, and the kernel has MODVERSIONS=y",
		    "symbols have no version, and the kernel has MODVERSIONS=y",
		    "the modules were built without the kernel's Module.symvers", false},
	[MISSING] = {"E0705", "symbol is exported by nobody", "symbols are exported by nobody",
		     "add the module that exports it, its Module.symvers, or the kernel option that builds it", false},
	[GPL_ONLY] = {"E0710", "symbol is for GPL modules only", "symbols are for GPL modules only",
		      "the kernel refuses a module whose license is not GPL-compatible", false},
	[NAMESPACE] = {"E0711", "symbol is in a namespace that is not imported",
		       "symbols are in a namespace that is not imported", "add MODULE_IMPORT_NS to the module's source",
		       false},
};

static void
say(const struct verdict *d, const struct group *g, struct err *err)
{
	cleanup_str struct str names = {0};
	const char *near;
	char where[64] = "";

	list_items(g, &names);
	if (g->kind == DAMAGED) {
		err_set(err, "E0702", "%s", g->detail);
	} else if (g->kind == VERMAGIC) {
		say_vermagic(d, g, names.s, err);
	} else {
		if (!kinds[g->kind].by_module && g->modules > 1)
			snprintf(where, sizeof where, " (in %zu modules)", g->modules);
		err_set(err, kinds[g->kind].code, "%zu %s%s%s%s%s: %s", g->n,
			g->n == 1 ? kinds[g->kind].one : kinds[g->kind].many, where, *g->detail ? " (" : "", g->detail,
			*g->detail ? ")" : "", names.s);
		near = g->kind == MISSING ? nearest_symbol(d, g->first->name) : NULL;
		if (near)
			err_help(err, "there is `%s`", near);
		err_help(err, "%s", kinds[g->kind].help);
	}
	err_at(err, g->at);
}

static bool
replaced(const struct modcheck *k, const char *name)
{
	for (size_t i = 0; i < k->nreplaces; i++)
		if (module_same_name(k->replaces[i], name))
			return true;
	return k->twice;
}

static void
check_duplicates(struct verdict *d)
{
	struct map names = {0};

	for (size_t i = 0; i < d->set->n; i++) {
		const struct set_module *m = &d->set->v[i], *other;

		if (m->damage || allowed(d->k, m) || replaced(d->k, m->name))
			continue;
		other = map_get(&names, m->name);
		if (other)
			found(d, DUPLICATE, "", m, NULL,
			      arena_printf(&d->set->arena, "`%s` (%s and %s)", m->name, other->shown, m->shown));
		else
			map_set(&names, m->name, (void *)(uintptr_t)m);
	}
	map_free(&names);
}

static void
check_damage(struct verdict *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->set->n; i++) {
		const struct set_module *m = &d->set->v[i];

		if (m->damage && n++ < MAX_DAMAGED)
			found(d, DAMAGED, arena_printf(&d->set->arena, "`%s`: %s", m->shown, m->damage), m, NULL,
			      m->shown);
	}
	if (n > MAX_DAMAGED)
		found(d, DAMAGED,
		      arena_printf(&d->set->arena, "%zu more files are damaged or no modules", n - MAX_DAMAGED),
		      &d->set->v[0], NULL, "");
}

static void
note(const struct modcheck *k, const char *text)
{
	if (k->note)
		k->note(k->ctx, text);
}

/* What was not proved: said, since nothing is skipped silently. */
static void
say_limits(const struct verdict *d, size_t packed, size_t left_out)
{
	const struct modcheck *k = d->k;
	struct arena *a = &d->set->arena;

	if (!k->config)
		note(k, "only the release was compared: no .config is known");
	else if (!d->whole)
		note(k, arena_printf(a, "vermagic was compared up to `%s` only: what follows is not in the .config",
				     d->vermagic));
	if (!k->arch.machine)
		note(k, "the architecture was not compared: neither arch nor the .config names one that is known");
	if (k->symbols && k->config && !d->versions)
		note(k, "the kernel has MODVERSIONS=n: symbols were found by name, which proves nothing about the ABI");
	if (packed && k->config && !config_is(k->config, "MODULE_DECOMPRESS"))
		note(k,
		     arena_printf(
			     a,
			     "%zu module%s compressed and the kernel has no MODULE_DECOMPRESS: kmod has to unpack %s",
			     packed, packed == 1 ? " is" : "s are", packed == 1 ? "it" : "them"));
	if (left_out)
		note(k, arena_printf(a, "%zu module%s allowed to misfit", left_out, left_out == 1 ? " is" : "s are"));
}

/* A name in `allow` that no module bears is a mistake of the recipe. */
static void
check_allow(const struct verdict *d, struct err *err)
{
	const char **names = xcalloc(d->set->n + 1, sizeof *names), *near;

	for (size_t i = 0; i < d->set->n; i++)
		names[i] = d->set->v[i].name ? d->set->v[i].name : d->set->v[i].shown;
	for (size_t i = 0; i < d->k->nallow; i++) {
		struct modcheck one = {.allow = &d->k->allow[i], .nallow = 1};
		size_t m = 0;

		while (m < d->set->n && !allowed(&one, &d->set->v[m]))
			m++;
		if (m < d->set->n)
			continue;
		err_set(err, "E0712", "allow names `%s`, but no module is called that", d->k->allow[i]);
		if (d->k->allow_at)
			err_at(err, d->k->allow_at[i]);
		near = near_name(d->k->allow[i], names, d->set->n);
		if (near)
			err_help(err, "did you mean `%s`?", near);
	}
	free(names);
}

int
modcheck_run(const struct modcheck *k, struct modset *set, struct err *err)
{
	cleanup_str struct str vermagic = {0};
	struct verdict d = {.k = k, .set = set};
	size_t packed = 0, left_out = 0, before = err_count(err);

	/* an empty file, or one of another kind, would let every module pass */
	if (k->config && !config_is(k->config, "MODULES")) {
		err_set(err, "E0709", "the kernel's .config does not say CONFIG_MODULES=y");
		return err_help(err, "give the .config with which the kernel was built");
	}
	d.whole = vermagic_expect(k->release, k->config, &vermagic);
	d.vermagic = vermagic.s;
	d.versions = k->config && config_is(k->config, "MODVERSIONS");
	d.must_sign = k->config && config_is(k->config, "MODULE_SIG_FORCE");
	d.spaces = !k->config || !config_is(k->config, "MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS");
	check_damage(&d);
	for (size_t i = 0; i < set->n; i++) {
		const struct set_module *m = &set->v[i];

		packed += m->packing != PACK_NONE;
		if (m->damage)
			continue;
		if (allowed(k, m))
			left_out++;
		else
			check_module(&d, m);
	}
	check_duplicates(&d);
	for (size_t i = 0; i < d.n; i++)
		say(&d, &d.v[i], err);
	check_allow(&d, err);
	say_limits(&d, packed, left_out);
	free(d.v);
	return err_count(err) > before ? -1 : 0;
}
