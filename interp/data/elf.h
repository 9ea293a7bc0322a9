/* elf: reads ELF files from memory. Every offset and count is checked before it is used, once, in
 * elf_open; what it hands out afterwards lies inside the file. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

struct elf {
	const unsigned char *p; /* borrowed */
	size_t n;
	bool is64, big;
	uint16_t type, machine;
	uint64_t shoff;
	uint32_t nsections;
	const char *names; /* the section names, ended by a NUL */
	uint64_t names_size;
};

struct elf_section {
	const char *name;
	uint32_t type, link;
	bool strings;              /* SHF_STRINGS: each ended by a NUL, and in no order of its own */
	const unsigned char *data; /* NULL for a section without bytes in the file */
	uint64_t size;
};

struct elf_symbol {
	const char *name;
	uint64_t value, size;
	uint16_t section;
	unsigned char bind, type;
};

enum { ELF_NOBITS = 8, ELF_SYMTAB = 2, ELF_REL = 1 };
enum { ELF_UNDEF = 0, ELF_ABS = 0xfff1 };
enum { ELF_LOCAL = 0, ELF_GLOBAL = 1, ELF_WEAK = 2 };

/* Checks header and section table. Sentences are "ELF: field = value: why". */
int elf_open(struct elf *e, const void *p, size_t n, struct err *err);
/* Section `i`, which must be below nsections. */
void elf_section(const struct elf *e, uint32_t i, struct elf_section *out);
/* Calls `fn` for each symbol of a symbol table; stops on nonzero and gives that. -1 with a sentence
 * when the table is damaged. */
typedef int (*elf_symbol_fn)(void *ctx, const struct elf_symbol *s);
int elf_symbols(const struct elf *e, const struct elf_section *table, elf_symbol_fn fn, void *ctx, struct err *err);

uint16_t elf_u16(const struct elf *e, const unsigned char *p);
uint32_t elf_u32(const struct elf *e, const unsigned char *p);
uint64_t elf_u64(const struct elf *e, const unsigned char *p);
/* "arm64", "x86_64": the kernel's name of the machine, "machine 1234" for others. `buf` of 32 bytes. */
const char *elf_machine_name(uint16_t machine, bool is64, char buf[32]);
