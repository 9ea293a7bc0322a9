#include "data/elf.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

enum { SHF_STRINGS = 0x20 };

#define CODE "E0702"
#define MAX_SECTIONS 65535
#define SHN_XINDEX 0xffff

static const struct {
	uint16_t machine;
	const char *name32, *name64;
} machines[] = {
	{2, "sparc", "sparc"},
	{3, "i386", "i386"},
	{4, "m68k", "m68k"},
	{8, "mips", "mips64"},
	{15, "parisc", "parisc"},
	{20, "powerpc", "powerpc"},
	{21, "powerpc64", "powerpc64"},
	{22, "s390", "s390"},
	{40, "arm", "arm"},
	{42, "sh", "sh"},
	{43, "sparc64", "sparc64"},
	{62, "x86_64", "x86_64"},
	{94, "xtensa", "xtensa"},
	{183, "arm64", "arm64"},
	{195, "arc", "arc"},
	{243, "riscv32", "riscv"},
	{258, "loongarch32", "loongarch"},
};

const char *
elf_machine_name(uint16_t machine, bool is64, char buf[32])
{
	for (size_t i = 0; i < ARRAY_LEN(machines); i++)
		if (machines[i].machine == machine)
			return is64 ? machines[i].name64 : machines[i].name32;
	snprintf(buf, 32, "machine %u", machine);
	return buf;
}

static uint64_t
number(const struct elf *e, const unsigned char *p, unsigned n)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < n; i++)
		v = v << 8 | p[e->big ? i : n - 1 - i];
	return v;
}

uint16_t
elf_u16(const struct elf *e, const unsigned char *p)
{
	return (uint16_t)number(e, p, 2);
}

uint32_t
elf_u32(const struct elf *e, const unsigned char *p)
{
	return (uint32_t)number(e, p, 4);
}

uint64_t
elf_u64(const struct elf *e, const unsigned char *p)
{
	return number(e, p, 8);
}

static int
bad(struct err *err, const char *field, unsigned long long value, const char *why)
{
	return err_set(err, CODE, "ELF: %s = 0x%llx: %s", field, value, why);
}

static const unsigned char *
section_header(const struct elf *e, uint32_t i)
{
	return e->p + e->shoff + (uint64_t)i * (e->is64 ? 64 : 40);
}

static uint64_t
word(const struct elf *e, const unsigned char *p, unsigned at32, unsigned at64)
{
	return e->is64 ? elf_u64(e, p + at64) : elf_u32(e, p + at32);
}

static bool
inside(const struct elf *e, uint64_t offset, uint64_t size)
{
	return offset <= e->n && size <= e->n - offset;
}

void
elf_section(const struct elf *e, uint32_t i, struct elf_section *out)
{
	const unsigned char *h = section_header(e, i);
	uint32_t name = elf_u32(e, h);

	out->name = name < e->names_size ? e->names + name : "";
	out->type = elf_u32(e, h + 4);
	out->link = elf_u32(e, h + (e->is64 ? 40 : 24));
	out->strings = word(e, h, 8, 8) & SHF_STRINGS;
	out->size = word(e, h, 20, 32);
	out->data = i && out->type && out->type != ELF_NOBITS ? e->p + word(e, h, 16, 24) : NULL;
}

/* The header: what kind of file this is, and where its section table stands. */
static int
read_header(struct elf *e, struct err *err)
{
	const unsigned char *p = e->p;
	unsigned want;

	if (!e->n)
		return err_set(err, CODE, "ELF: the file is empty");
	if (e->n < 16 || memcmp(p, "\177ELF", 4))
		return err_set(err, CODE, "ELF: e_ident: this is not an ELF file");
	if (p[4] != 1 && p[4] != 2)
		return bad(err, "e_ident[EI_CLASS]", p[4], "neither 32 nor 64 bits");
	if (p[5] != 1 && p[5] != 2)
		return bad(err, "e_ident[EI_DATA]", p[5], "neither little nor big endian");
	e->is64 = p[4] == 2;
	e->big = p[5] == 2;
	if (e->n < (e->is64 ? 64u : 52u))
		return bad(err, "size", e->n, "the file ends inside the ELF header");
	e->type = elf_u16(e, p + 16);
	e->machine = elf_u16(e, p + 18);
	e->shoff = word(e, p, 32, 40);
	want = elf_u16(e, p + (e->is64 ? 58 : 46));
	if (want != (e->is64 ? 64u : 40u))
		return bad(err, "e_shentsize", want, "not the size of a section header");
	if (!e->shoff || !inside(e, e->shoff, e->is64 ? 64 : 40))
		return bad(err, "e_shoff", e->shoff, "the section table lies outside of the file");
	return 0;
}

static int
read_counts(struct elf *e, uint32_t *names, struct err *err)
{
	const unsigned char *p = e->p, *first = section_header(e, 0);
	uint64_t count = elf_u16(e, p + (e->is64 ? 60 : 48));

	*names = elf_u16(e, p + (e->is64 ? 62 : 50));
	if (!count)
		count = word(e, first, 20, 32);
	if (!count || count > MAX_SECTIONS)
		return bad(err, "e_shnum", count, "no usable number of sections");
	e->nsections = (uint32_t)count;
	if (!inside(e, e->shoff, count * (e->is64 ? 64 : 40)))
		return bad(err, "e_shnum", count, "the section table reaches past the end of the file");
	if (*names == SHN_XINDEX)
		*names = elf_u32(e, first + (e->is64 ? 40 : 24));
	if (!*names || *names >= count)
		return bad(err, "e_shstrndx", *names, "there is no such section");
	return 0;
}

int
elf_open(struct elf *e, const void *p, size_t n, struct err *err)
{
	struct elf_section s;
	uint32_t names;

	*e = (struct elf){.p = p, .n = n};
	if (read_header(e, err) || read_counts(e, &names, err))
		return -1;
	for (uint32_t i = 1; i < e->nsections; i++) {
		const unsigned char *h = section_header(e, i);
		uint32_t type = elf_u32(e, h + 4);
		uint64_t offset = word(e, h, 16, 24);

		if (type && type != ELF_NOBITS && !inside(e, offset, word(e, h, 20, 32)))
			return err_set(
				err, CODE,
				"ELF: section %u: sh_offset 0x%llx and sh_size 0x%llx: reach past the end of the file",
				i, (unsigned long long)offset, (unsigned long long)word(e, h, 20, 32));
	}
	elf_section(e, names, &s);
	if (!s.data || !s.size || s.data[s.size - 1])
		return bad(err, "e_shstrndx", names, "this section does not hold names");
	e->names = (const char *)s.data;
	e->names_size = s.size;
	return 0;
}

int
elf_symbols(const struct elf *e, const struct elf_section *table, elf_symbol_fn fn, void *ctx, struct err *err)
{
	unsigned size = e->is64 ? 24 : 16;
	struct elf_section strings;
	struct elf_symbol s;
	int r = 0;

	if (!table->data || table->size % size)
		return bad(err, ".symtab size", table->size, "not a whole number of symbols");
	if (!table->link || table->link >= e->nsections)
		return bad(err, ".symtab sh_link", table->link, "there is no such section");
	elf_section(e, table->link, &strings);
	if (!strings.data || !strings.size || strings.data[strings.size - 1])
		return bad(err, ".symtab sh_link", table->link, "this section does not hold names");
	for (uint64_t at = size; at < table->size && !r; at += size) {
		const unsigned char *p = table->data + at;
		uint32_t name = elf_u32(e, p);
		unsigned char info = p[e->is64 ? 4 : 12];

		if (name >= strings.size)
			return bad(err, "st_name", name, "lies outside of the names");
		s.name = (const char *)strings.data + name;
		s.bind = info >> 4;
		s.type = info & 15;
		s.section = elf_u16(e, p + (e->is64 ? 6 : 14));
		s.value = word(e, p, 4, 8);
		s.size = word(e, p, 8, 16);
		r = fn(ctx, &s);
	}
	return r;
}
