#include "data/modscan.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/str.h"
#include "os/fs.h"

/* A file that could not even be read has no place in the set; its row says why. */
static void
add_unreadable(struct modset *set, const char *path, const char *why)
{
	struct set_module *m;

	GROW(set->v, set->n, set->cap);
	m = &set->v[set->n++];
	*m = (struct set_module){.shown = arena_strdup(&set->arena, path), .damage = arena_strdup(&set->arena, why)};
}

static int
visit(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	struct modset *set = ctx;
	struct err err = {0};
	cleanup_fd int fd = -1;

	if (!S_ISREG(st->st_mode) || !module_file_name(name))
		return 0;
	fd = fs_open_nofollow(at, name, O_RDONLY);
	if (fd < 0)
		add_unreadable(set, path, "cannot be opened");
	else if (modset_add_fd(set, path, (struct place){0}, fd, &err))
		add_unreadable(set, path, err.head->msg);
	err_free(&err);
	return 0;
}

static void
fill(struct modscan *s, const struct set_module *m)
{
	struct modscan_row *r;
	char buf[32];

	GROW(s->v, s->n, s->cap);
	r = &s->v[s->n++];
	*r = (struct modscan_row){.path = m->shown,
				  .name = "",
				  .vermagic = "",
				  .arch = "",
				  .depends = "",
				  .damage = m->damage,
				  .packing = m->packing == PACK_NONE ? "" : packing_name(m->packing)};
	s->damaged += m->damage != NULL;
	if (m->damage)
		return;
	r->name = m->name;
	r->vermagic = m->vermagic;
	r->depends = m->depends;
	r->arch = arena_strdup(&s->set.arena, elf_machine_name(m->machine, m->is64, buf));
	r->is_signed = m->is_signed;
}

int
modscan(int dir, struct modscan *out, struct err *err)
{
	if (fs_walk(dir, visit, &out->set))
		return err_sys(err, "E0708", "cannot read the folder");
	for (size_t i = 0; i < out->set.n; i++)
		fill(out, &out->set.v[i]);
	return 0;
}

void
modscan_free(struct modscan *s)
{
	free(s->v);
	modset_free(&s->set);
	*s = (struct modscan){0};
}
