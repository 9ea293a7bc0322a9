#include "data/modscan.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/str.h"
#include "data/decompress.h"
#include "data/modset.h"
#include "os/fs.h"

static void
fill(struct modscan *s, struct modscan_row *r, const struct set_module *m)
{
	char buf[32];

	r->name = arena_strdup(&s->arena, m->name ? m->name : "");
	r->vermagic = arena_strdup(&s->arena, m->vermagic ? m->vermagic : "");
	r->depends = arena_strdup(&s->arena, m->depends ? m->depends : "");
	r->arch = m->damage ? "" : arena_strdup(&s->arena, elf_machine_name(m->machine, m->is64, buf));
	r->packing = m->packing == PACK_NONE ? "" : packing_name(m->packing);
	r->is_signed = m->is_signed;
	r->damage = arena_strdup(&s->arena, m->damage);
	s->damaged += m->damage != NULL;
}

static int
visit(void *ctx, int at, const char *name, const char *path, const struct stat *st)
{
	struct modscan *s = ctx;
	struct modset set = {0};
	struct err err = {0};
	cleanup_fd int fd = -1;
	struct modscan_row *r;

	if (!S_ISREG(st->st_mode) || !module_file_name(name))
		return 0;
	GROW(s->v, s->n, s->cap);
	r = &s->v[s->n++];
	*r = (struct modscan_row){.path = arena_strdup(&s->arena, path), .name = "", .vermagic = "", .arch = "",
	                          .depends = "", .packing = ""};
	fd = fs_open_nofollow(at, name, O_RDONLY);
	if (fd < 0) {
		r->damage = "cannot be opened";
		s->damaged++;
	} else if (modset_add_fd(&set, path, (struct place){0}, fd, &err)) {
		r->damage = arena_strdup(&s->arena, err.head->msg);
		s->damaged++;
	} else {
		fill(s, r, &set.v[0]);
	}
	modset_free(&set);
	err_free(&err);
	return 0;
}

int
modscan(int dir, struct modscan *out, struct err *err)
{
	if (fs_walk(dir, visit, out))
		return err_sys(err, NULL, "cannot read the folder");
	return 0;
}

void
modscan_free(struct modscan *s)
{
	free(s->v);
	arena_free(&s->arena);
	*s = (struct modscan){0};
}
