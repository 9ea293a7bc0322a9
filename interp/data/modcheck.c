/* What misfits are found; modcheck_say.c has the sentences. */
#include <string.h>

#include "base/near.h"
#include "base/str.h"
#include "data/modcheck_own.h"

#define MAX_DAMAGED 5

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

/* Whether a module may use what is in this namespace: since 6.16 "module:kvm,kvm-*" names those that may, which need
 * not import it. */
static bool
in_space(const struct verdict *d, const char *space, const struct set_module *m)
{
	const char *s = str_starts(space, "module:") ? space + 7 : NULL;

	if (!s)
		return strstr(m->spaces, arena_printf(&d->set->arena, " %s ", space)) != NULL;
	while (*s) {
		size_t n = strcspn(s, ",");
		bool glob = n && s[n - 1] == '*';
		const char *name = arena_strndup(&d->set->arena, s, n - glob);

		if (module_same_name(name, glob ? arena_strndup(&d->set->arena, m->name, strlen(name)) : m->name))
			return true;
		s += n;
		s += *s == ',';
	}
	return false;
}

/* To the kernel, which knows these texts and no other. */
static bool
gpl_compatible(const char *license)
{
	static const char *const known[] = {"GPL",          "GPL v2",       "GPL and additional rights",
					    "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL"};

	return listed(known, ARRAY_LEN(known), license);
}

static void
check_symbol(struct verdict *d, const struct set_module *m, const struct set_import *i)
{
	struct shared_symbol *y = i->symbol;
	struct arena *a = &d->set->arena;

	if (!y->provider) {
		d->unproved += !d->set->has_symvers && !y->told;
		y->told |= !d->set->has_symvers;
		if (modset_missing(d->set, i) && !listed(d->k->allow_missing, d->k->nallow_missing, y->name))
			found(d, MISSING, "", m, y, arena_printf(a, "`%s` (%s)", y->name, m->name));
		return;
	}
	if (d->versions && i->has_crc && y->has_crc && i->crc != y->crc)
		found(d, CRC, "", m, y,
		      arena_printf(a, "`%s` in %s (built against 0x%08x, %s has 0x%08x)", y->name, m->name, i->crc,
				   y->provider, y->crc));
	if (modset_missing(d->set, i) && !listed(d->k->allow_missing, d->k->nallow_missing, y->name))
		found(d, ABSENT, "", m, y, arena_printf(a, "`%s` of %s (%s)", y->name, y->provider, m->name));
	if (!i->needed)
		return;
	if (d->versions && !i->has_crc && y->has_crc && d->set->has_symvers)
		found(d, NO_CRC, "", m, y, arena_printf(a, "`%s` in %s", y->name, m->name));
	if (y->gpl_only && !gpl_compatible(m->license))
		found(d, GPL_ONLY, "", m, y,
		      arena_printf(a, "`%s` in %s (license `%s`)", y->name, m->name, m->license));
	if (d->spaces && *y->space && !in_space(d, y->space, m))
		found(d, NAMESPACE, "", m, y, arena_printf(a, "`%s` of %s in %s", y->name, y->space, m->name));
}

/* Each symbol that a module exports, where somebody else has it as well. */
static void
check_exports(struct verdict *d, const struct set_module *m)
{
	struct arena *a = &d->set->arena;

	for (size_t i = 0; i < m->nexports; i++) {
		struct shared_symbol *y = m->exports[i].symbol;

		if (y->other && m->exports[i].there && !(y->told & 1u << EXPORTED_TWICE))
			found(d, EXPORTED_TWICE, "", m, y,
			      arena_printf(a, "`%s` (%s and %s)", y->name, y->provider, y->other));
	}
}

static bool
same_vermagic(const struct verdict *d, const char *s)
{
	if (d->whole)
		return !strcmp(s, d->vermagic);
	return str_starts(s, d->vermagic);
}

static void
check_signature(struct verdict *d, const struct set_module *m, const char *shown)
{
	struct arena *a = &d->set->arena;

	if (!m->is_signed || !d->set->keys.n) {
		if (d->must_sign && !m->is_signed)
			found(d, UNSIGNED, "", m, NULL, shown);
		return;
	}
	if (d->must_sign && m->signature == SIGN_FOREIGN)
		found(d, FOREIGN, "", m, NULL, arena_printf(a, "%s (of %s)", shown, m->signer));
	if (d->must_sign && m->signature == SIGN_BROKEN)
		found(d, BROKEN, "", m, NULL, shown);
}

static void
check_module(struct verdict *d, const struct set_module *m)
{
	const struct vermagic_arch *a = &d->arch;
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
	check_signature(d, m, shown);
	for (size_t i = 0; d->k->symbols && i < m->nimports; i++)
		check_symbol(d, m, &m->imports[i]);
	if (d->k->symbols)
		check_exports(d, m);
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

		if (m->damage || m->known || allowed(d->k, m) || replaced(d->k, m->name))
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

/* Of a list that is of another kernel than the image, or of other modules than those beside it. */
static void
count_stale(struct verdict *d)
{
	for (size_t i = 0; d->k->symbols && i < d->set->symbols.n; i++) {
		const struct shared_symbol *y = d->set->symbols.v[i].value;

		if (!y->stale || y->other)
			continue;
		d->stale++;
		d->first_stale = d->first_stale ? d->first_stale : y;
	}
}

/* Built with versions, and has none of what it exports: strip took them. */
static bool
is_nameless(const struct set_module *m)
{
	bool any = false;

	for (size_t i = 0; i < m->nexports; i++) {
		if (m->exports[i].there && m->exports[i].has_crc)
			return false;
		any |= m->exports[i].there;
	}
	return any && strstr(m->vermagic, " modversions");
}

static void
count_nameless(struct verdict *d)
{
	for (size_t i = 0; d->k->symbols && d->versions && i < d->set->n; i++) {
		const struct set_module *m = &d->set->v[i];

		if (m->damage || !is_nameless(m))
			continue;
		d->nameless++;
		d->first_nameless = d->first_nameless ? d->first_nameless : m;
	}
}

static void
check_damage(struct verdict *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->set->n; i++) {
		const struct set_module *m = &d->set->v[i];

		if (m->damage && !m->known && n++ < MAX_DAMAGED)
			found(d, DAMAGED, arena_printf(&d->set->arena, "`%s`: %s", m->shown, m->damage), m, NULL,
			      m->shown);
	}
	if (n > MAX_DAMAGED)
		found(d, DAMAGED,
		      arena_printf(&d->set->arena, "%zu more files are damaged or no modules", n - MAX_DAMAGED),
		      &d->set->v[0], NULL, "");
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

/* Without a kernel the vermagic that most modules have stands for it, and the machine of the first of them. */
static void
compare_each_other(struct verdict *d)
{
	struct map counts = {0};

	for (size_t i = 0; i < d->set->n; i++) {
		const struct set_module *m = &d->set->v[i];
		uintptr_t n;

		if (m->damage || m->known)
			continue;
		n = (uintptr_t)map_get(&counts, m->vermagic) + 1;
		map_set(&counts, m->vermagic, (void *)n);
	}
	for (size_t i = 0; i < counts.n; i++)
		if ((uintptr_t)counts.v[i].value > d->same) {
			d->same = (uintptr_t)counts.v[i].value;
			d->vermagic = counts.v[i].key;
		}
	for (size_t i = 0; i < d->set->n && d->same && !d->arch.machine; i++) {
		const struct set_module *m = &d->set->v[i];

		if (!m->damage && !m->known && !strcmp(m->vermagic, d->vermagic))
			d->arch = (struct vermagic_arch){.machine = m->machine, .is64 = m->is64, .big = m->big};
	}
	d->whole = d->versions = true;
	map_free(&counts);
}

static void
compare_with_kernel(struct verdict *d, struct str *vermagic)
{
	const struct modcheck *k = d->k;

	d->whole = vermagic_expect(k->release, k->config, vermagic);
	d->vermagic = vermagic->s;
	d->versions = !k->config || config_is(k->config, "MODVERSIONS");
	d->must_sign = k->signatures || (k->config && config_is(k->config, "MODULE_SIG_FORCE"));
	d->spaces = !k->config || !config_is(k->config, "MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS");
}

int
modcheck_run(const struct modcheck *k, struct modset *set, struct err *err)
{
	cleanup_str struct str vermagic = {0};
	struct verdict d = {.k = k, .set = set, .arch = k->arch};
	size_t packed = 0, left_out = 0, before = err_count(err);

	/* an empty file, or one of another kind, would let every module pass */
	if (k->config && !config_is(k->config, "MODULES")) {
		err_set(err, "E0709", "the kernel's .config does not say CONFIG_MODULES=y");
		return err_help(err, "give the .config with which the kernel was built");
	}
	if (k->release)
		compare_with_kernel(&d, &vermagic);
	else
		compare_each_other(&d);
	modset_settle(set);
	check_damage(&d);
	for (size_t i = 0; i < set->n; i++) {
		const struct set_module *m = &set->v[i];

		if (m->damage || m->known)
			continue;
		packed += m->packing != PACK_NONE;
		if (allowed(k, m))
			left_out++;
		else
			check_module(&d, m);
	}
	check_duplicates(&d);
	count_stale(&d);
	count_nameless(&d);
	for (size_t i = 0; i < d.n; i++)
		modcheck_say(&d, &d.v[i], err);
	check_allow(&d, err);
	modcheck_limits(&d, packed, left_out);
	free(d.v);
	return err_count(err) > before ? -1 : 0;
}
