// SPDX-License-Identifier: GPL-2.0-only
/* What differs between the two builds of an object. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "klp.h"

static bool same_section(const struct section *a, const struct section *b, int depth);

static bool
same_bytes(const struct section *a, const struct section *b, int64_t x, int64_t y)
{
	uint64_t unit = a->h->sh_entsize;

	if (x < 0 || y < 0 || (uint64_t)x >= a->h->sh_size || (uint64_t)y >= b->h->sh_size)
		return false;
	if (a->h->sh_flags & SHF_STRINGS)
		return !strcmp((char *)a->data + x, (char *)b->data + y);
	return (uint64_t)x + unit <= a->h->sh_size && (uint64_t)y + unit <= b->h->sh_size &&
	       !memcmp(a->data + x, b->data + y, unit);
}

static bool
same_target(const Elf64_Rela *ra, const Elf64_Rela *rb, int depth)
{
	const Elf64_Sym *a = &was.sym[ELF64_R_SYM(ra->r_info)], *b = &is.sym[ELF64_R_SYM(rb->r_info)], *oa, *ob;
	const struct section *sa, *sb;
	int64_t x = place(a, ra), y = place(b, rb);

	if (!inside(&was, a) || !inside(&is, b))
		return inside(&was, a) == inside(&is, b) && !strcmp(name_of(&was, a), name_of(&is, b)) &&
		       ra->r_addend == rb->r_addend;
	sa = &was.s[a->st_shndx];
	sb = &is.s[b->st_shndx];
	oa = owner(&was, a->st_shndx, x);
	ob = owner(&is, b->st_shndx, y);
	if (oa && ob)
		return same_base(name_of(&was, oa), name_of(&is, ob)) &&
		       x - (int64_t)oa->st_value == y - (int64_t)ob->st_value;
	if (oa || ob || strcmp(sa->name, sb->name))
		return false;
	if (sa->h->sh_flags & SHF_MERGE)
		return same_bytes(sa, sb, x, y);
	if (x != y)
		return false;
	return depth > 4 || !anonymous(&was, a->st_shndx, sa) || same_section(sa, sb, depth + 1);
}

static bool
same_section(const struct section *a, const struct section *b, int depth)
{
	if (a->h->sh_size != b->h->sh_size || a->nrel != b->nrel || a->h->sh_type != b->h->sh_type)
		return false;
	if (a->data && memcmp(a->data, b->data, a->h->sh_size))
		return false;
	for (size_t i = 0; i < a->nrel; i++)
		if (a->rel[i].r_offset != b->rel[i].r_offset ||
		    ELF64_R_TYPE(a->rel[i].r_info) != ELF64_R_TYPE(b->rel[i].r_info) ||
		    !same_target(&a->rel[i], &b->rel[i], depth))
			return false;
	return true;
}

/* What may differ without being patched: it is made of the functions, or read by nobody that runs. */
static bool
follows(const struct object *o, int section)
{
	static const char *const prefixes[] = {
		".orc_",          ".altinstr", ".discard",   ".comment",    ".note",
		".debug",         ".modinfo",  ".data.once", ".data..once", "__patchable_function_entries",
		".export_symbol", NULL};
	const struct section *s = &o->s[section];
	const Elf64_Sym *y;

	if (s->table || !(s->h->sh_flags & SHF_ALLOC) || (s->h->sh_flags & SHF_MERGE) || anonymous(o, section, s))
		return true;
	for (size_t i = 0; prefixes[i]; i++)
		if (starts(s->name, prefixes[i]))
			return true;
	y = owner(o, section, 0);
	return y && of_macro(name_of(o, y));
}

void
differ(void)
{
	for (int i = 1; i < is.n; i++) {
		struct section *s = &is.s[i];

		s->twin = s->h->sh_type == SHT_RELA ? 0 : section_named(&was, s->name);
		if (!s->twin || same_section(&was.s[s->twin], s, 0))
			continue;
		if (s->text && function_of(&is, i))
			s->changed = true;
		else if (s->text)
			refuse("the code in its section %s differs: only functions in sections of their own can be replaced, not those that "
			       "run once at boot or stand in a fixed place",
			       s->name);
		else if (!follows(&is, i))
			refuse("its data `%s` differ: a live patch replaces functions, and the data of the running kernel stay",
			       s->name);
	}
	for (int i = 1; i < is.n; i++) { /* both parts of a function, or none */
		char *hot;
		int at;

		if (!is.s[i].text || !is_cold(&is, i) || !starts(is.s[i].name, ".text.unlikely."))
			continue;
		hot = grown(NULL, strlen(is.s[i].name) + 1);
		sprintf(hot, ".text.%s", is.s[i].name + strlen(".text.unlikely."));
		at = section_named(&is, hot);
		free(hot);
		if (at && is.s[at].twin && (is.s[i].changed || !is.s[i].twin || is.s[at].changed))
			is.s[at].changed = is.s[i].changed = true;
	}
}
