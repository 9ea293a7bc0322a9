#include "data/modread.h"

#include <fcntl.h>

#include "base/err.h"
#include "os/fs.h"
#include "os/scan.h"

enum { FEW = 64 }; /* so many are not worth a thread */

/* Every n-th module, in a set of its own. */
struct part {
	struct modset set;
	int dir;
	const char *const *paths;
	size_t first, n, step;
};

static void
add_unreadable(struct modset *set, const char *path, const char *why)
{
	struct set_module *m;

	GROW(set->v, set->n, set->cap);
	m = &set->v[set->n++];
	*m = (struct set_module){.shown = arena_strdup(&set->arena, path),
				 .damage = arena_strdup(&set->arena, why),
				 .known = set->adds_known};
}

void
modread_one(struct modset *set, const char *path, int fd)
{
	struct err err = {0};

	if (fd < 0)
		add_unreadable(set, path, "cannot be opened");
	else if (modset_add_fd(set, path, (struct place){0}, fd, &err))
		add_unreadable(set, path, err.head->msg);
	err_free(&err);
}

static void *
read_part(void *arg)
{
	struct part *p = arg;

	for (size_t i = p->first; i < p->n; i += p->step) {
		cleanup_fd int fd = fs_open_nofollow(p->dir, p->paths[i], O_RDONLY);

		modread_one(&p->set, p->paths[i], fd);
	}
	return NULL;
}

/* A part's symbols are looked up once each; its modules then follow the pointers. */
static void
know_symbols(struct modset *set, const struct modset *part)
{
	for (size_t i = 0; i < part->symbols.n; i++) {
		struct shared_symbol *y = part->symbols.v[i].value;

		y->merged = modset_symbol(set, y->name, true);
	}
}

static void
take_module(struct modset *set, const struct set_module *m)
{
	GROW(set->v, set->n, set->cap);
	set->v[set->n++] = *m;
	for (size_t i = 0; i < m->nimports; i++)
		m->imports[i].symbol = m->imports[i].symbol->merged;
	for (size_t i = 0; i < m->nexports; i++)
		m->exports[i].symbol = m->exports[i].symbol->merged;
	modset_exports(set, set->n);
}

/* Names and texts stay where the parts have them. */
static void
merge(struct modset *set, struct part *parts, size_t count, size_t n)
{
	for (size_t k = 0; k < count; k++)
		know_symbols(set, &parts[k].set);
	for (size_t i = 0; i < n; i++)
		take_module(set, &parts[i % count].set.v[i / count]);
	set->parts = xrealloc(set->parts, (set->nparts + count) * sizeof *set->parts);
	for (size_t k = 0; k < count; k++) {
		set->parts[set->nparts++] = parts[k].set.arena;
		parts[k].set.arena = (struct arena){0};
		parts[k].set.keys = (struct modsign_keys){0};
		modset_free(&parts[k].set);
	}
}

void
modread(struct modset *set, int dir, const char *const *paths, size_t n)
{
	size_t count = n < FEW ? 1 : (size_t)scan_threads();
	struct part *parts = xcalloc(count, sizeof *parts);

	for (size_t k = 0; k < count; k++)
		parts[k] = (struct part){
			.set = {.keys = set->keys, .with_symbols = set->with_symbols, .adds_known = set->adds_known},
			.dir = dir,
			.paths = paths,
			.first = k,
			.n = n,
			.step = count};
	scan_parallel(read_part, parts, sizeof *parts, (int)count);
	merge(set, parts, count, n);
	free(parts);
}
