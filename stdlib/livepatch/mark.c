// SPDX-License-Identifier: GPL-2.0-only
/* A linked module in the form that the loader of live patches resolves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "klp.h"

/* The relocations of a section that only the loader of live patches can resolve go into one of their own. */
static size_t
split(struct object *o, const Elf64_Shdr *h, Elf64_Rela *aside)
{
	Elf64_Rela *r = (Elf64_Rela *)(o->bytes + h->sh_offset);
	size_t n = h->sh_size / sizeof *r, kept = 0, moved = 0;

	for (size_t i = 0; i < n; i++)
		if (o->sym[ELF64_R_SYM(r[i].r_info)].st_shndx == KLP_SHN)
			aside[moved++] = r[i];
		else
			r[kept++] = r[i];
	return moved;
}

static void
mark_symbols(struct object *o)
{
	for (size_t i = 1; i < o->nsym; i++) {
		Elf64_Sym *y = &o->sym[i];

		if (y->st_shndx != SHN_UNDEF)
			continue;
		if (starts(name_of(o, y), PREFIX))
			y->st_shndx = KLP_SHN;
		else if (!exported(name_of(o, y)))
			refuse("it needs `%s`, which neither the kernel nor the patch has", name_of(o, y));
	}
}

/* Where a marked module is written to: what it was, and behind it what comes to it. */
struct marked {
	Elf64_Shdr *sh;
	int n;
	struct bytes names, rel;
};

static void
set_aside(struct object *o, struct marked *m, int section)
{
	Elf64_Shdr *h = &m->sh[section];
	const char *of = o->s[h->sh_info].name;
	Elf64_Rela *aside = grown(NULL, h->sh_size);
	size_t size = split(o, h, aside) * sizeof *aside;
	char *name = grown(NULL, strlen(of) + 32);

	if (size) {
		h->sh_size -= size;
		sprintf(name, ".klp.rela.vmlinux.%s", of);
		m->sh[m->n] = *h;
		m->sh[m->n].sh_name = (Elf64_Word)put_text(&m->names, name);
		m->sh[m->n].sh_flags = SHF_ALLOC | SHF_INFO_LINK | KLP_RELA;
		m->sh[m->n].sh_size = size;
		m->sh[m->n++].sh_offset = put(&m->rel, aside, size, 8);
	}
	free(aside);
	free(name);
}

static void
write_marked(const struct object *o, struct marked *m, const char *path)
{
	struct bytes b = {o->bytes, o->size};
	Elf64_Ehdr eh = *o->eh;
	uint64_t base = put(&b, m->rel.v, m->rel.n, 8);

	for (int i = o->n; i < m->n; i++)
		m->sh[i].sh_offset += base;
	m->sh[eh.e_shstrndx].sh_size = m->names.n;
	m->sh[eh.e_shstrndx].sh_offset = put(&b, m->names.v, m->names.n, 1);
	eh.e_shoff = put(&b, m->sh, (size_t)m->n * sizeof *m->sh, 8);
	eh.e_shnum = (Elf64_Half)m->n;
	memcpy(b.v, &eh, sizeof eh);
	write_file(path, &b);
}

int
command_mark(char **arg)
{
	struct object *o = &is;
	struct marked m = {0};

	read_object(o, arg[0]);
	read_kernel(NULL, arg[1]);
	mark_symbols(o);
	m.n = o->n;
	m.sh = grown(NULL, 2 * (size_t)o->n * sizeof *m.sh);
	memcpy(m.sh, o->bytes + o->eh->e_shoff, (size_t)o->n * sizeof *m.sh);
	put(&m.names, o->s[o->eh->e_shstrndx].data, m.sh[o->eh->e_shstrndx].sh_size, 1);
	for (int i = 1; i < o->n; i++)
		if (m.sh[i].sh_type == SHT_RELA && m.sh[i].sh_info < (unsigned)o->n &&
		    (m.sh[m.sh[i].sh_info].sh_flags & SHF_ALLOC))
			set_aside(o, &m, i);
	write_marked(o, &m, arg[0]);
	return 0;
}
