// SPDX-License-Identifier: GPL-2.0-only
/* The object that is written. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "klp.h"

struct out_section *outs;
int nouts = 1; /* the first is the null one */
struct symbol *symbols;
size_t nsymbols;

size_t
add_symbol(const char *name, int section, const Elf64_Sym *like, unsigned char info)
{
	struct symbol *s;

	for (size_t i = 0; i < nsymbols; i++)
		if (symbols[i].section == section &&
		    (name ? symbols[i].name && !strcmp(symbols[i].name, name) : !symbols[i].name))
			return i;
	symbols = grown(symbols, (nsymbols + 1) * sizeof *symbols);
	s = &symbols[nsymbols];
	memset(s, 0, sizeof *s);
	s->name = name ? strcpy(grown(NULL, strlen(name) + 1), name) : NULL;
	s->section = section;
	if (like)
		s->y = *like;
	s->y.st_info = info;
	s->y.st_other = 0;
	return nsymbols++;
}

struct out_section *
add_out(const char *name, const Elf64_Shdr *like)
{
	struct out_section *o;

	outs = grown(outs, (size_t)(nouts + 1) * sizeof *outs);
	if (nouts == 1)
		memset(outs, 0, sizeof *outs);
	o = &outs[nouts++];
	memset(o, 0, sizeof *o);
	o->name = strcpy(grown(NULL, strlen(name) + 1), name);
	o->h = *like;
	o->h.sh_flags &= ~(uint64_t)(SHF_LINK_ORDER | SHF_GROUP);
	o->h.sh_link = o->h.sh_info = 0;
	return o;
}

size_t
put(struct bytes *b, const void *data, size_t n, size_t align)
{
	size_t at = (b->n + align - 1) / align * align;

	b->v = grown(b->v, at + n);
	memset(b->v + b->n, 0, at - b->n);
	if (n)
		memcpy(b->v + at, data, n);
	b->n = at + n;
	return at;
}

size_t
put_text(struct bytes *b, const char *s)
{
	return put(b, s, strlen(s) + 1, 1);
}

void
write_file(const char *path, const struct bytes *b)
{
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(b->v, 1, b->n, f) != b->n || fclose(f))
		refuse("cannot write %s", path);
}

/* Local symbols come first: the new number of each, and how many are local. */
static size_t
number_symbols(size_t *number)
{
	size_t n = 1, locals;

	for (size_t i = 0; i < nsymbols; i++)
		if (ELF64_ST_BIND(symbols[i].y.st_info) == STB_LOCAL)
			number[i] = n++;
	locals = n;
	for (size_t i = 0; i < nsymbols; i++)
		if (ELF64_ST_BIND(symbols[i].y.st_info) != STB_LOCAL)
			number[i] = n++;
	return locals;
}

/* What an object is made of while it is written. */
struct writing {
	struct bytes b, names;
	Elf64_Shdr *sh;
	unsigned n;
	size_t *number; /* new numbers of symbols */
};

static void
add_header(struct writing *w, const char *name, const void *data, Elf64_Shdr h)
{
	h.sh_name = (Elf64_Word)put_text(&w->names, name);
	h.sh_offset = put(&w->b, data, h.sh_type == SHT_NOBITS ? 0 : h.sh_size, h.sh_addralign ? h.sh_addralign : 1);
	w->sh[w->n++] = h;
}

static void
put_relocations(struct writing *w, int section, unsigned symtab)
{
	struct out_section *o = &outs[section];
	char *name = grown(NULL, strlen(o->name) + 6);

	for (size_t k = 0; k < o->nrel; k++)
		o->rel[k].r_info =
			ELF64_R_INFO(w->number[ELF64_R_SYM(o->rel[k].r_info)], ELF64_R_TYPE(o->rel[k].r_info));
	sprintf(name, ".rela%s", o->name);
	add_header(w, name, o->rel,
		   (Elf64_Shdr){.sh_type = SHT_RELA,
				.sh_flags = SHF_INFO_LINK,
				.sh_size = o->nrel * sizeof *o->rel,
				.sh_link = symtab,
				.sh_info = (Elf64_Word)section,
				.sh_addralign = 8,
				.sh_entsize = sizeof *o->rel});
	free(name);
}

static void
put_symbols(struct writing *w, size_t locals)
{
	Elf64_Sym *table = grown(NULL, (nsymbols + 1) * sizeof *table);
	struct bytes texts = {0};
	Elf64_Shdr h = {.sh_type = SHT_SYMTAB, .sh_addralign = 8, .sh_entsize = sizeof *table};

	memset(table, 0, sizeof *table);
	put_text(&texts, "");
	for (size_t i = 0; i < nsymbols; i++) {
		Elf64_Sym *y = &table[w->number[i]];

		*y = symbols[i].y;
		y->st_shndx = (Elf64_Half)symbols[i].section;
		y->st_name = symbols[i].name ? (Elf64_Word)put_text(&texts, symbols[i].name) : 0;
	}
	h.sh_size = (nsymbols + 1) * sizeof *table;
	h.sh_link = w->n + 1;
	h.sh_info = (Elf64_Word)locals;
	add_header(w, ".symtab", table, h);
	add_header(w, ".strtab", texts.v, (Elf64_Shdr){.sh_type = SHT_STRTAB, .sh_size = texts.n, .sh_addralign = 1});
	free(table);
	free(texts.v);
}

void
write_object(const char *path)
{
	size_t room = 2 * (size_t)nouts + 3, locals;
	struct writing w = {.sh = grown(NULL, room * sizeof(Elf64_Shdr)), .n = 1};
	Elf64_Ehdr eh = *is.eh;
	Elf64_Shdr last;
	unsigned symtab = (unsigned)nouts;

	w.number = grown(NULL, nsymbols * sizeof *w.number);
	locals = number_symbols(w.number);
	memset(w.sh, 0, room * sizeof *w.sh);
	put(&w.b, &eh, sizeof eh, 1);
	put_text(&w.names, "");
	for (int i = 1; i < nouts; i++) {
		symtab += outs[i].nrel > 0;
		add_header(&w, outs[i].name, outs[i].data, outs[i].h);
	}
	for (int i = 1; i < nouts; i++)
		if (outs[i].nrel)
			put_relocations(&w, i, symtab);
	put_symbols(&w, locals);
	last = (Elf64_Shdr){
		.sh_name = (Elf64_Word)put_text(&w.names, ".shstrtab"), .sh_type = SHT_STRTAB, .sh_addralign = 1};
	last.sh_size = w.names.n;
	last.sh_offset = put(&w.b, w.names.v, w.names.n, 1);
	w.sh[w.n++] = last;
	eh.e_shoff = put(&w.b, w.sh, w.n * sizeof *w.sh, 8);
	eh.e_shnum = (Elf64_Half)w.n;
	eh.e_shstrndx = (Elf64_Half)(w.n - 1);
	memcpy(w.b.v, &eh, sizeof eh);
	write_file(path, &w.b);
}
