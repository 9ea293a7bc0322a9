// SPDX-License-Identifier: GPL-2.0-only
/* Objects as they come, and what their symbols and sections are. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "klp.h"

const char *subject = "klp";

void
refuse(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "error: %s: ", subject);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

void *
grown(void *p, size_t size)
{
	p = realloc(p, size ? size : 1);
	if (!p)
		refuse("no memory");
	return p;
}

bool
starts(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

unsigned char *
whole(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	unsigned char *b = NULL;
	size_t n = 0, cap = 0, got;

	if (!f)
		refuse("cannot open %s", path);
	do {
		if (cap - n < 65536)
			b = grown(b, cap = cap * 2 + 131072);
		got = fread(b + n, 1, cap - n - 1, f);
		n += got;
	} while (got);
	fclose(f);
	b[n] = 0;
	*size = n;
	return b;
}

/* Tables whose entries begin with a place in code: those of the functions that are taken come along. */
static const char *const tables[] = {
	"__bug_table",
	".altinstructions",
	"__jump_table",
	"__ex_table",
	".smp_locks",
	".parainstructions",
	".static_call_sites",
	"__mcount_loc",

	".orc_unwind_ip",
	".retpoline_sites",
	".return_sites",
	".call_sites",
	".ibt_endbr_seal",
	".cfi_sites",
	NULL,
};

static bool
is_table(const char *name)
{
	for (size_t i = 0; tables[i]; i++)
		if (!strcmp(name, tables[i]))
			return true;
	return false;
}

static void
bounds(const struct object *o, uint64_t at, uint64_t size)
{
	if (at > o->size || size > o->size - at)
		refuse("%s is cut short", o->path);
}

void
read_object(struct object *o, const char *path)
{
	o->path = path;
	o->bytes = whole(path, &o->size);
	o->eh = (Elf64_Ehdr *)o->bytes;
	if (o->size < sizeof *o->eh || memcmp(o->bytes, ELFMAG, SELFMAG) || o->eh->e_machine != EM_X86_64 ||
	    o->eh->e_type != ET_REL)
		refuse("%s is no object for x86-64", path);
	o->n = o->eh->e_shnum;
	bounds(o, o->eh->e_shoff, (uint64_t)o->n * sizeof(Elf64_Shdr));
	o->s = grown(NULL, (size_t)o->n * sizeof *o->s);
	memset(o->s, 0, (size_t)o->n * sizeof *o->s);
	for (int i = 0; i < o->n; i++) {
		struct section *s = &o->s[i];

		s->h = (Elf64_Shdr *)(o->bytes + o->eh->e_shoff) + i;
		if (s->h->sh_type != SHT_NOBITS) {
			bounds(o, s->h->sh_offset, s->h->sh_size);
			s->data = o->bytes + s->h->sh_offset;
		}
		if (s->h->sh_type == SHT_SYMTAB)
			o->symtab = i;
	}
	if (!o->symtab || o->eh->e_shstrndx >= o->n)
		refuse("%s has no symbols", path);
	o->strtab = (int)o->s[o->symtab].h->sh_link;
	o->names = (char *)o->s[o->strtab].data;
	o->sym = (Elf64_Sym *)o->s[o->symtab].data;
	o->nsym = o->s[o->symtab].h->sh_size / sizeof *o->sym;
	for (int i = 0; i < o->n; i++) {
		struct section *s = &o->s[i];

		s->name = (char *)o->s[o->eh->e_shstrndx].data + s->h->sh_name;
		s->text = (s->h->sh_flags & SHF_EXECINSTR) && strcmp(s->name, ".altinstr_replacement");
		s->table = is_table(s->name);
		if (s->h->sh_type == SHT_RELA && s->h->sh_info < (unsigned)o->n) {
			o->s[s->h->sh_info].rel = (Elf64_Rela *)s->data;
			o->s[s->h->sh_info].nrel = s->h->sh_size / sizeof(Elf64_Rela);
		}
	}
}

const char *
name_of(const struct object *o, const Elf64_Sym *y)
{
	return o->names + y->st_name;
}

bool
named(const Elf64_Sym *y)
{
	int type = ELF64_ST_TYPE(y->st_info);

	return y->st_name && (type == STT_FUNC || type == STT_OBJECT || type == STT_NOTYPE);
}

bool
inside(const struct object *o, const Elf64_Sym *y)
{
	return y->st_shndx != SHN_UNDEF && y->st_shndx < o->n;
}

/* A place that the processor counts from the end of the field, which mostly ends the instruction. */
static int64_t
bias(const Elf64_Rela *r)
{
	uint32_t type = ELF64_R_TYPE(r->r_info);

	return type == R_X86_64_PC32 || type == R_X86_64_PLT32 ? 4 : 0;
}

/* Where a relocation leads, in the section of its symbol. */
int64_t
place(const Elf64_Sym *y, const Elf64_Rela *r)
{
	return (int64_t)y->st_value + r->r_addend + bias(r);
}

/* Whether a symbol names something: no label of the assembler, nor the room that the compiler leaves before a function.
 */
static bool
names_it(const struct object *o, const Elf64_Sym *y)
{
	return named(y) && !starts(name_of(o, y), "__pfx_") && !starts(name_of(o, y), ".L");
}

/* The symbol of a section that a place belongs to; the only one where there is one. */
const Elf64_Sym *
owner(const struct object *o, int section, int64_t at)
{
	const Elf64_Sym *only = NULL;
	int n = 0;

	for (size_t i = 1; i < o->nsym; i++) {
		const Elf64_Sym *y = &o->sym[i];

		if (y->st_shndx != section || !names_it(o, y))
			continue;
		if (at >= (int64_t)y->st_value && at < (int64_t)(y->st_value + y->st_size))
			return y;
		only = y;
		n++;
	}
	return n == 1 ? only : NULL;
}

/* A static variable of a function is NAME.NUMBER: the length of NAME. */
size_t
base_length(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && dot != name && dot[1] && !dot[1 + strspn(dot + 1, "0123456789")] ? (size_t)(dot - name)
										       : strlen(name);
}

bool
same_base(const char *a, const char *b)
{
	size_t n = base_length(a);

	return n == base_length(b) && !memcmp(a, b, n);
}

/* Static variables that the kernel's macros make, one for each use: a copy does as well. */
bool
of_macro(const char *name)
{
	static const char *const macros[] = {
		"__func__", "__FUNCTION__", "__PRETTY_FUNCTION__", "__key",   "__warned",    "__already_done",
		"_rs",      "CSWTCH",       "descriptor",          "___done", "___once_key", "__print_once",
		NULL};

	for (size_t i = 0; macros[i]; i++)
		if (strlen(macros[i]) == base_length(name) && starts(name, macros[i]))
			return true;
	return false;
}

/* What the compiler made for itself: strings, numbers, tables of a switch. */
bool
anonymous(const struct object *o, int section, const struct section *s)
{
	if (s->text || (s->h->sh_flags & SHF_WRITE))
		return false;
	for (size_t i = 1; i < o->nsym; i++)
		if (o->sym[i].st_shndx == section && names_it(o, &o->sym[i]))
			return false;
	return true;
}

int
section_named(const struct object *o, const char *name)
{
	for (int i = 1; i < o->n; i++)
		if (!strcmp(o->s[i].name, name) && o->s[i].h->sh_type != SHT_RELA)
			return i;
	return 0;
}

/* The function that a section is for, by its name; the cold part of one bears the name NAME.cold. */
const Elf64_Sym *
function_of(const struct object *o, int section)
{
	const char *name = o->s[section].name, *f;
	const Elf64_Sym *any = NULL;

	if (!starts(name, ".text."))
		return NULL;
	f = name + strlen(".text.");
	if (starts(f, "unlikely."))
		f += strlen("unlikely.");
	for (size_t i = 1; i < o->nsym; i++) {
		const Elf64_Sym *y = &o->sym[i];

		if (y->st_shndx != section || ELF64_ST_TYPE(y->st_info) != STT_FUNC || starts(name_of(o, y), "__pfx_"))
			continue;
		if (!strcmp(name_of(o, y), f))
			return y;
		any = y;
	}
	return any;
}

bool
is_cold(const struct object *o, int section)
{
	const Elf64_Sym *f = function_of(o, section);

	return f && strlen(name_of(o, f)) > 5 && !strcmp(name_of(o, f) + strlen(name_of(o, f)) - 5, ".cold");
}
