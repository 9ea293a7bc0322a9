/* What a kernel's image and list say of symbols, and who of a set is missing by them. */
#include <string.h>

#include "base/str.h"
#include "data/kexports.h"
#include "data/modset.h"
#include "data/symvers.h"

#define KERNEL "vmlinux" /* as lists call it */

static void
on_line(void *ctx, const struct symvers_line *l)
{
	struct modset *s = ctx;
	struct shared_symbol *y = modset_symbol(s, l->name, false);
	bool one = y->provider && module_same_name(path_base(y->provider), path_base(l->provider));

	/* that of modules built outside is a list as well, and says nothing of the kernel */
	if (!strcmp(l->provider, KERNEL))
		s->has_symvers = s->has_list = true;
	if (y->by_image && (y->has_crc || !one)) {
		y->stale = y->has_crc && y->crc != l->crc;
		return;
	}
	if (y->provider && !one) {
		y->other = y->provider;
		y->exporter = 0;
	}
	y->provider = arena_strdup(&s->arena, l->provider);
	y->space = *l->space ? arena_strdup(&s->arena, l->space) : "";
	y->gpl_only = l->gpl_only;
	if (one && y->exporter && y->has_crc) {
		y->stale = y->crc != l->crc;
		return;
	}
	y->has_crc = l->crc != 0;
	y->crc = l->crc;
}

static void
on_kexport(void *ctx, const struct kexport *e)
{
	struct modset *s = ctx;
	struct shared_symbol *y = modset_symbol(s, e->name, false);
	bool listed = y->provider && !y->exporter && !y->by_image;

	if (y->exporter)
		y->other = y->provider;
	y->exporter = 0;
	y->provider = KERNEL;
	y->by_image = true;
	s->image_crcs |= e->has_crc;
	y->space = *e->space ? arena_strdup(&s->arena, e->space) : "";
	y->gpl_only = e->gpl_only;
	if (!e->has_crc || !e->crc)
		return;
	y->stale = listed && y->has_crc && y->crc != e->crc;
	y->has_crc = true;
	y->crc = e->crc;
}

bool
modset_image(struct modset *s, const void *image, size_t n)
{
	s->of_image = kexports_read(image, n, on_kexport, s);
	s->has_symvers |= s->of_image > 0;
	return s->of_image > 0;
}

int
modset_symvers(struct modset *s, const char *shown, const char *text, size_t n, struct err *err)
{
	return symvers_parse(text, n, shown, on_line, s, err);
}

static bool
of_kernel(const struct shared_symbol *y)
{
	return y->by_image || !strcmp(y->provider, KERNEL);
}

/* Of modules of one name the one that is loaded. */
static void
find_loaded(const struct modset *s, struct map *loaded)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct set_module *m = &s->v[i], *had = m->damage ? NULL : map_get(loaded, m->name);

		if (!m->damage && (!had || modset_outranks(m, had)))
			map_set(loaded, m->name, (void *)(uintptr_t)m);
	}
}

/* Whether it is said to come from a module that is there, and that, as it is loaded, does not export it: an older one
 * of the same name did, or a list says so. */
static bool
is_gone(struct modset *s, const struct map *loaded, const struct shared_symbol *y)
{
	const struct set_module *m;

	if (y->exporter) {
		m = map_get(loaded, s->v[y->exporter - 1].name);
		return m && modset_outranks(m, &s->v[y->exporter - 1]);
	}
	return y->provider && !of_kernel(y) && map_has(loaded, module_name_of(&s->arena, y->provider));
}

/* A vendor's few modules use what the kernel's other modules export, and those are known only of the list. A whole
 * folder of modules must hold them itself. */
void
modset_settle(struct modset *s)
{
	struct map providers = {0}, loaded = {0};
	size_t here = 0;

	find_loaded(s, &loaded);
	for (size_t i = 0; i < s->symbols.n; i++) {
		struct shared_symbol *y = s->symbols.v[i].value;

		if (is_gone(s, &loaded, y)) {
			y->provider = NULL;
			y->exporter = 0;
		}
		if (y->provider && !of_kernel(y) && (y->exporter || !map_has(&providers, y->provider)))
			map_set(&providers, y->provider, y->exporter ? y : NULL);
	}
	for (size_t i = 0; i < providers.n; i++)
		here += providers.v[i].value != NULL;
	s->complete = s->has_symvers && here * 2 > providers.n;
	map_free(&providers);
	map_free(&loaded);
}

bool
modset_missing(const struct modset *s, const struct set_import *i)
{
	const struct shared_symbol *y = i->symbol;

	if (!i->needed || i->weak || !s->has_symvers)
		return false;
	return !y->provider || (s->complete && !y->exporter && !of_kernel(y));
}
