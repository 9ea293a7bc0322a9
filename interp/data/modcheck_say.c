/* The sentences of a check of modules, and its notes. */
#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "base/str.h"
#include "data/modcheck_own.h"

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

	if (!d->k->release) {
		err_set(err, "E0701", "%zu module%s built for `%s`, and %zu for `%s`: %s", g->n,
			g->n == 1 ? " is" : "s are", g->detail, d->same, d->vermagic, names);
		err_help(err, "no kernel is known that tells which of them is right; one kernel loads only one kind");
		return;
	}
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
	[UNSIGNED] = {"E0707", "module is not signed, and the kernel loads none that is not",
		      "modules are not signed, and the kernel loads none that is not",
		      "sign them with the kernel's key (scripts/sign-file), after any strip", true},
	[FOREIGN] = {"E0714", "module is signed by a key that the kernel does not have",
		     "modules are signed by a key that the kernel does not have",
		     "sign them with the kernel's own key, or build theirs into it (SYSTEM_TRUSTED_KEYS)", true},
	[BROKEN] = {"E0714", "module has a signature that is not of its bytes",
		    "modules have signatures that are not of their bytes",
		    "something changed them after they were signed: sign them last", true},
	[CRC] = {"E0704", "symbol version does not match this kernel", "symbol versions do not match this kernel",
		 "build the modules again, against the headers and the Module.symvers of this kernel and of the modules that they use",
		 false},
	[NO_CRC] = {"E0704", "symbol has no version, and the kernel has MODVERSIONS=y",
		    "symbols have no version, and the kernel has MODVERSIONS=y",
		    "the modules were built without the kernel's Module.symvers", false},
	[MISSING] = {"E0705", "symbol is exported by nobody", "symbols are exported by nobody",
		     "add the module that exports it, its Module.symvers, or the kernel option that builds it", false},
	[ABSENT] = {"E0705", "symbol is exported by a module that is not there",
		    "symbols are exported by modules that are not there",
		    "most of this kernel's modules are here, so the one that is named is missing: bring it as well",
		    false},
	[GPL_ONLY] = {"E0710", "symbol is for GPL modules only", "symbols are for GPL modules only",
		      "the kernel refuses a module whose license is not GPL-compatible", false},
	[EXPORTED_TWICE] =
		{"E0713", "symbol is exported by two", "symbols are exported by two",
		 "the kernel refuses the second one that is loaded (`exports duplicate symbol`): leave one of them out",
		 false},
	[NAMESPACE] = {"E0711", "symbol is in a namespace that is not imported",
		       "symbols are in a namespace that is not imported", "add MODULE_IMPORT_NS to the module's source",
		       false},
};

void
modcheck_say(const struct verdict *d, const struct group *g, struct err *err)
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

static void
note(const struct modcheck *k, const char *text)
{
	if (k->note)
		k->note(k->ctx, text);
}

void
modcheck_limits(const struct verdict *d, size_t packed, size_t left_out)
{
	const struct modcheck *k = d->k;
	struct arena *a = &d->set->arena;

	if (!k->release && !d->unproved)
		note(k, "no kernel is known: the modules were compared with each other only");
	else if (!k->release)
		note(k,
		     arena_printf(
			     a,
			     "no kernel is known: the modules were compared with each other, and the %zu symbol%s that none of them "
			     "exports with nothing",
			     d->unproved, d->unproved == 1 ? "" : "s"));
	else if (!k->config)
		note(k, "of vermagic only the release was compared: no .config is known");
	else if (!d->whole)
		note(k, arena_printf(a, "vermagic was compared up to `%s` only: what follows is not in the .config",
				     d->vermagic));
	if (!d->arch.machine)
		note(k, "the architecture was not compared: neither arch nor the .config names one that is known");
	if (k->symbols && k->config && !d->versions)
		note(k, "the kernel has MODVERSIONS=n: symbols were found by name, which proves nothing about the ABI");
	if (d->set->of_image && d->versions && !d->set->image_crcs && !d->set->has_list)
		note(k,
		     "the CRCs of the kernel's image were not found, and there is no Module.symvers: its own symbols were found by name only");
	if (d->stale && d->versions)
		note(k,
		     arena_printf(
			     a,
			     "Module.symvers is not of this kernel: it says another CRC of %zu symbol%s, such as `%s`, than %s itself, which counts",
			     d->stale, d->stale == 1 ? "" : "s", d->first_stale->name, d->first_stale->provider));
	if (d->nameless)
		note(k,
		     arena_printf(
			     a,
			     "%zu module%s not say the CRCs of what %s export%s, as after `strip --strip-unneeded`: such as `%s`; they were "
			     "compared with Module.symvers where that has them, and else by name only",
			     d->nameless, d->nameless == 1 ? " does" : "s do", d->nameless == 1 ? "it" : "they",
			     d->nameless == 1 ? "s" : "", d->first_nameless->name));
	if (k->config && d->must_sign && !d->set->keys.n)
		note(k, "whose signatures they are was not proved: no certificate of the kernel was given");
	if (packed && k->config && !config_is(k->config, "MODULE_DECOMPRESS"))
		note(k,
		     arena_printf(
			     a,
			     "%zu module%s compressed and the kernel has no MODULE_DECOMPRESS: kmod has to unpack %s",
			     packed, packed == 1 ? " is" : "s are", packed == 1 ? "it" : "them"));
	if (left_out)
		note(k, arena_printf(a, "%zu module%s allowed to misfit", left_out, left_out == 1 ? " is" : "s are"));
}
